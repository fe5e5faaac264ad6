"""Opens a history for reading only, even on read-only media.

To read a file that has a write-ahead log, SQLite creates two files beside it. Where
that is impossible, the file can be opened as immutable. SQLite then ignores the log,
which is correct only if the log is empty and no server uses the file.
"""

import sqlite3
from pathlib import Path
from typing import Final

from ..sqlite.connections import connect_to_read, damaged_schema
from ..sqlite.errors import error_code
from ..sqlite.file_errors import open_error
from ..sqlite.files import FileError, companion
from ..sqlite.reader import Reader
from ..sqlite.write_lock import is_locked

STEPS: Final = 100_000  # SQLite instructions between two checks for signals
ENVIRONMENT_ERRORS: Final = frozenset(
    {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM}
)
PROBE: Final = "SELECT count(*) FROM sqlite_master"


def connect_to_inspect(path: Path) -> sqlite3.Connection:
    """Connect to the history *path* for reading only, even on read-only media.

    Raises FileError if it cannot be read, and sqlite3.Error if it is damaged.
    """
    db = connect_to_read(path)
    try:
        db.execute(PROBE).fetchone()
    except UnicodeDecodeError as exc:
        db.close()
        raise damaged_schema() from exc
    except sqlite3.Error as exc:
        db.close()
        if error_code(exc) != "storage_readonly":
            raise
        _require_immutable(path, exc)
        db = connect_to_read(path, is_immutable=True)
    db.set_progress_handler(lambda: 0, STEPS)  # lets Python handle signals
    return db


def open_reader(path: Path) -> Reader:
    """Return a reader of the history *path*, even on read-only media.

    Raises FileError, and StorageError if it is damaged.
    """
    try:
        return Reader(path, connect=connect_to_inspect)
    except sqlite3.Error as exc:
        raise open_error(path, exc) from exc


def require_damage(path: Path, error: sqlite3.Error) -> None:
    """Raise FileError unless *error* means that the content of *path* is damaged."""
    number: int | None = getattr(error, "sqlite_errorcode", None)
    if number == sqlite3.SQLITE_IOERR_SHORT_READ:
        return  # the file was truncated
    if error_code(error) == "storage_failed" or number in ENVIRONMENT_ERRORS:
        raise FileError(f"{path} cannot be read: {error}") from error
    if error_code(error).startswith("storage"):
        raise open_error(path, error) from error


def _require_immutable(path: Path, error: sqlite3.Error) -> None:
    """Raise FileError if the history is in use, or if its log is not empty."""
    if is_locked(path):
        raise FileError(
            f"{path} is in use by a server, and cannot be read without permission to "
            "write to its directory: run this as the user of the server"
        ) from error
    for suffix in ("-wal", "-journal"):
        log = companion(path, suffix)
        try:
            has_content = log.stat().st_size > 0
        except FileNotFoundError:
            continue
        except OSError as exc:
            raise FileError(f"{log}: {exc.strerror}") from exc
        if has_content:
            raise FileError(
                f"{path} cannot be read where it is: {log} contains the latest "
                "messages, and reading both requires permission to write to their "
                "directory. Copy both to a directory where you may write"
            ) from error
