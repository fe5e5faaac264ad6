"""The session dialect on the client's side: lines of the wire to events.

The lines are untrusted. An invalid line is not an event, and no number, text or list is
larger than a Parlour server would send. Python objects need up to thirty times the
memory of their JSON, so a long line is decoded only where a long answer is allowed, and
then into a fixed structure: other keys are skipped.
"""

from typing import Annotated, Final

import msgspec

from parlour.core.events import (
    LOBBY,
    Joined,
    Left,
    Renamed,
    RoomName,
    StorageFailed,
    StorageRecovered,
    TopicChanged,
)
from parlour.core.limits import MAX_TOKEN
from parlour.core.roles import ROLES_SHOWN

from .account_decoder import account_event
from .display_items import MAX_NAME
from .invitation_decoder import invitation_event
from .order_decoder import order_event
from .server_events import (
    Bye,
    Closed,
    Greeting,
    IgnoredNames,
    ListedRoom,
    ListedUser,
    Message,
    MessagePage,
    Missed,
    Ping,
    Pong,
    ReadElsewhere,
    Refused,
    RoomPage,
    RoomState,
    ServerEvent,
    Stored,
    Unknown,
    UserPage,
    Welcome,
)
from .wire_values import (
    MAX_LINE,
    MAX_ROOM_NAME,
    MAX_SEQUENCE,
    get_count,
    get_name,
    get_room,
    get_text,
    is_count,
    is_name,
)

MIN_LINE: Final = len('{"type":""}')
MAX_PAGE_LINE: Final = 4 << 20  # bytes of a page of an answer
MAX_TIME: Final = 64  # characters of a time; RFC 3339 has about 30
MAX_GREETING: Final = 4_096  # characters; a Parlour server allows 1,000
MAX_GREETING_LINES: Final = 50  # a Parlour server allows 20
MAX_TOPIC: Final = 1_024  # characters; a Parlour server allows 200
MAX_RETRY_AFTER: Final = 86_400.0  # seconds; a longer wait is shortened to this

_Sequence = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
_Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
_Room = Annotated[str, msgspec.Meta(max_length=MAX_ROOM_NAME)]


class _Line(msgspec.Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Message(msgspec.Struct):
    sequence: _Sequence
    source: str
    message: str
    time: str = ""
    room: _Room = ""
    erased: bool = False


class _Page(msgspec.Struct):
    messages: list[_Message]
    room: _Room = ""
    more: bool = False


class _User(msgspec.Struct):
    name: _Name
    role: str = ""


class _Users(msgspec.Struct):
    users: list[_User]
    room: _Room = LOBBY
    more: bool = False


class _ListedRoom(msgspec.Struct):
    room: _Room
    topic: str = ""
    users: _Sequence = 0
    private: bool = False


class _Rooms(msgspec.Struct):
    rooms: list[_ListedRoom]
    more: bool = False


_lines: Final = msgspec.json.Decoder(_Line)
_pages: Final = msgspec.json.Decoder(_Page)
_users: Final = msgspec.json.Decoder(_Users)
_rooms: Final = msgspec.json.Decoder(_Rooms)

_PAGES: Final = {"history", "found", "users", "rooms"}
_LONG: Final = {*_PAGES, "audit"}
"""The types of answers that may be long."""


def decode(line: bytes) -> ServerEvent | None:
    """Return the event on *line*, or None if it is not a line of this dialect."""
    if len(line) < MIN_LINE:
        return None
    try:
        found = _lines.decode(line)
    except (ValueError, RecursionError):
        return None
    is_page = found.type in _PAGES
    if len(line) > (MAX_PAGE_LINE if found.type in _LONG else MAX_LINE):
        return Unknown()
    try:
        if is_page:
            return _answer(found.type, found.data)
        data: object = msgspec.json.decode(found.data)
    except (ValueError, RecursionError):
        return Unknown()
    if not isinstance(data, dict):
        return Unknown()
    return (
        _reply(found.type, data)
        or _about_room(found.type, data)
        or _about_session(found.type, data)
        or account_event(found.type, data)
        or order_event(found.type, data)
        or invitation_event(found.type, data)
        or Unknown()
    )


def _answer(kind: str, data: msgspec.Raw) -> MessagePage | UserPage | RoomPage:
    if kind == "users":
        users = _users.decode(data)
        people = tuple(
            ListedUser(each.name, each.role if each.role in ROLES_SHOWN else "")
            for each in users.users
        )
        return UserPage(users.room, people, users.more)
    if kind == "rooms":
        rooms = _rooms.decode(data)
        listed = (
            ListedRoom(each.room, each.topic[:MAX_TOPIC], each.users, each.private)
            for each in rooms.rooms
        )
        return RoomPage(tuple(listed), rooms.more)
    page = _pages.decode(data)
    room = page.room or ("" if kind == "found" else LOBBY)
    messages = tuple(
        _message(
            *(each.room or room, each.sequence, each.time, each.source),
            *(each.message, each.erased),
        )
        for each in page.messages
    )
    return MessagePage(room, messages, page.more, kind == "found")


def _reply(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return an answer to this client, or what else is about no room; or None."""
    match kind, data:
        case "stored", _:
            room = get_room(data, default=LOBBY)
            return Stored(get_text(data, "id"), room, get_count(data, "sequence"))
        case "error", _:
            return Refused(
                get_text(data, "code"),
                get_text(data, "reason"),
                get_text(data, "id"),
                get_room(data, default=""),
                get_text(data, "about"),
            )
        case "greeting", {"text": str(text)}:
            lines = text[:MAX_GREETING].split("\n")[:MAX_GREETING_LINES]
            return Greeting(tuple(lines))
        case "pong", _:
            return Pong(get_text(data, "token"))
        case "ignored", {"names": [*names]}:
            return IgnoredNames(tuple(each for each in names if is_name(each)))
        case "welcome", {"rooms": {"lobby": dict(lobby)}}:
            state = _room_state(LOBBY, lobby)
            return Welcome(get_name(data, "you"), state) if state is not None else None
        case "welcome", _ if "rooms" not in data:
            return Welcome(get_name(data, "you"), None)
        case _:
            return None


def _about_room(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return an event of one room, or None."""
    name = get_name(data, "name")
    room = RoomName(get_room(data, default=LOBBY))
    if not room:
        return None
    match kind, data:
        case "message", {"sequence": int(at), "source": str(source), "message": str(t)}:
            is_erased, time = data.get("erased") is True, get_text(data, "time")
            found = _message(room, at, time, source, t, is_erased)
            return found if is_count(at) else None
        case "room", _:
            return _room_state(room, data)
        case "read", {"read": read} if is_count(read):
            return ReadElsewhere(
                room, read, get_count(data, "unread"), get_count(data, "mentions")
            )
        case "joined", _ if name:
            return Joined(room, name)
        case "left", _ if name:
            return Left(room, name, get_text(data, "reason"), data.get("you") is True)
        case "topic", _:
            return TopicChanged(room, _topic(data), get_name(data, "by"))
        case "closed", _:
            return Closed(room, get_text(data, "reason"))
        case "unkept", _:
            return StorageFailed(room, get_text(data, "reason"))
        case "kept", _:
            return StorageRecovered(room)
        case "missed", {"resume_after": int(after)} if is_count(after):
            events = data.get("events")
            return Missed(room, events if is_count(events) else None, after)
        case _:
            return None


def _about_session(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return an event that need not concern a room, or None."""
    name, to = get_name(data, "name"), get_name(data, "to")
    match kind, data:
        case "renamed", _ if name and to:
            return Renamed(RoomName(get_room(data, default="")) or None, name, to)
        case "ping", {"token": str(token)} if len(token) <= MAX_TOKEN:
            return Ping(token)
        case "bye", _:
            return Bye(
                get_text(data, "code"), get_text(data, "reason"), _retry_after(data)
            )
        case _:
            return None


def _room_state(room: str, data: dict[str, object]) -> RoomState | None:
    epoch, sequence = data.get("epoch"), data.get("sequence")
    if not isinstance(epoch, str) or len(epoch) > MAX_TOKEN or not is_count(sequence):
        return None
    return RoomState(
        room,
        epoch,
        sequence,
        is_recovered=data.get("recovered") is not False,
        topic=_topic(data),
        is_kept=data.get("kept") is not False,
        is_one_way=data.get("one_way") is True,
        other=get_name(data, "with"),
        title=get_name(data, "name"),
        is_private=data.get("private") is True,
        read=get_count(data, "read") if "read" in data else None,
        unread=get_count(data, "unread"),
        mentions=get_count(data, "mentions"),
    )


def _message(
    room: str,
    sequence: int,
    time: str,
    source: str,
    text: str,
    is_erased: bool,
) -> Message:
    name, text = source[:MAX_NAME], "" if is_erased else text
    return Message(room, sequence, time[:MAX_TIME], name, text, is_erased)


def _topic(data: dict[str, object]) -> str:
    return get_text(data, "topic")[:MAX_TOPIC]


def _retry_after(data: dict[str, object]) -> float:
    """Return the seconds that the server asks the client to wait."""
    wait = data.get("retry_after")
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        return 0.0
    return float(max(0, min(wait, MAX_RETRY_AFTER)))
