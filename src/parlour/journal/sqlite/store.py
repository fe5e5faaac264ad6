"""The store in one SQLite file. `schema-1.sql` describes its tables.

It detects these changes by other programs:

- a changed row, by its checksum; missing rows between others, by the gap; missing rows
  at the beginning, by the room's floor;
- a file that was replaced by another or recreated, by the epoch;
- a file that was moved or deleted while open, within a second.

It does not detect missing messages at the end, such as after the write-ahead log was
truncated or changed, because SQLite uses the log up to the damage. The server notices
them only when the cursor of a client is ahead of the head. If a key was changed, a
retry is recorded twice. If the index was changed, a search finds fewer messages;
`verify` checks the index.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Final

from parlour.core.events import RoomName
from parlour.core.storage import (
    Draft,
    Duplicate,
    HistoryExtent,
    Outcome,
    Page,
    Query,
    Search,
    StorageError,
)
from parlour.history.retention import Retention

from ..clock import Timeline, WallClock, Warn, no_warnings
from ..idempotency import KEY_AGE, MAX_KEYS, IdempotencyKeys
from . import deletion, search_index
from .batch import Batch
from .checkpoint import IDLE_PAGES, WriteAheadLog
from .excess import Excess, count_excess
from .expiry_scan import ExpiryScan
from .file_errors import load_error, open_error
from .files import resolve
from .opening import Failpoint, no_failpoint, open_to_write
from .reader import Reader
from .room_state import RoomState, load_rooms, newest_time
from .rows import MAX_SEQUENCE, SEQUENCE_BITS
from .write_lock import WriteLock
from .writer import Writer

CHUNKS_AT_CLOSE: Final = 100  # deleted at most in each room
SLACK: Final = 1.1  # times the retention: above it, a batch waits for a deletion

SELECT_KEYS: Final = "SELECT key, place FROM key ORDER BY id DESC LIMIT ?"


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
    ) -> None:
        path = resolve(path)  # two names of one file share one lock
        self._retention, self._clock, self._steady = retention, clock, steady
        self._keys, self._recorded_keys = IdempotencyKeys(), Timeline(KEY_AGE)
        self._has_appended = False
        with ExitStack() as opened:
            lock = WriteLock(path)
            opened.callback(lock.release)
            self._db = open_to_write(path, failpoint)
            opened.callback(self._db.close)
            lock.lock_file()  # even if the file was just created
            self._load(path, warn, opened)
            wal = WriteAheadLog(path, self._db, warn)
            self._writer = Writer(path, self._db, lock, wal, failpoint)
            self._close_all = opened.pop_all().close

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        self._writer.require_writable(time)
        if not drafts:
            return []
        self._delete_excess(len(drafts))
        now = self._steady()
        self._keys.expire(now)
        batch = Batch(self._rooms, self._keys, time, now)
        outcomes = batch.number(drafts)
        self._writer.commit("append", lambda: batch.write(self._db))
        batch.apply()
        self._has_appended = True
        return outcomes

    def read(self, query: Query) -> Page:
        reader = self._searcher if isinstance(query, Search) else self._reader
        return reader.read(query)

    def cancel_searches(self) -> None:
        self._searcher.cancel_searches()

    def extent(self, room: RoomName) -> HistoryExtent:
        return self._reader.extent(room)

    def maintain(self) -> bool:
        self._writer.require_writable(self._clock())
        if self._writer.wal.has_pages(IDLE_PAGES):
            self._writer.checkpoint()
        if self._writer.wal.is_held:
            return False  # the remaining space in the log is for messages
        return self._delete_messages() or self._delete_keys() or self._index_messages()

    def excess(self) -> Excess:
        """Return how many stored messages exceed the limits.

        Some do if a limit was reduced after they were recorded. Raises StorageError.
        """
        with self._writer.converted_errors():
            return count_excess(self._db, list(self._rooms.values()), self._retention)

    def close(self) -> None:
        # Delete excess messages; otherwise the next start would ask about them.
        with suppress(StorageError):
            self._writer.require_writable(self._clock(), is_due=True)
            for room in self._rooms.values() if self._has_appended else ():
                for _ in range(CHUNKS_AT_CLOSE):
                    if not self._delete_step(room):
                        break
        self._close_all()

    def _delete_messages(self) -> bool:
        """Do one step of deletion in the first room that needs it, if any."""
        return any(self._delete_step(room) for room in self._rooms.values())

    def _delete_step(self, room: RoomState) -> bool:
        """Scan or delete one chunk of *room*; return whether there was one."""
        return self._scan_ages(room) or self._delete_chunk(room)

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

    def _index_messages(self) -> bool:
        """Index one chunk of messages, if any are not indexed."""
        for room in self._rooms.values():
            with self._writer.converted_errors():
                is_behind = search_index.is_behind(self._db, room.row, room.head)
            if is_behind:
                index = partial(
                    search_index.index_messages, self._db, room.row, room.head
                )
                room.row = self._writer.commit("index", index)
                return True
        return False

    def _delete_excess(self, drafts: int) -> None:
        """Delete about as many messages as *drafts*, if maintenance is far behind."""
        retention = self._retention
        max_messages = retention.max_messages * SLACK + deletion.CHUNK
        max_bytes = retention.max_bytes * SLACK
        for room in self._rooms.values():
            if (
                room.head - room.row.floor > max_messages
                or room.bytes - room.row.bytes > max_bytes
            ):
                for _ in range(-(-drafts // deletion.CHUNK)):
                    self._delete_chunk(room)

    def _scan_ages(self, room: RoomState) -> bool:
        """Scan one chunk for expired messages; return whether there is more to scan."""
        name = room.row.name
        scan = self._expiry.get(name)
        if scan is None:
            scan = self._expiry[name] = ExpiryScan(self._retention)
        with self._writer.converted_errors():
            return scan.scan(self._db, room, self._wall.read(), self._steady())

    def _delete_chunk(self, room: RoomState) -> bool:
        """Delete one chunk of excess messages; return whether there were any."""
        scan = self._expiry.get(room.row.name)
        expired = 0 if scan is None else scan.last
        with self._writer.converted_errors():
            last = deletion.last_to_delete(self._db, room, self._retention, expired)
        if last is None:
            return False
        room.row = self._writer.commit(
            "delete", lambda: deletion.delete_messages(self._db, room.row, last)
        )
        return True

    def _load(self, path: Path, warn: Warn, opened: ExitStack) -> None:
        """Load the state of rooms and the keys, and open the readers."""
        try:
            self._rooms = load_rooms(self._db)
            newest = newest_time(self._db, self._rooms)
            keys = self._db.execute(SELECT_KEYS, (MAX_KEYS,)).fetchall()
            self._reader = Reader(path)
            opened.callback(self._reader.close)
            self._searcher = Reader(path, self._steady)
            opened.callback(self._searcher.close)
        except sqlite3.Error as exc:
            raise open_error(path, exc) from exc
        except StorageError as exc:
            raise load_error(path, exc) from exc
        max_age = self._retention.max_age
        self._wall = WallClock(self._clock, self._steady, warn, newest, max_age)
        self._expiry = {
            name: ExpiryScan(self._retention, room.head)
            for name, room in self._rooms.items()
        }
        names = {room.row.id: name for name, room in self._rooms.items()}
        now = self._steady()
        for key, place in reversed(keys):
            name = names.get(place >> SEQUENCE_BITS)
            if name is not None:
                self._keys.add(key, Duplicate(name, place & MAX_SEQUENCE), now)
