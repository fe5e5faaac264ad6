"""The plain dialect: the assignment's protocol, to the letter.

A client says one of four things; the server only ever says ``message``. What it
sends is ASCII, since old clients decode the stream byte by byte, and no line of
it is longer than 65,536 bytes: text is at most 4,096 bytes of UTF-8, and an
escape makes six bytes of one at the worst.
"""

from json.encoder import encode_basestring_ascii as quote
from typing import Final, assert_never

import msgspec

from ..events import (
    SERVER,
    Bye,
    Event,
    HistorySummary,
    Joined,
    Left,
    Message,
    Missed,
    PlainEvent,
    Refused,
    Renamed,
    SessionDialectEvent,
    StorageFailed,
    StorageRecovered,
    Users,
)
from .commands import Command, ListUsers, ReadHistory, Say, SetName
from .json_objects import decode_object
from .session_decoder import late_hello_from_data

# The spelling of the four commands. Their `data` is the word's only field.


class _Say(
    Say,
    frozen=True,
    gc=False,
    tag_field="type",
    tag="message",
    rename={"text": "data"},
):
    text: str  # again, since a new spelling is for a class's own fields only


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


class _ListUsers(ListUsers, frozen=True, gc=False, tag_field="type", tag="users"):
    pass


_decoder: Final = msgspec.json.Decoder(_Say | _SetName | _ReadHistory | _ListUsers)

_HEAD: Final = '{"type":"message","data":{"source":'
_MIDDLE: Final = ',"message":'
_END: Final = "}}\n"

LATE_HELLO_REASON: Final = (
    '"hello" opens the session dialect only as the first line, with "data" such as '
    '{"version": 1, "late": true}'
)
NO_MESSAGES: Final = "nothing has been said yet"
_KNOWN: Final = '"message", "set-name", "history" and "users"'


class PlainDialect:
    """The assignment's protocol."""

    name = "plain"
    resumes = False

    def decode(self, line: bytes) -> Command | Refused | None:
        try:
            command: Command = _decoder.decode(line)
        except (ValueError, RecursionError):
            return _explain(line)
        return command

    def encode(self, event: Event) -> bytes:
        if isinstance(event, Message):  # by far the most frequent
            source, text = event.source, event.text
        elif isinstance(event, SessionDialectEvent):
            return b""
        else:
            source, text = source_and_text(event)
        return f"{_HEAD}{quote(source)}{_MIDDLE}{quote(text)}{_END}".encode("ascii")


PLAIN: Final = PlainDialect()


def source_and_text(event: PlainEvent) -> tuple[str, str]:
    """Return who says what when *event* is told: the server, unless it is a message."""
    if isinstance(event, Message):
        return event.source, event.text
    return SERVER, _notice(event)


def _notice(event: PlainEvent) -> str:
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
        case HistorySummary(_, shown, total, said):
            if not total:
                return "nothing of what was said is kept" if said else NO_MESSAGES
            return f"the last {shown:,} of {_count(total, 'message')}:"
        case Users(_, users, first, total):
            here = f"{first:,} to {first + len(users) - 1:,} of "
            page = "" if len(users) == total else here
            names = ", ".join([user.name for user in users])
            return f"{page}{_count(total, 'user')}: {names}"
        case Missed(_, events):
            lines = "lines" if events is None else _count(events, "line")
            return f"you fell behind and missed {lines}"
        case Refused(_, reason) | Bye(_, reason):
            return reason
        case Message():
            return event.text
        case _:
            assert_never(event)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _explain(line: bytes) -> Command | Refused | None:
    """Read a line that the fast decoder refused, and say what is wrong with it.

    The fast decoder also refuses a `type` that is there twice.
    """
    said = decode_object(line)
    if isinstance(said, dict):
        return _command(said.get("type"), said.get("data"))
    return said


def _command(kind: object, data: object) -> Command | Refused:
    match kind, data:
        case "message", str():
            return Say(data)
        case "set-name", str():
            return SetName(data)
        case "history", _:
            return ReadHistory()
        case "users", _:
            return ListUsers()
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
