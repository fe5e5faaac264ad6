"""Finding messages by their words in a history's file, newest first."""

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
from .errors import failure
from .rows import MESSAGES, RoomRow, Row

TAIL: Final = 1000  # messages without an index that are looked through at a time
CHECK_EVERY: Final = 100  # steps of SQLite between two looks at the deadline

MESSAGE: Final = f"{MESSAGES} WHERE place = ?"


class SearchReader:
    """One search in one moment of the file *db*, which nobody else uses meanwhile."""

    def __init__(self, db: sqlite3.Connection, room: RoomRow, words: str) -> None:
        self._db, self._room = db, room
        self._words = fts_query(words)
        self._has_tail = False

    def page(self, head: int, query: Search) -> Page:
        """Return the last messages that *query* asks for, of those up to *head*."""
        limit = max(query.limit, 0)
        places = self._places(min(query.sequence - 1, head), limit + 1)
        messages = fit_page(self._messages(places[:limit]))[::-1]
        return Page(tuple(messages), len(places) > len(messages), len(messages))

    def _places(self, high: int, limit: int) -> list[int]:
        """Look through what has no index yet, newest first, and then in the index."""
        room = self._room
        found: list[int] = []
        if not self._words:
            return found
        while high > room.indexed and len(found) < limit:
            low = max(high - TAIL, room.indexed)
            self._fill_tail(low, high)
            wanted = limit - len(found)
            found += self._find(search_index.FIND_IN_TAIL, low, high, wanted)
            high = low
        if room.floor < high and len(found) < limit:
            is_ascii = self._words.isascii()
            statement = search_index.FIND_ASCII if is_ascii else search_index.FIND
            found += self._find(statement, room.floor, high, limit - len(found))
        return found

    def _fill_tail(self, low: int, high: int) -> None:
        if not self._has_tail:
            self._db.execute(search_index.MAKE_TAIL)
        self._has_tail = True
        self._db.execute(search_index.CLEAR_TAIL)
        bounds = self._room.place(low + 1), self._room.place(high)
        self._db.execute(search_index.FILL_TAIL, bounds)

    def _find(self, statement: str, low: int, high: int, limit: int) -> list[int]:
        """Return where the last messages are, after *low* and up to *high*."""
        found = self._db.execute(
            statement,
            {
                "words": self._words,
                "low": self._room.place(low + 1),
                "high": self._room.place(high),
                "limit": limit,
            },
        )
        return [place for (place,) in found]

    def _messages(self, places: list[int]) -> Iterator[Message]:
        for place in places:
            found = self._db.execute(MESSAGE, (place,)).fetchone()
            if found is None:
                continue  # an index that was changed harms no message
            row = Row(*found)
            if not row.is_whole:
                raise failure("history_damaged")
            yield row.message(self._room.name)


@contextmanager
def timed(db: sqlite3.Connection, deadline: SearchDeadline) -> Iterator[None]:
    """Interrupt SQLite at the *deadline*. Raises HistoryError then."""
    deadline.start()
    db.set_progress_handler(lambda: deadline.is_over, CHECK_EVERY)
    try:
        yield
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise deadline.error from None
        raise
    finally:
        db.set_progress_handler(None, 0)
