"""The names, modes and identity of the files of a history.

While ``chat.db`` is open, SQLite keeps ``chat.db-wal`` and ``chat.db-shm`` beside it,
and Parlour keeps ``chat.db.lock`` (`write_lock`).
"""

import os
from pathlib import Path
from typing import Final

from parlour.system.whole_file import sync_directory

MODE: Final = 0o600
SQLITE_SUFFIXES: Final = ("-wal", "-shm", "-journal")


class FileError(Exception):
    """A file cannot be used.

    The text is for the operator only: it names the file and says what to do.
    """


def companion(path: Path, suffix: str) -> Path:
    """Return the path of the file beside *path* whose name ends with *suffix*."""
    return path.with_name(path.name + suffix)


def resolve(path: Path) -> Path:
    """Return *path* without symbolic links.

    Raises FileError if they form a loop, or if one of another user leads to no file:
    that user would choose where the file is created.
    """
    found = Path(os.path.realpath(path))
    if found.is_symlink():
        raise FileError(f"{path}: its symbolic links form a loop")
    if not found.exists():
        _refuse_foreign_links(path)
    return found


def _refuse_foreign_links(path: Path) -> None:
    """Raise FileError if *path* is a link of another user, or leads to one."""
    while path.is_symlink():
        if path.lstat().st_uid not in {os.geteuid(), 0}:
            raise FileError(
                f"{path} is a symbolic link of another user, to no file: delete it, or "
                "choose another file"
            )
        path = path.parent / path.readlink()


def require_file(path: Path) -> None:
    """Raise FileError if *path* exists and is not a regular file."""
    if path.is_dir():
        raise FileError(f"{path} is a directory: name a file in it")
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is not a regular file: choose another one")


def create_private(path: Path) -> None:
    """Create the empty file *path*, accessible to its owner only."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE))


def delete(path: Path) -> None:
    """Delete *path*, if it exists, and the files that SQLite keeps beside it."""
    for suffix in ("", *SQLITE_SUFFIXES):
        companion(path, suffix).unlink(missing_ok=True)


def install(finished: Path, path: Path) -> None:
    """Rename *finished*, whose content is synced, to *path*, atomically and durably."""
    finished.replace(path)
    sync_directory(path.parent)


class OpenFiles:
    """The identity of *path* and its write-ahead log when they were opened.

    Data written to a file that no longer has a name is lost when the file is closed.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, companion(path, "-wal"))
        self._ids = [file_id(each) for each in self._paths]

    def are_in_place(self) -> bool:
        """Return whether both names still refer to the same files."""
        return [file_id(each) for each in self._paths] == self._ids


def file_id(path: Path) -> tuple[int, int] | None:
    """Return the identity of the file *path*, or None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return stat_id(found)


def stat_id(found: os.stat_result) -> tuple[int, int]:
    """Return the identity of the file that *found* describes: device and inode."""
    return found.st_dev, found.st_ino
