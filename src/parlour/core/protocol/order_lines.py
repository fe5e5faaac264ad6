"""Lines of the session dialect about what moderators do: commands and events."""

from typing import Annotated, Final

import msgspec

from ..events import (
    Act,
    Acted,
    ActPage,
    Announcement,
    Refused,
    RoomName,
    SanctionInfo,
    SanctionList,
)
from ..limits import (
    MAX_PAGE,
    MAX_REASON,
    MAX_SECONDS,
    MAX_SLOW,
    MAX_TOPIC,
    SESSION_PAGE,
)
from ..roles import Role, role_name
from ..timestamps import rfc3339
from .commands import (
    Announce,
    Ban,
    CloseRoom,
    Command,
    Erase,
    Kick,
    ListActs,
    ListSanctions,
    Mute,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
    Why,
)
from .json_objects import (
    Data,
    PositiveNumber,
    SequenceNumber,
    TargetName,
    bad_data,
    given,
    optional,
)

ORDER_TYPES: Final = (
    *("kick", "mute", "unmute", "ban", "unban", "role", "set"),
    *("close", "announce", "erase", "sanctions", "audit", "why"),
)
ROLES: Final = {
    role_name(each): each for each in (Role.MEMBER, Role.MODERATOR, Role.OWNER)
} | {role_name(Role.ADMIN): Role.ADMIN}
"""The roles that somebody may be given, by name."""

_Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=MAX_SECONDS)]
_Slow = Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOW)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOPIC)]


class _KickData(msgspec.Struct):
    room: str
    name: TargetName
    reason: _Reason = ""


class _SanctionData(msgspec.Struct):
    name: TargetName
    room: str | None = None
    seconds: _Seconds | None = None
    reason: _Reason = ""


class _LiftData(msgspec.Struct):
    name: TargetName | None = None
    number: PositiveNumber | None = None
    room: str | None = None


class _SetData(msgspec.Struct):
    room: str
    locked: bool | None = None
    slow: _Slow | None = None
    private: bool | None = None


class _CloseData(msgspec.Struct):
    room: str


class _RoleData(msgspec.Struct):
    name: TargetName
    role: str
    room: str | None = None


class _AnnounceData(msgspec.Struct):
    text: _Text


class _EraseData(msgspec.Struct):
    room: str
    sequence: SequenceNumber | None = None
    name: TargetName | None = None


class _RoomData(msgspec.Struct):
    room: str | None = None


class _SanctionsData(_RoomData):
    before: SequenceNumber | None = None


class _AuditData(_SanctionsData):
    limit: PositiveNumber = SESSION_PAGE


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
        case "unmute" | "unban":
            lift = msgspec.convert(data, _LiftData)
            if (lift.name is None) == (lift.number is None):
                return Refused("bad_data", f'"{kind}" needs a "name" or a "number"')
            ending = Unmute if kind == "unmute" else Unban
            return ending(_room(lift.room), lift.name or "", lift.number or 0)
        case "set":
            settings = msgspec.convert(data, _SetData)
            room_name = RoomName(settings.room)
            locked, slow, private = settings.locked, settings.slow, settings.private
            return SetRoom(room_name, locked, slow, private)
        case "close":
            return CloseRoom(RoomName(msgspec.convert(data, _CloseData).room))
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
            asked = msgspec.convert(optional(data), _SanctionsData)
            return ListSanctions(_room(asked.room), asked.before)
        case "audit":
            wanted = msgspec.convert(optional(data), _AuditData)
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


def order_type_and_data(
    event: Acted | Announcement | SanctionList | ActPage,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about what moderators do."""
    if isinstance(event, Announcement):
        data = {"room": event.room, **given(by=event.by), "text": event.text}
        return "announcement", data
    if isinstance(event, SanctionList):
        listed = {"sanctions": [_sanction(each) for each in event.sanctions]}
        kind = "why" if event.is_own else "sanctions"
        return kind, listed | given(more=event.has_more)
    if isinstance(event, ActPage):
        acts = [
            {"number": each.number, "time": rfc3339(each.time), **_act(each)}
            for each in event.acts
        ]
        return "audit", {
            **given(room=event.room),
            "acts": acts,
            "more": event.has_more,
        }
    return "act", _act(event)


def _act(act: Acted | Act) -> Data:
    until = None if act.until is None else rfc3339(act.until)
    known = given(by=act.by, name=act.name, reason=act.reason, until=until)
    return {**given(room=act.room), "action": act.action, **known}


def _sanction(sanction: SanctionInfo) -> Data:
    room, by, reason = sanction.room, sanction.by, sanction.reason
    until = None if sanction.until is None else rfc3339(sanction.until)
    return {
        "number": sanction.number,
        "kind": sanction.kind,
        "name": sanction.name,
        "since": rfc3339(sanction.since),
        **given(room=room, by=by, reason=reason, until=until),
    }
