"""Reads pages, while another connection writes.

Each answer comes from one snapshot and is fetched completely before it is used, so a
reader never delays the writer for long. All rows are checked: each one by its checksum,
and the rows of a page by their sequences, which have no gap.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from parlour.core.events import Message, RoomName
from parlour.core.storage import (
    After,
    Before,
    HistoryExtent,
    Page,
    Query,
    Search,
    StorageError,
)
from parlour.history.pages import MAX_PAGE_SIZE, fit_page
from parlour.history.search_deadline import SearchDeadline

from .errors import read_error, storage_error
from .files import FileError
from .opening import connect_to_read, refuse_newer
from .rows import MAX_SEQUENCE, SELECT_ROOMS, MessageRow, RoomRow
from .search import SearchReader, interrupted_at

# Without the index on names, because a damaged one would hide the room.
SELECT_ROOM: Final = f"{SELECT_ROOMS} NOT INDEXED WHERE name = ?"

HEAD: Final = "SELECT max(place) FROM message WHERE place BETWEEN ? AND ?"

LAST: Final = """
SELECT place, time, start, source, text, checksum FROM message
WHERE place BETWEEN :low AND :high AND start >= :bytes + (
    SELECT start FROM message WHERE place BETWEEN :low AND :high
    ORDER BY place DESC LIMIT 1)
ORDER BY place DESC LIMIT :limit
"""  # :bytes is negative: how far before the last message a page may start

FIRST: Final = """
SELECT place, time, start, source, text, checksum FROM message
WHERE place BETWEEN :low AND :high AND start <= :bytes + (
    SELECT start FROM message WHERE place BETWEEN :low AND :high
    ORDER BY place LIMIT 1)
ORDER BY place LIMIT :limit
"""


Connect = Callable[[Path], sqlite3.Connection]


class Reader:
    """A read-only connection. Any thread may use it; a lock admits one at a time.

    It opens all its files immediately, so it can still read if they are deleted later.
    Searches have a deadline by the monotonic clock *steady*. Raises FileError if the
    file is newer than this program.
    """

    def __init__(
        self,
        path: Path,
        steady: Callable[[], float] = lambda: 0.0,
        *,
        connect: Connect = connect_to_read,
    ) -> None:
        self._lock = Lock()
        self._db = connect(path)
        self._deadline = SearchDeadline(steady)
        try:
            with self._snapshot() as db:
                _epoch(db)
            refuse_newer(self._db, path)
        except (StorageError, FileError):
            self._db.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._db.close()

    def cancel_searches(self) -> None:
        """End the running search and all later ones. Any thread may call this."""
        self._deadline.cancel()

    def rooms(self) -> list[RoomRow]:
        """Return the row of each room."""
        with self._snapshot() as db:
            rows = db.execute(f"{SELECT_ROOMS} ORDER BY id").fetchall()
        return [RoomRow(*row) for row in rows]

    def extent(self, room: RoomName) -> HistoryExtent:
        """Return the range of stored sequences of *room*."""
        with self._snapshot() as db:
            epoch, row = _epoch(db), _room(db, room)
            if row is None:
                return HistoryExtent(epoch, 1, 0)
            return HistoryExtent(epoch, row.floor + 1, _head(db, row))

    def read(self, query: Query) -> Page:
        """Return the page that answers *query*."""
        with self._snapshot() as db:
            room = _room(db, query.room)
            if room is None:
                return Page((), False, 0)
            head = _head(db, room)
            match query:
                case Before():
                    return _before(db, room, head, query)
                case After():
                    return _after(db, room, head, query)
                case Search():
                    with interrupted_at(db, self._deadline):
                        return SearchReader(db, room, query.words).page(head, query)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read from one snapshot. Errors of SQLite are raised as StorageError."""
        with self._lock:
            try:
                self._db.execute("BEGIN")
                try:
                    yield self._db
                finally:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
            except sqlite3.Error as exc:
                raise read_error(exc) from exc


def _epoch(db: sqlite3.Connection) -> str:
    row: tuple[str] | None = db.execute("SELECT epoch FROM about").fetchone()
    if row is None:
        raise storage_error("history_damaged")
    return row[0]


def _room(db: sqlite3.Connection, name: RoomName) -> RoomRow | None:
    found = db.execute(SELECT_ROOM, (name,)).fetchone()
    if found is None:
        return None
    room = RoomRow(*found)
    if not room.is_intact:
        raise storage_error("history_damaged")
    return room


def _head(db: sqlite3.Connection, room: RoomRow) -> int:
    bounds = room.place(0), room.place(MAX_SEQUENCE)
    (place,) = db.execute(HEAD, bounds).fetchone()
    return room.floor if place is None else max(place & MAX_SEQUENCE, room.floor)


def _before(db: sqlite3.Connection, room: RoomRow, head: int, query: Before) -> Page:
    high = min(query.sequence - 1, head)
    total = max(high - room.floor, 0)
    limit = min(max(query.limit, 0), total)
    bounds = high - limit, high
    rows = _rows(db, LAST, room, bounds, -MAX_PAGE_SIZE) if limit else []
    expected = range(high, high - len(rows), -1)
    messages = _page(rows, room, expected, wanted=limit)[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _after(db: sqlite3.Connection, room: RoomRow, head: int, query: After) -> Page:
    low, high = max(query.sequence, room.floor), min(query.head, head)
    total = max(high - low, 0)
    limit = min(max(query.limit, 0), total)
    rows = _rows(db, FIRST, room, (low, low + limit), MAX_PAGE_SIZE) if limit else []
    expected = range(low + 1, low + 1 + len(rows))
    messages = _page(rows, room, expected, wanted=limit)
    deleted = max(min(low, query.head) - query.sequence, 0)
    return Page(tuple(messages), total > len(messages), total, deleted)


def _rows(
    db: sqlite3.Connection,
    statement: str,
    room: RoomRow,
    bounds: tuple[int, int],
    max_bytes: int,
) -> list[MessageRow]:
    """Return the rows after the first of *bounds* and up to the second.

    They fill a page of *max_bytes*, plus at most one more row. The size is negative for
    a page that ends at the last row (`LAST`).
    """
    low, high = bounds
    found = db.execute(
        statement,
        {
            "low": room.place(low + 1),
            "high": room.place(high),
            "bytes": max_bytes,
            "limit": high - low,
        },
    )
    return [MessageRow(*row) for row in found.fetchall()]


def _page(
    rows: list[MessageRow], room: RoomRow, expected: Sequence[int], *, wanted: int
) -> list[Message]:
    """Return the messages that fit into a page, after checking all *rows*.

    Raises StorageError if a row was changed or its sequence is not the *expected* one.
    """
    if [row.sequence for row in rows] != list(expected) or bool(rows) != bool(wanted):
        raise storage_error("history_damaged")
    return fit_page([_message(row, room) for row in rows])


def _message(row: MessageRow, room: RoomRow) -> Message:
    if not row.is_intact:
        raise storage_error("history_damaged")
    return row.message(room.name)
