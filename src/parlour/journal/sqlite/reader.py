"""Reading a history's file, beside the one who writes it.

Every answer comes from one moment of the file, and is taken whole before anything else
is done with it: who reads never holds up who writes. What is read is checked: each row
by its checksum, and the rows of a page by their sequences, which have no gap.
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

from .errors import failure, reading
from .files import FileError
from .opening import connect_to_read, refuse_newer
from .rows import MAX_SEQUENCE, ROOMS, RoomRow, Row
from .search import SearchReader, timed

ROOM: Final = f"{ROOMS} NOT INDEXED WHERE name = ?"  # a damaged index would hide it

HEAD: Final = "SELECT max(place) FROM message WHERE place BETWEEN ? AND ?"

LAST: Final = """
SELECT place, time, start, source, text, checksum FROM message
WHERE place BETWEEN :low AND :high AND start >= :bytes + (
    SELECT start FROM message WHERE place BETWEEN :low AND :high
    ORDER BY place DESC LIMIT 1)
ORDER BY place DESC LIMIT :limit
"""  # :bytes is negative: how far back a page may go

FIRST: Final = """
SELECT place, time, start, source, text, checksum FROM message
WHERE place BETWEEN :low AND :high AND start <= :bytes + (
    SELECT start FROM message WHERE place BETWEEN :low AND :high
    ORDER BY place LIMIT 1)
ORDER BY place LIMIT :limit
"""


Connect = Callable[[Path], sqlite3.Connection]


class Reader:
    """A connection that only reads. Any thread may use it, one at a time does.

    All that it needs is open when it is made, so that it reads on if the file is lost.
    A search has a deadline by the clock *steady*.
    Raises FileError if the file is newer than this program.
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
            self.epoch()
            refuse_newer(self._db, path)
        except (StorageError, FileError):
            self._db.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def cancel_searches(self) -> None:
        """End the search that runs, and all later ones. Any thread may call."""
        self._deadline.cancel()

    def epoch(self) -> str:
        """Return the name of this incarnation of the history."""
        with self._snapshot() as db:
            return _epoch(db)

    def rooms(self) -> list[RoomRow]:
        """Return what is known of every room, as it is in the file."""
        with self._snapshot() as db:
            rows = db.execute(f"{ROOMS} ORDER BY id").fetchall()
        return [RoomRow(*row) for row in rows]

    def extent(self, room: RoomName) -> HistoryExtent:
        """Return what is kept of *room*."""
        with self._snapshot() as db:
            epoch, row = _epoch(db), _room(db, room)
            if row is None:
                return HistoryExtent(epoch, 1, 0)
            return HistoryExtent(epoch, row.floor + 1, _head(db, row))

    def read(self, query: Query) -> Page:
        """Return what *query* asks for."""
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
                    with timed(db, self._deadline):
                        return SearchReader(db, room, query.words).page(head, query)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """Hold one moment of the file. Raises HistoryError for what SQLite raises."""
        with self._lock:
            try:
                self._db.execute("BEGIN")
                try:
                    yield self._db
                finally:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
            except sqlite3.Error as exc:
                raise reading(exc) from exc


def _epoch(db: sqlite3.Connection) -> str:
    row: tuple[str] | None = db.execute("SELECT epoch FROM about").fetchone()
    if row is None:
        raise failure("history_damaged")
    return row[0]


def _room(db: sqlite3.Connection, name: RoomName) -> RoomRow | None:
    found = db.execute(ROOM, (name,)).fetchone()
    if found is None:
        return None
    room = RoomRow(*found)
    if not room.is_whole:
        raise failure("history_damaged")
    return room


def _head(db: sqlite3.Connection, room: RoomRow) -> int:
    bounds = room.place(0), room.place(MAX_SEQUENCE)
    (place,) = db.execute(HEAD, bounds).fetchone()
    return room.floor if place is None else max(place & MAX_SEQUENCE, room.floor)


def _before(db: sqlite3.Connection, room: RoomRow, head: int, query: Before) -> Page:
    high = min(query.sequence - 1, head)
    total = max(high - room.floor, 0)
    limit = min(max(query.limit, 0), total)
    rows = _rows(db, LAST, room, (high - limit, high), -MAX_PAGE_SIZE) if limit else []
    expected = range(high, high - len(rows), -1)
    messages = _checked(rows, room, expected, wanted=limit)[::-1]
    return Page(tuple(messages), total > len(messages), total)


def _after(db: sqlite3.Connection, room: RoomRow, head: int, query: After) -> Page:
    low, high = max(query.sequence, room.floor), min(query.head, head)
    total = max(high - low, 0)
    limit = min(max(query.limit, 0), total)
    rows = _rows(db, FIRST, room, (low, low + limit), MAX_PAGE_SIZE) if limit else []
    expected = range(low + 1, low + 1 + len(rows))
    messages = _checked(rows, room, expected, wanted=limit)
    gone = max(min(low, query.head) - query.sequence, 0)
    return Page(tuple(messages), total > len(messages), total, gone)


def _rows(
    db: sqlite3.Connection,
    statement: str,
    room: RoomRow,
    between: tuple[int, int],
    span: int,
) -> list[Row]:
    """Return the rows after and up to the two sequences; a page of bytes and a row."""
    low, high = between
    found = db.execute(
        statement,
        {
            "low": room.place(low + 1),
            "high": room.place(high),
            "bytes": span,
            "limit": high - low,
        },
    )
    return [Row(*row) for row in found.fetchall()]


def _checked(
    rows: list[Row], room: RoomRow, expected: Sequence[int], *, wanted: int
) -> list[Message]:
    """Return as many messages as fit; raise HistoryError if any is not in its place."""
    if [row.sequence for row in rows] != list(expected) or bool(rows) != bool(wanted):
        raise failure("history_damaged")
    return fit_page([_whole(row, room) for row in rows])


def _whole(row: Row, room: RoomRow) -> Message:
    if not row.is_whole:
        raise failure("history_damaged")
    return row.message(room.name)
