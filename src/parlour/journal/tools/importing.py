"""Imports a history from JSON lines."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.events import (
    LOBBY,
    AccountNumber,
    Act,
    Erased,
    Message,
    RoomName,
    is_direct_room,
)
from parlour.core.limits import MAX_KNOWN_ROOMS
from parlour.core.storage import StorageError, StoredAccount

from ..order import RoomSettings
from ..sqlite import search_index
from ..sqlite.file_errors import create_error
from ..sqlite.files import FileError, companion, delete, resolve
from ..sqlite.holes import INSERT_HOLES, hole_row
from ..sqlite.opening import create_empty, read_header
from ..sqlite.rooms import RoomState, set_numbers
from ..sqlite.rows import MessageRow, RoomRow, insert_room
from ..sqlite.write_lock import WriteLock
from ..timestamps import to_microseconds
from .backup import replace_history
from .imported_tables import ImportedTables
from .inspection import open_reader
from .json_lines import MAX_LINE, Line, other_format, read_line
from .json_values import room_name
from .progress import Progress, no_progress
from .room_lines import RoomLine, UnusedLine

MESSAGES_PER_STEP: Final = 1000  # indexed at a time
INSERT_MESSAGE: Final = """
INSERT INTO message (place, time, start, source, text, checksum, account, erased,
target) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_HOLE: Final = f"{INSERT_HOLES} (?, ?, ?, ?)"


class Imported(NamedTuple):
    """How much was imported, and which names look like that of an earlier account."""

    messages: int
    accounts: int
    look_alikes: tuple[str, ...]


def import_lines(
    lines: Iterable[bytes],
    target: Path,
    progress: Progress = no_progress,
    room: RoomName | None = None,
) -> Imported:
    """Create the history *target* from exported *lines*; return what is in it.

    *target* must not exist, or must be a history without messages, accounts and acts.
    Messages keep their times and sequences. Sequences must increase by one in each
    room, except where a line says that they are not used. If *room* is given, the lines
    must be of one room, which gets this name. What no server can have recorded is
    refused. Either all lines are imported or none. Raises FileError.
    """
    target = resolve(target)
    if room is not None:
        _require_room_name(room)
    with WriteLock(target):
        _require_empty(target)
        unfinished = companion(target, ".new")
        try:
            with closing(create_empty(unfinished)) as db:
                db.execute("BEGIN IMMEDIATE")
                imported = _Import(db, room)
                imported.add_lines(lines, progress)
                db.execute("COMMIT")
            replace_history(target, unfinished)
        except (sqlite3.Error, OSError) as exc:
            raise create_error(target, exc) from exc
        finally:
            delete(unfinished)
    tables = imported.tables
    return Imported(imported.messages, len(tables.accounts), tuple(tables.look_alikes))


def _require_room_name(room: RoomName) -> None:
    try:
        room_name(room)
    except ValueError as exc:
        raise FileError(f"{room} cannot be imported: {exc}") from None


def _require_empty(target: Path) -> None:
    if not target.exists():
        return
    read_header(target)
    try:
        with closing(open_reader(target)) as reader:
            heads = [reader.head(room.name) for room in reader.rooms()]
            accounts, acts = reader.account_count(), reader.act_count()
    except StorageError as exc:
        raise FileError(f"{target} cannot be read: {exc}") from exc
    if any(heads):
        raise FileError(f"{target} contains messages: import into a new file")
    if accounts:
        raise FileError(f"{target} contains accounts: import into a new file")
    if acts:
        raise FileError(f"{target} contains an audit log: import into a new file")


class _Import:
    """Inserts lines into the empty history that *db* writes.

    If *name* is given, it is the name of the only room.
    """

    def __init__(self, db: sqlite3.Connection, name: RoomName | None) -> None:
        self._db, self._name = db, name
        self._only: RoomName | None = None  # the room of the lines, if *name* is given
        self._rows: dict[RoomName, RoomRow] = {}  # of rooms without messages so far
        self._rooms: dict[RoomName, RoomState] = {}
        self._last_number = 1  # that of the lobby
        self._pairs: set[tuple[AccountNumber, AccountNumber]] = set()
        self._unused: dict[RoomName, int] = {}  # the end of the hole after the head
        self._unindexed: dict[RoomName, RoomState] = {}
        self.messages = 0
        self.tables = ImportedTables(db)

    def add_lines(self, lines: Iterable[bytes], progress: Progress) -> None:
        """Insert *lines*, and index their messages. Raises FileError."""
        now = datetime.now(UTC)
        for number, line in enumerate(lines, 1):
            if number == 1 and (description := other_format(line)):
                raise FileError(f"the file to import is {description}")
            if not line.strip() and len(line) <= MAX_LINE:
                continue
            try:
                self._add(read_line(line, now))
            except ValueError as exc:
                raise FileError(f"line {number} cannot be imported: {exc}") from exc
            if len(self._unindexed) and self.messages % MESSAGES_PER_STEP == 0:
                self._index()
                progress(self.messages, 0)
        self._index()
        for row in self._rows.values():
            insert_room(self._db, row)
        rows = self._rows | {name: room.row for name, room in self._rooms.items()}
        set_numbers(self._db, len(rows), self._last_number)
        try:
            self.tables.write(rows, self._head)
        except ValueError as exc:
            raise FileError(f"the lines cannot be imported: {exc}") from exc
        progress(self.messages, self.messages)

    def _add(self, line: Line) -> None:
        if isinstance(line, Message | Erased | RoomLine | UnusedLine):
            self._add_to_room(self._renamed(line.room), line)
            return
        if self._name is not None:
            raise ValueError("only a room and its messages get another name")
        rooms = line.rooms if isinstance(line, StoredAccount) else (line.room,)
        for name in rooms:
            self._require_room(name, line)
        self.tables.add(line)

    def _head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room."""
        room = self._rooms.get(name)
        return 0 if room is None else room.head

    def _require_room(self, name: RoomName | None, line: Line) -> None:
        """Raise ValueError if *line* needs a room that no earlier line is about."""
        if name is None or isinstance(line, Act):
            return  # the audit log also has rooms that no longer exist
        if name not in self._rows and name not in self._rooms:
            if name != LOBBY:
                raise ValueError(f"no earlier line is about the room {name}")
            self._rows[name] = self._new_row(name).with_checksum()

    def _add_to_room(
        self, name: RoomName, line: Message | Erased | RoomLine | UnusedLine
    ) -> None:
        match line:
            case Message() | Erased():
                self._add_row(name, line)
                self.messages += isinstance(line, Message)
            case RoomLine():
                if name in self._rows or name in self._rooms:
                    raise ValueError(f"{name}: there are earlier lines of this room")
                is_direct = line.pair is not None
                row = self._new_row(name, is_direct=is_direct).with_topic(line.topic)
                is_private = line.is_private and name != LOBBY
                settings = RoomSettings((), line.is_locked, line.slow, is_private)
                row = row.with_settings(settings)
                if line.pair is not None:
                    row = self._with_pair(row, line.pair)
                self._rows[name] = row if line.is_open else row.closed()
            case UnusedLine():
                room = self._rooms.get(name)
                if room is None or name in self._unused or line.first != room.head + 1:
                    raise ValueError(
                        f"{name}: the unused sequence {line.first} does not follow a "
                        "message"
                    )
                self._unused[name] = line.last

    def _with_pair(
        self, row: RoomRow, pair: tuple[AccountNumber, AccountNumber]
    ) -> RoomRow:
        """Return the *row* of the one direct room that two accounts have."""
        if self._name is not None:
            raise ValueError("a direct room gets no other name")
        if pair in self._pairs:
            raise ValueError(f"accounts {pair[0]} and {pair[1]} have a direct room")
        self._pairs.add(pair)
        self.tables.note_author(pair[1])
        return row.with_pair(*pair)

    def _renamed(self, name: RoomName) -> RoomName:
        """Return the name that the room *name* gets."""
        if self._name is None:
            return name
        if self._only not in (None, name):
            raise ValueError(
                f"its room is {name}, and earlier lines are of {self._only}: only one "
                "room can be imported as another"
            )
        self._only = name
        return self._name

    def _add_row(self, name: RoomName, line: Message | Erased) -> None:
        sequence = line.sequence
        room = self._rooms.get(name) or self._new_room(name, sequence - 1)
        unused = self._unused.pop(name, room.head)
        if sequence != unused + 1:
            raise ValueError(
                f"{name}: the sequence {sequence} does not follow {unused}"
            )
        place, time = room.row.place(sequence), to_microseconds(line.time)
        if unused != room.head:
            hole = hole_row(place, unused - room.head, unused - room.count)
            self._db.execute(INSERT_HOLE, hole)
        if isinstance(line, Message):
            self.tables.note_author(line.account)
        row = _row(place, time, room.bytes, line)
        self._db.execute(INSERT_MESSAGE, row)
        room.head, room.count = sequence, room.count + 1
        room.bytes = row.end
        self._unindexed[name] = room

    def _new_room(self, name: RoomName, floor: int) -> RoomState:
        """Insert the room *name*, whose messages begin after the sequence *floor*."""
        row = self._rows.pop(name, None) or self._new_row(name)
        row = row.updated(floor=floor, bytes=0, indexed=floor)
        insert_room(self._db, row)
        room = self._rooms[name] = RoomState(row, floor, 0, floor, floor)
        return room

    def _new_row(self, name: RoomName, *, is_direct: bool = False) -> RoomRow:
        if is_direct_room(name) and not is_direct:
            raise ValueError(f"no earlier line says whose direct room {name} is")
        if len(self._rows) + len(self._rooms) >= MAX_KNOWN_ROOMS:
            raise ValueError(f"there are more than {MAX_KNOWN_ROOMS:,} rooms")
        number = 1
        if name != LOBBY:
            number = self._last_number = self._last_number + 1
        return RoomRow(number, name)

    def _index(self) -> None:
        for room in self._unindexed.values():
            while room.row.indexed < room.head:
                room.row, _ = search_index.index_messages(self._db, room.row, room.head)
        self._unindexed.clear()


def _row(place: int, time: int, start: int, line: Message | Erased) -> MessageRow:
    """Return the row of *line*, with its checksum."""
    row = MessageRow(place, time, start, "", "", 0)
    if isinstance(line, Message):
        erased = 0 if line.is_erased else None
        account = line.account or None
        row = row._replace(source=line.source, text=line.text)
        row = row._replace(account=account, erased=erased)
    else:
        row = row._replace(source=line.by, target=line.target)
    return row._replace(checksum=row.expected_checksum)
