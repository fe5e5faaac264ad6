"""Converts errors of SQLite to storage errors."""

import sqlite3
from collections.abc import Callable
from typing import Final, NoReturn

from parlour.core.storage import StorageError

REASONS: Final = {
    "storage_full": "the disk is full",
    "storage_readonly": "the disk takes nothing: it, or the file, is read-only",
    "storage_busy": "another program holds the history's file",
    "history_damaged": "the history is damaged",
    "history_gone": "the history's file was moved or deleted",
    "storage_failed": "the disk failed, and whether it kept the messages is unknown",
    "history_failed": "the history failed",
}
"""For people, by error code. The plain dialect shows them to users."""

CODES: Final = {
    sqlite3.SQLITE_FULL: "storage_full",
    sqlite3.SQLITE_READONLY: "storage_readonly",
    sqlite3.SQLITE_CANTOPEN: "storage_readonly",
    sqlite3.SQLITE_PERM: "storage_readonly",
    sqlite3.SQLITE_BUSY: "storage_busy",
    sqlite3.SQLITE_LOCKED: "storage_busy",
    sqlite3.SQLITE_CORRUPT: "history_damaged",
    sqlite3.SQLITE_NOTADB: "history_damaged",
    sqlite3.SQLITE_IOERR: "storage_failed",
}
"""By SQLite's primary result code; any other is `history_failed`."""

NOT_COMMITTED: Final = frozenset({"storage_full", "storage_readonly", "storage_busy"})
"""A commit that fails with one of these codes certainly had no effect."""


def storage_error(code: str, *, is_outcome_unknown: bool = False) -> StorageError:
    """Return the error with *code* and its reason."""
    return StorageError(code, REASONS[code], is_outcome_unknown=is_outcome_unknown)


OnDamage = Callable[[str], None]
"""Called with each problem that a check of the file finds."""


def refuse(_problem: str) -> NoReturn:
    """Raise StorageError because of the first problem."""
    raise storage_error("history_damaged")


def error_code(error: sqlite3.Error) -> str:
    """Return the error code for *error*."""
    # The sqlite3 module raises an error without a code for text that is not UTF-8.
    number: int | None = getattr(error, "sqlite_errorcode", None)
    if number is None:
        return "history_damaged"
    return CODES.get(number & 0xFF, "history_failed")


def read_error(error: sqlite3.Error) -> StorageError:
    """Return the storage error for a failed read."""
    code = error_code(error)
    return storage_error("history_failed" if code == "storage_failed" else code)


def write_error(error: sqlite3.Error, *, at_commit: bool) -> StorageError:
    """Return the storage error for a failed write.

    After an I/O error the kernel may have dropped earlier writes, so a retry that
    succeeds proves nothing. The outcome is then unknown, even if only a later write
    reports the error.
    """
    code = error_code(error)
    is_unknown = code == "storage_failed" or (at_commit and code not in NOT_COMMITTED)
    return storage_error(code, is_outcome_unknown=is_unknown)
