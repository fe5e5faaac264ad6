"""The requests of the admin socket: what the operator of the machine asks for.

A line is an object with a ``type`` and its ``data``, as in the session dialect. What
moderators can ask for has the same lines here. The tool that uses the history while no
server runs reads the same lines.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from ..events import Refused, Value
from ..limits import INVITATION_TIME
from ..roles import SERVER_ROLES, Role, role_name
from .commands import (
    Announce,
    Ban,
    CloseRoom,
    Command,
    Erase,
    Kick,
    ListActs,
    ListInvitations,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    SetTopic,
    Unban,
    Uninvite,
    Unmute,
)
from .invitation_lines import INVITATION_TYPES, InvitationSeconds, invitation_command
from .json_objects import TargetName, bad_data, decode_object
from .order_lines import ORDER_TYPES, order_command
from .process_requests import PROCESS_REQUESTS, ProcessRequest
from .room_lines import room_command

MAX_REQUEST: Final = 16_384  # bytes of a line
MAX_HASH: Final = 256  # characters of the hash of a password

Hash = Annotated[
    str, msgspec.Meta(max_length=MAX_HASH, pattern=r"^\$argon2id\$[!-~]+\Z")
]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]


class _Form(Value, frozen=True, gc=False, forbid_unknown_fields=True):
    """The data of a request about accounts."""


class CreateAccount(_Form, frozen=True, gc=False):
    """Create an account; *password* is the hash of its password."""

    name: TargetName
    password: Hash
    role: str = role_name(Role.MEMBER)


class SetPassword(_Form, frozen=True, gc=False):
    """Give an account another password; *password* is its hash."""

    name: TargetName
    password: Hash


class EnableAccount(_Form, frozen=True, gc=False):
    """Enable an account, or disable it."""

    name: TargetName
    enabled: bool


class EraseAccount(_Form, frozen=True, gc=False):
    """Erase an account for ever."""

    name: TargetName


class EraseTexts(_Form, frozen=True, gc=False):
    """Erase some texts of an account: the first ones after a place.

    The place is that of the message *after* in the room with the number *room*.
    """

    name: TargetName
    room: Number = 0
    after: Number = 0


class RevokeDevice(_Form, frozen=True, gc=False):
    """Revoke the device with this number."""

    name: TargetName
    device: Number


class ListAccounts(_Form, frozen=True, gc=False):
    """Return the first accounts after the one with the number *after*."""

    after: Number = 0


class ListDevices(_Form, frozen=True, gc=False):
    """Return the devices of an account."""

    name: TargetName


class MakeInvitation(_Form, frozen=True, gc=False):
    """Invite the user called *name*, or whoever shows a code, whose hash is *code*.

    That is to a room or, with a code and without a room, to make an account.
    """

    room: str | None = None
    name: TargetName | None = None
    code: Code | None = None
    seconds: InvitationSeconds = INVITATION_TIME

    def __post_init__(self) -> None:
        if (self.name is None) == (self.code is None):
            raise ValueError('it needs a "name" or a "code"')
        if self.room is None and self.name is not None:
            raise ValueError('a "name" needs a "room"')


AccountRequest = (CreateAccount | SetPassword | EnableAccount | RevokeDevice) | (
    EraseAccount | EraseTexts | ListAccounts | ListDevices
)
InvitationRequest = MakeInvitation | Uninvite | ListInvitations
OrderRequest = (
    (Kick | Mute | Unmute | Ban | Unban | SetRoom | SetRole)
    | (CloseRoom | Announce | Erase)
    | (ListSanctions | ListActs)
)
Request = AccountRequest | InvitationRequest | OrderRequest | SetTopic | ProcessRequest

OWN_REQUESTS: Final[
    Mapping[str, type[AccountRequest | MakeInvitation | ProcessRequest]]
] = {
    "account-create": CreateAccount,
    "account-password": SetPassword,
    "account-enable": EnableAccount,
    "account-erase": EraseAccount,
    "account-erase-texts": EraseTexts,
    "account-revoke": RevokeDevice,
    "account-devices": ListDevices,
    "accounts": ListAccounts,
    "invite": MakeInvitation,
    **PROCESS_REQUESTS,
}
"""The requests that only the operator makes, by the type of their lines.

In the session dialect, `invite` has no code: there the server makes it.
"""

TOPIC: Final = "topic"
"""The type of the line that sets the topic of a room."""

SHARED_REQUESTS: Final = {*ORDER_TYPES, *INVITATION_TYPES, TOPIC} - {"why", "invite"}
"""The types of the lines that the session dialect has as well."""

ROLES: Final = {role_name(each): each for each in SERVER_ROLES}
"""The roles on the server, by name."""


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
    if (form := OWN_REQUESTS.get(kind)) is not None:
        try:
            return kind, msgspec.convert(data, form)
        except ValueError as exc:
            return bad_data(kind, exc)
    if kind not in SHARED_REQUESTS:
        reason = "this version of the server does not know that request"
        return Refused("unknown_type", reason)
    command = _shared_command(kind, data)
    if isinstance(command, OrderRequest | InvitationRequest | SetTopic):
        return kind, command
    assert isinstance(command, Refused), "the type is one of them"
    return command


def _shared_command(kind: str, data: object) -> Command | Refused:
    """Return the command of a line with a *kind* of `SHARED_REQUESTS`."""
    if kind in INVITATION_TYPES:
        return invitation_command(kind, data)
    if kind != TOPIC:
        return order_command(kind, data)
    try:
        return room_command(kind, data)
    except ValueError as exc:
        return bad_data(kind, exc)
