"""The plain dialect on the client's side, exactly as the assignment defines it."""

import json
import re
from typing import Final

import msgspec

from .display_items import ChatMessage
from .requests import AskHistory, AskUsers, Rename, Request, Say, needs_rooms

MAX_LINE: Final = 16_384  # bytes without the LF; the limit of the old Twisted server

MIN_MESSAGE_LINE: Final = len('{"type":"message","data":{"source":0,"message":0}}')
MAX_LENIENT_LINE: Final = 1 << 20  # bytes of an invalid line that is still decoded

TOO_LONG: Final = (
    f"on the wire, this line would be longer than {MAX_LINE:,} bytes. Send it in parts"
)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class TooLong(ValueError):  # noqa: N818  (named for the condition)
    """The request does not fit on a line of the wire."""


def encode(request: Request) -> bytes:
    """Return *request* as one line of ASCII, including its LF.

    Old servers disconnect a client at its first byte that is not ASCII, and none
    accepts a lone surrogate: undecodable input is sent as U+FFFD.

    The dialect has no parameters for a history and no search: parameters are left
    out. The line of a request that it cannot express at all is empty. Raises
    :class:`TooLong` for more than :data:`MAX_LINE` bytes.
    """
    if needs_rooms(request):
        return b""
    match request:
        case Say(text):
            kind, data = "message", text
        case Rename(name):
            kind, data = "set-name", name
        case AskHistory():
            kind, data = "history", ""
        case AskUsers():
            kind, data = "users", ""
        case _:
            return b""
    line = json.dumps({"type": kind, "data": replace_surrogates(data)}).encode("ascii")
    if len(line) > MAX_LINE:
        raise TooLong(TOO_LONG)
    return line + b"\n"


def replace_surrogates(text: str) -> str:
    """Return *text* with U+FFFD in place of every lone surrogate."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


class _Data(msgspec.Struct):
    source: str
    message: str


class _Message(msgspec.Struct, tag_field="type", tag="message"):
    data: _Data


_decoder = msgspec.json.Decoder(_Message)


def decode(line: bytes) -> ChatMessage | None:
    """Return the message on *line*, or None if it is not a message. Never raises.

    Old servers relay invalid lines, which are decoded leniently: bytes that are not
    UTF-8, lone surrogates, names and texts that are not strings.
    """
    try:
        data = _decoder.decode(line).data
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _decode_leniently(line)
    return ChatMessage.with_bounded_name(data.source, data.message, line)


def _decode_leniently(line: bytes) -> ChatMessage | None:
    # Python objects need much more memory than JSON and are slow to create.
    if not MIN_MESSAGE_LINE <= len(line) <= MAX_LENIENT_LINE:
        return None
    try:
        found: object = json.loads(line.decode("utf-8", "replace"))
        match found:
            case {"type": "message", "data": {"source": source, "message": message}}:
                return ChatMessage.with_bounded_name(
                    _text(source), _text(message), line
                )
    except (ValueError, RecursionError):
        pass  # not JSON, a number of too many digits, or nested too deeply
    return None


def _text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return replace_surrogates(text)


def is_expressible(request: Request) -> bool:
    """Return whether the plain dialect can express all of *request*."""
    if needs_rooms(request):
        return False
    if isinstance(request, AskHistory):
        return request.limit is None and request.before is None
    return isinstance(request, Say | Rename | AskUsers)


class _Object(msgspec.Struct):
    """Any JSON object; its keys are not decoded."""


_objects = msgspec.json.Decoder(_Object)


def is_object(line: bytes) -> bool:
    """Return whether *line* is a JSON object.

    No Python objects are made for its values: they need much more memory than JSON.
    """
    try:
        _objects.decode(line)
    except (ValueError, RecursionError):
        return False
    return True
