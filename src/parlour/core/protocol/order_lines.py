"""The lines of the session dialect by which moderators keep order."""

from typing import Annotated, Final

import msgspec

from ..events import Refused, RoomName
from ..limits import (
    INVITATION_TIME,
    MAX_INVITATION_TIME,
    MAX_NAME,
    MAX_PAGE,
    MAX_REASON,
    MAX_SECONDS,
    MAX_SLOW,
    MAX_TOPIC,
    SESSION_PAGE,
)
from ..roles import Role, role_name
from .commands import (
    Announce,
    Ban,
    CloseRoom,
    Command,
    Erase,
    Invite,
    Kick,
    ListActs,
    ListInvitations,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Uninvite,
    Unmute,
    Why,
)
from .json_objects import SequenceNumber, bad_data

ORDER_TYPES: Final = (
    *("kick", "mute", "unmute", "ban", "unban", "role", "set"),
    *("close", "invite", "uninvite", "invites", "announce", "erase"),
    *("sanctions", "audit", "why"),
)
ROLES: Final = {
    role_name(each): each for each in (Role.MEMBER, Role.MODERATOR, Role.OWNER)
} | {role_name(Role.ADMIN): Role.ADMIN}
"""The roles that somebody may be given, by name."""

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=4 * MAX_NAME)]
_Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=MAX_SECONDS)]
_InviteTime = Annotated[int, msgspec.Meta(ge=1, le=MAX_INVITATION_TIME)]
_Slow = Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOW)]
_Number = Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOPIC)]


class _KickData(msgspec.Struct):
    room: str
    name: _Name
    reason: _Reason = ""


class _SanctionData(msgspec.Struct):
    name: _Name
    room: str | None = None
    seconds: _Seconds | None = None
    reason: _Reason = ""


class _LiftData(msgspec.Struct):
    name: _Name | None = None
    number: _Number | None = None
    room: str | None = None


class _SetData(msgspec.Struct):
    room: str
    locked: bool | None = None
    slow: _Slow | None = None
    private: bool | None = None


class _CloseData(msgspec.Struct):
    room: str


class _InviteData(msgspec.Struct):
    room: str | None = None
    name: _Name | None = None
    seconds: _InviteTime = INVITATION_TIME


class _RoleData(msgspec.Struct):
    name: _Name
    role: str
    room: str | None = None


class _AnnounceData(msgspec.Struct):
    text: _Text


class _EraseData(msgspec.Struct):
    room: str
    sequence: SequenceNumber | None = None
    name: _Name | None = None


class _RoomData(msgspec.Struct):
    room: str | None = None


class _InvitesData(_RoomData):
    after: SequenceNumber = 0


class _SanctionsData(_RoomData):
    before: SequenceNumber | None = None


class _AuditData(_SanctionsData):
    limit: Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)] = SESSION_PAGE


LIFTS: Final[dict[str, type[Unmute | Unban | Uninvite]]] = {
    "unmute": Unmute,
    "unban": Unban,
    "uninvite": Uninvite,
}
"""What takes back a sanction, or an invitation."""


def order_command(kind: str, data: object) -> Command | Refused:
    """Return the command of a line with a *kind* of `ORDER_TYPES`."""
    try:
        command = _erase(data) if kind == "erase" else _command(kind, data)
    except ValueError as exc:
        return bad_data(kind, exc)
    texts = [getattr(command, each, "") for each in ("reason", "text")]
    if not all(text.isprintable() for text in texts):
        return Refused("bad_data", f'"{kind}" has characters that cannot be printed')
    return command


def _command(kind: str, data: object) -> Command | Refused:
    match kind:
        case "kick":
            kick = msgspec.convert(data, _KickData)
            return Kick(RoomName(kick.room), kick.name, kick.reason)
        case "mute" | "ban":
            found = msgspec.convert(data, _SanctionData)
            command = Mute if kind == "mute" else Ban
            room = _room(found.room)
            return command(room, found.name, found.seconds, found.reason)
        case "unmute" | "unban" | "uninvite":
            lift = msgspec.convert(data, _LiftData)
            if (lift.name is None) == (lift.number is None):
                return Refused("bad_data", f'"{kind}" needs a "name" or a "number"')
            return LIFTS[kind](_room(lift.room), lift.name or "", lift.number or 0)
        case "set":
            settings = msgspec.convert(data, _SetData)
            room_name = RoomName(settings.room)
            locked, slow, private = settings.locked, settings.slow, settings.private
            return SetRoom(room_name, locked, slow, private)
        case "close":
            return CloseRoom(RoomName(msgspec.convert(data, _CloseData).room))
        case "invite":
            invite = msgspec.convert(data if data is not None else {}, _InviteData)
            if invite.room is None and invite.name is not None:
                return Refused("bad_data", '"invite" with a "name" needs a "room"')
            return Invite(_room(invite.room), invite.name or "", invite.seconds)
        case "role":
            role = msgspec.convert(data, _RoleData)
            if role.role not in ROLES:
                known = ", ".join(f'"{each}"' for each in ROLES)
                return Refused("bad_data", f'"role" must be one of {known}')
            return SetRole(_room(role.room), role.name, ROLES[role.role])
        case "announce":
            return Announce(msgspec.convert(data, _AnnounceData).text)
        case _:
            return _question(kind, data)


def _question(kind: str, data: object) -> Command:
    match kind:
        case "sanctions":
            form = data if isinstance(data, dict) else {}
            asked = msgspec.convert(form, _SanctionsData)
            return ListSanctions(_room(asked.room), asked.before)
        case "invites":
            form = data if isinstance(data, dict) else {}
            listed = msgspec.convert(form, _InvitesData)
            return ListInvitations(_room(listed.room), listed.after)
        case "audit":
            form = data if isinstance(data, dict) else {}
            wanted = msgspec.convert(form, _AuditData)
            limit = min(wanted.limit, MAX_PAGE)
            return ListActs(_room(wanted.room), wanted.before, limit)
        case _:
            return Why()


def _erase(found: object) -> Erase | Refused:
    data = msgspec.convert(found, _EraseData)
    if (data.sequence is None) == (data.name is None):
        return Refused("bad_data", '"erase" needs either "sequence" or "name"')
    return Erase(RoomName(data.room), data.sequence, data.name or "")


def _room(name: str | None) -> RoomName | None:
    return None if name is None else RoomName(name)
