"""The lines of the admin socket: what the operator of the machine asks for, answered.

A line is an object with a ``type`` and its ``data``, as in the session dialect. What
moderators can ask for has the same lines here. The tool that uses the history while no
server runs reads and writes the same lines.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from ..events import Refused, Value
from ..limits import INVITATION_TIME, MAX_INVITATION_TIME, MAX_NAME
from ..roles import SERVER_ROLES, Role, role_name
from .commands import (
    Announce,
    Ban,
    CloseRoom,
    Erase,
    Kick,
    ListActs,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)
from .json_objects import bad_data, decode_object
from .order_lines import ORDER_TYPES, order_command

MAX_REQUEST: Final = 16_384  # bytes of a line
MAX_ANSWER: Final = 1 << 20  # bytes of a line
MAX_HASH: Final = 256  # characters of the hash of a password

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=4 * MAX_NAME)]
Hash = Annotated[
    str, msgspec.Meta(max_length=MAX_HASH, pattern=r"^\$argon2id\$[!-~]+\Z")
]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
InvitationSeconds = Annotated[int, msgspec.Meta(ge=1, le=MAX_INVITATION_TIME)]
Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]

# -- requests ---------------------------------------------------------------------


class CreateAccount(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Create an account; *password* is the hash of its password."""

    name: Name
    password: Hash
    role: str = role_name(Role.MEMBER)


class SetPassword(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Give an account another password; *password* is its hash."""

    name: Name
    password: Hash


class EnableAccount(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Enable an account, or disable it."""

    name: Name
    enabled: bool


class EraseAccount(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Erase an account for ever."""

    name: Name


class EraseTexts(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Erase some texts of an account: the first ones after a place.

    The place is that of the message *after* in the room with the number *room*.
    """

    name: Name
    room: Number = 0
    after: Number = 0


class RevokeDevice(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Revoke the device with this number."""

    name: Name
    device: Number


class ListAccounts(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Return the first accounts after the one with the number *after*."""

    after: Number = 0


class ListDevices(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Return the devices of an account."""

    name: Name


class InviteAccount(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """Let whoever shows a code make an account; *code* is the hash of the code."""

    code: Code
    seconds: InvitationSeconds = INVITATION_TIME


AccountRequest = (CreateAccount | SetPassword | EnableAccount | RevokeDevice) | (
    (EraseAccount | EraseTexts | ListAccounts) | (ListDevices | InviteAccount)
)
OrderRequest = (
    (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole)
    | (CloseRoom | Announce | Erase)
    | (ListSanctions | ListActs)
)
Request = AccountRequest | OrderRequest

ACCOUNT_REQUESTS: Final[Mapping[str, type[AccountRequest]]] = {
    "account-create": CreateAccount,
    "account-password": SetPassword,
    "account-enable": EnableAccount,
    "account-erase": EraseAccount,
    "account-erase-texts": EraseTexts,
    "account-revoke": RevokeDevice,
    "account-devices": ListDevices,
    "account-invite": InviteAccount,
    "accounts": ListAccounts,
}
"""The requests about accounts, by the type of their lines."""

ORDER_REQUESTS: Final = tuple(
    each for each in ORDER_TYPES if each not in {"why", "invite", "uninvite", "invites"}
)
"""The types of the lines that the session dialect has as well."""

ROLES: Final = {role_name(each): each for each in SERVER_ROLES}
"""The roles on the server, by name."""

# -- answers ----------------------------------------------------------------------


class Done(Value, frozen=True, gc=False, omit_defaults=True):
    """It was done; *name* is that of the account or user, as the server writes it."""

    name: str = ""


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


Facts = (AccountList | DeviceList | SanctionFactsList | ActFactsList) | ErasedTexts
"""The answers to requests that are not acts, or only parts of one."""

Answer = Done | Facts | Refused

ANSWERS: Final[Mapping[str, type[Answer]]] = {
    "done": Done,
    "accounts": AccountList,
    "devices": DeviceList,
    "sanctions": SanctionFactsList,
    "audit": ActFactsList,
    "erased-texts": ErasedTexts,
    "error": Refused,
}
"""The answers, by the type of their lines."""

_TYPES: Final = {answer: kind for kind, answer in ANSWERS.items()}


def encode_request(kind: str, data: Mapping[str, object]) -> bytes:
    """Return the line of a request."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def decode_request(line: bytes) -> tuple[str, Request] | Refused:
    """Return the type and the request of a *line*, or why there is none."""
    decoded = decode_object(line)
    if decoded is None:
        return Refused("not_json", "that line is blank")
    if isinstance(decoded, Refused):
        return decoded
    kind, data = decoded.get("type"), decoded.get("data", {})
    if not isinstance(kind, str):
        return Refused("no_type", '"type" is missing')
    if (form := ACCOUNT_REQUESTS.get(kind)) is not None:
        try:
            return kind, msgspec.convert(data, form)
        except ValueError as exc:
            return bad_data(kind, exc)
    if kind not in ORDER_REQUESTS:
        reason = "this version of the server does not know that request"
        return Refused("unknown_type", reason)
    command = order_command(kind, data)
    if isinstance(command, OrderRequest):
        return kind, command
    assert isinstance(command, Refused), "the type is one of them"
    return command


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
