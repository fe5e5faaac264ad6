"""What a server of the session dialect says: lines to events.

All of it is untrusted. A line that is not as it should be is no event, and no number,
text or list is larger than what a server of ours would send. Objects of Python take up
to thirty times the room of their JSON, so a long line is only read where a long answer
is allowed, and then by its form: what is not asked for is skipped.
"""

from typing import Annotated, Final, TypeGuard

import msgspec

from parlour.core.events import (
    LOBBY,
    Joined,
    Left,
    Renamed,
    StorageFailed,
    StorageRecovered,
)
from parlour.core.limits import MAX_TOKEN

from .display_items import MAX_NAME
from .session_encoder import (
    Bye,
    Failed,
    Message,
    Missed,
    Page,
    Ping,
    Pong,
    Present,
    ServerEvent,
    Stored,
    Unknown,
    Welcome,
)

MIN_LINE: Final = len('{"type":""}')
MAX_LINE: Final = 128 << 10  # bytes of a line that is no page of an answer
MAX_PAGE_LINE: Final = 4 << 20  # bytes of one that is
MAX_TIME: Final = 64  # characters of a time; RFC 3339 has about 30
MAX_SEQUENCE: Final = (1 << 53) - 1  # JSON's numbers are exact up to here
DAY: Final = 86_400.0  # seconds; a wait of more is taken for this

_Sequence = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
_Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]


class _Line(msgspec.Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Said(msgspec.Struct):
    sequence: _Sequence
    source: str
    message: str
    time: str = ""


class _Page(msgspec.Struct):
    messages: list[_Said]
    more: bool = False


class _User(msgspec.Struct):
    name: _Name


class _Users(msgspec.Struct):
    users: list[_User]
    more: bool = False


_lines: Final = msgspec.json.Decoder(_Line)
_pages: Final = msgspec.json.Decoder(_Page)
_users: Final = msgspec.json.Decoder(_Users)


def decode(line: bytes) -> ServerEvent | None:
    """Return what *line* says, or None if it is no line of this dialect at all."""
    if len(line) < MIN_LINE:
        return None
    try:
        found = _lines.decode(line)
    except (ValueError, RecursionError):
        return None
    is_page = found.type in {"history", "found", "users"}
    if len(line) > (MAX_PAGE_LINE if is_page else MAX_LINE):
        return Unknown()
    try:
        if is_page:
            return _answer(found.type, found.data)
        data: object = msgspec.json.decode(found.data)
    except (ValueError, RecursionError):
        return Unknown()
    if not isinstance(data, dict):
        return Unknown()
    return _reply(found.type, data) or _event(found.type, data) or Unknown()


def _answer(kind: str, data: msgspec.Raw) -> Page | Present:
    if kind == "users":
        users = _users.decode(data)
        return Present(tuple(user.name for user in users.users), users.more)
    page = _pages.decode(data)
    messages = tuple(
        _message(said.sequence, said.time, said.source, said.message)
        for said in page.messages
    )
    return Page(messages, page.more, kind == "found")


def _reply(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return what a line says that answers one of ours."""
    match kind, data:
        case "stored", _:
            return Stored(_text(data, "id"))
        case "error", _:
            return Failed(_text(data, "code"), _text(data, "reason"), _text(data, "id"))
        case "pong", _:
            return Pong()
        case "welcome", {
            "rooms": {"lobby": {"epoch": str(epoch), "sequence": int(at), **stand}}
        } if _fits(at) and len(epoch) <= MAX_TOKEN:
            is_recovered = stand.get("recovered") is not False
            return Welcome(_name(data, "you"), epoch, at, is_recovered)
        case _:
            return None


def _event(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return what a line says that nobody has to have asked for."""
    name = _name(data, "name")
    match kind, data:
        case "message", {"sequence": int(at), "source": str(source), "message": str(t)}:
            return _message(at, _text(data, "time"), source, t) if _fits(at) else None
        case "joined", _ if name:
            return Joined(LOBBY, name)
        case "left", _ if name:
            return Left(LOBBY, name, _text(data, "reason"))
        case "renamed", _ if name and (to := _name(data, "to")):
            return Renamed(LOBBY, name, to)
        case "unkept", _:
            return StorageFailed(LOBBY, _text(data, "reason"))
        case "kept", _:
            return StorageRecovered(LOBBY)
        case "missed", {"resume_after": int(after)} if _fits(after):
            events = data.get("events")
            return Missed(events if _fits(events) else None, after)
        case "ping", {"token": str(token)} if len(token) <= MAX_TOKEN:
            return Ping(token)
        case "bye", _:
            return Bye(_text(data, "code"), _text(data, "reason"), _wait(data))
        case _:
            return None


def _message(sequence: int, time: str, source: str, text: str) -> Message:
    return Message(sequence, time[:MAX_TIME], source[:MAX_NAME], text)


def _fits(value: object) -> TypeGuard[int]:
    """Tell whether *value* can be a sequence, or a number of messages."""
    return type(value) is int and 0 <= value <= MAX_SEQUENCE


def _wait(data: dict[str, object]) -> float:
    """Return how many seconds a server asks us to stay away."""
    wait = data.get("retry_after")
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        return 0.0
    return float(max(0, min(wait, DAY)))


def _text(data: dict[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _name(data: dict[str, object], key: str) -> str:
    """Return a name, which is empty if there is none or if it is absurd."""
    name = _text(data, key)
    return name if len(name) <= MAX_NAME else ""
