"""Checkpoints of the write-ahead log (WAL).

SQLite's automatic checkpoints run inside a commit and do not report failures.

A program that keeps a read transaction open for long, such as a suspended `sqlite3`
shell, prevents the log from restarting. SQLite would let it grow until the disk is
full. Parlour warns the operator, and records nothing while the log has `MAX_PAGES` and
the transaction is open.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..clock import Warn
from .connections import BUSY_TIMEOUT
from .errors import storage_error
from .files import companion

IDLE_PAGES: Final = 1000  # in the log: checkpoint it when idle
BUSY_PAGES: Final = 4000  # in the log: checkpoint it before the next batch
MAX_PAGES: Final = 7000  # in the log: record nothing until it restarts
RESTART_WAIT: Final = 2.0  # seconds for readers to finish; a search takes at most one
READER_LOCKS: Final = range(123, 128)  # bytes of the -shm file that readers lock
LOCKS: Final = Path("/proc/locks")

# sqlite.org/fileformat.html#the_write_ahead_log
HEADER_SIZE: Final = 32  # bytes
FRAME_HEADER_SIZE: Final = 24  # bytes before each page
PAGE_SIZE: Final = slice(8, 12)
HEADER_SALT, FRAME_SALT = slice(16, 24), slice(8, 16)


def has_pages(log: Path, count: int) -> bool:
    """Return whether *log* has at least *count* pages since it last restarted.

    The file may be longer, because a restarted log is overwritten from its beginning.
    The frames that belong to it have the same salt as its header.
    """
    try:
        with log.open("rb", buffering=0) as file:
            header = file.read(HEADER_SIZE)
            page_size = int.from_bytes(header[PAGE_SIZE])
            file.seek(HEADER_SIZE + (count - 1) * (FRAME_HEADER_SIZE + page_size))
            frame = file.read(FRAME_HEADER_SIZE)
    except OSError:
        return False  # it was moved or deleted, which `writer` detects
    return len(frame) == FRAME_HEADER_SIZE and frame[FRAME_SALT] == header[HEADER_SALT]


class WriteAheadLog:
    """The write-ahead log of the history *path*, which only *db* writes.

    Methods raise sqlite3.Error.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, warn: Warn) -> None:
        self._db, self._warn = db, warn
        self._log, self._shm = companion(path, "-wal"), companion(path, "-shm")
        self.is_full = False
        """Whether the last batch was refused because the log was full."""
        self.is_held = False
        """Whether a reader prevents a long log from being checkpointed completely."""

    def has_pages(self, count: int) -> bool:
        """Return whether the log has *count* pages since it last restarted."""
        return has_pages(self._log, count)

    def checkpoint(self) -> None:
        """Checkpoint the log, up to the oldest snapshot that a reader uses."""
        _, pages, checkpointed = self._checkpoint("PASSIVE")
        is_held = pages >= BUSY_PAGES and checkpointed < pages
        if is_held and not self.is_held:
            self._warn_of_readers("history.log_held", pages)
        self.is_held = is_held

    def truncate(self) -> bool:
        """Checkpoint the log and remove its contents, if no reader uses it.

        Return whether that was possible. It does not wait.
        """
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            is_busy, _, _ = self._checkpoint("TRUNCATE")
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}")
        return not is_busy

    def require_space(self) -> None:
        """Raise StorageError if the log is full and cannot restart."""
        if self.has_pages(MAX_PAGES) and not self._restart():
            self.is_full = True
            raise storage_error("storage_busy")
        if self.is_full:
            self.is_full = False
            self._warn("history.log_free")

    def _restart(self) -> bool:
        """Make the next commit restart the log; return whether that is possible."""
        wait = 0.0 if self.is_full else RESTART_WAIT
        self._db.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
        try:
            is_busy, pages, _ = self._checkpoint("RESTART")
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}")
        if is_busy and not self.is_full:
            self._warn_of_readers("history.log_full", pages)
        return not is_busy

    def _checkpoint(self, mode: str) -> tuple[int, int, int]:
        row: tuple[int, int, int] = self._db.execute(
            f"PRAGMA wal_checkpoint({mode})"
        ).fetchone()
        return row

    def _warn_of_readers(self, event: str, pages: int) -> None:
        size = 0
        with suppress(OSError):
            size = self._log.stat().st_size
        self._warn(event, pages=pages, bytes=size, read_by=readers(self._shm))


def readers(shm: Path) -> str:
    """Return the other processes that hold a read lock on *shm*, or "unknown".

    This must not open the file, because closing it would release SQLite's locks.
    """
    found: dict[int, str] = {}
    with suppress(OSError, ValueError):
        inode = shm.stat().st_ino
        for line in LOCKS.read_text().splitlines():
            fields = line.split()
            if len(fields) != 8 or fields[5].rpartition(":")[2] != str(inode):
                continue
            pid = int(fields[4])
            if int(fields[6]) in READER_LOCKS and pid not in {-1, 0, os.getpid()}:
                found[pid] = f"{_process_name(pid)} ({pid})"
    return ", ".join(found.values()) or "unknown"


def _process_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "process"
