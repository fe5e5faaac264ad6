"""Lines of the session dialect about rooms: commands and events."""

from typing import Annotated, assert_never

import msgspec

from ..events import (
    LOBBY,
    Joined,
    Left,
    Reading,
    ReadMoved,
    Renamed,
    RoleChanged,
    RoomClosed,
    RoomInfo,
    RoomList,
    RoomName,
    StorageFailed,
    StorageRecovered,
    TopicChanged,
    Users,
)
from ..limits import MAX_PAGE, MAX_TOKEN, ROOMS_PAGE
from ..roles import Role, role_name, shown_role
from ..timestamps import rfc3339
from .commands import (
    Join,
    LeaveRoom,
    ListRooms,
    ListUsers,
    MarkRead,
    OpenDirect,
    SetTopic,
)
from .json_objects import Data, PositiveNumber, SequenceNumber, given, optional
from .tokens import hash_key

_Invite = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOKEN)]

RoomCommand = (
    Join | LeaveRoom | ListRooms | ListUsers | MarkRead | OpenDirect | SetTopic
)


class _RoomData(msgspec.Struct):
    room: str


class _JoinData(_RoomData):
    private: bool = False
    invite: _Invite | None = None


class _TopicData(_RoomData):
    topic: str


class _ReadData(_RoomData):
    sequence: SequenceNumber


class _DirectData(msgspec.Struct):
    to: str


class _RoomsData(msgspec.Struct):
    after: str = ""
    limit: PositiveNumber = ROOMS_PAGE


class _UsersData(msgspec.Struct):
    room: str = LOBBY


def room_command(kind: str, data: object) -> RoomCommand:
    """Return the command of a `join`, `leave`, `topic`, `read`, `direct` or question.

    The questions are `rooms` and `users`. Raises ValueError if the *data* is wrong.
    """
    match kind:
        case "join":
            join = msgspec.convert(data, _JoinData)
            invite = hash_key(join.invite) if join.invite else ""
            return Join(join.room, join.private, invite)
        case "leave":
            return LeaveRoom(RoomName(msgspec.convert(data, _RoomData).room))
        case "topic":
            topic = msgspec.convert(data, _TopicData)
            return SetTopic(RoomName(topic.room), topic.topic)
        case "read":
            read = msgspec.convert(data, _ReadData)
            return MarkRead(RoomName(read.room), read.sequence)
        case "direct":
            return OpenDirect(msgspec.convert(data, _DirectData).to)
        case "rooms":
            rooms = msgspec.convert(optional(data), _RoomsData)
            return ListRooms(rooms.after, min(rooms.limit, MAX_PAGE))
        case _:
            return ListUsers(RoomName(msgspec.convert(optional(data), _UsersData).room))


def room_type_and_data(  # noqa: C901 -- a row per event
    event: (Joined | Left | Renamed | TopicChanged | StorageFailed | StorageRecovered)
    | (RoomInfo | RoomList | RoomClosed | ReadMoved | Users | RoleChanged),
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about a room."""
    match event:
        case Joined(room, name, role):
            return "joined", {"room": room, "name": name, **_role(role)}
        case Left(room, name, reason, is_own):
            data = {"room": room, "name": name, "reason": reason}
            return "left", {**data, "you": True} if is_own else data
        case Renamed(place, name, to, role):
            data = {"name": name, "to": to, **_role(role)}
            return "renamed", data if place is None else {"room": place, **data}
        case RoleChanged(room, name, role):
            return "role", {"room": room, "name": name, "role": role_name(role)}
        case TopicChanged(room, topic, by):
            return "topic", {"room": room, "topic": topic, **given(by=by)}
        case StorageFailed(room, reason):
            return "unkept", {"room": room, "reason": reason}
        case StorageRecovered(room):
            return "kept", {"room": room}
        case RoomInfo():
            return "room", _room(event)
        case RoomList():
            return "rooms", _rooms(event)
        case RoomClosed(room, reason, code):
            return "closed", {"room": room, "reason": reason, **given(code=code)}
        case ReadMoved(room, reading):
            return "read", {"room": room, **_reading(reading)}
        case Users(room, users, first, total):
            page = [
                {"name": each.name, "since": rfc3339(each.since), **_role(each.role)}
                for each in users
            ]
            has_more = first + len(users) - 1 < total
            return "users", {"room": room, "users": page, "more": has_more}
        case _:
            assert_never(event)


def _room(event: RoomInfo) -> Data:
    partner = {"with": event.partner} if event.partner is not None else {}
    order = _role(event.role) | given(locked=event.is_locked, slow=event.slow)
    return {
        "room": event.room,
        "epoch": event.epoch,
        "sequence": event.sequence,
        "recovered": event.is_recovered,
        "topic": event.topic,
        **partner,
        "kept": event.is_kept,
        **order,
        **given(one_way=event.is_one_way, private=event.is_private),
        **({} if event.reading is None else _reading(event.reading)),
    }


def _rooms(event: RoomList) -> Data:
    rooms = [
        {
            "room": each.room,
            "topic": each.topic,
            "users": each.users,
            **given(private=each.is_private),
        }
        for each in event.rooms
    ]
    return {"rooms": rooms, "more": event.has_more}


def _role(role: Role) -> Data:
    return given(role=shown_role(role))


def _reading(reading: Reading) -> Data:
    return {
        "read": reading.sequence,
        "unread": reading.unread,
        "mentions": reading.mentions,
    }
