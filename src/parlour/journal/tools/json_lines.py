"""The lines of an export: messages, and what `room_lines` and `account_lines` describe.

A message is in the format of the session dialect.

A line is checked as strictly as a message from a client, because the file may come from
an untrusted source.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import BinaryIO, Final

from parlour.core.events import Act, Erased, Message
from parlour.core.limits import Limits
from parlour.core.names import validation
from parlour.core.protocol.message_text import is_valid_text, text_error
from parlour.core.storage import Invitation, Sanction, StoredAccount

from ..sqlite.files import FileError
from ..sqlite.rows import MAX_SEQUENCE
from .account_lines import TYPES, RoleLine, parse_account_line
from .json_values import (
    UNKNOWN,
    account_number,
    decode,
    is_unicode,
    parse_time,
    render_line,
    render_time,
    room_name,
)
from .room_lines import RoomLine, UnusedLine, parse_room, parse_unused

MAX_AHEAD: Final = 86_400  # seconds; the clock of either machine may be wrong
MAX_LINE: Final = 262_144  # bytes without the LF; an account may ignore many names
MAX_TEXT: Final = Limits().max_text  # bytes
NOT_A_MESSAGE: Final = "it is not a message with room, sequence, time and source"
NOT_AN_ERASURE: Final = "it is not an erasure with room, sequence, time, target and by"
NOT_UNICODE: Final = "it contains a lone surrogate, which is not a character"

_OTHER_FORMATS: Final = {
    b"SQLite format 3\0": "a database, not an export: use `parlour restore`",
    b"\x1f\x8b": "compressed (gzip): import the output of `gzip -dc`",
    b"PK\x03\x04": "a zip archive: import the file in it",
    b"BZh": "compressed (bzip2): import the output of `bzip2 -dc`",
    b"\xfd7zXZ\0": "compressed (xz): import the output of `xz -dc`",
    b"\x28\xb5\x2f\xfd": "compressed (zstd): import the output of `zstd -dc`",
    b"\xff\xfe": "UTF-16, not UTF-8: convert it first",
    b"\xfe\xff": "UTF-16, not UTF-8: convert it first",
}


Line = (Message | Erased | RoomLine | UnusedLine) | (
    StoredAccount | RoleLine | Invitation | Sanction | Act
)


def read_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of *file* with their LF, truncated to just over `MAX_LINE`.

    Raises FileError, with *name* in its text, if the file cannot be read.
    """
    try:
        while line := file.readline(MAX_LINE + 2):
            yield line
    except OSError as exc:
        raise FileError(f"{name}: {exc.strerror}") from exc


def other_format(start: bytes) -> str:
    """Return the format of a file that begins with *start*, or ``""`` if unknown."""
    for magic, description in _OTHER_FORMATS.items():
        if start.startswith(magic):
            return description
    return ""


def read_line(line: bytes, now: datetime) -> Line:
    """Return what is in *line*, which may end with LF.

    Raises ValueError, with the reason, if no server can have recorded it by *now*.
    """
    line = line.removesuffix(b"\n")
    if len(line) > MAX_LINE:
        raise ValueError(f"it has more than {MAX_LINE:,} bytes")
    if line.startswith(b"\xef\xbb\xbf"):
        raise ValueError("it begins with a byte order mark: save the file without one")
    if line.endswith(b"\r"):
        raise ValueError("it ends with CR and LF: the lines of an export end with LF")
    found = parse(line)
    if _time_of(found) > now.timestamp() + MAX_AHEAD:
        raise ValueError("its time is in the future: check the clock of this machine")
    if isinstance(found, Message):
        _require_recordable(found)
    elif isinstance(found, Erased):
        _require_possible(found)
    return found


def _time_of(line: Line) -> float:
    """Return when what is in a line happened, or 0."""
    match line:
        case Message(time=time) | Erased(time=time) | Act(time=time):
            return time
        case StoredAccount(created=time) | Sanction(since=time):
            return time
        case _:
            return 0.0


def _require_possible(erasure: Erased) -> None:
    """Raise ValueError, with the reason, if no server can have recorded *erasure*."""
    if erasure.by and (fault := _source_error(erasure.by)):
        raise ValueError(f'its "by" is not a valid name: {fault}')
    if not 0 < erasure.target < erasure.sequence:
        raise ValueError("its target is not an earlier message")


def _require_recordable(message: Message) -> None:
    """Raise ValueError, with the reason, if no server can have recorded *message*."""
    if fault := _source_error(message.source):
        raise ValueError(f"its source is not a valid name: {fault}")
    if message.is_erased:
        if message.text:
            raise ValueError("it is erased, and has a text")
    elif not is_valid_text(message.text, MAX_TEXT):
        raise ValueError(text_error(message.text, MAX_TEXT).reason)


def parse(line: str | bytes) -> Line:
    """Return what is in *line*. Raises ValueError with the reason."""
    match decode(line):
        case {"type": "message", "data": dict(data)}:
            return _parse_message(data)
        case {"type": "erased", "data": dict(data)}:
            return _parse_erasure(data)
        case {"type": "room", "data": dict(data)}:
            return parse_room(data)
        case {"type": "unused", "data": dict(data)}:
            return parse_unused(data)
        case {"type": str(kind), "data": dict(data)} if kind in TYPES:
            return parse_account_line(kind, data)
    raise ValueError(UNKNOWN)


def render(message: Message) -> str:
    """Return *message* as a line without LF; `parse` is the inverse."""
    data: dict[str, object] = {
        "room": message.room,
        "sequence": message.sequence,
        "time": render_time(message.time),
        "source": message.source,
        "message": message.text,
    }
    if message.account:
        data["account"] = message.account
    if message.is_erased:
        data["erased"] = True
    return render_line("message", data)


def render_erasure(erasure: Erased) -> str:
    """Return *erasure* as a line without LF; `parse` is the inverse."""
    data = {
        "room": erasure.room,
        "sequence": erasure.sequence,
        "time": render_time(erasure.time),
        "target": erasure.target,
        "by": erasure.by,
    }
    return render_line("erased", data)


def _parse_message(data: dict[str, object]) -> Message:
    match data:
        case {
            "room": str(room),
            "sequence": int(sequence),
            "time": str(time),
            "source": str(source),
            "message": str(text),
        } if not isinstance(sequence, bool):
            pass
        case _:
            raise ValueError(NOT_A_MESSAGE)
    if data.get("erased", True) is not True:
        raise ValueError('its "erased" must be true, if it has one')
    is_erased = "erased" in data
    _require_sequence(sequence)
    seconds, name = parse_time(time), room_name(room)
    if not all(map(is_unicode, (source, text))):
        raise ValueError(NOT_UNICODE)
    account = account_number(data.get("account", 0))
    message = Message(name, sequence, seconds, source, text, account)
    return message.replace(is_erased=is_erased)


def _parse_erasure(data: dict[str, object]) -> Erased:
    match data:
        case {
            "room": str(room),
            "sequence": int(sequence),
            "time": str(time),
            "target": int(target),
            "by": str(by),
        } if not (isinstance(sequence, bool) or isinstance(target, bool)):
            pass
        case _:
            raise ValueError(NOT_AN_ERASURE)
    _require_sequence(sequence)
    seconds, name = parse_time(time), room_name(room)
    if not is_unicode(by):
        raise ValueError(NOT_UNICODE)
    return Erased(name, sequence, seconds, target, by)


def _require_sequence(sequence: int) -> None:
    if not 0 < sequence <= MAX_SEQUENCE:
        raise ValueError(f"the sequence {sequence} is out of range")


@lru_cache(maxsize=1024)  # few sources send most messages
def _source_error(source: str) -> str:
    return validation.name_error(source)
