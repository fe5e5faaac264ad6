"""Connections to the file of a history."""

import sqlite3
from pathlib import Path
from typing import Final

from . import search_index

BUSY_TIMEOUT: Final = 5.0  # seconds
SQLITE_VERSION: Final = sqlite3.sqlite_version
CACHED_STATEMENTS: Final = 256


def connect(path: Path) -> sqlite3.Connection:
    """Connect to *path* for writing, in autocommit mode, from one thread at a time."""
    db = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=CACHED_STATEMENTS,
    )
    search_index.register(db)
    try:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")  # what was erased is overwritten
        db.execute("PRAGMA fullfsync = ON")  # on macOS fsync alone does not reach disk
        db.execute("PRAGMA checkpoint_fullfsync = ON")
    except sqlite3.Error:
        db.close()
        raise
    except UnicodeDecodeError as exc:
        db.close()
        raise damaged_schema() from exc
    return db


def damaged_schema() -> sqlite3.DatabaseError:
    """Return the error to raise in place of UnicodeDecodeError.

    The module sqlite3 raises that if the message of an error quotes a damaged schema.
    """
    return sqlite3.DatabaseError("the schema is damaged")


def connect_to_read(path: Path, *, is_immutable: bool = False) -> sqlite3.Connection:
    """Connect to *path* for reading only.

    SQLite ignores the log and all locks of an immutable file.
    """
    options = "mode=ro&immutable=1" if is_immutable else "mode=ro"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    search_index.register(db)
    db.execute("PRAGMA temp_store = MEMORY")
    return db
