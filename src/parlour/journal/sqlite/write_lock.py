"""Ensures that one process at a time writes a history.

A history ``chat.db`` has two locks. The file ``chat.db.lock`` locks the name. It
contains the process ID and is never deleted, because another process could then lock a
new file of that name. The second lock is on the history's file itself, which may have
another name: a hard link, or a path through another mount. SQLite keeps its write-ahead
log beside one name only, so two names in use would have two logs.

SQLite uses POSIX locks on the same file, and a process loses these when it closes any
descriptor of the file. The second lock is therefore an open file description (OFD)
lock, on a byte that SQLite never locks, and its descriptor is closed after SQLite's.
"""

import errno
import fcntl
import os
import re
import stat
import struct
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from .file_owner import copy_owner_as_root
from .files import MODE, SQLITE_SUFFIXES, FileError, companion, file_id, stat_id
from .mounts import refuse_mounted

LOCK_OFFSET: Final = 1 << 62  # SQLite's is 1 << 30: sqlite.org/fileformat.html
LOCK_CONTENT: Final = re.compile(rb"\d{0,20}\n?")
UNSUPPORTED: Final = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


class InUseError(FileError):
    """Another process has locked the history."""


class WriteLock:
    """The exclusive right to write the history *path*, until released.

    Raises FileError if another process holds it, or if the file cannot be locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name_lock = -1
        # The file comes first: a refused process must not change the lock file.
        self._file_lock = _lock_file(path)
        try:
            self._name_lock = _lock_name(path)
        except BaseException:
            self.release()
            raise

    def lock_file(self) -> None:
        """Lock the history's file, if it was created after this object."""
        if self._file_lock < 0:
            self._file_lock = _lock_file(self._path)

    def renew(self) -> bool:
        """Return whether the history is still locked; replace a deleted lock file."""
        current = file_id(companion(self._path, ".lock"))
        if current == stat_id(os.fstat(self._name_lock)):
            return True
        try:
            taken = _lock_name(self._path)
        except InUseError:
            return False
        except FileError:
            return True  # the lock file cannot be created, so no other process has one
        os.close(self._name_lock)
        self._name_lock = taken
        return True

    def release(self) -> None:
        """Release the locks. SQLite's connections must already be closed."""
        for descriptor in (self._file_lock, self._name_lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file_lock = self._name_lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Return whether a process writes the history *path*, under any of its names.

    SQLite must not have the file open in this process.
    """
    command = getattr(fcntl, "F_OFD_GETLK", None)
    if command is None:
        return companion(path, "-shm").exists()
    wanted = struct.pack("@hhqqi", fcntl.F_RDLCK, os.SEEK_SET, LOCK_OFFSET, 1, 0)
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = fcntl.fcntl(file, command, wanted)
    except OSError:
        return companion(path, "-shm").exists()
    finally:
        os.close(file)
    (kind,) = struct.unpack_from("@h", found)
    return bool(kind != fcntl.F_UNLCK)


def refuse_hard_links(path: Path, links: int) -> None:
    """Raise FileError if *path* has more than one name, that is, if *links* > 1."""
    if links == 1:
        return
    if companion(path, "-wal").exists():
        advice = (
            "the log with the latest messages is beside this name: remove the other one"
        )
    else:
        advice = (
            "the log with the latest messages may be beside the other name: remove "
            "this name, or the other one if no log is beside it"
        )
    raise FileError(
        f"{path} has another name (a hard link), and {advice}; `parlour backup` makes "
        "a copy"
    )


def open_lock_file(lock: Path, path: Path) -> int:
    """Open the lock file *lock* of *path*, or create it. Raises FileError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        file = os.open(lock, flags, MODE)
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            raise FileError(
                f"{lock} is a symbolic link, not a lock file: delete it"
            ) from exc
        if exc.errno == errno.EACCES and os.path.lexists(lock):
            raise FileError(
                f"{lock} belongs to another user: run this as that user, or change "
                "the owner of the file to the user of the server"
            ) from exc
        raise FileError(f"{path}: {exc.strerror}") from exc
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise FileError(f"{lock} is not a regular file: move it away")
    return file


def try_lock(file: int, path: Path, *, tolerated: Collection[int] = ()) -> bool:
    """Lock the open *file* of *path*; return False if another process has the lock.

    An error whose number is in *tolerated* counts as success. Others raise FileError.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as exc:
        if exc.errno not in tolerated:
            raise FileError(f"{path} cannot be locked: {exc.strerror}") from exc
    return True


def _lock_name(path: Path) -> int:
    """Lock the lock file of *path*, write the process ID to it, and return it, open."""
    lock = companion(path, ".lock")
    file = open_lock_file(lock, path)
    try:
        _require_lock(file, path)
        _require_lock_file(file, lock)
        copy_owner_as_root(file, path)
    except BaseException:
        os.close(file)
        raise
    with suppress(OSError):  # on a full disk, the lock works without the ID
        size = os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        os.ftruncate(file, size)
    return file


def _require_lock_file(file: int, lock: Path) -> None:
    """Raise FileError if the open *file* may be something other than a lock file."""
    is_lock = LOCK_CONTENT.fullmatch(os.pread(file, 64, 0))
    if os.fstat(file).st_nlink > 1 or not is_lock:
        raise FileError(
            f"{lock} is not a lock file of Parlour, or has another name: move it away"
        )


def _require_lock(file: int, path: Path) -> None:
    """Lock the open *file*. Raises InUseError if another process has locked it."""
    if not try_lock(file, path):
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        raise InUseError(
            f"{path} is in use by process {holder or '(unknown)'}: "
            "stop it first, or choose another file"
        )


def _raise_in_use(path: Path) -> None:
    """Raise InUseError, with the ID of the process that uses *path* if known."""
    with suppress(OSError):
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(companion(path, ".lock"), flags)
        try:
            _require_lock(file, path)
        finally:
            os.close(file)
    raise InUseError(
        f"{path} is in use by another process, perhaps under another name (a hard "
        "link, or another mount): stop that process first, or choose another file"
    )


def _lock_file(path: Path) -> int:
    """Lock the file *path* under all its names and return it, open; -1 if none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return -1  # refused later; opening a pipe might block
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return -1  # reported when the file is opened for writing
    try:
        _lock_byte(file, path)
        # With the lock held, no restore is running.
        _undo_interrupted_restore(path, os.fstat(file))
        refuse_hard_links(path, os.fstat(file).st_nlink)
        refuse_mounted(path)
    except BaseException:
        os.close(file)
        raise
    return file


def _lock_byte(file: int, path: Path) -> None:
    """Take the OFD lock of the open *file*, on systems that have such locks."""
    command = getattr(fcntl, "F_OFD_SETLK", None)
    if command is None:
        return
    wanted = struct.pack("@hhqqi", fcntl.F_WRLCK, os.SEEK_SET, LOCK_OFFSET, 1, 0)
    try:
        fcntl.fcntl(file, command, wanted)
    except OSError as exc:
        if exc.errno in {errno.EAGAIN, errno.EACCES}:
            _raise_in_use(path)
        if exc.errno not in UNSUPPORTED:
            raise FileError(f"{path} cannot be locked: {exc.strerror}") from exc


def _undo_interrupted_restore(path: Path, found: os.stat_result) -> None:
    """Remove the second name that an interrupted restore has given to *path*."""
    if found.st_nlink == 1:
        return
    for other in path.parent.glob(f"{_escaped(path.name)}.replaced*"):
        if file_id(other) != stat_id(found):
            continue
        for suffix in SQLITE_SUFFIXES:
            moved, back = companion(other, suffix), companion(path, suffix)
            if moved.exists() and not back.exists():
                moved.rename(back)
        other.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    """Return *name* as a glob pattern that matches only itself."""
    return re.sub(r"([*?\[])", r"[\1]", name)
