"""What an error of SQLite means to those who wanted something kept or read."""

import sqlite3
from typing import Final

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
"""For people, by code."""

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
"""By the primary code of SQLite; all others are history_failed."""

CERTAIN: Final = frozenset({"storage_full", "storage_readonly", "storage_busy"})
"""A commit that fails so was not made."""


def failure(code: str, *, is_outcome_unknown: bool = False) -> StorageError:
    """Return the error of *code*."""
    return StorageError(code, REASONS[code], is_outcome_unknown=is_outcome_unknown)


def code_of(error: sqlite3.Error) -> str:
    """Return our code for *error*."""
    # The module itself raises without a code when text is not UTF-8.
    number: int | None = getattr(error, "sqlite_errorcode", None)
    if number is None:
        return "history_damaged"
    return CODES.get(number & 0xFF, "history_failed")


def reading(error: sqlite3.Error) -> StorageError:
    """Return what a failed read means."""
    code = code_of(error)
    return failure("history_failed" if code == "storage_failed" else code)


def writing(error: sqlite3.Error, *, at_commit: bool) -> StorageError:
    """Return what a failed write means.

    After an I/O error the kernel may have dropped what it was given before, so that a
    retry proves nothing: the outcome is unknown, even if only a later one says so.
    """
    code = code_of(error)
    is_outcome_unknown = code == "storage_failed" or (at_commit and code not in CERTAIN)
    return failure(code, is_outcome_unknown=is_outcome_unknown)
