"""A history as text, a message a line: see `message_lines`."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zlib import crc32

from parlour.core.events import Message, RoomName
from parlour.core.storage import After, StorageError

from ..sqlite import maintenance
from ..sqlite.batch import ADD_MESSAGES, ADD_ROOM, RoomEnd
from ..sqlite.files import FileError, companion, discard, install, real
from ..sqlite.locks import Lock
from ..sqlite.opening import make, recognise, unusable, unwritable
from ..sqlite.reader import Reader
from ..sqlite.rows import RoomRow, Row, signed
from ..timestamps import to_microseconds
from .atomic_copy import writing_copy
from .backup import replace
from .inspection import connect_to_inspect
from .message_lines import MAX_LINE, foreign, read_message, render
from .progress import Progress, silent

PAGE: Final = 1000  # messages
MAX_ROOMS: Final = 1000  # in one import
ADD_MESSAGE: Final = f"{ADD_MESSAGES} (?, ?, ?, ?, ?, ?)"


def export(path: Path, progress: Progress = silent) -> Iterator[str]:
    """Yield the messages of the history *path*, a line each, room by room in order.

    A server may have it open. Raises FileError, also for a row that is damaged.
    """
    recognise(path)
    with closing(_reader(path)) as reader:
        try:
            extents = {room.name: reader.extent(room.name) for room in reader.rooms()}
            total = sum(extent.head - extent.first + 1 for extent in extents.values())
            done = 0
            for room, extent in extents.items():
                for messages in _pages(reader, room, extent.first, extent.head):
                    yield from map(render, messages)
                    done += len(messages)
                    progress(done, total)
        except StorageError as exc:
            raise FileError(f"{path} cannot be read: {exc}") from exc


def write(lines: Iterable[str], target: Path) -> int:
    """Write *lines* to the new file *target*: all of them, or there is no such file.

    Nobody else may read it. Returns how many there are. Raises FileError.
    """
    count = 0
    try:
        with writing_copy(target) as unfinished:
            if target.exists():
                raise FileError(f"{target} is there already: choose another file")
            with unfinished.open("wb") as file:
                for count, line in enumerate(lines, 1):  # noqa: B007 -- how many
                    file.write(f"{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            install(unfinished, target)
    except OSError as exc:
        raise FileError(f"{target}: {exc.strerror}") from exc
    return count


def import_(lines: Iterable[bytes], target: Path, progress: Progress = silent) -> int:
    """Make *target* a history of the messages that *lines* are; return how many.

    *target* must not exist, or be a history without a message. Sequences and times are
    kept; those of a room have to increase by one. A message that could not have been
    said is refused. Nothing is imported unless all is. Raises FileError.
    """
    target = real(target)
    with Lock(target):
        _require_empty(target)
        unfinished = companion(target, ".new")
        try:
            with closing(make(unfinished)) as db:
                db.execute("BEGIN IMMEDIATE")
                count = _fill(db, lines, progress)
                db.execute("COMMIT")
            replace(target, unfinished)
        except (sqlite3.Error, OSError) as exc:
            raise unwritable(target, exc) from exc
        finally:
            discard(unfinished)
    return count


def _reader(path: Path) -> Reader:
    """Return a reader of *path*, wherever it is. Raises FileError, HistoryError."""
    try:
        return Reader(path, connect=connect_to_inspect)
    except sqlite3.Error as exc:
        raise unusable(path, exc) from exc


def _pages(
    reader: Reader, room: RoomName, first: int, head: int
) -> Iterator[tuple[Message, ...]]:
    """Yield the messages of *room* from *first* to *head*, a page at a time."""
    cursor = first - 1
    while cursor < head:
        messages = reader.read(After(room, cursor, head, PAGE)).messages
        if not messages or messages[0].sequence != cursor + 1:
            raise StorageError(
                "history_moved", "old messages were deleted meanwhile: try again"
            )
        yield messages
        cursor = messages[-1].sequence


def _require_empty(target: Path) -> None:
    if not target.exists():
        return
    recognise(target)
    try:
        with closing(_reader(target)) as reader:
            heads = [reader.extent(room.name).head for room in reader.rooms()]
    except StorageError as exc:
        raise FileError(f"{target} cannot be read: {exc}") from exc
    if any(heads):
        raise FileError(f"{target} holds messages: import into a new file")


def _fill(db: sqlite3.Connection, lines: Iterable[bytes], progress: Progress) -> int:
    """Write the messages of *lines* to an empty history, and index them."""
    ends: dict[RoomName, RoomEnd] = {}
    now = datetime.now(UTC)
    count = 0
    for number, line in enumerate(lines, 1):
        if number == 1 and (found := foreign(line)):
            raise FileError(f"what is to be imported is {found}")
        if not line.strip() and len(line) <= MAX_LINE:
            continue
        try:
            _write(db, ends, read_message(line, now))
        except ValueError as exc:
            raise FileError(f"line {number} cannot be imported: {exc}") from exc
        count += 1
        if count % PAGE == 0:
            _index(db, ends)
            progress(count, 0)
    _index(db, ends)
    progress(count, count)
    return count


def _write(
    db: sqlite3.Connection, ends: dict[RoomName, RoomEnd], said: Message
) -> None:
    end = ends.get(said.room)
    if end is None:
        if len(ends) == MAX_ROOMS:
            raise ValueError(f"there are more than {MAX_ROOMS:,} rooms")
        floor = said.sequence - 1
        row = RoomRow(len(ends) + 1, said.room, floor=floor, indexed=floor).sealed()
        db.execute(
            ADD_ROOM,
            (row.id, row.name, row.floor, row.bytes, row.indexed, row.checksum),
        )
        end = ends[said.room] = RoomEnd(row, floor, 0)
    if said.sequence != end.head + 1:
        raise ValueError(f"{said.room}: {said.sequence} comes after {end.head}")
    fields = end.row.place(said.sequence), to_microseconds(said.time), end.bytes
    checksum = crc32(signed(*fields, said.source, said.text))
    written = Row(*fields, said.source, said.text, checksum)
    db.execute(ADD_MESSAGE, written)
    end.head, end.bytes = said.sequence, written.end


def _index(db: sqlite3.Connection, ends: dict[RoomName, RoomEnd]) -> None:
    for end in ends.values():
        while end.row.indexed < end.head:
            end.row = maintenance.index(db, end.row, end.head)
