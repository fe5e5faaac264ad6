"""A message or a room as a line of JSON.

A message is in the format of the session dialect.

A line is checked as strictly as a message from a client, because the file may come from
an untrusted source.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple

from parlour.core.events import AccountNumber, Message, Refused, RoomName
from parlour.core.limits import Limits
from parlour.core.names import validation
from parlour.core.names.room_names import normalize_room_name
from parlour.core.protocol.message_text import is_valid_text, text_error
from parlour.core.protocol.topic_text import topic_error

from ..sqlite.files import FileError
from ..sqlite.rows import MAX_SEQUENCE
from ..timestamps import MAX_TIME, from_microseconds, to_microseconds

UNIX_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
END_TIME: Final = UNIX_EPOCH + timedelta(seconds=MAX_TIME)
MAX_AHEAD: Final = 86_400  # seconds; the clock of either machine may be wrong
MAX_LINE: Final = 65_536  # bytes without the LF
MAX_TEXT: Final = Limits().max_text  # bytes
MAX_ACCOUNT_NUMBER: Final = MAX_SEQUENCE
MICROSECOND: Final = timedelta(microseconds=1)
NOT_A_MESSAGE: Final = "it is not a message with room, sequence, time and source"
NOT_UNICODE: Final = "it contains a lone surrogate, which is not a character"

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
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


class RoomLine(NamedTuple):
    """A room, in the line before its messages."""

    room: RoomName
    topic: str
    is_open: bool


class UnusedLine(NamedTuple):
    """The sequences from *first* to *last*, which no message of a room has."""

    room: RoomName
    first: int
    last: int


def read_line(line: bytes, now: datetime) -> Message | RoomLine | UnusedLine:
    """Return the message, room or unused sequences in *line*, which may end with LF.

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
    if isinstance(found, Message):
        _require_recordable(found, now)
    return found


def _require_recordable(message: Message, now: datetime) -> None:
    """Raise ValueError, with the reason, if no server can have recorded *message*."""
    if message.time > now.timestamp() + MAX_AHEAD:
        raise ValueError("its time is in the future: check the clock of this machine")
    if fault := _source_error(message.source):
        raise ValueError(f"its source is not a valid name: {fault}")
    if not is_valid_text(message.text, MAX_TEXT):
        raise ValueError(text_error(message.text, MAX_TEXT).reason)


def parse(line: str | bytes) -> Message | RoomLine | UnusedLine:
    """Return what is in *line*. Raises ValueError with the reason."""
    match _decode(line):
        case {"type": "message", "data": dict(data)}:
            return _parse_message(data)
        case {
            "type": "room",
            "data": {"room": str(room), "topic": str(topic), "open": bool(is_open)},
        }:
            if refused := topic_error(topic):
                raise ValueError(f"its topic is not a valid topic: {refused.reason}")
            return RoomLine(room_name(room), topic, is_open)
        case {
            "type": "unused",
            "data": {"room": str(room), "first": int(first), "last": int(last)},
        } if not (isinstance(first, bool) or isinstance(last, bool)):
            if not 0 < first <= last < MAX_SEQUENCE:
                raise ValueError(f"the sequences {first} to {last} are out of range")
            return UnusedLine(room_name(room), first, last)
    raise ValueError("it is not a message, a room or unused sequences")


def render(message: Message) -> str:
    """Return *message* as a line without LF; `parse` is the inverse."""
    time = (
        UNIX_EPOCH + timedelta(microseconds=to_microseconds(message.time))
    ).isoformat(timespec="microseconds")
    author = {"account": message.account} if message.account else {}
    return _render(
        "message",
        room=message.room,
        sequence=message.sequence,
        time=time.replace("+00:00", "Z"),
        source=message.source,
        message=message.text,
        **author,
    )


def render_room(room: RoomLine) -> str:
    """Return *room* as a line without LF; `parse` is the inverse."""
    return _render("room", room=room.room, topic=room.topic, open=room.is_open)


def render_unused(unused: UnusedLine) -> str:
    """Return *unused* as a line without LF; `parse` is the inverse."""
    return _render("unused", room=unused.room, first=unused.first, last=unused.last)


def _render(kind: str, **data: str | int) -> str:
    return json.dumps(
        {"type": kind, "data": data}, ensure_ascii=False, separators=(",", ":")
    )


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
    if not 0 < sequence <= MAX_SEQUENCE:
        raise ValueError(f"the sequence {sequence} is out of range")
    moment = _parse_time(time)
    name = room_name(room)
    if not all(map(_is_unicode, (source, text))):
        raise ValueError(NOT_UNICODE)
    seconds = from_microseconds((moment - UNIX_EPOCH) // MICROSECOND)
    account = _account(data.get("account", 0))
    return Message(name, sequence, seconds, source, text, account)


def _account(number: object) -> AccountNumber:
    """Return the *number* of an account, or 0. Raises ValueError if it is none."""
    if type(number) is not int or not 0 <= number <= MAX_ACCOUNT_NUMBER:
        raise ValueError("its account is not the number of an account")
    return AccountNumber(number)


@lru_cache(maxsize=1024)
def room_name(room: str) -> RoomName:
    """Return *room*. Raises ValueError if no server can have a room of that name."""
    name = normalize_room_name(room)
    if name == room:
        return RoomName(room)
    why = name.reason if isinstance(name, Refused) else f"it would be {name}"
    raise ValueError(f"its room is not a valid room name: {why}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1024)  # few sources send most messages
def _source_error(source: str) -> str:
    return validation.name_error(source)


def _decode(line: str | bytes) -> object:
    """Return the JSON value of *line*. A repeated key raises ValueError."""
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    try:
        return json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except _DuplicateKeyError:
        raise
    except (ValueError, RecursionError):
        raise ValueError(
            "it is not JSON as `parlour export` writes it, one object per line"
        ) from None


class _DuplicateKeyError(ValueError):
    """An object has the same key twice."""


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DuplicateKeyError("it contains a key twice")
    return found


def _refuse_constant(constant: str) -> object:
    raise ValueError(constant)


def _parse_time(time: str) -> datetime:
    invalid = "its time is not in the format 2026-01-31T12:00:00.123456Z"
    if not _TIME.fullmatch(time):
        raise ValueError(invalid)
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        raise ValueError(invalid) from None
    if moment.tzinfo is None:
        raise ValueError("its time has no UTC offset")
    if not UNIX_EPOCH <= moment < END_TIME:
        raise ValueError("its time is out of range")
    return moment
