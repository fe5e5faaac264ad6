"""The state of each room, which the writer keeps in memory."""

import sqlite3
from typing import Final

from parlour.core.events import RoomName

from ..timestamps import from_microseconds
from .errors import storage_error
from .rows import MAX_SEQUENCE, SELECT_MESSAGES, SELECT_ROOMS, MessageRow, RoomRow

IN_RANGE: Final = f"{SELECT_MESSAGES} WHERE place BETWEEN ? AND ?"
LAST: Final = f"{IN_RANGE} ORDER BY place DESC LIMIT 1"
FIRST: Final = f"{IN_RANGE} ORDER BY place LIMIT 1"
OUTERMOST_ROOMS: Final = """
SELECT min(place) >> 40 FROM message UNION ALL SELECT max(place) >> 40 FROM message
"""
TIME: Final = "SELECT time FROM message WHERE place = ?"


class RoomState:
    """A room's row, its last sequence *head*, and the *bytes* recorded in it so far."""

    __slots__ = ("bytes", "head", "row")

    def __init__(self, row: RoomRow, head: int, bytes: int) -> None:  # noqa: A002
        self.row, self.head, self.bytes = row, head, bytes


def load_rooms(db: sqlite3.Connection) -> dict[RoomName, RoomState]:
    """Return the state of each room. Raises StorageError if one is damaged."""
    rows = [RoomRow(*row) for row in db.execute(f"{SELECT_ROOMS} ORDER BY id")]
    outermost = {number for (number,) in db.execute(OUTERMOST_ROOMS)} - {None}
    ids = [row.id for row in rows]
    if ids != list(range(1, len(ids) + 1)) or not outermost <= set(ids):
        raise storage_error("history_damaged")
    return {row.name: _load_room(db, row) for row in rows}


def newest_time(
    db: sqlite3.Connection, rooms: dict[RoomName, RoomState]
) -> float | None:
    """Return the wall time of the newest message of all *rooms*, or None."""
    places = [(room.row.place(room.head),) for room in rooms.values()]
    found = [db.execute(TIME, place).fetchone() for place in places]
    times = (from_microseconds(row[0]) for row in found if row is not None)
    return max(times, default=None)


def _load_room(db: sqlite3.Connection, row: RoomRow) -> RoomState:
    """Return the state of one room, after checking its first and last message."""
    bounds = row.place(0), row.place(MAX_SEQUENCE)
    first = db.execute(FIRST, bounds).fetchone()
    last = db.execute(LAST, bounds).fetchone()
    room = RoomState(row, row.floor, row.bytes)
    is_intact = row.is_intact
    if first and last:
        oldest, newest = MessageRow(*first), MessageRow(*last)
        is_intact = is_intact and oldest.is_intact and newest.is_intact
        is_intact = is_intact and oldest.sequence == row.floor + 1
        room = RoomState(row, newest.sequence, newest.end)
    if not is_intact or row.indexed > room.head:
        raise storage_error("history_damaged")
    return room
