"""The plain dialect: the protocol of the assignment.

There are four commands, and every event is a ``message``. All of it is about the lobby,
except messages from an account to this user alone, whose source no name can be. Lines
from the server are ASCII, since old clients decode the stream byte by byte, and have at
most 65,536 bytes: a text has at most 4,096 bytes of UTF-8, and an escape turns one of
them into six.
"""

from json.encoder import encode_basestring_ascii as quote
from typing import Any, Final, assert_never

import msgspec

from ..events import (
    LOBBY,
    SERVER,
    Acted,
    Announcement,
    Bye,
    Erased,
    Event,
    HistorySummary,
    Joined,
    Left,
    Message,
    Missed,
    PlainEvent,
    Refused,
    Renamed,
    RoomName,
    SessionDialectEvent,
    StorageFailed,
    StorageRecovered,
    TopicChanged,
    Users,
    Value,
    is_direct_room,
)
from .act_text import act_text, announcement_text, erasure_text, topic_text
from .commands import Command, ListUsers, ReadHistory, Say, SetName
from .hello import late_hello_from_data
from .json_objects import decode_object

# Commands as lines have them, with `data` as the only field.


class _Say(
    Say,
    frozen=True,
    gc=False,
    tag_field="type",
    tag="message",
    rename={"text": "data"},
):
    text: str  # repeated, since `rename` applies only to a class's own fields


class _SetName(
    SetName,
    frozen=True,
    gc=False,
    tag_field="type",
    tag="set-name",
    rename={"name": "data"},
):
    name: str


class _ReadHistory(ReadHistory, frozen=True, gc=False, tag_field="type", tag="history"):
    pass


class _ListUsers(Value, frozen=True, gc=False, tag_field="type", tag="users"):
    """`ListUsers` of the lobby: a line of this dialect names no room."""


_decoder: Final = msgspec.json.Decoder(_Say | _SetName | _ReadHistory | _ListUsers)

_HEAD: Final = '{"type":"message","data":{"source":'
_MIDDLE: Final = ',"message":'
_END: Final = "}}\n"

LATE_HELLO_REASON: Final = (
    '"hello" opens the session dialect only as the first line, with "data" such as '
    '{"version": 1, "late": true}'
)
EMPTY_HISTORY: Final = "nothing has been said yet"
EXPIRED_HISTORY: Final = "nothing of what was said is kept"
_KNOWN: Final = '"message", "set-name", "history" and "users"'


class PlainDialect:
    """The assignment's protocol."""

    name = "plain"
    can_resume = False

    def decode(self, line: bytes) -> Command | Refused | None:
        try:
            decoded: Any = _decoder.decode(line)
        except (ValueError, RecursionError):
            return _decode_any(line)
        # For every line: isinstance() of another class would take longer.
        command: Command = ListUsers(LOBBY) if type(decoded) is _ListUsers else decoded
        return command

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):  # by far the most frequent
            if event.is_erased:
                return b""
            source, text = event.source, event.text
            if event.room != LOBBY and is_direct_room(event.room):
                source = f"[{source} to you]"  # as no name begins
        elif isinstance(event, SessionDialectEvent | TopicChanged):
            return b""
        elif isinstance(event, Renamed) and _is_direct(event.room):
            return b""  # the lobby has it, too
        elif isinstance(event, Erased) and event.is_one_of_many:
            return b""  # it could not take the texts back, and would say so each time
        else:
            source, text = source_and_text(event)
        return f"{_HEAD}{quote(source)}{_MIDDLE}{quote(text)}{_END}".encode("ascii")


PLAIN: Final = PlainDialect()


def source_and_text(event: PlainEvent) -> tuple[str, str]:
    """Return the source and the text of *event* in the plain dialect.

    The source is `SERVER` unless the event is a message.
    """
    source = event.source if isinstance(event, Message) else SERVER
    return source, _text(event)


def _text(event: PlainEvent) -> str:  # noqa: C901 -- a row per event
    match event:
        case Joined(_, name):
            return f"{name} has entered the chat"
        case Left(_, name, _):
            return f"{name} has left the chat"
        case Renamed(_, name, to):
            return f"{name} renamed to {to}"
        case StorageFailed(_, reason):
            return f"messages cannot be kept now, and are refused: {reason}"
        case StorageRecovered():
            return "messages are kept again"
        case TopicChanged(_, topic, by):
            return topic_text(topic, by)
        case HistorySummary(_, shown, total, last_sequence):
            if not total:
                return EXPIRED_HISTORY if last_sequence else EMPTY_HISTORY
            return f"the last {shown:,} of {_count(total, 'message')}:"
        case Users(_, users, first, total):
            span = f"{first:,} to {first + len(users) - 1:,} of "
            page = "" if len(users) == total else span
            names = ", ".join([user.name for user in users])
            return f"{page}{_count(total, 'user')}: {names}"
        case Missed(_, events):
            lines = "lines" if events is None else _count(events, "line")
            return f"you fell behind and missed {lines}"
        case Refused(_, reason) | Bye(_, reason):
            return reason
        case Acted():
            return act_text(event)
        case Announcement():
            return announcement_text(event)
        case Erased():
            return erasure_text(event)
        case Message():
            return event.text
        case _:
            assert_never(event)


def _is_direct(room: RoomName | None) -> bool:
    return room is not None and is_direct_room(room)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _decode_any(line: bytes) -> Command | Refused | None:
    """Decode a line that the fast decoder refused, or return why it is invalid.

    The fast decoder refuses some valid lines, such as those with a duplicate `type`.
    """
    decoded = decode_object(line)
    if isinstance(decoded, dict):
        return _command(decoded.get("type"), decoded.get("data"))
    return decoded


def _command(kind: object, data: object) -> Command | Refused:
    match kind, data:
        case "message", str():
            return Say(data)
        case "set-name", str():
            return SetName(data)
        case "history", _:
            return ReadHistory()
        case "users", _:
            return ListUsers(LOBBY)
        case "message" | "set-name", _:
            return Refused("bad_data", f'"data" of "{kind}" must be a string')
        case "hello", _:
            return late_hello_from_data(data) or Refused(
                "late_hello", LATE_HELLO_REASON
            )
        case str(), _:
            return Refused(
                "unknown_type", f'that "type" is not known here; known are {_KNOWN}'
            )
        case _:
            return Refused("no_type", f'"type" is missing; known are {_KNOWN}')
