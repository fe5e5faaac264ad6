"""The decoder of the session dialect: lines to commands. `hello` has its own module."""

from typing import Annotated, Any, Final, TypeVar

import msgspec

from ..events import LOBBY, Ping, Pong, Refused
from ..limits import MAX_ID, MAX_PAGE, MAX_TOKEN, SESSION_PAGE
from .commands import (
    Command,
    Leave,
    ListUsers,
    ReadPage,
    SearchHistory,
    SetName,
    Submit,
)
from .json_objects import SequenceNumber, bad_data, decode_object

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
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
    before: SequenceNumber | None = None
    limit: _Limit = SESSION_PAGE


class _PingData(_Data):
    token: _PingToken = ""


class _MessageLine(msgspec.Struct, tag_field="type", tag="message"):
    data: _MessageData


DataT = TypeVar("DataT", bound=_Data)

_decoder: Final = msgspec.json.Decoder(_MessageLine)
_KNOWN: Final = (
    '"message", "set-name", "history", "search", "users", "ping", "pong" and "bye"'
)


def decode(line: bytes) -> Command | Refused | None:
    """Return the command on *line* (without its LF), as `Dialect.decode` does."""
    try:
        data = _decoder.decode(line).data  # by far the most frequent
    except (ValueError, RecursionError):
        decoded = decode_object(line)
        if isinstance(decoded, dict):
            return _command(decoded.get("type"), decoded.get("data"))
        return decoded
    if data.room != LOBBY:
        return _no_such_room(data.id or "")
    return Submit(data.message, data.id or "")


def _command(kind: object, data: object) -> Command | Refused:
    match kind:
        case "message" | "set-name":
            return _text_command(kind, data)
        case "history" | "search" | "users" | "ping" | "pong":
            return _object_command(kind, data if isinstance(data, dict) else {})
        case "bye":
            return Leave()
        case "hello":
            return Refused(
                "late_hello", '"hello" must be the first line, and must not be repeated'
            )
        case str():
            reason = f'that "type" is not known here; known are {_KNOWN}'
            return Refused("unknown_type", reason)
        case _:
            return Refused("no_type", f'"type" is missing; known are {_KNOWN}')


def _text_command(kind: str, data: object) -> Command | Refused:
    """Return a command whose data may be a string instead of an object."""
    if kind == "message":
        if isinstance(data, str):
            return Submit(data, "")
        message = _convert(kind, data, _MessageData)
        if isinstance(message, Refused):
            return message
        return Submit(message.message, message.id or "")
    if isinstance(data, str):
        return SetName(data)
    name = _convert(kind, data, _SetNameData)
    return name if isinstance(name, Refused) else SetName(name.name)


def _object_command(kind: str, data: dict[str, Any]) -> Command | Refused:
    """Return a command whose data is an object with optional members."""
    if kind == "history":
        page = _convert(kind, data, _HistoryData)
        if isinstance(page, Refused):
            return page
        if page.before is not None and page.after is not None:
            reason = '"before" and "after" must not be given together'
            return Refused("bad_data", reason)
        return ReadPage(page.before, page.after, min(page.limit, MAX_PAGE))
    if kind == "search":
        search = _convert(kind, data, _SearchData)
        if isinstance(search, Refused):
            return search
        return SearchHistory(search.words, search.before, min(search.limit, MAX_PAGE))
    if kind == "users":
        users = _convert(kind, data, _Data)
        return users if isinstance(users, Refused) else ListUsers()
    ping = _convert(kind, data, _PingData)
    if isinstance(ping, Refused):
        return ping
    return Ping(ping.token) if kind == "ping" else Pong(ping.token)


def _convert(kind: str, data: object, form: type[DataT]) -> DataT | Refused:
    """Return *data* as an instance of *form*, or the reason why it is refused."""
    id_ = data.get("id", "") if isinstance(data, dict) else ""
    id_ = id_ if isinstance(id_, str) and len(id_) <= MAX_ID else ""
    try:
        converted = msgspec.convert(data, form)
    except ValueError as exc:
        return bad_data(kind, exc, id_)
    return converted if converted.room == LOBBY else _no_such_room(id_)


def _no_such_room(id_: str) -> Refused:
    return Refused("no_such_room", f'the only room is "{LOBBY}"', id_)
