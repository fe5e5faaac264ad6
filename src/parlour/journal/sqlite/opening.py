"""How a history's file is made, recognised and brought up to date."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.storage import StorageError

from . import search_index
from .errors import code_of
from .files import (
    MODE,
    FileError,
    companion,
    create,
    discard,
    install,
    require_file,
)
from .locks import refuse_second_name
from .ownership import hand_over

APPLICATION: Final = 0x5041524C  # "PARL"
APPLICATION_AT: Final = 68  # where it is in a file's header: sqlite.org/fileformat.html
VERSION_AT: Final = 18  # 2 for a file that has a write-ahead log
HEADER: Final = 100  # bytes
MAGIC: Final = b"SQLite format 3\0"
BUSY_TIMEOUT: Final = 5.0  # seconds
WAL_LIMIT: Final = 16 << 20  # bytes: the log's file is cut to it when it starts anew
STATEMENTS: Final = 256  # kept prepared
FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})

MIGRATIONS: Final = ("schema-1.sql",)
"""What leads from version n to n + 1 is at place n. Append to it; change nothing."""

Crash = Callable[[str], None]
"""Called with the name of a point at which a test may want to end the process."""


def survive(_: str) -> None:
    """Go on, as everywhere but in a test of crashes."""


def connect(path: Path) -> sqlite3.Connection:
    """Connect to *path* for writing, in autocommit, from any one thread at a time."""
    db = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
    )
    search_index.register(db)
    try:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA fullfsync = ON")  # macOS: its fsync alone syncs no disk
        db.execute("PRAGMA checkpoint_fullfsync = ON")
    except sqlite3.Error:
        db.close()
        raise
    return db


def connect_to_read(path: Path, *, is_immutable: bool = False) -> sqlite3.Connection:
    """Connect to *path* for reading alone.

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


def open_to_write(path: Path, crash: Crash) -> sqlite3.Connection:
    """Return the one connection that writes the history *path*.

    The file is made if there is none. The caller holds its lock. Raises FileError.
    """
    try:
        if not path.exists():
            _begin(path, crash)
        recognise(path)
        path.chmod(MODE)  # before SQLite gives the same mode to what it makes beside it
        return _configured(path)
    except OSError as exc:
        raise FileError(f"{path}: {exc.strerror}") from exc
    except sqlite3.Error as exc:
        raise unusable(path, exc) from exc


def make(path: Path, epoch: str = "") -> sqlite3.Connection:
    """Make an empty history and return a connection to it: one file, no log beside."""
    discard(path)
    create(path)
    db = connect(path)
    migrate(db, path)
    db.execute("INSERT INTO about VALUES (1, ?)", (epoch or new_epoch(),))
    return db


def new_epoch() -> str:
    """Return the name of a history that was begun anew."""
    return os.urandom(16).hex()


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the tables up to date, one step after another; refuse newer ones."""
    version = refuse_newer(db, path)
    for number, name in enumerate(MIGRATIONS[version:], version + 1):
        script = Path(__file__).with_name(name).read_text(encoding="utf-8")
        db.executescript(
            f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;"
        )
    search_index.create(db)


def refuse_newer(db: sqlite3.Connection, path: Path) -> int:
    """Return the version of the tables; raise FileError if it is from the future."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise FileError(
            f"{path} was written by a newer Parlour (its form is {version}, and this "
            f"program knows {len(MIGRATIONS)}): use that one, or another file"
        )
    return version


class Header(NamedTuple):
    """What the first bytes of a history say of it."""

    logs: bool
    """Whether it is written by way of a log beside it, as a server does."""


def recognise(path: Path) -> Header:
    """Return the header of the history *path*; raise FileError if it is none.

    Only the file's first bytes are read, and not by SQLite: after a crash in a
    checkpoint the file makes sense with its log alone, and a file that is not ours is
    not to be touched.
    """
    if not path.exists():
        raise FileError(f"{path}: there is no such file")
    require_file(path)  # a pipe would let us wait
    try:
        with path.open("rb") as file:
            head = file.read(HEADER)
            links = os.fstat(file.fileno()).st_nlink
    except OSError as exc:
        raise FileError(f"{path}: {exc.strerror}") from exc
    if not head:
        raise FileError(
            f"{path} is empty. It may have been a history that was lost: restore a "
            "backup, or delete it to begin a new one"
        )
    if len(head) < HEADER or not head.startswith(MAGIC):
        raise FileError(f"{path} is not a database: choose another file")
    if head[APPLICATION_AT : APPLICATION_AT + 4] != APPLICATION.to_bytes(4):
        raise FileError(f"{path} is not a history of Parlour: choose another file")
    logs = head[VERSION_AT] > 1
    if logs and not companion(path, "-wal").exists():
        refuse_second_name(path, links)  # its log may be beside that one
    return Header(logs)


def unusable(path: Path, error: sqlite3.Error) -> FileError:
    """Return what the operator is told when SQLite cannot open *path*."""
    number = getattr(error, "sqlite_errorcode", 0)
    if number & 0xFF == sqlite3.SQLITE_NOTADB:
        return FileError(f"{path} is not a database: choose another file")
    if number in FULL:
        return FileError(f"{path} cannot be used: the disk is full")
    if code_of(error) == "history_damaged":
        return _damaged(path, str(error))
    return FileError(f"{path} cannot be used: {error}")


def unwritable(path: Path, error: sqlite3.Error | OSError) -> FileError:
    """Return what the operator is told when the new file *path* cannot be made."""
    if isinstance(error, OSError):
        return FileError(f"{path} cannot be written: {error.strerror}")
    is_full = getattr(error, "sqlite_errorcode", 0) in FULL
    reason = "the disk is full" if is_full else str(error)
    return FileError(f"{path} cannot be written: {reason}")


def unreadable(path: Path, error: StorageError) -> FileError:
    """Return what the operator is told when a history cannot be read."""
    if error.code == "history_damaged":
        return _damaged(path, error.reason)
    return FileError(f"{path} cannot be used: {error.reason}")


def _damaged(path: Path, what: str) -> FileError:
    return FileError(
        f"{path} is damaged ({what}): `parlour verify` tells where; restore a backup, "
        "or choose another file"
    )


def _begin(path: Path, crash: Crash) -> None:
    """Make a new history at *path*: whole, or not at all."""
    stray = companion(path, "-wal")
    if stray.exists() and stray.stat().st_size:  # who only read left an empty one
        raise FileError(
            f"{path} is gone, but {stray} is there: bring it back or restore a "
            f"backup, or delete {stray} to begin a new history"
        )
    unfinished = companion(path, ".new")
    make(unfinished).close()
    crash("begin.made")
    hand_over(unfinished, path)
    install(unfinished, path)
    crash("begin.installed")


def _configured(path: Path) -> sqlite3.Connection:
    """Return a connection to *path* that logs ahead, and its tables up to date."""
    db = connect(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")  # it hides errors: see `folding`
        db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
        migrate(db, path)
        (mode,) = db.execute("PRAGMA journal_mode").fetchone()
    except (sqlite3.Error, FileError):
        db.close()
        raise
    if mode != "wal":
        db.close()
        raise FileError(f"{path} cannot be used: its file system allows no WAL")
    return db
