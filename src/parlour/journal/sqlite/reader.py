"""Reads pages, while another connection writes.

Each answer comes from one snapshot and is fetched completely before it is used, so a
reader never delays the writer for long. All rows are checked: each one by its checksum,
and the rows of a page by their sequences, which have no gap but the recorded holes.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

from parlour.core.events import Act, RoomName
from parlour.core.storage import (
    After,
    Before,
    FindMessage,
    FindTexts,
    Invitation,
    Page,
    Query,
    ReadActs,
    Sanction,
    Search,
    SearchRooms,
    StorageError,
    StoredAccount,
)
from parlour.history.search_deadline import SearchDeadline
from parlour.history.search_terms import fts_query

from ..order import StoredRoles
from .accounts import load_accounts
from .acts import act_numbers, next_acts, read_acts
from .connections import connect_to_read
from .errors import read_error, storage_error
from .files import FileError
from .invitations import load_invitations
from .message_pages import last_sequence, read_page
from .opening import prepare_to_read
from .room_roles import load_roles
from .rows import MAX_SEQUENCE, SELECT_ROOMS, RoomRow
from .sanctions import load_sanctions
from .search import RoomSearch, interrupted_at, merged_page

# Without the index on names, because a damaged one would hide the room.
SELECT_ROOM: Final = f"{SELECT_ROOMS} NOT INDEXED WHERE name = ?"
SELECT_ROOM_BY_ID: Final = f"{SELECT_ROOMS} WHERE id = ?"

COUNT_ACCOUNTS: Final = "SELECT accounts FROM about"

NOTHING: Final = Page((), False, 0)

Connect = Callable[[Path], sqlite3.Connection]


class Tables(NamedTuple):
    """Rooms, in order of their ids, the roles in them by id, and the other tables."""

    rooms: list[RoomRow]
    roles: dict[int, StoredRoles]
    accounts: tuple[StoredAccount, ...]
    sanctions: tuple[Sanction, ...]
    invitations: tuple[Invitation, ...]


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
        self._ids: dict[RoomName, int] = {}  # of the rooms that were read
        self._deadline = SearchDeadline(steady)
        try:
            with self._snapshot() as db:
                _epoch(db)
            prepare_to_read(self._db, path)
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

    def tables(self) -> Tables:
        """Return what is stored besides messages and acts, from one snapshot."""
        with self._snapshot() as db:
            rooms = [RoomRow(*row) for row in db.execute(f"{SELECT_ROOMS} ORDER BY id")]
            if not all(row.is_intact for row in rooms):
                raise storage_error("history_damaged")
            names = {row.id: row.name for row in rooms}
            accounts = load_accounts(db, names).stored()
            sanctions = load_sanctions(db).stored()
            invitations = load_invitations(db).stored()
            roles = load_roles(db, rooms)
            return Tables(rooms, roles, accounts, sanctions, invitations)

    def acts_after(self, number: int, limit: int) -> list[Act]:
        """Return the first *limit* acts after the one with *number*."""
        with self._snapshot() as db:
            return next_acts(db, number, limit)

    def account_count(self) -> int:
        """Return how many accounts there are."""
        with self._snapshot() as db:
            (count,) = db.execute(COUNT_ACCOUNTS).fetchone() or (None,)
        return count or 0

    def act_count(self) -> int:
        """Return how many acts the audit log has."""
        with self._snapshot() as db:
            return act_numbers(db).stored

    def head(self, room: RoomName) -> int:
        """Return the sequence of the last message of *room*, stored or expired."""
        with self._snapshot() as db:
            row = self._room(db, room)
            return 0 if row is None else last_sequence(db, row)

    def read(self, query: Query) -> Page:
        """Return the page that answers *query*."""
        with self._snapshot() as db:
            match query:
                case Before() | After() | FindMessage() | FindTexts():
                    room = self._room(db, query.room)
                    return NOTHING if room is None else read_page(db, room, query)
                case ReadActs():
                    return read_acts(db, query)
                case Search():
                    names, high = [query.room], query.sequence - 1
                case SearchRooms():
                    names, high = list(dict.fromkeys(query.rooms)), MAX_SEQUENCE
            words = fts_query(query.words)
            with interrupted_at(db, self._deadline):
                rooms = [row for name in names if (row := self._room(db, name))]
                found = [
                    RoomSearch(db, row, words, min(high, last_sequence(db, row)))
                    for row in rooms
                ]
                return merged_page(found, max(query.limit, 0))

    def _room(self, db: sqlite3.Connection, name: RoomName) -> RoomRow | None:
        """Return the row of a room. The id of a known one makes that fast."""
        found = db.execute(SELECT_ROOM_BY_ID, (self._ids.get(name, 0),)).fetchone()
        if found is None or found[1] != name:
            found = db.execute(SELECT_ROOM, (name,)).fetchone()
        if found is None:
            return None
        room = RoomRow(*found)
        if not room.is_intact:
            raise storage_error("history_damaged")
        self._ids[name] = room.id
        return room

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
