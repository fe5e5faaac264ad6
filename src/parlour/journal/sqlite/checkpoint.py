"""When to checkpoint the write-ahead log of a history's file.

SQLite would do that by itself, inside a commit, and would not report a failure.

A program that reads one moment of the file for long, such as a stopped `sqlite3`, keeps
the log from restarting. SQLite would let it grow until the disk is full. Here the
operator is warned, and at a bound nothing is recorded until the program is gone.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..clock import Warn
from .errors import failure
from .files import companion
from .opening import BUSY_TIMEOUT

LONG: Final = 1000  # pages in the log: it is checkpointed when there is time
TOO_LONG: Final = 4000  # pages in the log: a batch waits until it is
FULL: Final = 7000  # pages in the log: nothing is recorded until it restarts
RESTART_WAIT: Final = 2.0  # seconds for readers to finish: a search takes one at most
READ_MARKS: Final = range(123, 128)  # bytes of the -shm file that readers lock
LOCKS: Final = Path("/proc/locks")

# sqlite.org/fileformat.html#the_write_ahead_log
HEADER: Final = 32  # bytes
FRAME_HEADER: Final = 24  # bytes before each page
PAGE_SIZE: Final = slice(8, 12)
SALT, FRAME_SALT = slice(16, 24), slice(8, 16)


def has_pages(log: Path, count: int) -> bool:
    """Tell whether *log* has at least *count* pages since it last restarted.

    The file may be longer: a restarted log is written over from its beginning. The
    frames that belong to it have the salt of its header.
    """
    try:
        with log.open("rb", buffering=0) as file:
            header = file.read(HEADER)
            page_size = int.from_bytes(header[PAGE_SIZE])
            file.seek(HEADER + (count - 1) * (FRAME_HEADER + page_size))
            frame = file.read(FRAME_HEADER)
    except OSError:
        return False  # it was moved or deleted: others find that
    return len(frame) == FRAME_HEADER and frame[FRAME_SALT] == header[SALT]


class WriteAheadLog:
    """The write-ahead log beside the history *path*, which *db* alone writes.

    Methods raise sqlite3.Error.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, warn: Warn) -> None:
        self._db, self._warn = db, warn
        self._file, self._shared = companion(path, "-wal"), companion(path, "-shm")
        self.is_full = False
        """Whether nothing was recorded lately because it is full."""
        self.is_held = False
        """Whether it is long, and somebody reads an older moment of the file."""

    def has_pages(self, count: int) -> bool:
        """Tell whether it has at least *count* pages since it last restarted."""
        return has_pages(self._file, count)

    def fold(self) -> None:
        """Checkpoint it, as far as nobody reads an older moment of the file."""
        _, pages, folded = self._checkpoint("PASSIVE")
        is_held = pages >= TOO_LONG and folded < pages
        if is_held and not self.is_held:
            self._tell("history.log_held", pages)
        self.is_held = is_held

    def require_space(self) -> None:
        """Raise HistoryError if it is full and cannot restart."""
        if self.has_pages(FULL) and not self._restarts():
            self.is_full = True
            raise failure("storage_busy")
        if self.is_full:
            self.is_full = False
            self._warn("history.log_free")

    def _restarts(self) -> bool:
        """Let the next commit restart it, and return whether that is possible."""
        wait = 0.0 if self.is_full else RESTART_WAIT
        self._db.execute(f"PRAGMA busy_timeout = {round(wait * 1000)}")
        try:
            is_busy, pages, _ = self._checkpoint("RESTART")
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(BUSY_TIMEOUT * 1000)}")
        if is_busy and not self.is_full:
            self._tell("history.log_full", pages)
        return not is_busy

    def _checkpoint(self, mode: str) -> tuple[int, int, int]:
        row: tuple[int, int, int] = self._db.execute(
            f"PRAGMA wal_checkpoint({mode})"
        ).fetchone()
        return row

    def _tell(self, event: str, pages: int) -> None:
        size = 0
        with suppress(OSError):
            size = self._file.stat().st_size
        self._warn(event, pages=pages, bytes=size, read_by=readers(self._shared))


def readers(shared: Path) -> str:
    """Return which other processes read by way of *shared*, as far as that is known.

    The file itself must not be opened: closing it would drop SQLite's locks.
    """
    found: dict[int, str] = {}
    with suppress(OSError, ValueError):
        number = shared.stat().st_ino
        for line in LOCKS.read_text().splitlines():
            words = line.split()
            if len(words) != 8 or words[5].rpartition(":")[2] != str(number):
                continue
            pid = int(words[4])
            if int(words[6]) in READ_MARKS and pid not in {-1, 0, os.getpid()}:
                found[pid] = f"{_name(pid)} ({pid})"
    return ", ".join(found.values()) or "unknown"


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "process"
