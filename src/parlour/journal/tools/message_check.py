"""Checks all messages and holes of a history in the order of their places."""

import sqlite3
from typing import Final

from parlour.core.events import RoomName

from ..sqlite.holes import SELECT_HOLES, HoleRow
from ..sqlite.rows import (
    MAX_SEQUENCE,
    SELECT_MESSAGES,
    SELECT_ROOMS,
    SEQUENCE_BITS,
    MessageRow,
    RoomRow,
)
from .progress import Progress
from .report import Report, VerifiedRoom

CHUNK: Final = 1000  # rows read at a time

COUNT_MESSAGES: Final = "SELECT count(*) FROM message"
NEXT_MESSAGES: Final = f"{SELECT_MESSAGES} WHERE place > ? ORDER BY place LIMIT {CHUNK}"
NEXT_HOLES: Final = f"{SELECT_HOLES} WHERE place > ? AND place <= ? ORDER BY place"
SELECT_ROOM: Final = f"{SELECT_ROOMS} WHERE id = ?"
END_OF_PLACES: Final = (1 << 63) - 1


class MessageCheck:
    """Checks the messages of *rooms*, and of rooms that are added meanwhile.

    Each chunk is read from a new snapshot, because a server's log cannot restart while
    a snapshot is in use. `rooms` are the rows of the latest snapshot.
    """

    def __init__(self, report: Report, rooms: list[RoomRow]) -> None:
        self._report = report
        self._rooms = {row.id: row for row in rooms}
        self._bytes = {row.id: row.bytes for row in rooms}  # before the next message
        self._unused: dict[int, int] = {}  # sequences, up to the last hole of each room
        self._holes: dict[int, HoleRow] = {}  # of the chunk, by place

    @property
    def rooms(self) -> list[RoomRow]:
        return sorted(self._rooms.values(), key=lambda row: row.id)

    def run(self, db: sqlite3.Connection, progress: Progress) -> None:
        """Check everything, and leave *db* in the latest snapshot."""
        (total,) = db.execute(COUNT_MESSAGES).fetchone()
        done, place = 0, -1
        progress(done, total)
        while True:
            db.execute("ROLLBACK")
            db.execute("BEGIN")
            rows = [MessageRow(*row) for row in db.execute(NEXT_MESSAGES, (place,))]
            last = rows[-1].place if rows else END_OF_PLACES
            for number in {row.place >> SEQUENCE_BITS for row in rows}:
                for row in db.execute(SELECT_ROOM, (number,)):
                    self._update_room(RoomRow(*row))
            self._read_holes(db, place, last)
            for message in rows:
                self._check(message)
            self._report_unmatched_holes()
            if not rows:
                break
            place, done = last, done + len(rows)
            progress(done, total)
        for row in db.execute(SELECT_ROOMS).fetchall():
            self._update_room(RoomRow(*row))

    def _update_room(self, row: RoomRow) -> None:
        """Use *row* of a new snapshot, in which old messages may have been deleted."""
        rooms = self._report.rooms
        verified = rooms.get(row.name)
        if verified is None:
            is_open = not row.is_closed
            verified = rooms[row.name] = VerifiedRoom(1, 0, is_open=is_open)
        if verified.head < row.floor:
            verified.head, self._bytes[row.id] = row.floor, row.bytes
            if not verified.messages:
                verified.first = row.floor + 1
        self._bytes.setdefault(row.id, row.bytes)
        self._rooms[row.id] = row

    def _read_holes(self, db: sqlite3.Connection, low: int, high: int) -> None:
        """Read the holes before the messages after the place *low*, up to *high*."""
        self._holes = {}
        for fields in db.execute(NEXT_HOLES, (low, high)):
            hole = HoleRow(*fields)
            number, sequence = hole.place >> SEQUENCE_BITS, hole.place & MAX_SEQUENCE
            room = self._rooms.get(number)
            if room is None:
                self._report.add(f"the hole before message {sequence} is in no room")
                continue
            before = self._unused.get(number)
            is_first = before is None and hole.total >= hole.size
            if not hole.is_intact or not (is_first or before == hole.total - hole.size):
                self._report_hole(room.name, sequence)
            self._unused[number] = hole.total
            if sequence > room.floor:
                self._holes[hole.place] = hole

    def _check(self, row: MessageRow) -> None:
        number, report = row.place >> SEQUENCE_BITS, self._report
        room = self._rooms.get(number)
        if room is None:
            report.add(f"message {row.sequence} belongs to no room")
            return
        verified = report.rooms[room.name]
        hole = self._holes.pop(row.place, None)
        unused = hole.size if hole else 0
        if row.sequence <= room.floor:
            report.add(f"{room.name}: message {row.sequence} should have been deleted")
        elif row.sequence > verified.head + 1 + unused:
            first, last = verified.head + 1, row.sequence - 1 - unused
            report.add(f"{room.name}: messages {first} to {last} are missing")
        elif row.sequence != verified.head + 1 + unused:
            self._report_hole(room.name, row.sequence)
        elif row.start != self._bytes[number]:
            report.add(
                f"{room.name}: the recorded size before message {row.sequence} is wrong"
            )
        is_whole = row.erased is None or not row.text
        if not (row.is_intact and is_whole):
            report.add(f"{room.name}: message {row.sequence} was changed")
        if not verified.messages:
            verified.first = row.sequence
        self._bytes[number] = row.end
        verified.head = row.sequence
        verified.messages += row.is_message

    def _report_unmatched_holes(self) -> None:
        """Report the holes of the chunk that are not before a message of it."""
        for place in self._holes:
            room = self._rooms[place >> SEQUENCE_BITS]
            self._report_hole(room.name, place & MAX_SEQUENCE)

    def _report_hole(self, room: RoomName, sequence: int) -> None:
        self._report.add(
            f"{room}: the record of the hole before message {sequence} was changed"
        )
