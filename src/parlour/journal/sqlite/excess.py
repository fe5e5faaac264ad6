"""How much a smaller limit than before is about to delete from a history's file."""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable
from math import inf
from typing import Final, NamedTuple

from parlour.history.retention import Retention

from ..timestamps import to_microseconds
from .batch import RoomEnd

AGE_SLACK: Final = 1.01  # how much older a message may be than a server keeps it

FIELDS: Final = "SELECT time, start FROM message WHERE place = ?"


class Surplus(NamedTuple):
    """So many of the messages that are kept are more than a limit allows."""

    messages: int
    kept: int


def surplus(db: sqlite3.Connection, ends: list[RoomEnd], keep: Retention) -> Surplus:
    """Return how many messages in the file *keep* does not allow.

    A server deletes what is too much before it ends, so most of these are there because
    it had a larger limit. What grew too old while no server ran is not counted: an age
    is counted back from the room's newest message.
    """
    return Surplus(
        sum(_too_many(db, end, keep) for end in ends),
        sum(end.head - end.row.floor for end in ends),
    )


def _too_many(db: sqlite3.Connection, end: RoomEnd, keep: Retention) -> int:
    row = end.row
    sequences = range(row.floor + 1, end.head + 1)
    if not sequences:
        return 0
    found = len(sequences) - keep.max_messages
    if end.bytes - row.bytes > keep.max_bytes:
        found = max(found, _first(db, end, _start, end.bytes - keep.max_bytes))
    if keep.max_age != inf:
        oldest = _time(db, end, end.head) - to_microseconds(keep.max_age * AGE_SLACK)
        if _time(db, end, row.floor + 1) < oldest:
            found = max(found, _first(db, end, _time, oldest))
    return max(found, 0)


def _first(
    db: sqlite3.Connection,
    end: RoomEnd,
    field: Callable[[sqlite3.Connection, RoomEnd, int], int],
    least: int,
) -> int:
    """Return how many messages come before the first whose *field* is *least*."""
    sequences = range(end.row.floor + 1, end.head + 1)
    return bisect_left(sequences, least, key=lambda each: field(db, end, each))


def _time(db: sqlite3.Connection, end: RoomEnd, sequence: int) -> int:
    return _field(db, end, sequence)[0]


def _start(db: sqlite3.Connection, end: RoomEnd, sequence: int) -> int:
    return _field(db, end, sequence)[1]


def _field(db: sqlite3.Connection, end: RoomEnd, sequence: int) -> tuple[int, int]:
    found: tuple[int, int] | None = db.execute(
        FIELDS, (end.row.place(sequence),)
    ).fetchone()
    return found or (0, 0)  # a message that is missing is told when it is read
