"""The holes in the sequences of a room, as rows; `journal.holes` says what they are."""

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from zlib import crc32

from ..holes import MAX_OLD_HOLES, Hole, messages_until
from .errors import storage_error
from .rows import MAX_SEQUENCE, RoomRow

INSERT_HOLES: Final = "INSERT INTO hole (place, size, total, checksum) VALUES "
SELECT_HOLES: Final = "SELECT place, size, total, checksum FROM hole"
IN_RANGE: Final = f"{SELECT_HOLES} WHERE place BETWEEN ? AND ? ORDER BY place"
FIRST_HOLE: Final = f"{IN_RANGE} LIMIT 1"
LAST_HOLE: Final = f"{IN_RANGE} DESC LIMIT 1"
DELETE_OLD: Final = """
DELETE FROM hole WHERE place BETWEEN :low AND (
    SELECT place FROM hole WHERE place BETWEEN :low AND :floor
    ORDER BY place DESC LIMIT 1 OFFSET :kept)
"""


class HoleRow(NamedTuple):
    """A row of the table `hole`; `schema-2.sql` describes the columns."""

    place: int
    size: int
    total: int
    checksum: int

    @property
    def is_intact(self) -> bool:
        """Whether the row matches its checksum."""
        return self.checksum == _checksum(*self[:3])

    @property
    def hole(self) -> Hole:
        """The hole that the row describes. Raises StorageError if it was changed."""
        if not self.is_intact:
            raise storage_error("history_damaged")
        return Hole(self.place & MAX_SEQUENCE, self.size, self.total)


def hole_row(place: int, size: int, total: int) -> HoleRow:
    """Return the row for a new hole, with its checksum."""
    return HoleRow(place, size, total, _checksum(place, size, total))


class StoredHoles:
    """The holes of *room*, read from the file where they are needed.

    Most rooms have none, which takes one query. Methods raise StorageError if the row
    of a hole was changed.
    """

    def __init__(self, db: sqlite3.Connection, room: RoomRow) -> None:
        self._db, self._room = db, room
        bounds = room.place(0), room.place(MAX_SEQUENCE)
        row = db.execute(LAST_HOLE, bounds).fetchone()
        self._last = HoleRow(*row).hole if row else None

    def next(self, sequence: int) -> Hole | None:
        """Return the first hole before a message after *sequence*."""
        if self._last is None or self._last.sequence <= sequence:
            return None
        bounds = self._room.place(max(sequence, 0) + 1), self._room.place(MAX_SEQUENCE)
        return HoleRow(*self._db.execute(FIRST_HOLE, bounds).fetchone()).hole

    def count_until(self, sequence: int) -> int:
        """Return how many messages the room had up to *sequence*, stored or expired.

        *sequence* is not after the last message.
        """
        total = 0 if self._last is None else self._last.total
        return messages_until(sequence, self.next(sequence), total)

    def count(self, low: int, high: int) -> int:
        """Return how many messages the room had after *low* and up to *high*."""
        return self.count_until(high) - self.count_until(low) if low < high else 0

    def require_adjacent(self, sequences: Sequence[int]) -> None:
        """Raise StorageError if a message between increasing *sequences* is missing."""
        if not sequences or len(sequences) == sequences[-1] - sequences[0] + 1:
            return
        bounds = self._room.place(sequences[0] + 1), self._room.place(sequences[-1])
        found = self._db.execute(IN_RANGE, bounds).fetchall()
        before = {
            hole.sequence: hole.before for hole in (HoleRow(*r).hole for r in found)
        }
        for one, other in pairwise(sequences):
            if before.get(other, other - 1) != one:
                raise storage_error("history_damaged")


def delete_old(db: sqlite3.Connection, room: RoomRow, floor: int) -> None:
    """Delete all but the last of the holes before messages up to *floor*."""
    places = {"low": room.place(0), "floor": room.place(floor), "kept": MAX_OLD_HOLES}
    db.execute(DELETE_OLD, places)


def _checksum(place: int, size: int, total: int) -> int:
    return crc32(f"{place}\0{size}\0{total}".encode())
