"""Counts the stored messages that a reduced limit would delete."""

import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

from parlour.core.events import RoomName
from parlour.history.retention import Retention

from ..timestamps import to_microseconds
from .holes import StoredHoles
from .rooms import LoadedRooms, RoomState
from .rows import MAX_SEQUENCE

AGE_SLACK: Final = 1.01  # times the age, because a server deletes a little late

NEXT_FIELDS: Final = """
SELECT time, start FROM message WHERE place BETWEEN ? AND ? ORDER BY place LIMIT 1
"""
NEXT_TIME, NEXT_START = range(2)  # the columns


class Excess(NamedTuple):
    """The number of messages that exceed the limits, and of all stored messages."""

    messages: int
    stored: int


def count_excess(
    db: sqlite3.Connection, loaded: LoadedRooms, retention: Retention
) -> Excess:
    """Return how many stored messages exceed *retention*.

    A server deletes excess messages when it shuts down, so if there are any, its limits
    were probably larger. Messages that expired while no server ran do not count: ages
    are relative to the newest message of the room.
    """
    rooms = loaded.rooms.by_name
    names = _exceeding(loaded, retention)
    messages = sum(_excess_of(db, rooms[name], retention) for name in names)
    return Excess(messages, sum(room.stored for room in rooms.values()))


def _exceeding(loaded: LoadedRooms, retention: Retention) -> Iterable[RoomName]:
    """Yield the rooms that may have excess messages, without reading the file."""
    age = to_microseconds(retention.max_age * AGE_SLACK) if retention.has_age else None
    for name, (oldest, newest) in loaded.times.items():
        room = loaded.rooms.by_name[name]
        if (
            room.stored > retention.max_messages
            or room.bytes - room.row.bytes > retention.max_bytes
            or (age is not None and oldest < newest - age)
        ):
            yield name


def _excess_of(db: sqlite3.Connection, room: RoomState, retention: Retention) -> int:
    excess = room.stored - retention.max_messages
    if room.bytes - room.row.bytes > retention.max_bytes:
        start = room.bytes - retention.max_bytes
        excess = max(excess, _count_below(db, room, NEXT_START, start))
    if retention.has_age:
        age = to_microseconds(retention.max_age * AGE_SLACK)
        oldest = _next(db, room, room.head, NEXT_TIME) - age
        if _next(db, room, room.row.floor + 1, NEXT_TIME) < oldest:
            excess = max(excess, _count_below(db, room, NEXT_TIME, oldest))
    return max(excess, 0)


def _count_below(
    db: sqlite3.Connection, room: RoomState, column: int, minimum: int
) -> int:
    """Return how many messages precede the first whose *column* is at least *minimum*.

    The column must increase with the sequence.
    """
    low, high = room.row.floor + 1, room.head + 1
    while low < high:
        middle = (low + high) // 2
        if _next(db, room, middle, column) < minimum:
            low = middle + 1
        else:
            high = middle
    return StoredHoles(db, room.row).count_until(low - 1) - room.deleted


def _next(db: sqlite3.Connection, room: RoomState, sequence: int, column: int) -> int:
    """Return the *column* of the first message from *sequence* on."""
    bounds = room.row.place(sequence), room.row.place(MAX_SEQUENCE)
    found: tuple[int, int] | None = db.execute(NEXT_FIELDS, bounds).fetchone()
    return found[column] if found else 0  # it is reported when it is read
