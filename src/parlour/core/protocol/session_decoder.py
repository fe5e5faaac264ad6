"""The decoder of the session dialect: lines to commands. `hello` has its own module."""

from typing import Annotated, Any, Final, TypeVar

import msgspec

from ..events import LOBBY, Ping, Pong, Refused, RoomName
from ..limits import MAX_ID, MAX_PAGE, MAX_TOKEN, ROOMS_PAGE, SESSION_PAGE
from .account_lines import ACCOUNT_TYPES, account_command
from .commands import (
    Command,
    Goodbye,
    Ignore,
    Join,
    LeaveRoom,
    ListRooms,
    ListUsers,
    MarkRead,
    OpenDirect,
    ReadPage,
    SearchHistory,
    SetName,
    SetTopic,
    Submit,
    Unignore,
)
from .json_objects import SequenceNumber, bad_data, decode_object
from .order_lines import ORDER_TYPES, order_command
from .tokens import hash_key

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
_Invite = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOKEN)]
_PingToken = Annotated[str, msgspec.Meta(max_length=MAX_TOKEN)]
_Limit = Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)]


class _Data(msgspec.Struct):
    room: str = LOBBY


class _MessageData(_Data, kw_only=True):
    message: str
    id: _Id | None = None


class _SetNameData(_Data, kw_only=True):
    name: str


class _HistoryData(_Data):
    before: SequenceNumber | None = None
    after: SequenceNumber | None = None
    limit: _Limit = SESSION_PAGE


class _SearchData(_Data, kw_only=True):
    words: str
    all: bool = False
    before: SequenceNumber | None = None
    limit: _Limit = SESSION_PAGE


class _PingData(_Data):
    token: _PingToken = ""


class _RoomData(msgspec.Struct):
    room: str


class _JoinData(_RoomData):
    private: bool = False
    invite: _Invite | None = None


class _RoomsData(msgspec.Struct):
    after: str = ""
    limit: _Limit = ROOMS_PAGE


class _TopicData(_RoomData):
    topic: str


class _ReadData(_RoomData):
    sequence: SequenceNumber


class _DirectData(msgspec.Struct):
    to: str


class _NameData(msgspec.Struct):
    name: str


class _MessageLine(msgspec.Struct, tag_field="type", tag="message"):
    data: _MessageData


DataT = TypeVar("DataT", bound=msgspec.Struct)

_decoder: Final = msgspec.json.Decoder(_MessageLine)

_LOBBY_TYPES: Final = ("message", "set-name", "history", "search", "users")
_ROOM_TYPES: Final = (
    *("join", "leave", "rooms", "topic", "direct", "read"),
    *("ignore", "unignore"),
)
_LAST_TYPES: Final = ("ping", "pong", "bye")


def decode(line: bytes) -> Command | Refused | None:
    """Return the command on *line* (without its LF), as `Dialect.decode` does."""
    try:
        data = _decoder.decode(line).data  # by far the most frequent
    except (ValueError, RecursionError):
        decoded = decode_object(line)
        if isinstance(decoded, dict):
            return _decode_type(decoded.get("type"), decoded.get("data"))
        return decoded
    return Submit(data.message, RoomName(data.room), data.id or "")


def decode_in_lobby(line: bytes) -> Command | Refused | None:
    """Do what `decode` does for a client that knows no other room than the lobby."""
    command = decode(line)
    if isinstance(command, Submit):  # by far the most frequent
        return command if command.room == LOBBY else _no_such_room(command.id)
    match command:
        case ReadPage(room) | ListUsers(room) if room != LOBBY:
            return _no_such_room("")
        case SearchHistory(room) if room != LOBBY:
            return _no_such_room("")
        case Refused("unknown_type"):
            return _unknown_type(_TYPES_IN_LOBBY)
        case Refused("no_type"):
            return _no_type(_TYPES_IN_LOBBY)
        case _ if _is_unknown_in_lobby(command):
            return _unknown_type(_TYPES_IN_LOBBY)
        case _:
            return command


def _is_unknown_in_lobby(command: Command | Refused | None) -> bool:
    """Return whether a line has a type that is not for clients of the lobby alone."""
    if isinstance(command, Refused):
        return command.about in (*_ROOM_TYPES, *ACCOUNT_TYPES, *ORDER_TYPES)
    return command is not None and not isinstance(command, _LOBBY_COMMANDS)


def _decode_type(kind: object, data: object) -> Command | Refused:
    command = _command(kind, data)
    if isinstance(command, Refused) and kind in (*_KNOWN_TYPES, "hello"):
        return command.replace(about=kind)
    return command


_LOBBY_COMMANDS: Final = (
    *(Submit, SetName, ReadPage, SearchHistory, ListUsers),
    *(Ping, Pong, Goodbye),
)
_KNOWN_TYPES: Final = (
    *(*_LOBBY_TYPES, *_ROOM_TYPES, *ACCOUNT_TYPES),
    *(*ORDER_TYPES, *_LAST_TYPES),
)
_TYPES_IN_LOBBY: Final = (*_LOBBY_TYPES, *_LAST_TYPES)


def _command(kind: object, data: object) -> Command | Refused:
    match kind:
        case "message" | "set-name":
            return _text_command(kind, data)
        case "history" | "search" | "users" | "ping" | "pong" | "rooms":
            return _object_command(kind, data if isinstance(data, dict) else {})
        case "join" | "leave" | "topic" | "direct" | "read" | "ignore" | "unignore":
            return _room_command(kind, data)
        case str() if kind in ACCOUNT_TYPES:
            return account_command(kind, data)
        case str() if kind in ORDER_TYPES:
            return order_command(kind, data)
        case "bye":
            return Goodbye()
        case "hello":
            return Refused(
                "late_hello", '"hello" must be the first line, and must not be repeated'
            )
        case str():
            return _unknown_type(_KNOWN_TYPES)
        case _:
            return _no_type(_KNOWN_TYPES)


def _text_command(kind: str, data: object) -> Command | Refused:
    """Return a command whose data may be a string instead of an object."""
    if kind == "message":
        if isinstance(data, str):
            return Submit(data, LOBBY, "")
        message = _convert(kind, data, _MessageData)
        if isinstance(message, Refused):
            return message
        return Submit(message.message, RoomName(message.room), message.id or "")
    if isinstance(data, str):
        return SetName(data)
    name = _convert(kind, data, _SetNameData)
    return name if isinstance(name, Refused) else SetName(name.name)


def _object_command(kind: str, data: dict[str, Any]) -> Command | Refused:
    """Return a command whose data is an object with optional members."""
    if kind == "history":
        return _history(_convert(kind, data, _HistoryData))
    if kind == "search":
        return _search(_convert(kind, data, _SearchData))
    if kind == "users":
        users = _convert(kind, data, _Data)
        return users if isinstance(users, Refused) else ListUsers(RoomName(users.room))
    if kind == "rooms":
        rooms = _convert(kind, data, _RoomsData)
        if isinstance(rooms, Refused):
            return rooms
        return ListRooms(rooms.after, min(rooms.limit, MAX_PAGE))
    ping = _convert(kind, data, _PingData)
    if isinstance(ping, Refused):
        return ping
    return Ping(ping.token) if kind == "ping" else Pong(ping.token)


def _history(data: _HistoryData | Refused) -> Command | Refused:
    if isinstance(data, Refused):
        return data
    if data.before is not None and data.after is not None:
        reason = '"before" and "after" must not be given together'
        return Refused("bad_data", reason)
    limit = min(data.limit, MAX_PAGE)
    return ReadPage(RoomName(data.room), data.before, data.after, limit)


def _search(data: _SearchData | Refused) -> Command | Refused:
    if isinstance(data, Refused):
        return data
    limit = min(data.limit, MAX_PAGE)
    if not data.all:
        return SearchHistory(RoomName(data.room), data.words, data.before, limit)
    if data.before is not None:
        reason = '"before" and "all" must not be given together'
        return Refused("bad_data", reason)
    return SearchHistory(None, data.words, None, limit)


def _room_command(kind: str, data: object) -> Command | Refused:
    """Return a command whose data is an object with required members."""
    match kind:
        case "join":
            join = _convert(kind, data, _JoinData)
            if isinstance(join, Refused):
                return join
            invite = hash_key(join.invite) if join.invite else ""
            return Join(join.room, join.private, invite)
        case "leave":
            room = _convert(kind, data, _RoomData)
            return room if isinstance(room, Refused) else LeaveRoom(RoomName(room.room))
        case "topic":
            topic = _convert(kind, data, _TopicData)
            if isinstance(topic, Refused):
                return topic
            return SetTopic(RoomName(topic.room), topic.topic)
        case "read":
            read = _convert(kind, data, _ReadData)
            if isinstance(read, Refused):
                return read
            return MarkRead(RoomName(read.room), read.sequence)
        case "direct":
            direct = _convert(kind, data, _DirectData)
            return direct if isinstance(direct, Refused) else OpenDirect(direct.to)
        case _:
            name = _convert(kind, data, _NameData)
            if isinstance(name, Refused):
                return name
            return Ignore(name.name) if kind == "ignore" else Unignore(name.name)


def _convert(kind: str, data: object, form: type[DataT]) -> DataT | Refused:
    """Return *data* as an instance of *form*, or the reason why it is refused."""
    id_ = data.get("id", "") if isinstance(data, dict) else ""
    id_ = id_ if isinstance(id_, str) and len(id_) <= MAX_ID else ""
    try:
        return msgspec.convert(data, form)
    except ValueError as exc:
        return bad_data(kind, exc, id_)


def _no_such_room(id_: str) -> Refused:
    return Refused("no_such_room", f'the only room is "{LOBBY}"', id_)


def _unknown_type(known: tuple[str, ...]) -> Refused:
    reason = f'that "type" is not known here; known are {_quoted(known)}'
    return Refused("unknown_type", reason)


def _no_type(known: tuple[str, ...]) -> Refused:
    return Refused("no_type", f'"type" is missing; known are {_quoted(known)}')


def _quoted(names: tuple[str, ...]) -> str:
    *first, last = [f'"{name}"' for name in names]
    return f"{', '.join(first)} and {last}"
