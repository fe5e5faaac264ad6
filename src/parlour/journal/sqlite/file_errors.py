"""Error messages for the operator when SQLite cannot use a file.

A message says what happened, to which file, and what to do about it.
"""

import sqlite3
from pathlib import Path
from typing import Final

from parlour.core.storage import StorageError

from .errors import error_code
from .files import FileError

DISK_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})


def is_disk_full(error: sqlite3.Error) -> bool:
    """Return whether *error* means that the disk is full."""
    return getattr(error, "sqlite_errorcode", 0) in DISK_FULL


def open_error(path: Path, error: sqlite3.Error) -> FileError:
    """Return the error for a history *path* that SQLite cannot open."""
    number = getattr(error, "sqlite_errorcode", 0)
    if number & 0xFF == sqlite3.SQLITE_NOTADB:
        return FileError(f"{path} is not a database: choose another file")
    if is_disk_full(error):
        return FileError(f"{path} cannot be used: the disk is full")
    if error_code(error) == "history_damaged":
        return _damage(path, str(error))
    return FileError(f"{path} cannot be used: {error}")


def create_error(path: Path, error: sqlite3.Error | OSError) -> FileError:
    """Return the error for a new file *path* that cannot be written."""
    if isinstance(error, OSError):
        return FileError(f"{path} cannot be written: {error.strerror}")
    reason = "the disk is full" if is_disk_full(error) else str(error)
    return FileError(f"{path} cannot be written: {reason}")


def load_error(path: Path, error: StorageError) -> FileError:
    """Return the error for a history *path* that was opened but cannot be read."""
    if error.code == "history_damaged":
        return _damage(path, error.reason)
    return FileError(f"{path} cannot be used: {error.reason}")


def _damage(path: Path, reason: str) -> FileError:
    return FileError(
        f"{path} is damaged ({reason}): run `parlour verify` for details; restore a "
        "backup, or choose another file"
    )
