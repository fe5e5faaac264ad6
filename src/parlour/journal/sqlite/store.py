"""The store in one SQLite file. The files `schema-*.sql` describe its tables.

It detects these changes by other programs:

- a changed row, by its checksum; missing rows between others, by a gap that is not a
  recorded hole; missing rows at the beginning, by the room's floor;
- a missing room, by the recorded number of rooms, or by its messages; a missing
  account, sanction or invitation, what is missing of an account, or of the roles in a
  room, and an act, by the recorded numbers;
- a file that was replaced by another or recreated, by the epoch;
- a file that was moved or deleted while open, within a second.

It does not detect missing messages at the end, such as after the write-ahead log was
truncated or changed, because SQLite uses the log up to the damage. The server notices
them only when the cursor of a client is ahead of the head. If a key was changed, a
retry is recorded twice. If the index was changed, a search finds fewer messages;
`verify` checks the index.
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

from parlour.core.entries import Batch, Said
from parlour.core.storage import (
    Numbering,
    Page,
    Query,
    Search,
    SearchRooms,
    StorageError,
    StoredKey,
    StoredState,
    consecutive,
)
from parlour.history.retention import Retention

from ..clock import Timeline, WallClock, Warn, no_warnings
from ..keys import KEY_AGE, MAX_KEYS
from . import deletion
from .acts import load_numbers
from .batch import BatchRows, Stored
from .checkpoint import IDLE_PAGES, WriteAheadLog
from .direct_rooms import check_direct_rooms
from .empty_rooms import delete_empty
from .erasures import Purge
from .excess import Excess, count_excess
from .file_errors import load_error, open_error
from .files import resolve
from .indexing import Indexing
from .opening import Failpoint, no_failpoint, open_to_write
from .people import load_people
from .pruning import Pruning
from .reader import Reader
from .rooms import load_rooms
from .rows import MAX_SEQUENCE, SEQUENCE_BITS
from .write_lock import WriteLock
from .writer import Writer

STEPS_AT_CLOSE: Final = 100  # of deletion, at most

SELECT_EPOCH: Final = "SELECT epoch FROM about"
SELECT_KEYS: Final = "SELECT key, place, token FROM key ORDER BY id DESC LIMIT ?"


class SQLiteStore:
    """A store in the file *path*, within the limits of *retention*.

    The file is created if there is none. *clock* is the wall clock, and *steady* a
    monotonic clock. Raises FileError if the file is not a history, is newer than this
    program, is damaged at the beginning or end of a room, or is in use by another
    process.

    One thread at a time may write. Any thread may call the methods of `History`.
    """

    def __init__(
        self,
        path: Path,
        retention: Retention,
        *,
        clock: Callable[[], float],
        steady: Callable[[], float],
        warn: Warn = no_warnings,
        failpoint: Failpoint = no_failpoint,
        numbering: Numbering = consecutive,
    ) -> None:
        path = resolve(path)  # two names of one file share one lock
        self._retention, self._clock, self._steady = retention, clock, steady
        self._numbering = numbering
        self._recorded_keys = Timeline(KEY_AGE)
        self._has_appended = False
        with ExitStack() as opened:
            lock = WriteLock(path)
            opened.callback(lock.release)
            self._db = open_to_write(path, failpoint, warn)
            opened.callback(self._db.close)
            lock.lock_file()  # even if the file was just created
            wal = WriteAheadLog(path, self._db, warn)
            self._writer = Writer(path, self._db, lock, wal, failpoint)
            self._load(path, warn, opened)
            self._close_all = opened.pop_all().close

    def append(self, batch: Batch) -> None:
        if not batch.is_durable:
            return
        self._writer.require_writable(batch.time)
        said = [entry.room for entry in batch.entries if type(entry) is Said]
        self._pruning.make_space(dict.fromkeys(said), len(said))
        rows = BatchRows(self._stored, batch, self._numbering)
        if rows.is_empty:
            return
        self._writer.commit("append", lambda: rows.write(self._db))
        rows.apply()
        self._pruning.add(rows.changed_rooms)
        self._indexing.add(rows.changed_rooms)
        self._has_appended = True
        if rows.has_erased:
            self._purge.add()

    def load(self) -> StoredState:
        with self._writer.converted_errors():
            (epoch,) = self._db.execute(SELECT_EPOCH).fetchone()
            keys = self._db.execute(SELECT_KEYS, (MAX_KEYS,)).fetchall()
        rooms = self._stored.rooms
        names = rooms.names()
        return self._stored.people.state(
            epoch,
            tuple(rooms.stored()),
            tuple(
                StoredKey(key, token or "", name, place & MAX_SEQUENCE)
                for key, place, token in reversed(keys)
                if (name := names.get(place >> SEQUENCE_BITS)) is not None
            ),
            rooms.last_number,
        )

    def read(self, query: Query) -> Page:
        is_search = isinstance(query, Search | SearchRooms)
        return (self._searcher if is_search else self._reader).read(query)

    def cancel_searches(self) -> None:
        self._searcher.cancel_searches()

    def maintain(self) -> bool:
        self._writer.require_writable(self._clock())
        if self._writer.wal.has_pages(IDLE_PAGES):
            self._writer.checkpoint()
        if self._writer.wal.is_held:
            return False  # the remaining space in the log is for messages
        has_more = self._purge.step()
        has_worked = self._pruning.step() or self._delete_keys()
        has_worked = has_worked or self._indexing.step() or self._pruning.has_more
        return has_worked or has_more

    def excess(self) -> Excess:
        """Return how many stored messages exceeded the limits when the file was opened.

        Some do if a limit was reduced after they were recorded.
        """
        return self._excess

    def close(self) -> None:
        # Delete excess messages; otherwise the next start would ask about them.
        with suppress(StorageError):
            self._writer.require_writable(self._clock(), is_due=True)
            for _ in range(STEPS_AT_CLOSE if self._has_appended else 0):
                if not (self._pruning.step() or self._pruning.has_more):
                    break
        self._close_all()

    def _delete_keys(self) -> bool:
        """Delete one chunk of old keys, if there are any."""
        steady = self._steady()
        with self._writer.converted_errors():
            last = deletion.last_key_to_delete(self._db, self._recorded_keys, steady)
        if last is None:
            return False
        self._writer.commit(
            "delete_keys", lambda: self._db.execute(deletion.DELETE_KEYS, (last,))
        )
        return True

    def _load(self, path: Path, warn: Warn, opened: ExitStack) -> None:
        """Load what is stored besides messages, and open the readers."""
        retention = self._retention
        try:
            loaded = load_rooms(self._db)
            people = load_people(self._db, loaded.rooms.names())
            self._stored = Stored(loaded.rooms, people, load_numbers(self._db))
            rows = [room.row for room in loaded.rooms.by_name.values()]
            check_direct_rooms(rows, people.accounts)
            self._excess = count_excess(self._db, loaded, retention)
            delete_empty(self._db, loaded.rooms, people)
            self._indexing = Indexing(self._db, self._writer, loaded.rooms)
            self._purge = Purge(self._db, self._writer, self._steady)
            self._reader = Reader(path)
            opened.callback(self._reader.close)
            self._searcher = Reader(path, self._steady)
            opened.callback(self._searcher.close)
        except sqlite3.Error as exc:
            raise open_error(path, exc) from exc
        except StorageError as exc:
            raise load_error(path, exc) from exc
        wall = WallClock(
            self._clock, self._steady, warn, loaded.newest, retention.max_age
        )
        self._pruning = Pruning(
            self._db, self._writer, loaded, retention, wall, self._steady
        )
