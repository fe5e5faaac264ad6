"""Commits transactions, and stops writing after certain errors."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from parlour.core.storage import StorageError

from .checkpoint import BUSY_PAGES, WriteAheadLog
from .errors import storage_error, write_error
from .files import OpenFiles
from .opening import Failpoint
from .write_lock import WriteLock

T = TypeVar("T")
"""The result of a transaction."""

CHECK_INTERVAL: Final = 1.0  # seconds between two checks that the file is in place


class Writer:
    """The connection *db*, the only one that writes the history *path*.

    After an error whose outcome is unknown, or if another process has taken the *lock*,
    it never writes again. One thread at a time may use it.
    """

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        lock: WriteLock,
        wal: WriteAheadLog,
        failpoint: Failpoint,
    ) -> None:
        self._db, self._lock, self.wal, self._failpoint = db, lock, wal, failpoint
        self._files = OpenFiles(path)
        self._stopped: StorageError | None = None
        self._checked: float | None = None  # time of the last check that succeeded

    def require_writable(self, time: float, *, is_due: bool = False) -> None:
        """Raise StorageError if the file cannot be written, temporarily or permanently.

        The file system is checked if *time*, in seconds, is `CHECK_INTERVAL` later than
        at the last check, or if *is_due*.
        """
        if self._stopped is not None:
            raise self._stopped
        checked = self._checked
        if is_due or checked is None or abs(time - checked) >= CHECK_INTERVAL:
            if not self._files.are_in_place():
                raise storage_error("history_gone")
            if not self._lock.renew():  # another server recreated and locked it
                self._stopped = storage_error("storage_busy", is_outcome_unknown=True)
                raise self._stopped
            self._checked = time

    def commit(self, name: str, write: Callable[[], T]) -> T:
        """Run *write* in a transaction, commit it, and return the result.

        *name* is the prefix of its failpoints. Raises StorageError.
        """
        if self.wal.has_pages(BUSY_PAGES) or self.wal.is_full:
            self.checkpoint()
            with self.converted_errors():
                self.wal.require_space()
        try:
            return self._transact(name, write)
        except StorageError as exc:
            if exc.code != "storage_full":
                raise
        self.checkpoint()  # a restarted log reuses its space
        return self._transact(name, write)

    def checkpoint(self) -> None:
        """Checkpoint the log, up to the oldest snapshot in use. Raises StorageError."""
        self._failpoint("checkpoint.begin")
        with self.converted_errors():
            self.wal.checkpoint()
        self._failpoint("checkpoint.done")

    @contextmanager
    def converted_errors(self) -> Iterator[None]:
        """Convert errors of SQLite, outside of a commit, to StorageError."""
        try:
            yield
        except sqlite3.Error as exc:
            raise self._convert(exc, at_commit=False) from exc

    def _transact(self, name: str, write: Callable[[], T]) -> T:
        is_committing = False
        self._failpoint(f"{name}.begin")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            result = write()
            self._failpoint(f"{name}.commit")
            is_committing = True
            self._db.execute("COMMIT")
        except sqlite3.Error as exc:
            raise self._convert(exc, at_commit=is_committing) from exc
        finally:
            self._roll_back()  # unless it was committed
        self._failpoint(f"{name}.committed")
        return result

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        except sqlite3.Error as exc:
            self._convert(exc, at_commit=True)

    def _convert(self, error: sqlite3.Error, *, at_commit: bool) -> StorageError:
        """Convert *error* to StorageError; stop writing if its outcome is unknown."""
        converted = write_error(error, at_commit=at_commit)
        if converted.is_outcome_unknown and self._stopped is None:
            self._stopped = converted
        return converted
