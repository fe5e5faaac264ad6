"""Which messages of a room in a file are too old, found a chunk at a time."""

import sqlite3
from contextlib import closing
from typing import Final

from parlour.history.retention import Retention

from ..clock import MAX_DRIFT, Timeline
from ..timestamps import to_microseconds
from .batch import RoomEnd
from .rows import MAX_SEQUENCE

CHUNK: Final = 1000  # messages looked at in one step

TIMES: Final = """
SELECT place, time FROM message WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?
"""


class ExpiredMessages:
    """The messages of a room that are too old: all up to the sequence `old`.

    A message is too old for its own age, or because one that was said after it is.
    So the first young message ends the search, and a message with a wrong time takes
    no younger one with it. A time in the future says nothing about a message's age.
    """

    def __init__(self, keep: Retention, earlier: int = 0) -> None:
        self._keep = keep
        self._earlier = earlier  # the last message of an earlier process
        self._recorded = Timeline(keep.max_age)
        self._seen = 0
        self.old = 0

    def look(
        self, db: sqlite3.Connection, end: RoomEnd, wall: float | None, steady: float
    ) -> bool:
        """Look at the next chunk, and return whether there is more to look at.

        *wall* is None while it is doubted.
        """
        if not self._keep.has_age:
            return False
        self._recorded.record(end.head, steady)
        floor = end.row.floor
        recorded = self._recorded.expired(steady)
        if recorded >= self._earlier or floor >= self._earlier:
            self.old = recorded
            return False
        if wall is None:
            self.old = self._seen = 0
            return False
        return self._look_at_times(db, end, wall)

    def _look_at_times(self, db: sqlite3.Connection, end: RoomEnd, wall: float) -> bool:
        cutoff, future = (
            to_microseconds(self._keep.cutoff(wall)),
            to_microseconds(wall + MAX_DRIFT),
        )
        low = max(self._seen, end.row.floor) + 1
        bounds = end.row.place(low), end.row.place(self._earlier), CHUNK
        with closing(db.execute(TIMES, bounds)) as rows:
            for place, time in rows:
                if cutoff <= time <= future:
                    return False
                self._seen = place & MAX_SEQUENCE
                if time < cutoff:
                    self.old = self._seen
        return low <= self._seen < self._earlier
