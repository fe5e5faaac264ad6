"""The plain dialect, as a client speaks it: the assignment, to the letter."""

import json
import re
from typing import Final, assert_never

import msgspec

from .display_items import ChatMessage, heard
from .requests import AskHistory, AskUsers, Rename, Request, Say, Search

MAX_LINE: Final = 16_384  # bytes without the LF; the old Twisted server takes no more

MIN_MESSAGE: Final = len('{"type":"message","data":{"source":0,"message":0}}')
MAX_GUESS: Final = 1 << 20  # bytes of a bad line that is read all the same

TOO_LONG: Final = (
    f"on the wire, this line would be longer than {MAX_LINE:,} bytes. Send it in parts"
)

SURROGATE = re.compile("[\ud800-\udfff]")


class TooLong(ValueError):  # noqa: N818  (what is wrong, not that it is)
    """A command does not fit on a line of the wire."""


def encode(command: Request) -> bytes:
    """Return *command* as one line of ASCII, its LF included.

    Old servers throw out a client at its first raw byte beyond ASCII, and none
    can bear a lone surrogate: what could not be decoded goes as U+FFFD.

    What the dialect cannot ask for is left out: no number, and nothing at all of a
    search. Raises :class:`TooLong` for more than :data:`MAX_LINE` bytes.
    """
    match command:
        case Say(text):
            kind, data = "message", text
        case Rename(name):
            kind, data = "set-name", name
        case AskHistory():
            kind, data = "history", ""
        case AskUsers():
            kind, data = "users", ""
        case Search():
            return b""
        case _:
            assert_never(command)
    line = json.dumps({"type": kind, "data": whole(data)}).encode("ascii")
    if len(line) > MAX_LINE:
        raise TooLong(TOO_LONG)
    return line + b"\n"


def whole(text: str) -> str:
    """Return *text* with a replacement character for every lone surrogate."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


class _Data(msgspec.Struct):
    source: str
    message: str


class _Message(msgspec.Struct, tag_field="type", tag="message"):
    data: _Data


_decoder = msgspec.json.Decoder(_Message)


def decode(line: bytes) -> ChatMessage | None:
    """Return the message on *line*, or None if there is none. Never raises.

    What old servers relay is taken for what it was meant to be: bytes that are
    not UTF-8, lone surrogates, names and texts that are not strings.
    """
    try:
        data = _decoder.decode(line).data
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _guess(line)
    return heard(data.source, data.message, line)


def _guess(line: bytes) -> ChatMessage | None:
    # Objects of Python take much more room than JSON, and a flood much time.
    if not MIN_MESSAGE <= len(line) <= MAX_GUESS:
        return None
    try:
        found: object = json.loads(line.decode("utf-8", "replace"))
        match found:
            case {"type": "message", "data": {"source": source, "message": message}}:
                return heard(_text(source), _text(message), line)
    except (ValueError, RecursionError):
        pass  # not JSON, a number of too many digits, or nested too deeply
    return None


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return whole(text)


def can_ask(command: Request) -> bool:
    """Tell whether a plain server understands all of *command*."""
    if isinstance(command, AskHistory):
        return command.limit is None and command.before is None
    return not isinstance(command, Search)


class _Object(msgspec.Struct):
    """Any JSON object; its keys are skipped."""


_objects = msgspec.json.Decoder(_Object)


def is_object(line: bytes) -> bool:
    """Tell whether there is a JSON object on *line*.

    No object of Python is made for what is in it: they take much more room than JSON.
    """
    try:
        _objects.decode(line)
    except (ValueError, RecursionError):
        return False
    return True
