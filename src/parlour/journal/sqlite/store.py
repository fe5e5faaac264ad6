"""A history in one SQLite file. See `schema-1.sql` for what is in it.

What this can tell, of a file that was shortened or changed behind its back:

- a row that was changed, by its checksum; a row that is missing between others, by
  the gap; rows that are missing at the beginning, by the room's floor;
- a file that was replaced by another, or begun anew, by the epoch;
- a file that was moved or deleted while it is open, within a second.

What it cannot tell: messages that are missing at the end, as after a write-ahead log
that was cut or changed (SQLite takes what is whole before the fault). Only a client
whose cursor is ahead of the head knows of them. A changed key lets a retry be recorded
twice, and a changed index finds too little; `verify` looks for the latter.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

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
from . import maintenance, search_index
from .batch import Batch, RoomEnd
from .checkpoint import LONG, TOO_LONG, WriteAheadLog
from .errors import failure, writing
from .excess import Surplus, surplus
from .expiry import ExpiredMessages
from .files import Identity, real
from .locks import Lock
from .opening import Crash, open_to_write, survive, unreadable, unusable
from .reader import Reader
from .room_state import load_ends, newest_time
from .rows import MAX_SEQUENCE, SEQUENCE_BITS

Written = TypeVar("Written")

LOOK_EVERY: Final = 1.0  # seconds between two looks whether the file is still there
CLOSING: Final = 100  # chunks deleted at most when it is closed
SLACK: Final = 1.1  # how much more than is to be kept makes a batch wait for deletion

KEYS: Final = "SELECT key, place FROM key ORDER BY id DESC LIMIT ?"


class SQLiteStore:
    """Keep in the file *path* what was said, as long as *retention* allows.

    The file is made if there is none. *clock* is wall time, and
    *steady* a clock that never jumps. FileError is raised, for
    the operator, if the file is not a history, is newer than this program, is damaged
    where it begins or ends, or belongs to another process.

    Writing belongs to one thread at a time; `read` and `extent` may be called from any.
    """

    def __init__(
        self,
        path: Path,
        retention: Retention,
        *,
        clock: Callable[[], float],
        steady: Callable[[], float],
        warn: Warn = no_warnings,
        crash: Crash = survive,
    ) -> None:
        path = real(path)  # two names of one file have one lock
        self._retention, self._crash = retention, crash
        self._clock, self._steady, self._warn = clock, steady, warn
        self._keys, self._recorded_keys = IdempotencyKeys(), Timeline(KEY_AGE)
        self._stopped: StorageError | None = None
        self._has_grown = False
        self._looked: float | None = None
        with ExitStack() as opened:
            self._lock = Lock(path)
            opened.callback(self._lock.release)
            self._db = open_to_write(path, crash)
            opened.callback(self._db.close)
            self._log = WriteAheadLog(path, self._db, warn)
            self._lock.hold()  # a file that was just made, too
            self._load(path, opened)
            self._close_all = opened.pop_all().close

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        self._look(time)
        if not drafts:
            return []
        self._make_room(len(drafts))
        now = self._steady()
        self._keys.expire(now)
        batch = Batch(self._ends, self._keys, time, now)
        outcomes = batch.number(drafts)
        self._commit("append", lambda: batch.write(self._db))
        batch.settle()
        self._has_grown = True
        return outcomes

    def read(self, query: Query) -> Page:
        reader = self._searcher if isinstance(query, Search) else self._reader
        return reader.read(query)

    def cancel_searches(self) -> None:
        self._searcher.cancel_searches()

    def extent(self, room: RoomName) -> HistoryExtent:
        return self._reader.extent(room)

    def maintain(self) -> bool:
        self._look(self._clock())
        if self._log.has_pages(LONG):
            self._fold()
        if self._log.is_held:
            return False  # what is left of the log is for messages
        for end in self._ends.values():
            if self._age(end) or self._forget(end):
                return True
        with self._failures():
            keys = maintenance.surplus_keys(
                self._db, self._recorded_keys, self._steady()
            )
        if keys is not None:
            self._commit(
                "keys", lambda: self._db.execute(maintenance.DELETE_KEYS, (keys,))
            )
            return True
        for end in self._ends.values():
            if self._is_index_due(end):
                end.row = self._commit(
                    "index", partial(maintenance.index, self._db, end.row, end.head)
                )
                return True
        return False

    def _is_index_due(self, end: RoomEnd) -> bool:
        with self._failures():
            return search_index.is_due(self._db, end.row, end.head)

    def surplus(self) -> Surplus:
        """Return how much more is kept than may be, because a limit is smaller now."""
        with self._failures():
            return surplus(self._db, list(self._ends.values()), self._retention)

    def close(self) -> None:
        with suppress(StorageError):  # else the next start would ask about it
            self._looked = None
            self._look(self._clock())
            for end in self._ends.values() if self._has_grown else ():
                for _ in range(CLOSING):
                    if not (self._age(end) or self._forget(end)):
                        break
        self._close_all()

    def _fold(self) -> None:
        """Bring the log into the file, as far as nobody reads an older moment of it."""
        self._crash("fold.begin")
        with self._failures():
            self._log.fold()
        self._crash("fold.done")

    def _make_room(self, coming: int) -> None:
        """Delete as much as is coming if there was no time for it for too long."""
        keep = self._retention
        for end in self._ends.values():
            if (
                end.head - end.row.floor > keep.max_messages * SLACK + maintenance.CHUNK
                or end.bytes - end.row.bytes > keep.max_bytes * SLACK
            ):
                for _ in range(-(-coming // maintenance.CHUNK)):
                    self._forget(end)

    def _age(self, end: RoomEnd) -> bool:
        """Look which messages are too old, and return whether there is more to look."""
        name = end.row.name
        ages = self._ages.get(name)
        if ages is None:
            ages = self._ages[name] = ExpiredMessages(self._retention)
        with self._failures():
            return ages.look(self._db, end, self._wall.read(), self._steady())

    def _forget(self, end: RoomEnd) -> bool:
        ages = self._ages.get(end.row.name)
        old = 0 if ages is None else ages.old
        with self._failures():
            last = maintenance.surplus(self._db, end, self._retention, old)
        if last is None:
            return False
        end.row = self._commit(
            "forget", lambda: maintenance.forget(self._db, end.row, last)
        )
        return True

    def _look(self, time: float) -> None:
        """Raise HistoryError if nothing may be written any more, or not now."""
        if self._stopped is not None:
            raise self._stopped
        if self._looked is None or abs(time - self._looked) >= LOOK_EVERY:
            if not self._identity.is_there():
                raise failure("history_gone")
            if not self._lock.keep():  # somebody deleted it, and began another server
                self._stopped = failure("storage_busy", is_outcome_unknown=True)
                raise self._stopped
            self._looked = time

    def _commit(self, name: str, write: Callable[[], Written]) -> Written:
        """Let *write* write all it has to, or nothing. Raises HistoryError."""
        if self._log.has_pages(TOO_LONG) or self._log.is_full:
            self._fold()
            with self._failures():
                self._log.require_space()
        try:
            return self._transact(name, write)
        except StorageError as exc:
            if exc.code != "storage_full":
                raise
        self._fold()  # a log that is begun anew has room in it
        return self._transact(name, write)

    def _transact(self, name: str, write: Callable[[], Written]) -> Written:
        is_committing = False
        self._crash(f"{name}.begin")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            written = write()
            self._crash(f"{name}.commit")
            is_committing = True
            self._db.execute("COMMIT")
        except sqlite3.Error as exc:
            raise self._failed(exc, at_commit=is_committing) from exc
        finally:
            self._roll_back()  # what was not committed
        self._crash(f"{name}.committed")
        return written

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error as exc:
            self._failed(exc, at_commit=True)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Raise what SQLite raises meanwhile, before a commit, as HistoryError."""
        try:
            yield
        except sqlite3.Error as exc:
            raise self._failed(exc, at_commit=False) from exc

    def _failed(self, error: sqlite3.Error, *, at_commit: bool) -> StorageError:
        """Return what *error* means; if the outcome is unknown, write never again."""
        found = writing(error, at_commit=at_commit)
        if found.is_outcome_unknown and self._stopped is None:
            self._stopped = found
        return found

    def _load(self, path: Path, opened: ExitStack) -> None:
        """Learn where the rooms end and which keys there are, and open for reading."""
        try:
            self._ends = load_ends(self._db)
            newest = newest_time(self._db, self._ends)
            keys = self._db.execute(KEYS, (MAX_KEYS,)).fetchall()
            self._reader = Reader(path)
            opened.callback(self._reader.close)
            self._searcher = Reader(path, self._steady)
            opened.callback(self._searcher.close)
        except sqlite3.Error as exc:
            raise unusable(path, exc) from exc
        except StorageError as exc:
            raise unreadable(path, exc) from exc
        self._identity = Identity(path)
        names = {end.row.id: name for name, end in self._ends.items()}
        keep, warn = self._retention, self._warn
        self._wall = WallClock(self._clock, self._steady, warn, newest, keep.max_age)
        self._ages = {
            name: ExpiredMessages(keep, end.head) for name, end in self._ends.items()
        }
        now = self._steady()
        for key, place in reversed(keys):
            room = names.get(place >> SEQUENCE_BITS)
            if room is not None:
                outcome = Duplicate(room, place & MAX_SEQUENCE)
                self._keys.add(key, outcome, now)
