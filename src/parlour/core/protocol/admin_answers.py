"""The answers of the admin socket to the requests of the operator.

A line is an object with a ``type`` and its ``data``, as of a request.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from ..events import Refused, Value
from .json_objects import decode_object
from .process_answers import Draining, Reloaded, RoomFactsList, Stats, UserFactsList

MAX_ANSWER: Final = 1 << 20  # bytes of a line


class Done(Value, frozen=True, gc=False, omit_defaults=True):
    """It was done; *name* is that of the account or user, as the server writes it.

    Ask again if there is *more* to do.
    """

    name: str = ""
    more: bool = False


class ErasedTexts(Value, frozen=True, gc=False):
    """So many texts were erased; ask again from this place on if there are *more*."""

    erased: int
    room: int
    after: int
    more: bool


class AccountFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """An account; *devices* is their number. *online* is None while no server runs."""

    name: str
    role: str
    created: str
    devices: int
    disabled: bool
    online: bool | None = None


class AccountList(Value, frozen=True, gc=False, omit_defaults=True):
    """Some accounts; *after* is the number to ask for more with, or 0."""

    accounts: tuple[AccountFacts, ...]
    after: int = 0

    @property
    def following(self) -> int:
        """The number to ask for more with, or 0."""
        return self.after


class DeviceFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """A device of an account; *online* is as in `AccountFacts`."""

    number: int
    label: str
    added: str
    online: bool | None = None


class DeviceList(Value, frozen=True, gc=False):
    """The devices of the account called *name*, in the order of adding."""

    name: str
    devices: tuple[DeviceFacts, ...]


class SanctionFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """A sanction, as in the session dialect."""

    number: int
    kind: str
    name: str
    since: str
    room: str | None = None
    by: str = ""
    reason: str = ""
    until: str | None = None


class SanctionFactsList(Value, frozen=True, gc=False):
    """The newest sanctions of a room, or of the server; *more* are older ones."""

    sanctions: tuple[SanctionFacts, ...]
    more: bool = False


class InvitationFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """An invitation to a room, or to make an account, without its code.

    *by* is the name of the one who invites, empty for the operator; *name* that of the
    one who is invited, empty for a code.
    """

    number: int
    until: str
    by: str = ""
    name: str = ""


class InvitationFactsList(Value, frozen=True, gc=False):
    """Invitations in force, in order of their numbers; *more* have higher ones."""

    invitations: tuple[InvitationFacts, ...]
    more: bool = False

    @property
    def following(self) -> int:
        """The number to ask for more with, or 0."""
        return self.invitations[-1].number if self.more else 0


class ActFacts(Value, frozen=True, gc=False, omit_defaults=True):
    """An act of the audit log, as in the session dialect."""

    number: int
    time: str
    action: str
    room: str | None = None
    by: str = ""
    name: str = ""
    reason: str = ""
    until: str | None = None


class ActFactsList(Value, frozen=True, gc=False):
    """Acts in a room or of the server, oldest first; *more* are older ones."""

    acts: tuple[ActFacts, ...]
    more: bool


Facts = (
    (AccountList | DeviceList | InvitationFactsList)
    | (SanctionFactsList | ActFactsList | ErasedTexts)
    | (UserFactsList | RoomFactsList | Stats)
)
"""The answers to requests that are not acts, or only parts of one."""

Answer = Done | Facts | Reloaded | Draining | Refused

ANSWERS: Final[Mapping[str, type[Answer]]] = {
    "done": Done,
    "accounts": AccountList,
    "devices": DeviceList,
    "invitations": InvitationFactsList,
    "sanctions": SanctionFactsList,
    "audit": ActFactsList,
    "erased-texts": ErasedTexts,
    "users": UserFactsList,
    "rooms": RoomFactsList,
    "stats": Stats,
    "reloaded": Reloaded,
    "draining": Draining,
    "error": Refused,
}
"""The answers, by the type of their lines."""

_TYPES: Final = {answer: kind for kind, answer in ANSWERS.items()}


def encode_answer(answer: Answer) -> bytes:
    """Return the line of an answer."""
    kind = _TYPES[type(answer)]
    facts: object = answer
    if isinstance(answer, Refused):
        facts = {"code": answer.code, "reason": answer.reason}
    return msgspec.json.encode({"type": kind, "data": facts}) + b"\n"


def decode_answer(line: bytes) -> Answer:
    """Return the answer of a *line*. Raises ValueError."""
    decoded = decode_object(line)
    if not isinstance(decoded, dict) or decoded.get("type") not in ANSWERS:
        raise ValueError("that is not an answer")
    return msgspec.convert(decoded.get("data"), ANSWERS[decoded["type"]])
