"""The files of a history: who holds them, who may read them, are they still there.

Beside ``chat.db`` SQLite keeps ``chat.db-wal`` and ``chat.db-shm`` while it is open,
and we keep ``chat.db.lock``: it says which process has the history, and it stays,
since a lock that is deleted is none.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

MODE: Final = 0o600
COMPANIONS: Final = ("-wal", "-shm", "-journal")


class FileError(Exception):
    """A file is not what it should be, or not to be had.

    Its text is for the operator alone: it names the file and says what to do.
    """


def companion(path: Path, suffix: str) -> Path:
    """Return the file that SQLite keeps beside *path* under *suffix*."""
    return path.with_name(path.name + suffix)


def create(path: Path) -> None:
    """Make the new, empty file *path* that nobody else may read."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE))


def discard(path: Path) -> None:
    """Delete a file that was not finished, and what SQLite kept beside it."""
    for suffix in ("", *COMPANIONS):
        companion(path, suffix).unlink(missing_ok=True)


def install(finished: Path, path: Path) -> None:
    """Let *finished*, whose content is on disk, take the place of *path* at once."""
    finished.replace(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make the names in *path* durable."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class InUseError(FileError):
    """Another process has the history."""


class Lock:
    """The right to write the history *path*, until it is released or we end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _locked(path)

    def keep(self) -> bool:
        """Tell whether the history is ours, and take a lock that was deleted anew."""
        if _identify(companion(self._path, ".lock")) == _identity(os.fstat(self._file)):
            return True
        try:
            taken = _locked(self._path)
        except InUseError:
            return False
        except FileError:
            return True  # there is no place for a lock: then nobody else has one
        os.close(self._file)
        self._file = taken
        return True

    def release(self) -> None:
        """Let others have the history."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _locked(path: Path) -> int:
    """Return the open lock of *path*, which is ours and says so."""
    try:
        file = os.open(
            companion(path, ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE
        )
    except OSError as exc:
        raise FileError(f"{path}: {exc.strerror}") from exc
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        holder = os.pread(file, 20, 0).decode("ascii", "replace").strip()
        os.close(file)
        raise InUseError(
            f"{path} is in use by process {holder or '(unknown)'}: "
            "stop it first, or choose another file"
        ) from exc
    except OSError as exc:
        os.close(file)
        raise FileError(f"{path} cannot be locked: {exc.strerror}") from exc
    with suppress(OSError):  # on a full disk it holds, too, and says not who has it
        size = os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        os.ftruncate(file, size)
    return file


class Identity:
    """Which files *path* and its write-ahead log were when they were opened.

    A process that writes to a file without a name writes for nobody.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, companion(path, "-wal"))
        self._found = [_identify(each) for each in self._paths]

    def is_there(self) -> bool:
        """Tell whether the names still lead to the same files."""
        return [_identify(each) for each in self._paths] == self._found


def _identify(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _identity(found)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
