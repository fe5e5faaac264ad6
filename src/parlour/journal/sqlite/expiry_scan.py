"""Finds the expired messages of a room, one chunk at a time."""

import sqlite3
from contextlib import closing
from math import inf
from typing import Final

from parlour.history.retention import Retention

from ..clock import MAX_DRIFT, Timeline
from ..timestamps import from_microseconds, to_microseconds
from .rooms import RoomState
from .rows import MAX_SEQUENCE

CHUNK: Final = 1000  # messages scanned in one step

SELECT_TIMES: Final = """
SELECT place, time FROM message WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?
"""


class ExpiryScan:
    """The expired messages of a room: all up to the sequence `last`.

    *inherited* is the last message that an earlier process recorded, by the monotonic
    time *opened*; the messages up to it expire by their wall time. The scan stops at
    the first message that has not expired, so a message with a wrong time in the past
    does not make later ones expire. The age of a message with a time in the future is
    unknown; it expires with the next message.
    """

    __slots__ = ("_inherited", "_next", "_recorded", "_retention", "_scanned", "last")

    def __init__(
        self, retention: Retention, inherited: int = 0, opened: float = 0.0
    ) -> None:
        self._retention = retention
        self._inherited = inherited
        self._recorded = Timeline(retention.max_age, inherited, opened)
        self._scanned = 0
        self._next = inf  # wall time of the first inherited message that is not expired
        self.last = 0

    def scan(
        self, db: sqlite3.Connection, room: RoomState, wall: float | None, steady: float
    ) -> bool:
        """Scan the next chunk; return whether there is more to scan.

        *wall* is None while the wall clock is distrusted.
        """
        self._recorded.record(room.head, steady)
        self._next = inf
        expired = self._recorded.expired(steady)
        if expired >= self._inherited or room.row.floor >= self._inherited:
            self.last = expired
            return False
        if wall is None:
            self.last = self._scanned = 0
            return False
        return self._scan_times(db, room, wall)

    def next_expiry(self, wall: float | None, steady: float) -> float:
        """Return the monotonic time at which the next message may expire."""
        due = self._recorded.next_expiry(steady)
        if wall is not None:
            due = min(due, steady + self._next + self._retention.max_age - wall)
        return due

    def _scan_times(self, db: sqlite3.Connection, room: RoomState, wall: float) -> bool:
        cutoff = to_microseconds(self._retention.cutoff(wall))
        future = to_microseconds(wall + MAX_DRIFT)
        low = max(self._scanned, room.row.floor) + 1
        bounds = room.row.place(low), room.row.place(self._inherited), CHUNK
        with closing(db.execute(SELECT_TIMES, bounds)) as rows:
            for place, time in rows:
                if cutoff <= time <= future:
                    self._next = from_microseconds(time)
                    return False
                self._scanned = place & MAX_SEQUENCE
                if time < cutoff:
                    self.last = self._scanned
        return low <= self._scanned < self._inherited
