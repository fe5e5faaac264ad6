"""Where the rooms of a history's file end when it is opened."""

import sqlite3
from typing import Final

from parlour.core.events import RoomName

from ..timestamps import from_microseconds
from .batch import RoomEnd
from .errors import failure
from .rows import MAX_SEQUENCE, MESSAGES, ROOMS, RoomRow, Row

LAST: Final = f"{MESSAGES} WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1"
FIRST: Final = f"{MESSAGES} WHERE place BETWEEN ? AND ? ORDER BY place LIMIT 1"
OUTERMOST: Final = """
SELECT min(place) >> 40 FROM message UNION ALL SELECT max(place) >> 40 FROM message
"""
TIME: Final = "SELECT time FROM message WHERE place = ?"


def newest_time(db: sqlite3.Connection, ends: dict[RoomName, RoomEnd]) -> float | None:
    """Return the wall time of the message that was recorded last in any room."""
    places = [(end.row.place(end.head),) for end in ends.values()]
    found = [db.execute(TIME, place).fetchone() for place in places]
    return max(
        (from_microseconds(row[0]) for row in found if row is not None), default=None
    )


def load_ends(db: sqlite3.Connection) -> dict[RoomName, RoomEnd]:
    """Return where each room ends; raise HistoryError if that is damaged."""
    rooms = [RoomRow(*row) for row in db.execute(f"{ROOMS} ORDER BY id")]
    outermost = {number for (number,) in db.execute(OUTERMOST)} - {None}
    ids = [row.id for row in rooms]
    if ids != list(range(1, len(ids) + 1)) or not outermost <= set(ids):
        raise failure("history_damaged")
    return {row.name: _end(db, row) for row in rooms}


def _end(db: sqlite3.Connection, row: RoomRow) -> RoomEnd:
    bounds = row.place(0), row.place(MAX_SEQUENCE)
    first = db.execute(FIRST, bounds).fetchone()
    last = db.execute(LAST, bounds).fetchone()
    end = RoomEnd(row, row.floor, row.bytes)
    is_whole = row.is_whole
    if first and last:
        oldest, newest = Row(*first), Row(*last)
        is_whole = is_whole and oldest.is_whole and newest.is_whole
        is_whole = is_whole and oldest.sequence == row.floor + 1
        end = RoomEnd(row, newest.sequence, newest.end)
    if not is_whole or row.indexed > end.head:
        raise failure("history_damaged")
    return end
