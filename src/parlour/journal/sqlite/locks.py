"""Who may write a history.

Two locks belong to a history ``chat.db``. The file ``chat.db.lock`` stands for the
name; it says which process has it, and it stays, since a lock that is deleted is none.
The other one is on the history's file itself, which may have a second name: a hard
link, or a path into another mount. SQLite's write-ahead log is beside one name only,
so two names at once would be two logs.

SQLite uses POSIX locks on the same file, which a process loses when it closes any
descriptor of it. So ours is an open file description (OFD) lock, on a byte that SQLite
never locks, and its descriptor is closed after SQLite's.
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

from .files import COMPANIONS, MODE, FileError, companion, identify, identity
from .mounts import refuse_mounted
from .ownership import give_beside

LOCK_AT: Final = 1 << 62  # SQLite's bytes are at 1 << 30: sqlite.org/fileformat.html
CONTENT: Final = re.compile(rb"\d{0,20}\n?")
UNSUPPORTED: Final = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


class InUseError(FileError):
    """Another process has the history."""


class Lock:
    """The right to write the history *path*, until it is released or we end.

    Raises FileError if another process has it, or if it cannot be locked.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = -1
        # The file first: who is refused has not touched the lock of the name.
        self._content = _locked_content(path)
        try:
            self._name = _locked_name(path)
        except BaseException:
            self.release()
            raise

    def hold(self) -> None:
        """Lock the file itself, if it is there and was not when the lock was made."""
        if self._content < 0:
            self._content = _locked_content(self._path)

    def keep(self) -> bool:
        """Tell whether the history is ours, and make a lock that was deleted anew."""
        if identify(companion(self._path, ".lock")) == identity(os.fstat(self._name)):
            return True
        try:
            taken = _locked_name(self._path)
        except InUseError:
            return False
        except FileError:
            return True  # there is no place for a lock: then nobody else has one
        os.close(self._name)
        self._name = taken
        return True

    def release(self) -> None:
        """Let others have the history. SQLite's connections to it are closed."""
        for descriptor in (self._content, self._name):
            if descriptor >= 0:
                os.close(descriptor)
        self._content = self._name = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_locked(path: Path) -> bool:
    """Tell whether a process writes the history *path*, under whatever name.

    SQLite must not have it open in this process.
    """
    command = getattr(fcntl, "F_OFD_GETLK", None)
    if command is None:
        return companion(path, "-shm").exists()
    wanted = struct.pack("@hhqqi", fcntl.F_RDLCK, os.SEEK_SET, LOCK_AT, 1, 0)
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = fcntl.fcntl(file, command, wanted)
    except OSError:
        return companion(path, "-shm").exists()
    finally:
        os.close(file)
    (kind,) = struct.unpack_from("@h", found)
    return bool(kind != fcntl.F_UNLCK)


def refuse_second_name(path: Path, links: int) -> None:
    """Raise FileError if the history *path*, with so many *links*, has other names."""
    if links == 1:
        return
    if companion(path, "-wal").exists():
        advice = "the log of what was said last is beside this one: remove the other"
    else:
        advice = (
            "the log of what was said last may be beside the other one: remove this "
            "name, or the other one if there is no log"
        )
    raise FileError(
        f"{path} has another name (a hard link), and {advice}; `parlour backup` makes "
        "a copy"
    )


def _locked_name(path: Path) -> int:
    """Return the open lock file of *path*, which is ours and says so."""
    lock = companion(path, ".lock")
    file = open_lock(lock, path)
    try:
        _refuse_other(file, path)
        _require_lock(file, lock)
        give_beside(file, path)
    except BaseException:
        os.close(file)
        raise
    with suppress(OSError):  # on a full disk it holds, too, and says not who has it
        size = os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        os.ftruncate(file, size)
    return file


def _require_lock(file: int, lock: Path) -> None:
    """Raise FileError if *file* may be something else than a lock of ours."""
    if os.fstat(file).st_nlink > 1 or not CONTENT.fullmatch(os.pread(file, 64, 0)):
        raise FileError(
            f"{lock} is no lock of Parlour, or has another name: move it away"
        )


def open_lock(lock: Path, path: Path) -> int:
    """Open the lock file *lock* for *path*; it is made if it is not there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        file = os.open(lock, flags, MODE)
    except OSError as exc:
        if exc.errno == errno.ELOOP:
            raise FileError(
                f"{lock} is a symbolic link, and no lock: delete it"
            ) from exc
        if exc.errno == errno.EACCES and os.path.lexists(lock):
            raise FileError(
                f"{lock} belongs to another user: run this as that user, or give the "
                "file to the user of the server"
            ) from exc
        raise FileError(f"{path}: {exc.strerror}") from exc
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise FileError(f"{lock} is not a file, and no lock: move it away")
    return file


def take_lock(file: int, path: Path, *, tolerated: Collection[int] = ()) -> bool:
    """Lock *file* for *path*, and return whether no other process has it.

    An error whose number is *tolerated* counts as a lock. Raises FileError for others.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as exc:
        if exc.errno not in tolerated:
            raise FileError(f"{path} cannot be locked: {exc.strerror}") from exc
    return True


def _refuse_other(file: int, path: Path) -> None:
    """Lock *file* for *path*; raise InUseError if another process has it."""
    if not take_lock(file, path):
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        raise InUseError(
            f"{path} is in use by process {holder or '(unknown)'}: "
            "stop it first, or choose another file"
        )


def _refuse_use(path: Path) -> None:
    """Raise InUseError that says who has *path*, if that is known."""
    with suppress(OSError):
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(companion(path, ".lock"), flags)
        try:
            _refuse_other(file, path)
        finally:
            os.close(file)
    raise InUseError(
        f"{path} is in use by another process, perhaps under another name (a hard "
        "link, or another mount): stop that first, or choose another file"
    )


def _locked_content(path: Path) -> int:
    """Return the open file *path*, which is locked under all its names; -1: none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return -1  # it is refused later, and opening it might wait
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return -1  # what cannot be written is told of where it is opened
    try:
        _lock_byte(file, path)
        _undo_interrupted(path, os.fstat(file))  # no restore goes on any more
        refuse_second_name(path, os.fstat(file).st_nlink)
        refuse_mounted(path)
    except BaseException:
        os.close(file)
        raise
    return file


def _lock_byte(file: int, path: Path) -> None:
    """Take the OFD lock of *file*, where the system has such locks."""
    command = getattr(fcntl, "F_OFD_SETLK", None)
    if command is None:
        return
    wanted = struct.pack("@hhqqi", fcntl.F_WRLCK, os.SEEK_SET, LOCK_AT, 1, 0)
    try:
        fcntl.fcntl(file, command, wanted)
    except OSError as exc:
        if exc.errno in {errno.EAGAIN, errno.EACCES}:
            _refuse_use(path)
        if exc.errno not in UNSUPPORTED:
            raise FileError(f"{path} cannot be locked: {exc.strerror}") from exc


def _undo_interrupted(path: Path, found: os.stat_result) -> None:
    """Take back the second name that an interrupted restore has given *path*."""
    if found.st_nlink == 1:
        return
    for other in path.parent.glob(f"{_escaped(path.name)}.replaced*"):
        if identify(other) != identity(found):
            continue
        for suffix in COMPANIONS:
            moved, back = companion(other, suffix), companion(path, suffix)
            if moved.exists() and not back.exists():
                moved.rename(back)
        other.unlink(missing_ok=True)


def _escaped(name: str) -> str:
    """Return *name* for a pattern in which it means itself."""
    return re.sub(r"([*?\[])", r"[\1]", name)
