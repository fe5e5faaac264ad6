"""Checks the file of a history: order, gaps, checksums and SQLite's integrity."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

from ..sqlite import search_index
from ..sqlite.opening import read_header, refuse_newer
from ..sqlite.rows import (
    SELECT_MESSAGES,
    SELECT_ROOMS,
    SEQUENCE_BITS,
    MessageRow,
    RoomRow,
)
from .inspection import connect_to_inspect, require_damage
from .progress import Progress, no_progress

CHUNK: Final = 1000  # rows read at a time
MAX_PROBLEMS: Final = 100  # reported; further ones add no information

COUNT_MESSAGES: Final = "SELECT count(*) FROM message"
NEXT_MESSAGES: Final = f"{SELECT_MESSAGES} WHERE place > ? ORDER BY place LIMIT {CHUNK}"
INDEXED_PLACES: Final = "SELECT id FROM word_docsize ORDER BY id"


@dataclass(slots=True)
class VerifiedRoom:
    """The number of stored messages of a room, from *first* to *head*."""

    first: int
    head: int
    messages: int = 0


@dataclass(slots=True)
class Report:
    """The content of a history's file, and the problems found in it.

    A file whose log was truncated has no problems, because nothing in it shows that
    messages are missing.
    """

    epoch: str = ""
    rooms: dict[str, VerifiedRoom] = field(default_factory=dict)
    keys: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """Add *problem*, unless there are `MAX_PROBLEMS` already."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)


def verify(path: Path, progress: Progress = no_progress) -> Report:
    """Return a report on the file *path*, which a server may be using.

    Raises FileError if the file is not a history, is newer than this program, or cannot
    be read.
    """
    read_header(path)
    report = Report()
    try:
        db = connect_to_inspect(path)
    except sqlite3.Error as exc:
        require_damage(path, exc)
        report.add(f"SQLite: {exc}")
        return report
    with closing(db):
        try:
            refuse_newer(db, path)
            for (line,) in db.execute(f"PRAGMA integrity_check({MAX_PROBLEMS})"):
                if line != "ok":
                    report.add(f"SQLite: {line}")
            _check_content(db, report, progress)
        except sqlite3.Error as exc:
            require_damage(path, exc)
            report.add(f"SQLite: {exc}")
    return report


def _check_content(db: sqlite3.Connection, report: Report, progress: Progress) -> None:
    db.execute("BEGIN")
    (report.keys,) = db.execute("SELECT count(*) FROM key").fetchone()
    epoch = db.execute("SELECT epoch FROM about").fetchone()
    if epoch is None:
        report.add("the epoch is missing")
    else:
        (report.epoch,) = epoch
    rooms = _room_rows(db)
    if [row.id for row in rooms] != list(range(1, len(rooms) + 1)):
        report.add("a room is missing")
    for row in rooms:
        report.rooms[row.name] = VerifiedRoom(row.floor + 1, row.floor)
        if not row.is_intact:
            report.add(f"{row.name}: the record of the room was changed")
    check = _MessageCheck(report, rooms)
    check.run(db, progress)
    _check_index(db, report, check.rooms)


def _room_rows(db: sqlite3.Connection) -> list[RoomRow]:
    return [RoomRow(*row) for row in db.execute(f"{SELECT_ROOMS} ORDER BY id")]


class _MessageCheck:
    """Checks all messages in the order of their places.

    Each chunk is read from a new snapshot, because a server's log cannot restart while
    a snapshot is in use. `rooms` are the rows of the latest snapshot.
    """

    def __init__(self, report: Report, rooms: list[RoomRow]) -> None:
        self._report = report
        self._rooms = {row.id: row for row in rooms}
        self._bytes = {row.id: row.bytes for row in rooms}  # before the next message

    @property
    def rooms(self) -> list[RoomRow]:
        return list(self._rooms.values())

    def run(self, db: sqlite3.Connection, progress: Progress) -> None:
        (total,) = db.execute(COUNT_MESSAGES).fetchone()
        done, place = 0, -1
        progress(done, total)
        while True:
            self._start_snapshot(db)
            rows = db.execute(NEXT_MESSAGES, (place,)).fetchall()
            if not rows:
                return
            for row in rows:
                self._check(MessageRow(*row))
            place, done = rows[-1][0], done + len(rows)
            progress(done, total)

    def _start_snapshot(self, db: sqlite3.Connection) -> None:
        """Start a new snapshot, in which old messages may have been deleted."""
        db.execute("ROLLBACK")
        db.execute("BEGIN")
        for row in _room_rows(db):
            verified = self._report.rooms.setdefault(row.name, VerifiedRoom(1, 0))
            if verified.head < row.floor:
                verified.head, self._bytes[row.id] = row.floor, row.bytes
                if not verified.messages:
                    verified.first = row.floor + 1
            self._bytes.setdefault(row.id, row.bytes)
            self._rooms[row.id] = row

    def _check(self, row: MessageRow) -> None:
        number, report = row.place >> SEQUENCE_BITS, self._report
        room = self._rooms.get(number)
        if room is None:
            report.add(f"message {row.sequence} belongs to no room")
            return
        verified = report.rooms[room.name]
        if row.sequence <= room.floor:
            report.add(f"{room.name}: message {row.sequence} should have been deleted")
        elif row.sequence > verified.head + 1:
            first, last = verified.head + 1, row.sequence - 1
            report.add(f"{room.name}: messages {first} to {last} are missing")
        elif row.start != self._bytes[number]:
            report.add(
                f"{room.name}: the recorded size before message {row.sequence} is wrong"
            )
        if not row.is_intact:
            report.add(f"{room.name}: message {row.sequence} was changed")
        self._bytes[number] = row.end
        verified.head, verified.messages = row.sequence, verified.messages + 1


def _check_index(db: sqlite3.Connection, report: Report, rooms: list[RoomRow]) -> None:
    actual = (place for (place,) in db.execute(INDEXED_PLACES))
    expected = (
        place
        for row in rooms
        for place in range(row.place(row.floor + 1), row.place(row.indexed + 1))
    )
    if any(one != other for one, other in zip_longest(actual, expected)):
        report.add("the search index does not match the stored messages")
    elif not all(search_index.is_consistent(db, row) for row in rooms):
        report.add(
            "the search index for scripts without spaces does not match the stored "
            "messages"
        )
    for row in rooms:
        if row.indexed > report.rooms[row.name].head:
            report.add(f"{row.name}: messages at the end are missing")
