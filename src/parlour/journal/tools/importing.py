"""Imports a history from JSON lines."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zlib import crc32

from parlour.core.events import Message, RoomName
from parlour.core.storage import StorageError

from ..sqlite import search_index
from ..sqlite.batch import INSERT_MESSAGES
from ..sqlite.file_errors import create_error
from ..sqlite.files import FileError, companion, delete, resolve
from ..sqlite.opening import create_empty, read_header
from ..sqlite.room_state import RoomState
from ..sqlite.rows import MessageRow, RoomRow, checksum_input, insert_room
from ..sqlite.write_lock import WriteLock
from ..timestamps import to_microseconds
from .backup import replace_history
from .inspection import open_reader
from .json_lines import MAX_LINE, other_format, read_message
from .progress import Progress, no_progress

MESSAGES_PER_STEP: Final = 1000  # indexed at a time
MAX_ROOMS: Final = 1000  # in one import
INSERT_MESSAGE: Final = f"{INSERT_MESSAGES} (?, ?, ?, ?, ?, ?)"


def import_lines(
    lines: Iterable[bytes], target: Path, progress: Progress = no_progress
) -> int:
    """Create the history *target* from exported *lines*; return the message count.

    *target* must not exist, or must be a history without messages. Messages keep their
    times and sequences. Sequences must increase by one in each room. A message that no
    server can have recorded is refused. Either all messages are imported or none.
    Raises FileError.
    """
    target = resolve(target)
    with WriteLock(target):
        _require_empty(target)
        unfinished = companion(target, ".new")
        try:
            with closing(create_empty(unfinished)) as db:
                db.execute("BEGIN IMMEDIATE")
                count = _insert_lines(db, lines, progress)
                db.execute("COMMIT")
            replace_history(target, unfinished)
        except (sqlite3.Error, OSError) as exc:
            raise create_error(target, exc) from exc
        finally:
            delete(unfinished)
    return count


def _require_empty(target: Path) -> None:
    if not target.exists():
        return
    read_header(target)
    try:
        with closing(open_reader(target)) as reader:
            heads = [reader.extent(room.name).head for room in reader.rooms()]
    except StorageError as exc:
        raise FileError(f"{target} cannot be read: {exc}") from exc
    if any(heads):
        raise FileError(f"{target} contains messages: import into a new file")


def _insert_lines(
    db: sqlite3.Connection, lines: Iterable[bytes], progress: Progress
) -> int:
    """Insert the messages of *lines* into an empty history, and index them."""
    rooms: dict[RoomName, RoomState] = {}
    now = datetime.now(UTC)
    count = 0
    for number, line in enumerate(lines, 1):
        if number == 1 and (description := other_format(line)):
            raise FileError(f"the file to import is {description}")
        if not line.strip() and len(line) <= MAX_LINE:
            continue
        try:
            _insert(db, rooms, read_message(line, now))
        except ValueError as exc:
            raise FileError(f"line {number} cannot be imported: {exc}") from exc
        count += 1
        if count % MESSAGES_PER_STEP == 0:
            _index(db, rooms)
            progress(count, 0)
    _index(db, rooms)
    progress(count, count)
    return count


def _insert(
    db: sqlite3.Connection, rooms: dict[RoomName, RoomState], message: Message
) -> None:
    room = rooms.get(message.room)
    if room is None:
        if len(rooms) == MAX_ROOMS:
            raise ValueError(f"there are more than {MAX_ROOMS:,} rooms")
        floor = message.sequence - 1
        row = RoomRow(len(rooms) + 1, message.room, floor=floor, indexed=floor)
        row = row.with_checksum()
        insert_room(db, row)
        room = rooms[message.room] = RoomState(row, floor, 0)
    if message.sequence != room.head + 1:
        raise ValueError(
            f"{message.room}: the sequence {message.sequence} does not follow "
            f"{room.head}"
        )
    place, time = room.row.place(message.sequence), to_microseconds(message.time)
    fields = place, time, room.bytes, message.source, message.text
    inserted = MessageRow(*fields, crc32(checksum_input(*fields)))
    db.execute(INSERT_MESSAGE, inserted)
    room.head, room.bytes = message.sequence, inserted.end


def _index(db: sqlite3.Connection, rooms: dict[RoomName, RoomState]) -> None:
    for room in rooms.values():
        while room.row.indexed < room.head:
            room.row = search_index.index_messages(db, room.row, room.head)
