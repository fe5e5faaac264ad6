"""Reads pages of messages, and of erasures, from one snapshot of the file."""

import sqlite3
from contextlib import closing
from functools import lru_cache
from typing import Final

from parlour.core.events import SequencedEvent
from parlour.core.limits import MAX_TEXTS_ERASED
from parlour.core.names.folding import fold_key
from parlour.core.storage import (
    FOUND_AMONG,
    After,
    Before,
    FindMessage,
    FindTexts,
    Page,
)
from parlour.history.pages import MAX_PAGE_SIZE, fit_page, sequenced_page

from .errors import storage_error
from .holes import StoredHoles
from .rows import MAX_SEQUENCE, SELECT_MESSAGE, SELECT_MESSAGES, MessageRow, RoomRow

HEAD: Final = "SELECT max(place) FROM message WHERE place BETWEEN ? AND ?"
FIRST: Final = f"{SELECT_MESSAGES} WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?"
LAST: Final = (
    f"{SELECT_MESSAGES} WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT ?"
)
COUNT_ERASURES: Final = """
SELECT count(*) FROM message WHERE place BETWEEN ? AND ? AND target IS NOT NULL
"""
COUNT_ERASED: Final = """
SELECT count(*) FROM message WHERE place BETWEEN ? AND ?
AND (erased IS NOT NULL OR target IS NOT NULL)
"""
AUTHORS: Final = """
SELECT place, source FROM message
WHERE place BETWEEN ? AND ? AND erased IS NULL AND target IS NULL ORDER BY place DESC
"""
TEXTS_OF: Final = f"""
{SELECT_MESSAGES} WHERE place BETWEEN ? AND ? AND account = ? AND erased IS NULL
ORDER BY place LIMIT ?
"""
SELECT_AUTHOR: Final = "SELECT source FROM message WHERE place = ?"

ROWS_AT_ONCE: Final = 64


def last_sequence(db: sqlite3.Connection, room: RoomRow) -> int:
    """Return the sequence of the last message of a room, stored or expired."""
    bounds = room.place(0), room.place(MAX_SEQUENCE)
    (place,) = db.execute(HEAD, bounds).fetchone()
    return room.floor if place is None else max(place & MAX_SEQUENCE, room.floor)


def read_page(
    db: sqlite3.Connection,
    room: RoomRow,
    query: Before | After | FindMessage | FindTexts,
) -> Page:
    """Return the page that answers *query*, about *room*."""
    match query:
        case Before():
            return _before(db, room, query)
        case After():
            return _after(db, room, query)
        case FindMessage():
            return _found(db, room, query)
        case FindTexts():
            return _texts(db, room, query)


def _before(db: sqlite3.Connection, room: RoomRow, query: Before) -> Page:
    high = min(query.sequence - 1, last_sequence(db, room))
    stored, holes = 0, StoredHoles(db, room)
    if high > room.floor:
        hole = holes.next(high)
        high = high if hole is None else min(high, hole.before)
        stored = holes.count(room.floor, high)
    bounds = room.place(room.floor + 1), room.place(high)
    unwanted = COUNT_ERASURES if query.has_erased else COUNT_ERASED
    (skipped,) = db.execute(unwanted, bounds).fetchone() if stored else (0,)
    total = stored - skipped
    rows = _Rows(has_erased=query.has_erased)
    if limit := min(max(query.limit, 0), total):
        rows.read(db, LAST, bounds, limit, skipped)
        rows.check(holes, high)
    messages = fit_page([row.message(room.name) for row in rows.wanted])[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _after(db: sqlite3.Connection, room: RoomRow, query: After) -> Page:
    low = max(query.sequence, room.floor)
    high = min(query.head, last_sequence(db, room))
    stored, first, holes = 0, low + 1, StoredHoles(db, room)
    if low < high:
        hole = holes.next(low)
        first = first if hole is None or low < hole.before else hole.sequence
        stored = holes.count(low, high)
    bounds, skipped = (room.place(first), room.place(high)), 0
    if stored and not query.has_erasures:
        (skipped,) = db.execute(COUNT_ERASURES, bounds).fetchone()
    total = stored - skipped
    rows = _Rows(has_erasures=query.has_erasures)
    if limit := min(max(query.limit, 0), total):
        rows.read(db, FIRST, bounds, limit, skipped)
        rows.check(holes, first)
    found = fit_page([_event(db, room, row) for row in rows.wanted])
    expired = holes.count(query.sequence, min(room.floor, query.head))
    return sequenced_page(found, total=total, expired=expired)


def _found(db: sqlite3.Connection, room: RoomRow, query: FindMessage) -> Page:
    """Return a page with the message that *query* means, or without one."""
    sequence = query.sequence
    if sequence is None:
        sequence = _last_of(db, room, query.name)
    if not room.floor < sequence <= MAX_SEQUENCE:
        return Page((), has_more=False, total=0)
    fields = db.execute(SELECT_MESSAGE, (room.place(sequence),)).fetchone()
    row = None if fields is None else MessageRow(*fields)
    if row is not None and not row.is_intact:
        raise storage_error("history_damaged")
    if row is None or not row.is_message:
        return Page((), has_more=False, total=0)
    return Page((row.message(room.name),), has_more=False, total=1)


def _texts(db: sqlite3.Connection, room: RoomRow, query: FindTexts) -> Page:
    """Return the texts that *query* means. It reads all rows between."""
    low, head = query.sequence, last_sequence(db, room)
    high = min(low + FOUND_AMONG, head)
    bounds = room.place(low + 1), room.place(high)
    fields = db.execute(TEXTS_OF, (*bounds, query.account, MAX_TEXTS_ERASED)).fetchall()
    rows = [MessageRow._make(each) for each in fields]
    if not all(row.is_intact for row in rows):
        raise storage_error("history_damaged")
    messages = tuple(row.message(room.name) for row in rows)
    return Page(messages, has_more=high < head, total=len(messages))


def _last_of(db: sqlite3.Connection, room: RoomRow, name: str) -> int:
    """Return the sequence of the last message of somebody called *name*, or 0."""
    head, key = last_sequence(db, room), fold_key(name)
    first = max(room.floor, head - FOUND_AMONG) + 1
    with closing(db.execute(AUTHORS, (room.place(first), room.place(head)))) as found:
        for place, source in found:
            if _key(source) == key:
                return int(place & MAX_SEQUENCE)
    return 0


_key: Final = lru_cache(maxsize=1024)(fold_key)  # few sources send most messages


def _event(db: sqlite3.Connection, room: RoomRow, row: MessageRow) -> SequencedEvent:
    """Return the message or the erasure of a row."""
    if row.target is None:
        return row.message(room.name)
    author = db.execute(SELECT_AUTHOR, (room.place(row.target),)).fetchone()
    return row.erasure(room.name, author[0] if author else "")


class _Rows:
    """Rows that are read in order; `wanted` are those that a page has."""

    def __init__(self, *, has_erased: bool = True, has_erasures: bool = False) -> None:
        self._has_erased, self._has_erasures = has_erased, has_erasures
        self._sequences: list[int] = []
        self.wanted: list[MessageRow] = []

    def read(
        self,
        db: sqlite3.Connection,
        statement: str,
        bounds: tuple[int, int],
        limit: int,
        skipped: int,
    ) -> None:
        """Read the rows that *statement* finds within *bounds*.

        *limit* of them are wanted, and at most *skipped* are not. The wanted ones fill
        a page; a few more are read. Raises StorageError if one was changed.
        """
        size = 0
        with closing(db.execute(statement, (*bounds, limit + skipped))) as found:
            while chunk := found.fetchmany(ROWS_AT_ONCE):
                rows = [MessageRow._make(each) for each in chunk]
                if not all(row.is_intact for row in rows):
                    raise storage_error("history_damaged")
                wanted = [row for row in rows if self._is_wanted(row)]
                self._sequences += [row.sequence for row in rows]
                self.wanted += wanted
                size += sum(row.size for row in wanted)
                if size > MAX_PAGE_SIZE or len(self.wanted) >= limit:
                    break
        del self.wanted[limit:]

    def check(self, holes: StoredHoles, first: int) -> None:
        """Raise StorageError if *first* is not the first row, or one is missing."""
        if self._sequences[:1] != [first]:
            raise storage_error("history_damaged")
        holes.require_adjacent(sorted(self._sequences))

    def _is_wanted(self, row: MessageRow) -> bool:
        if not row.is_message:
            return self._has_erasures
        return self._has_erased or row.erased is None
