"""Erasures: rows of their own, and the texts that they remove from the file.

`MessageEraser` removes a text in the transaction that stores the erasure. What SQLite
still has of it afterwards are frames of the log, and words in the search index, which
`Purge` removes a little later, in bounded steps of maintenance.
"""

import sqlite3
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Final

from parlour.core.entries import Erased

from . import search_index
from .rows import SELECT_MESSAGE, MessageRow, RoomRow
from .writer import Writer

MERGE_DELAY: Final = 600.0  # seconds between two merges of the index
MERGE_PAGES: Final = 64  # of the index, written by one step
TRUNCATE_INTERVAL: Final = 1.0  # seconds between two attempts to truncate the log

INSERT_ERASURE: Final = """
INSERT INTO message (place, time, start, source, text, checksum, target)
VALUES (?, ?, ?, ?, '', ?, ?)
"""
ERASE_MESSAGE: Final = """
UPDATE message SET text = '', erased = ?, checksum = ? WHERE place = ?
"""
IS_UNMERGED: Final = "SELECT unmerged IS NOT NULL FROM about"
SET_UNMERGED: Final = "UPDATE about SET unmerged = 1 WHERE unmerged IS NULL"
SET_MERGED: Final = "UPDATE about SET unmerged = NULL"


def erasure_row(
    room: RoomRow, sequence: int, time: int, start: int, entry: Erased
) -> MessageRow:
    """Return the row of an erasure, with its checksum."""
    place, target = room.place(sequence), entry.target
    row = MessageRow(place, time, start, entry.by, "", 0, target=target)
    return row._replace(checksum=row.expected_checksum)


def insert_erasure(db: sqlite3.Connection, row: MessageRow) -> None:
    """Store the *row* of an erasure."""
    fields = row.place, row.time, row.start, row.source, row.checksum, row.target
    db.execute(INSERT_ERASURE, fields)


def erase_message(db: sqlite3.Connection, room: RoomRow, sequence: int) -> None:
    """Remove the text of a message, unless it is deleted, or erased already."""
    found = db.execute(SELECT_MESSAGE, (room.place(sequence),)).fetchone()
    row = None if found is None else MessageRow(*found)
    if row is None or row.erased is not None or not row.is_message:
        return
    search_index.remove_text(db, room, row.sequence, row.text)
    erased = row.erase()
    db.execute(ERASE_MESSAGE, (erased.erased, erased.checksum, row.place))
    db.execute(SET_UNMERGED)


class Purge:
    """Removes what is left of erased texts from the log, and from the index.

    The log is truncated when no reader needs it, at the next step if possible. The
    index is merged at most every `MERGE_DELAY`, since a merge reads and writes all of
    it. *steady* is a monotonic clock.
    """

    def __init__(
        self, db: sqlite3.Connection, writer: Writer, steady: Callable[[], float]
    ) -> None:
        self._db, self._writer, self._steady = db, writer, steady
        (is_unmerged,) = db.execute(IS_UNMERGED).fetchone() or (0,)
        self._has_text_in_log = writer.wal.has_pages(1)  # of an earlier process
        self._tried = -inf  # when the log was to be truncated
        self._is_unmerged = bool(is_unmerged)
        self._merging: list[str] = []  # the tables of the index that are merged now
        self._is_first = False  # step of the merge of a table
        self._merge_time = -inf  # of the next one, at the earliest
        self._is_turn = False

    def add(self) -> None:
        """Note that a text was erased."""
        self._has_text_in_log = self._is_unmerged = True

    def step(self) -> bool:
        """Do one step, if one is due; return whether there is more to do soon.

        Only every second call merges, so that other maintenance has its turn.
        """
        now = self._steady()
        if self._is_log_due(now):
            self._tried = now
            with self._writer.converted_errors():
                self._has_text_in_log = not self._writer.wal.truncate()
        if self._is_unmerged and not self._merging and now >= self._merge_time:
            self._is_unmerged, self._merge_time = False, now + MERGE_DELAY
            self._merging, self._is_first = list(search_index.TABLES), True
        self._is_turn = not self._is_turn
        if self._merging and self._is_turn:
            self._merge()
        return bool(self._merging) or self._is_log_due(now)

    def _is_log_due(self, now: float) -> bool:
        return self._has_text_in_log and now >= self._tried + TRUNCATE_INTERVAL

    def _merge(self) -> None:
        table, is_first = self._merging[0], self._is_first
        step = partial(self._merge_step, table, is_first=is_first)
        is_done = self._writer.commit("merge", step)
        self._is_first = is_done
        if is_done:
            del self._merging[0]
        if not self._merging:  # the log has what was merged
            self._has_text_in_log, self._tried = True, -inf

    def _merge_step(self, table: str, *, is_first: bool) -> bool:
        """Merge a part of the index; return whether *table* is done."""
        db, before = self._db, self._db.total_changes
        search_index.merge(db, table, -MERGE_PAGES if is_first else MERGE_PAGES)
        is_done = db.total_changes - before < 2  # sqlite.org/fts5.html
        if is_done and table == self._merging[-1] and not self._is_unmerged:
            db.execute(SET_MERGED)
        return is_done
