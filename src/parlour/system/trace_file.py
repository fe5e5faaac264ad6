"""A file for a trace: lines that only its owner can read, written by a thread.

Neither a disk that is full or slow nor a pipe that nobody reads holds up the program.
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

MODE: Final = 0o600
MAX_WAITING: Final = 16 << 20  # bytes that are not written yet; further lines are lost
DATABASE: Final = b"SQLite format 3\0"
BESIDE: Final = ("-wal", "-shm", "-journal", ".lock")  # what is kept beside one
CLOSE_WAIT: Final = 2.0  # seconds that the file has to take the rest at the end


class TraceFile:
    """A file to which lines are appended, in order. Any thread may append.

    Raises OSError if it cannot be opened. If it cannot be written later, *failed* is
    called once, from the writing thread, and the trace ends. Lines that come while
    too much waits are dropped, and a line in their place says how many.
    """

    def __init__(self, path: Path, failed: Callable[[OSError], None]) -> None:
        self._descriptor = _open(path)
        self._failed = failed
        self._waiting: list[bytes] = []
        self._unwritten = self._dropped = 0
        self._is_closed = self._has_failed = False
        self._changed = threading.Condition()  # guards the above but the first two
        self._thread = threading.Thread(target=self._run, name="trace", daemon=True)
        start_without_signals(self._thread)

    def append(self, data: bytes, lines: int) -> None:
        """Append *data*, which is so many whole *lines*. Never waits."""
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
        """Write what waits, unless the file does not take it in time."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(CLOSE_WAIT)

    def _run(self) -> None:
        while data := self._next():
            try:
                write_all(self._descriptor, data)
            except OSError as exc:
                with self._changed:
                    self._has_failed = True
                    self._waiting.clear()
                self._failed(exc)
                break
            with self._changed:
                self._unwritten -= len(data)
        os.close(self._descriptor)

    def _next(self) -> bytes:
        """Wait for something to write, and return it; nothing at the end."""
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
    """Return a descriptor that appends to *path*, which only its owner can read."""
    _refuse_database(path)
    flags = os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags | os.O_WRONLY, MODE)
    except OSError as exc:
        if exc.errno != errno.ENXIO:
            raise
        # A pipe that nobody reads yet. Opened like this, it waits for its reader.
        descriptor = os.open(path, flags | os.O_RDWR, MODE)
    try:
        _make_private(descriptor, path)
        os.set_blocking(descriptor, True)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _make_private(descriptor: int, path: Path) -> None:
    """Let nobody else read a file that may have been there before."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return  # a device or a pipe is as private as it is
    if found.st_uid != os.geteuid():
        reason = "it belongs to another user, who could read it"
        raise PermissionError(errno.EPERM, reason, str(path))
    if stat.S_IMODE(found.st_mode) != MODE:
        os.fchmod(descriptor, MODE)


def _refuse_database(path: Path) -> None:
    """Raise PermissionError if lines in *path* would destroy a history or the like."""
    path = Path(os.path.realpath(path))
    if _is_database(path):
        raise PermissionError(errno.EPERM, "it is a database", str(path))
    for suffix in BESIDE:
        name = path.name.removesuffix(suffix)
        if name and name != path.name and _is_database(path.with_name(name)):
            reason = f"it belongs to the database {name}"
            raise PermissionError(errno.EPERM, reason, str(path))


def _is_database(path: Path) -> bool:
    """Tell whether *path* is one. A pipe is not read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(DATABASE)) == DATABASE
    except OSError:
        return False
