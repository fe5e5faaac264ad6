"""Searches rooms, newest messages first."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import islice
from typing import Final

from parlour.core.events import Message
from parlour.core.storage import Page
from parlour.history.pages import fit_page
from parlour.history.search_deadline import SearchDeadline

from . import search_index
from .errors import storage_error
from .rows import SELECT_MESSAGE, MessageRow, RoomRow

TAIL_CHUNK: Final = 1000  # unindexed messages that are searched at a time
FIRST_OF_TAIL: Final = """
SELECT min(place) FROM (
    SELECT place FROM message WHERE place BETWEEN ? AND ?
    ORDER BY place DESC LIMIT ?)
"""
STEPS_PER_CHECK: Final = 100  # SQLite instructions between two checks of the deadline


class RoomSearch:
    """A search in one room up to the sequence *high*, newest messages first.

    *query* is an FTS5 query, or empty. No other code may use *db* meanwhile, except
    another search.
    """

    def __init__(
        self, db: sqlite3.Connection, room: RoomRow, query: str, high: int
    ) -> None:
        self._db, self._room, self._query, self._high = db, room, query, high

    def messages(self, limit: int) -> Iterator[Message]:
        """Yield the last *limit* messages that match. Only those used are read."""
        for place in self._places(limit):
            found = self._db.execute(SELECT_MESSAGE, (place,)).fetchone()
            if found is None:
                continue  # the index is damaged, but no message is
            row = MessageRow(*found)
            if not row.is_intact:
                raise storage_error("history_damaged")
            yield row.message(self._room.name)

    def _places(self, limit: int) -> list[int]:
        """Search the messages that are not indexed yet, and then the index."""
        room, high = self._room, self._high
        found: list[int] = []
        if not self._query:
            return found
        while high > room.indexed and len(found) < limit:
            low = self._fill_tail(high)
            wanted = limit - len(found)
            found += self._find(search_index.FIND_IN_TAIL, low, high, wanted)
            high = low
        if room.floor < high and len(found) < limit:
            is_ascii = self._query.isascii()
            statement = search_index.FIND_ASCII if is_ascii else search_index.FIND
            found += self._find(statement, room.floor, high, limit - len(found))
        return found

    def _fill_tail(self, high: int) -> int:
        """Index messages up to *high* in a temporary table.

        They are the last `TAIL_CHUNK` that are not indexed. Returns the sequence that
        precedes them.
        """
        room = self._room
        bounds = room.place(room.indexed + 1), room.place(high)
        found = self._db.execute(FIRST_OF_TAIL, (*bounds, TAIL_CHUNK)).fetchone()
        first: int | None = found[0]
        self._db.execute(search_index.CREATE_TAIL)
        self._db.execute(search_index.CLEAR_TAIL)
        if first is None:
            return room.indexed
        self._db.execute(search_index.FILL_TAIL, (first, room.place(high)))
        return max(first - room.place(0) - 1, room.indexed)

    def _find(self, statement: str, low: int, high: int, limit: int) -> list[int]:
        """Return the places of the last matches after *low* and up to *high*."""
        found = self._db.execute(
            statement,
            {
                "words": self._query,
                "low": self._room.place(low + 1),
                "high": self._room.place(high),
                "limit": limit,
            },
        )
        return [place for (place,) in found]


def merged_page(searches: Sequence[RoomSearch], limit: int) -> Page:
    """Return the last *limit* messages that *searches* find, by time."""
    newest_first = merge(
        *(search.messages(limit + 1) for search in searches),
        key=lambda message: message.time,
        reverse=True,
    )
    wanted = list(islice(newest_first, limit + 1))
    messages = fit_page(wanted[:limit])[::-1]
    return Page(tuple(messages), len(wanted) > len(messages), len(messages))


@contextmanager
def interrupted_at(db: sqlite3.Connection, deadline: SearchDeadline) -> Iterator[None]:
    """Interrupt SQLite at the *deadline*, and then raise StorageError."""
    deadline.start()
    db.set_progress_handler(lambda: deadline.is_over, STEPS_PER_CHECK)
    try:
        yield
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise deadline.error from None
        raise
    finally:
        db.set_progress_handler(None, 0)
