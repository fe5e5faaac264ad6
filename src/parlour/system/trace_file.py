"""A trace file that only its owner can read, written by a thread.

A full or slow disk, or a pipe that nobody reads, does not block the program.
"""

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from .background_writer import start_without_signals
from .descriptors import write_all

FILE_MODE: Final = 0o600
MAX_WAITING: Final = 16 << 20  # unwritten bytes; with more, further lines are dropped
SQLITE_HEADER: Final = b"SQLite format 3\0"
DATABASE_SUFFIXES: Final = ("-wal", "-shm", "-journal", ".lock")  # beside a database
CLOSE_TIMEOUT: Final = 2.0  # seconds to write the rest when the file is closed


class TraceFile:
    """A file to which lines are appended, in order. Any thread may append.

    Raises OSError if the file cannot be opened. If a write fails later, the writing
    thread calls *on_failure* once, and the trace ends. While too much is unwritten,
    further lines are dropped, and a line in their place says how many.
    """

    def __init__(self, path: Path, on_failure: Callable[[OSError], None]) -> None:
        self._descriptor = _open(path)
        self._on_failure = on_failure
        self._waiting: list[bytes] = []
        self._unwritten = self._dropped = 0
        self._is_closed = self._has_failed = False
        self._changed = threading.Condition()  # guards the above but the first two
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)
        start_without_signals(self._thread)

    def append(self, data: bytes, lines: int) -> None:
        """Append *data*, which is a number of complete *lines*. Never blocks."""
        with self._changed:
            if self._has_failed or self._is_closed:
                return
            if self._unwritten > MAX_WAITING:
                self._dropped += lines
                return
            self._waiting.append(data)
            self._unwritten += len(data)
            self._changed.notify()

    def close(self) -> None:
        """Write the rest, for at most :data:`CLOSE_TIMEOUT`, and close the file."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(CLOSE_TIMEOUT)

    def _run(self) -> None:
        while data := self._next():
            try:
                write_all(self._descriptor, data)
            except OSError as exc:
                with self._changed:
                    self._has_failed = True
                    self._waiting.clear()
                self._on_failure(exc)
                break
            with self._changed:
                self._unwritten -= len(data)
        os.close(self._descriptor)

    def _next(self) -> bytes:
        """Wait for data to write, and return it; ``b""`` once the file is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if self._dropped and not self._waiting:
                self._note_dropped()
            data = b"".join(self._waiting)
            self._waiting.clear()
            if self._dropped:
                self._note_dropped()
        return data

    def _note_dropped(self) -> None:
        note = f"({self._dropped:,} lines are missing here: the file was too slow)\n"
        self._waiting.append(note.encode())
        self._unwritten += len(self._waiting[-1])
        self._dropped = 0


def _open(path: Path) -> int:
    """Open *path* for appending, so that only its owner can read it."""
    _refuse_database(path)
    flags = os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags | os.O_WRONLY, FILE_MODE)
    except OSError as exc:
        if exc.errno != errno.ENXIO:
            raise
        # A pipe without a reader: opened for reading as well, it can wait for one.
        descriptor = os.open(path, flags | os.O_RDWR, FILE_MODE)
    try:
        _make_private(descriptor, path)
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _make_private(descriptor: int, path: Path) -> None:
    """Make an existing file private; raise PermissionError if another user owns it."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return  # the mode of a device or a pipe is not changed
    if found.st_uid != os.geteuid():
        reason = "it belongs to another user, who could read it"
        raise PermissionError(errno.EPERM, reason, str(path))
    if stat.S_IMODE(found.st_mode) != FILE_MODE:
        os.fchmod(descriptor, FILE_MODE)


def _refuse_database(path: Path) -> None:
    """Raise PermissionError if *path* is a database, or belongs to one."""
    path = Path(os.path.realpath(path))
    if _is_database(path):
        raise PermissionError(errno.EPERM, "it is a database", str(path))
    for suffix in DATABASE_SUFFIXES:
        name = path.name.removesuffix(suffix)
        if name and name != path.name and _is_database(path.with_name(name)):
            reason = f"it belongs to the database {name}"
            raise PermissionError(errno.EPERM, reason, str(path))


def _is_database(path: Path) -> bool:
    """Return whether *path* is an SQLite database. A pipe is not read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return False
