"""The files of a history: what they are called, who may read them, are they there.

Beside ``chat.db`` SQLite keeps ``chat.db-wal`` and ``chat.db-shm`` while it is open,
and we keep ``chat.db.lock``: see `locks`.
"""

import os
from pathlib import Path
from typing import Final

MODE: Final = 0o600
COMPANIONS: Final = ("-wal", "-shm", "-journal")


class FileError(Exception):
    """A file is not what it should be, or not to be had.

    Its text is for the operator alone: it names the file and says what to do.
    """


def companion(path: Path, suffix: str) -> Path:
    """Return the file that SQLite keeps beside *path* under *suffix*."""
    return path.with_name(path.name + suffix)


def real(path: Path) -> Path:
    """Return *path* without symbolic links. Raises FileError if they lead nowhere."""
    found = Path(os.path.realpath(path))
    if found.is_symlink():
        raise FileError(f"{path}: its symbolic links lead in a circle")
    return found


def require_file(path: Path) -> None:
    """Raise FileError if there is something at *path* that is no file."""
    if path.is_dir():
        raise FileError(f"{path} is a directory: name a file in it")
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is not a file: choose another one")


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


class Identity:
    """Which files *path* and its write-ahead log were when they were opened.

    A process that writes to a file without a name writes for nobody.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, companion(path, "-wal"))
        self._found = [identify(each) for each in self._paths]

    def is_there(self) -> bool:
        """Tell whether the names still lead to the same files."""
        return [identify(each) for each in self._paths] == self._found


def identify(path: Path) -> tuple[int, int] | None:
    """Return which file *path* is, or None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return identity(found)


def identity(found: os.stat_result) -> tuple[int, int]:
    """Return which file *found* is about."""
    return found.st_dev, found.st_ino
