"""Counts the stored messages that a reduced limit would delete."""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable
from typing import Final, NamedTuple

from parlour.history.retention import Retention

from ..timestamps import to_microseconds
from .room_state import RoomState

AGE_SLACK: Final = 1.01  # times the age, because a server deletes a little late

SELECT_FIELDS: Final = "SELECT time, start FROM message WHERE place = ?"


class Excess(NamedTuple):
    """The number of messages that exceed the limits, and of all stored messages."""

    messages: int
    stored: int


def count_excess(
    db: sqlite3.Connection, rooms: list[RoomState], retention: Retention
) -> Excess:
    """Return how many stored messages exceed *retention*.

    A server deletes excess messages when it shuts down, so if there are any, its limits
    were probably larger. Messages that expired while no server ran do not count: ages
    are relative to the newest message of the room.
    """
    return Excess(
        sum(_excess_of(db, room, retention) for room in rooms),
        sum(room.head - room.row.floor for room in rooms),
    )


def _excess_of(db: sqlite3.Connection, room: RoomState, retention: Retention) -> int:
    row = room.row
    sequences = range(row.floor + 1, room.head + 1)
    if not sequences:
        return 0
    excess = len(sequences) - retention.max_messages
    if room.bytes - row.bytes > retention.max_bytes:
        start = room.bytes - retention.max_bytes
        excess = max(excess, _count_below(db, room, _start, start))
    if retention.has_age:
        age = to_microseconds(retention.max_age * AGE_SLACK)
        oldest = _time(db, room, room.head) - age
        if _time(db, room, row.floor + 1) < oldest:
            excess = max(excess, _count_below(db, room, _time, oldest))
    return max(excess, 0)


def _count_below(
    db: sqlite3.Connection,
    room: RoomState,
    field: Callable[[sqlite3.Connection, RoomState, int], int],
    minimum: int,
) -> int:
    """Return how many messages precede the first whose *field* is at least *minimum*.

    The field must increase with the sequence.
    """
    sequences = range(room.row.floor + 1, room.head + 1)
    return bisect_left(sequences, minimum, key=lambda each: field(db, room, each))


def _time(db: sqlite3.Connection, room: RoomState, sequence: int) -> int:
    return _fields(db, room, sequence)[0]


def _start(db: sqlite3.Connection, room: RoomState, sequence: int) -> int:
    return _fields(db, room, sequence)[1]


def _fields(db: sqlite3.Connection, room: RoomState, sequence: int) -> tuple[int, int]:
    found: tuple[int, int] | None = db.execute(
        SELECT_FIELDS, (room.row.place(sequence),)
    ).fetchone()
    return found or (0, 0)  # a missing message is reported when it is read
