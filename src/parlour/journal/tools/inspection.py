"""Reading a history's file with a tool, also where nothing can be written beside it.

SQLite wants to make two files beside a file that has a write-ahead log, even to read
it. On read-only media, or without permission to write there, it can be told that the
file is immutable. It then ignores the log, so this is right only if the log holds
nothing and no server has the file.
"""

import sqlite3
from pathlib import Path
from typing import Final

from ..sqlite.errors import code_of
from ..sqlite.files import FileError, companion
from ..sqlite.locks import is_locked
from ..sqlite.opening import connect_to_read, unusable

UNWRITABLE: Final = "storage_readonly"
STEPS: Final = 100_000  # of SQLite between two looks for signals
CIRCUMSTANCES: Final = frozenset(
    {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM}
)
PROBE: Final = "SELECT count(*) FROM sqlite_master"


def connect_to_inspect(path: Path) -> sqlite3.Connection:
    """Connect to the history *path* for reading alone, wherever it is.

    Raises FileError if that cannot be done, and sqlite3.Error if the file is damaged.
    """
    db = connect_to_read(path)
    try:
        db.execute(PROBE).fetchone()
    except sqlite3.Error as exc:
        db.close()
        if code_of(exc) != UNWRITABLE:
            raise
        _require_still(path, exc)
        db = connect_to_read(path, is_immutable=True)
    db.set_progress_handler(lambda: 0, STEPS)  # signals are handled meanwhile
    return db


def refuse_to_blame(path: Path, error: sqlite3.Error) -> None:
    """Raise FileError if *error* says nothing about what is in the file *path*."""
    number: int | None = getattr(error, "sqlite_errorcode", None)
    if number == sqlite3.SQLITE_IOERR_SHORT_READ:
        return  # the file was cut
    if code_of(error) == "storage_failed" or number in CIRCUMSTANCES:
        raise FileError(f"{path} cannot be read: {error}") from error
    if code_of(error).startswith("storage"):
        raise unusable(path, error) from error


def _require_still(path: Path, error: sqlite3.Error) -> None:
    """Raise FileError unless all that the history holds is in its one file."""
    if is_locked(path):
        raise FileError(
            f"{path} is in use by a server, and cannot be read without permission to "
            "write beside it: run this as the user of the server"
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
                f"{path} cannot be read where it is: {log} holds what was said last, "
                "and reading both needs permission to write beside them. Copy both to "
                "a directory where you may write"
            ) from error
