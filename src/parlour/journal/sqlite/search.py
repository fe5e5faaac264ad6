"""Searches a room, newest messages first."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from parlour.core.events import Message
from parlour.core.storage import Page, Search
from parlour.history.pages import fit_page
from parlour.history.search_deadline import SearchDeadline
from parlour.history.search_terms import fts_query

from . import search_index
from .errors import storage_error
from .rows import SELECT_MESSAGE, MessageRow, RoomRow

TAIL_CHUNK: Final = 1000  # unindexed messages that are searched at a time
STEPS_PER_CHECK: Final = 100  # SQLite instructions between two checks of the deadline


class SearchReader:
    """One search in one snapshot. No other code may use *db* meanwhile."""

    def __init__(self, db: sqlite3.Connection, room: RoomRow, words: str) -> None:
        self._db, self._room = db, room
        self._query = fts_query(words)
        self._has_tail_table = False

    def page(self, head: int, query: Search) -> Page:
        """Return the last messages up to *head* that match *query*."""
        limit = max(query.limit, 0)
        places = self._places(min(query.sequence - 1, head), limit + 1)
        messages = fit_page(self._messages(places[:limit]))[::-1]
        return Page(tuple(messages), len(places) > len(messages), len(messages))

    def _places(self, high: int, limit: int) -> list[int]:
        """Search the messages that are not indexed yet, and then the index."""
        room = self._room
        found: list[int] = []
        if not self._query:
            return found
        while high > room.indexed and len(found) < limit:
            low = max(high - TAIL_CHUNK, room.indexed)
            self._fill_tail(low, high)
            wanted = limit - len(found)
            found += self._find(search_index.FIND_IN_TAIL, low, high, wanted)
            high = low
        if room.floor < high and len(found) < limit:
            is_ascii = self._query.isascii()
            statement = search_index.FIND_ASCII if is_ascii else search_index.FIND
            found += self._find(statement, room.floor, high, limit - len(found))
        return found

    def _fill_tail(self, low: int, high: int) -> None:
        """Index the messages after *low* and up to *high* in a temporary table."""
        if not self._has_tail_table:
            self._db.execute(search_index.CREATE_TAIL)
        self._has_tail_table = True
        self._db.execute(search_index.CLEAR_TAIL)
        bounds = self._room.place(low + 1), self._room.place(high)
        self._db.execute(search_index.FILL_TAIL, bounds)

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

    def _messages(self, places: list[int]) -> Iterator[Message]:
        for place in places:
            found = self._db.execute(SELECT_MESSAGE, (place,)).fetchone()
            if found is None:
                continue  # the index is damaged, but no message is
            row = MessageRow(*found)
            if not row.is_intact:
                raise storage_error("history_damaged")
            yield row.message(self._room.name)


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
