"""Whether a history's file is whole: order, gaps, checksums, and SQLite's own rules."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

from ..sqlite import search_index
from ..sqlite.opening import recognise, refuse_newer
from ..sqlite.rows import MESSAGES, ROOMS, SEQUENCE_BITS, RoomRow, Row
from .inspection import connect_to_inspect, refuse_to_blame
from .progress import Progress, silent

CHUNK: Final = 1000  # rows read at a time
MAX_PROBLEMS: Final = 100  # told; a file with more is no better known by them

COUNT: Final = "SELECT count(*) FROM message"
NEXT: Final = f"{MESSAGES} WHERE place > ? ORDER BY place LIMIT {CHUNK}"
INDEXED: Final = "SELECT id FROM word_docsize ORDER BY id"


@dataclass(slots=True)
class VerifiedRoom:
    """What a file keeps of a room: so many messages, from *first* to *head*."""

    first: int
    head: int
    messages: int = 0


@dataclass(slots=True)
class Report:
    """What was found in a history's file. It is whole if there are no problems.

    A log that lost its end looks whole: no file knows what came after it.
    """

    epoch: str = ""
    rooms: dict[str, VerifiedRoom] = field(default_factory=dict)
    keys: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str) -> None:
        """Note *problem*, unless too many are known already."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)


def verify(path: Path, progress: Progress = silent) -> Report:
    """Return what is in the file *path*, which a server may have open, and its faults.

    Raises FileError if the file is no history at all, is newer than this program, or
    cannot be read where it is.
    """
    recognise(path)
    report = Report()
    try:
        db = connect_to_inspect(path)
    except sqlite3.Error as exc:
        refuse_to_blame(path, exc)
        report.add(f"SQLite: {exc}")
        return report
    with closing(db):
        try:
            refuse_newer(db, path)
            for (line,) in db.execute(f"PRAGMA integrity_check({MAX_PROBLEMS})"):
                if line != "ok":
                    report.add(f"SQLite: {line}")
            _check(db, report, progress)
        except sqlite3.Error as exc:
            refuse_to_blame(path, exc)
            report.add(f"SQLite: {exc}")
    return report


def _check(db: sqlite3.Connection, report: Report, progress: Progress) -> None:
    db.execute("BEGIN")
    (report.keys,) = db.execute("SELECT count(*) FROM key").fetchone()
    epoch = db.execute("SELECT epoch FROM about").fetchone()
    if epoch is None:
        report.add("the epoch is missing")
    else:
        (report.epoch,) = epoch
    rooms = _rooms(db)
    if [row.id for row in rooms] != list(range(1, len(rooms) + 1)):
        report.add("a room is missing")
    for row in rooms:
        report.rooms[row.name] = VerifiedRoom(row.floor + 1, row.floor)
        if not row.is_whole:
            report.add(f"{row.name}: what is known of the room was changed")
    walk = _Walk(report, rooms)
    walk.over(db, progress)
    _check_index(db, report, walk.rooms)


def _rooms(db: sqlite3.Connection) -> list[RoomRow]:
    return [RoomRow(*row) for row in db.execute(f"{ROOMS} ORDER BY id")]


class _Walk:
    """A way over all messages in the order of their places.

    Each chunk is read at a moment of its own: a server's log cannot restart while one
    moment is read for long. `rooms` are those of the last moment.
    """

    def __init__(self, report: Report, rooms: list[RoomRow]) -> None:
        self._report = report
        self._rooms = {row.id: row for row in rooms}
        self._ends = {row.id: row.bytes for row in rooms}

    def over(self, db: sqlite3.Connection, progress: Progress) -> None:
        (total,) = db.execute(COUNT).fetchone()
        done, place = 0, -1
        progress(done, total)
        while True:
            self._renew(db)
            rows = db.execute(NEXT, (place,)).fetchall()
            if not rows:
                return
            for row in rows:
                self._see(Row(*row))
            place, done = rows[-1][0], done + len(rows)
            progress(done, total)

    def _renew(self, db: sqlite3.Connection) -> None:
        """Go on to the present moment, in which old messages may be deleted."""
        db.execute("ROLLBACK")
        db.execute("BEGIN")
        for row in _rooms(db):
            kept = self._report.rooms.setdefault(row.name, VerifiedRoom(1, 0))
            if kept.head < row.floor:
                kept.head, self._ends[row.id] = row.floor, row.bytes
                if not kept.messages:
                    kept.first = row.floor + 1
            self._ends.setdefault(row.id, row.bytes)
            self._rooms[row.id] = row

    @property
    def rooms(self) -> list[RoomRow]:
        return list(self._rooms.values())

    def _see(self, row: Row) -> None:
        number, report = row.place >> SEQUENCE_BITS, self._report
        room = self._rooms.get(number)
        if room is None:
            report.add(f"message {row.sequence} belongs to no room")
            return
        kept = report.rooms[room.name]
        if row.sequence <= room.floor:
            report.add(f"{room.name}: message {row.sequence} should be deleted")
        elif row.sequence > kept.head + 1:
            first, last = kept.head + 1, row.sequence - 1
            report.add(f"{room.name}: messages {first} to {last} are missing")
        elif row.start != self._ends[number]:
            report.add(
                f"{room.name}: before message {row.sequence} sizes do not add up"
            )
        if not row.is_whole:
            report.add(f"{room.name}: message {row.sequence} was changed")
        self._ends[number] = row.end
        kept.head, kept.messages = row.sequence, kept.messages + 1


def _check_index(db: sqlite3.Connection, report: Report, rooms: list[RoomRow]) -> None:
    found = (place for (place,) in db.execute(INDEXED))
    expected = (
        place
        for row in rooms
        for place in range(row.place(row.floor + 1), row.place(row.indexed + 1))
    )
    if any(one != other for one, other in zip_longest(found, expected)):
        report.add("the index for searching knows other messages than are kept")
    elif not all(search_index.is_sound(db, row) for row in rooms):
        report.add("the index for scripts without blanks knows other messages")
    for row in rooms:
        if row.indexed > report.rooms[row.name].head:
            report.add(f"{row.name}: messages at the end are missing")
