"""A message as a line of text: the JSON object that the wire has.

What is read must be what could have been said: the file may be from anywhere.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import BinaryIO, Final

from parlour.core.events import Message, RoomName
from parlour.core.limits import Limits
from parlour.core.names import validation
from parlour.core.protocol.message_text import is_valid_text, text_error

from ..sqlite.files import FileError
from ..sqlite.rows import MAX_SEQUENCE
from ..timestamps import from_microseconds, to_microseconds

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 1, 1, tzinfo=UTC)
MAX_AHEAD: Final = 86_400  # seconds after the clock here: the other's may be wrong
MAX_LINE: Final = 65_536  # bytes, LF not counted
MAX_TEXT: Final = Limits().max_text  # bytes
MAX_ROOM: Final = 64  # characters of its name
MICROSECOND: Final = timedelta(microseconds=1)

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_FOREIGN: Final = {
    b"SQLite format 3\0": "a database, and no export: `parlour restore` takes a backup",
    b"\x1f\x8b": "compressed (gzip): import what `gzip -dc` makes of it",
    b"PK\x03\x04": "a zip archive: import what is in it",
    b"BZh": "compressed (bzip2): import what `bzip2 -dc` makes of it",
    b"\xfd7zXZ\0": "compressed (xz): import what `xz -dc` makes of it",
    b"\x28\xb5\x2f\xfd": "compressed (zstd): import what `zstd -dc` makes of it",
    b"\xff\xfe": "UTF-16, and an export is UTF-8",
    b"\xfe\xff": "UTF-16, and an export is UTF-8",
}


def read_lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of *file* with their LF, and no more of one than is too long.

    Raises FileError, with the *name* of the file, if it cannot be read.
    """
    try:
        while line := file.readline(MAX_LINE + 2):
            yield line
    except OSError as exc:
        raise FileError(f"{name}: {exc.strerror}") from exc


def foreign(start: bytes) -> str:
    """Return what a file is that begins with *start* and is surely no export."""
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            return what
    return ""


def read_message(line: bytes, now: datetime) -> Message:
    """Return the message that *line* is.

    Raises ValueError that says why it cannot have been said.
    """
    line = line.removesuffix(b"\n")
    if len(line) > MAX_LINE:
        raise ValueError(f"it has more than {MAX_LINE:,} bytes")
    if line.startswith(b"\xef\xbb\xbf"):
        raise ValueError("it begins with a byte order mark: save the file without one")
    if line.endswith(b"\r"):
        raise ValueError("it ends with CR and LF: an export ends its lines with LF")
    message = parse(line)
    if message.time > now.timestamp() + MAX_AHEAD:
        raise ValueError("its time is in the future, or the clock here is wrong")
    if fault := _source_fault(message.source):
        raise ValueError(f"nobody can be called like its source: {fault}")
    if not is_valid_text(message.text, MAX_TEXT):
        raise ValueError(text_error(message.text, MAX_TEXT).reason)
    return message


def parse(line: str | bytes) -> Message:
    """Return the message that *line* is; raise ValueError that says what is wrong."""
    match _decoded(line):
        case {
            "type": "message",
            "data": {
                "room": str(room),
                "sequence": int(sequence),
                "time": str(time),
                "source": str(source),
                "message": str(text),
            },
        } if not isinstance(sequence, bool):
            pass
        case _:
            raise ValueError("it is not a message with room, sequence, time and source")
    if not 0 < sequence <= MAX_SEQUENCE:
        raise ValueError(f"the sequence {sequence} is out of bounds")
    moment = _moment(time)
    if not (0 < len(room) <= MAX_ROOM and room.isprintable() and room == room.strip()):
        raise ValueError("its room has no name that a room can have")
    if not all(map(_is_unicode, (room, source, text))):
        raise ValueError("half of a surrogate pair is in it, which is no character")
    said = from_microseconds((moment - EPOCH) // MICROSECOND)
    return Message(RoomName(room), sequence, said, source, text)


def render(message: Message) -> str:
    """Return the line that `parse` makes *message* of."""
    time = (EPOCH + timedelta(microseconds=to_microseconds(message.time))).isoformat(
        timespec="microseconds"
    )
    data = {
        "room": message.room,
        "sequence": message.sequence,
        "time": time.replace("+00:00", "Z"),
        "source": message.source,
        "message": message.text,
    }
    return json.dumps(
        {"type": "message", "data": data}, ensure_ascii=False, separators=(",", ":")
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1024)  # the same people say most of it
def _source_fault(source: str) -> str:
    return validation.name_error(source)


def _decoded(line: str | bytes) -> object:
    """Return what *line* is in JSON, whose keys are there once each."""
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except _TwiceError:
        raise
    except (ValueError, RecursionError):
        raise ValueError(
            "it is not JSON as `parlour export` writes it, one object a line"
        ) from None


class _TwiceError(ValueError):
    """A key is there twice."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError("one of its keys is there twice")
    return found


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _moment(time: str) -> datetime:
    wrong = "its time is none such as 2026-01-31T12:00:00.123456Z"
    if not _TIME.fullmatch(time):
        raise ValueError(wrong)
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        raise ValueError(wrong) from None
    if moment.tzinfo is None:
        raise ValueError("its time does not say its offset")
    if not EPOCH <= moment < END:
        raise ValueError("its time is out of bounds")
    return moment
