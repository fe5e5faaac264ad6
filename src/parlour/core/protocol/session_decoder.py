"""What a client of the session dialect says: lines to commands, or to a hello."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Final, TypeVar

import msgspec

from ..events import LOBBY, Cursor, Ping, Pong, Refused
from ..limits import MAX_ID, MAX_PAGE, MAX_TOKEN, MIN_TOKEN, SESSION_PAGE
from .commands import (
    Command,
    Hello,
    Leave,
    ListUsers,
    ReadPage,
    SearchHistory,
    SetName,
    Submit,
)
from .json_objects import decode_object

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID)]
_Token = Annotated[str, msgspec.Meta(max_length=MAX_TOKEN)]
_Secret = Annotated[str, msgspec.Meta(min_length=MIN_TOKEN, max_length=MAX_TOKEN)]
_Sequence = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
_Limit = Annotated[int, msgspec.Meta(ge=1, lt=1 << 62)]


class _Data(msgspec.Struct):
    room: str = LOBBY


class _Message(_Data, kw_only=True):
    message: str
    id: _Id | None = None


class _Name(_Data, kw_only=True):
    name: str


class _Page(_Data):
    before: _Sequence | None = None
    after: _Sequence | None = None
    limit: _Limit = SESSION_PAGE


class _Search(_Data, kw_only=True):
    words: str
    before: _Sequence | None = None
    limit: _Limit = SESSION_PAGE


class _Beat(_Data):
    token: _Token = ""


class _Point(msgspec.Struct):
    epoch: _Token
    sequence: _Sequence


class _Hello(msgspec.Struct):
    token: _Secret | None = None
    name: str | None = None
    watch: bool = False
    resume: dict[str, _Point] = {}


class _Line(msgspec.Struct, tag_field="type", tag="message"):
    data: _Message


T = TypeVar("T", bound=_Data)

_decoder: Final = msgspec.json.Decoder(_Line)
_KNOWN: Final = (
    '"message", "set-name", "history", "search", "users", "ping", "pong" and "bye"'
)


def decode_hello(line: bytes) -> Hello | None:
    """Return the hello on the first line of a connection, if it is one."""
    if b"hello" not in line:
        return None
    said = decode_object(line)
    if not isinstance(said, Mapping) or said.get("type") != "hello":
        return None
    return hello_from_data(said.get("data"))


def late_hello_from_data(data: object) -> Hello | None:
    """Return the hello with this *data*, if its client can follow it late."""
    is_late = isinstance(data, dict) and data.get("late") is True
    return hello_from_data(data) if is_late else None


def hello_from_data(data: object) -> Hello | None:
    """Return the hello with this *data*, if it is one."""
    if not isinstance(data, dict):
        return None
    version = data.get("version")
    if type(version) is not int or version < 1:
        return None
    try:
        said = msgspec.convert(data, _Hello)
    except ValueError as exc:
        watches = data.get("watch", False) is not False
        return Hello("", None, watches, None, _bad_data("hello", exc))
    point = said.resume.get(LOBBY)
    return Hello(
        token=_digest(said.token) if said.token else "",
        name=said.name,
        is_watching=said.watch,
        cursor=Cursor(point.epoch, point.sequence) if point else None,
    )


def idempotency_key(token: str, id: str) -> str:  # noqa: A002 -- as it is called on the wire
    """Return the key of a draft: the same for the same *token* and *id*."""
    return _digest(f"{token} {id}") if token and id else ""


def decode(line: bytes) -> Command | Refused | None:
    """Return what *line* (without its LF) says; never raise."""
    try:
        data = _decoder.decode(line).data  # by far the most frequent
    except (ValueError, RecursionError):
        said = decode_object(line)
        if isinstance(said, dict):
            return _command(said.get("type"), said.get("data"))
        return said
    if data.room != LOBBY:
        return _no_room(data.id or "")
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
            return Refused("late_hello", '"hello" is said once, as the first line')
        case str():
            reason = f'that "type" is not known here; known are {_KNOWN}'
            return Refused("unknown_type", reason)
        case _:
            return Refused("no_type", f'"type" is missing; known are {_KNOWN}')


def _text_command(kind: str, data: object) -> Command | Refused:
    """Return a command that may be said by its text alone."""
    if kind == "message":
        if isinstance(data, str):
            return Submit(data, "")
        said = _read(kind, data, _Message)
        if isinstance(said, Refused):
            return said
        return Submit(said.message, said.id or "")
    if isinstance(data, str):
        return SetName(data)
    name = _read(kind, data, _Name)
    return name if isinstance(name, Refused) else SetName(name.name)


def _object_command(kind: str, data: dict[str, Any]) -> Command | Refused:
    """Return a command whose data may all be left out, or nearly all."""
    if kind == "history":
        page = _read(kind, data, _Page)
        if isinstance(page, Refused):
            return page
        if page.before is not None and page.after is not None:
            reason = 'a "history" is read "before" a sequence or "after" one, not both'
            return Refused("bad_data", reason)
        return ReadPage(page.before, page.after, min(page.limit, MAX_PAGE))
    if kind == "search":
        search = _read(kind, data, _Search)
        if isinstance(search, Refused):
            return search
        return SearchHistory(search.words, search.before, min(search.limit, MAX_PAGE))
    if kind == "users":
        users = _read(kind, data, _Data)
        return users if isinstance(users, Refused) else ListUsers()
    beat = _read(kind, data, _Beat)
    if isinstance(beat, Refused):
        return beat
    return Ping(beat.token) if kind == "ping" else Pong(beat.token)


def _read(kind: str, data: object, form: type[T]) -> T | Refused:
    """Return *data* in its *form*, or what is wrong with it."""
    id_ = data.get("id", "") if isinstance(data, dict) else ""
    id_ = id_ if isinstance(id_, str) and len(id_) <= MAX_ID else ""
    try:
        read = msgspec.convert(data, form)
    except ValueError as exc:
        return _bad_data(kind, exc, id_)
    return read if read.room == LOBBY else _no_room(id_)


def _bad_data(kind: str, why: ValueError, id_: str = "") -> Refused:
    return Refused("bad_data", f'"data" of "{kind}" is wrong: {why}', id_)


def _no_room(id_: str) -> Refused:
    return Refused("no_such_room", f'there is one room here, "{LOBBY}"', id_)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:32]
