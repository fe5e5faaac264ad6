"""Creates, recognises and migrates the file of a history."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from ..clock import Warn, no_warnings
from ..epoch import new_epoch
from . import search_index
from .connections import connect
from .copying import keep_copy
from .file_errors import open_error
from .file_owner import copy_owner
from .files import (
    MODE,
    FileError,
    companion,
    create_private,
    delete,
    install,
    require_file,
)
from .write_lock import refuse_hard_links

# sqlite.org/fileformat.html#the_database_header
HEADER_SIZE: Final = 100  # bytes
MAGIC: Final = b"SQLite format 3\0"
WRITE_VERSION_OFFSET: Final = 18  # 2 for a file that has a write-ahead log
APPLICATION_ID_OFFSET: Final = 68
APPLICATION_ID: Final = 0x5041524C  # "PARL"

WAL_LIMIT: Final = 16 << 20  # bytes; the log is truncated to it when it restarts

MIGRATIONS: Final = ("schema-1.sql", "schema-2.sql", "schema-3.sql")
"""The script at index n migrates version n to n + 1. Only append to this list."""

_WITHOUT_ROOMS: Final = """
CREATE TEMP VIEW about AS
    SELECT *, NULL AS rooms, NULL AS last_room, NULL AS accounts, NULL AS last_account,
    NULL AS sanctions, NULL AS last_sanction, NULL AS acts, NULL AS last_act,
    NULL AS invitations, NULL AS last_invitation, NULL AS unmerged FROM main.about;
CREATE TEMP VIEW room AS
    SELECT *, NULL AS topic, NULL AS is_closed, NULL AS is_locked, NULL AS slow,
    NULL AS roles, NULL AS is_private, NULL AS one, NULL AS other
    FROM main.room NOT INDEXED;
CREATE TEMP VIEW key AS SELECT *, NULL AS token FROM main.key;
CREATE TEMP TABLE hole (place INTEGER PRIMARY KEY, size, total, checksum);
"""
_WITH_ROOMS: Final = """
CREATE TEMP VIEW about AS
    SELECT *, NULL AS accounts, NULL AS last_account, NULL AS sanctions,
    NULL AS last_sanction, NULL AS acts, NULL AS last_act, NULL AS invitations,
    NULL AS last_invitation, NULL AS unmerged FROM main.about;
CREATE TEMP VIEW room AS
    SELECT *, NULL AS is_locked, NULL AS slow, NULL AS roles, NULL AS is_private,
    NULL AS one, NULL AS other FROM main.room NOT INDEXED;
"""
_WITHOUT_ACCOUNTS: Final = """
CREATE TEMP VIEW message AS
    SELECT *, NULL AS account, NULL AS erased, NULL AS target FROM main.message;
CREATE TEMP TABLE account (id INTEGER PRIMARY KEY, name, password, generation, role,
    created, is_enabled, last_device, devices, rooms, ignored, checksum);
CREATE TEMP TABLE device (account, number, key, label, added, checksum);
CREATE TEMP TABLE membership (account, position, room, read, checksum);
CREATE TEMP TABLE ignored (account, position, key, name, checksum);
CREATE TEMP TABLE room_role (room, position, account, role, checksum);
CREATE TEMP TABLE sanction (id INTEGER PRIMARY KEY, kind, room, name, account, token,
    network, actor, since, until, reason, checksum);
CREATE TEMP TABLE invitation (id INTEGER PRIMARY KEY, room, actor, until, name, account,
    code, is_ignored, checksum);
CREATE TEMP TABLE act (id INTEGER PRIMARY KEY, time, actor, action, room, name, until,
    reason, checksum);
"""
OLDER_TABLES: Final = {
    1: _WITHOUT_ROOMS + _WITHOUT_ACCOUNTS,
    2: _WITH_ROOMS + _WITHOUT_ACCOUNTS,
}
"""Makes a file with an older schema look like one with the current, to one reader."""

Failpoint = Callable[[str], None]
"""Called with the name of a step at which a test may end the process."""


def no_failpoint(_: str) -> None:
    """Do nothing. Tests of crashes pass another function."""


def open_to_write(
    path: Path, failpoint: Failpoint, warn: Warn = no_warnings
) -> sqlite3.Connection:
    """Return the one connection that writes the history *path*.

    Creates the file if there is none. If it has an older schema, copies it, migrates
    it, and reports that to *warn*. The caller holds its lock. Raises FileError.
    """
    try:
        if not path.exists():
            _create(path, failpoint)
        read_header(path)
        path.chmod(MODE)  # SQLite copies this mode to the files that it creates
        return _configured(path, failpoint, warn)
    except OSError as exc:
        raise FileError(f"{path}: {exc.strerror}") from exc
    except sqlite3.Error as exc:
        raise open_error(path, exc) from exc


def create_empty(path: Path, epoch: str = "") -> sqlite3.Connection:
    """Create an empty history, without a log, and return a connection to it."""
    delete(path)
    create_private(path)
    db = connect(path)
    migrate(db, path)
    db.execute("INSERT INTO about (id, epoch) VALUES (1, ?)", (epoch or new_epoch(),))
    return db


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Migrate the schema to the current version, completely or not at all.

    Raises FileError if it is newer.
    """
    names = MIGRATIONS[refuse_newer(db, path) :]
    scripts = [Path(__file__).with_name(each).read_text("utf-8") for each in names]
    db.executescript(
        "\n".join(
            (
                "BEGIN IMMEDIATE;",
                *scripts,
                f"PRAGMA user_version = {len(MIGRATIONS)};",
                "COMMIT;",
            )
        )
    )
    search_index.create(db)


def refuse_newer(db: sqlite3.Connection, path: Path) -> int:
    """Return the schema version. Raises FileError if this program is older."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise FileError(
            f"{path} was written by a newer Parlour (its schema has version "
            f"{version}, and this program supports {len(MIGRATIONS)}): use the newer "
            "program, or another file"
        )
    return version


def prepare_to_read(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of the current schema available to *db*, which only reads.

    Raises FileError if the file is newer than this program.
    """
    tables = OLDER_TABLES.get(refuse_newer(db, path))
    if tables is not None:
        db.executescript(tables)


class Header(NamedTuple):
    """The part of a history's header that determines how it may be opened."""

    uses_wal: bool
    """Whether the file is in WAL mode, as a server leaves it."""


def read_header(path: Path) -> Header:
    """Return the header of the history *path*. Raises FileError for any other file.

    This reads the first bytes without SQLite. After a crash during a checkpoint the
    file is only valid together with its log, and a file of another program must not be
    changed.
    """
    if not path.exists():
        raise FileError(f"{path}: there is no such file")
    require_file(path)  # reading from a pipe would block
    try:
        with path.open("rb") as file:
            head = file.read(HEADER_SIZE)
            links = os.fstat(file.fileno()).st_nlink
    except OSError as exc:
        raise FileError(f"{path}: {exc.strerror}") from exc
    if not head:
        raise FileError(
            f"{path} is empty. It may have been a history that was lost: restore a "
            "backup, or delete it to start a new one"
        )
    if len(head) < HEADER_SIZE or not head.startswith(MAGIC):
        raise FileError(f"{path} is not a database: choose another file")
    identifier = head[APPLICATION_ID_OFFSET : APPLICATION_ID_OFFSET + 4]
    if identifier != APPLICATION_ID.to_bytes(4):
        raise FileError(f"{path} is not a history of Parlour: choose another file")
    uses_wal = head[WRITE_VERSION_OFFSET] > 1
    if uses_wal and not companion(path, "-wal").exists():
        refuse_hard_links(path, links)  # the log may be beside the other name
    return Header(uses_wal)


def _create(path: Path, failpoint: Failpoint) -> None:
    """Create a new history at *path*, completely or not at all."""
    log = companion(path, "-wal")
    if log.exists() and log.stat().st_size:  # a reader may leave an empty one
        raise FileError(
            f"{path} is missing, but its log {log} exists: put the file back or "
            f"restore a backup, or delete {log} to start a new history"
        )
    unfinished = companion(path, ".new")
    create_empty(unfinished).close()
    failpoint("create.written")
    copy_owner(unfinished, path)
    install(unfinished, path)
    failpoint("create.installed")


def _configured(path: Path, failpoint: Failpoint, warn: Warn) -> sqlite3.Connection:
    """Return a connection to *path* in WAL mode, with the current schema."""
    db = connect(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")  # see `checkpoint`
        db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
        _upgrade(db, path, failpoint, warn)
        (mode,) = db.execute("PRAGMA journal_mode").fetchone()
    except BaseException:
        db.close()
        raise
    if mode != "wal":
        db.close()
        raise FileError(
            f"{path} cannot be used: its file system does not support SQLite's "
            "write-ahead log; choose a file on a local disk"
        )
    return db


def _upgrade(
    db: sqlite3.Connection, path: Path, failpoint: Failpoint, warn: Warn
) -> None:
    """Migrate an older file after copying it, and complete the search index."""
    version = refuse_newer(db, path)
    if version == len(MIGRATIONS):
        search_index.create(db)
        return
    copy = keep_copy(db, path, f".schema-{version}")
    failpoint("migrate.copied")
    migrate(db, path)
    failpoint("migrate.committed")
    warn("history.migrated", schema=len(MIGRATIONS), copy=str(copy))
