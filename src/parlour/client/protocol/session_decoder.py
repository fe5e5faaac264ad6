"""The session dialect on the client's side: lines of the wire to events.

The lines are untrusted. An invalid line is not an event, and no number, text or list is
larger than a Parlour server would send. Python objects need up to thirty times the
memory of their JSON, so a long line is decoded only where a long answer is allowed, and
then into a fixed structure: other keys are skipped.
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
from .server_events import (
    Bye,
    Message,
    MessagePage,
    Missed,
    Ping,
    Pong,
    Refused,
    ServerEvent,
    Stored,
    Unknown,
    UserPage,
    Welcome,
)

MIN_LINE: Final = len('{"type":""}')
MAX_LINE: Final = 128 << 10  # bytes of a line, except for pages of an answer
MAX_PAGE_LINE: Final = 4 << 20  # bytes of a page of an answer
MAX_TIME: Final = 64  # characters of a time; RFC 3339 has about 30
MAX_SEQUENCE: Final = (1 << 53) - 1  # the largest exact integer in JSON
MAX_RETRY_AFTER: Final = 86_400.0  # seconds; a longer wait is shortened to this

_Sequence = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
_Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]


class _Line(msgspec.Struct):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")


class _Message(msgspec.Struct):
    sequence: _Sequence
    source: str
    message: str
    time: str = ""


class _Page(msgspec.Struct):
    messages: list[_Message]
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
    """Return the event on *line*, or None if it is not a line of this dialect."""
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
    return _reply(found.type, data) or _unsolicited(found.type, data) or Unknown()


def _answer(kind: str, data: msgspec.Raw) -> MessagePage | UserPage:
    if kind == "users":
        users = _users.decode(data)
        return UserPage(tuple(user.name for user in users.users), users.more)
    page = _pages.decode(data)
    messages = tuple(
        _message(each.sequence, each.time, each.source, each.message)
        for each in page.messages
    )
    return MessagePage(messages, page.more, kind == "found")


def _reply(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return the answer to a request of this client, or None."""
    match kind, data:
        case "stored", _:
            return Stored(_text(data, "id"))
        case "error", _:
            return Refused(
                _text(data, "code"), _text(data, "reason"), _text(data, "id")
            )
        case "pong", _:
            return Pong()
        case "welcome", {
            "rooms": {"lobby": {"epoch": str(epoch), "sequence": int(sequence), **rest}}
        } if _is_count(sequence) and len(epoch) <= MAX_TOKEN:
            is_recovered = rest.get("recovered") is not False
            return Welcome(_name(data, "you"), epoch, sequence, is_recovered)
        case _:
            return None


def _unsolicited(kind: str, data: dict[str, object]) -> ServerEvent | None:
    """Return an event that answers no request, or None."""
    name = _name(data, "name")
    match kind, data:
        case "message", {"sequence": int(at), "source": str(source), "message": str(t)}:
            return (
                _message(at, _text(data, "time"), source, t) if _is_count(at) else None
            )
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
        case "missed", {"resume_after": int(after)} if _is_count(after):
            events = data.get("events")
            return Missed(events if _is_count(events) else None, after)
        case "ping", {"token": str(token)} if len(token) <= MAX_TOKEN:
            return Ping(token)
        case "bye", _:
            return Bye(_text(data, "code"), _text(data, "reason"), _retry_after(data))
        case _:
            return None


def _message(sequence: int, time: str, source: str, text: str) -> Message:
    return Message(sequence, time[:MAX_TIME], source[:MAX_NAME], text)


def _is_count(value: object) -> TypeGuard[int]:
    """Return whether *value* is a valid sequence or number of messages."""
    return type(value) is int and 0 <= value <= MAX_SEQUENCE


def _retry_after(data: dict[str, object]) -> float:
    """Return the seconds that the server asks the client to wait."""
    wait = data.get("retry_after")
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        return 0.0
    return float(max(0, min(wait, MAX_RETRY_AFTER)))


def _text(data: dict[str, object], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _name(data: dict[str, object], key: str) -> str:
    """Return a name; it is empty if it is missing or longer than `MAX_NAME`."""
    name = _text(data, key)
    return name if len(name) <= MAX_NAME else ""
