"""Copies a history, with what is in its log, into one file without a log."""

import filecmp
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from .connections import connect
from .file_owner import copy_owner
from .files import FileError, companion, install
from .part_file import part_file

PAGES_PER_STEP: Final = 1024  # copied between two reports of progress
SPARE_SPACE: Final = 1 << 20  # bytes that remain free after a copy, for the migration


def copy_pages(
    source: sqlite3.Connection,
    target: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Copy the database of *source* to the empty file *target*."""

    def report(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    with closing(connect(target)) as copy:
        source.backup(copy, pages=PAGES_PER_STEP, progress=report)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file without a log


def keep_copy(db: sqlite3.Connection, path: Path, suffix: str) -> Path:
    """Copy the history *path*, which only *db* writes; return the path of the copy.

    The copy is beside the history, and its name ends with *suffix*. An equal file of
    that name is the copy. Any other one remains, and the copy gets a number. Raises
    FileError if the disk has no room for it.
    """
    _require_space(db, path)
    wanted = companion(path, suffix)
    with part_file(wanted) as unfinished:
        copy_pages(db, unfinished)
        copy_owner(unfinished, path)
        for number in count(1):
            name = companion(path, f"{suffix}-{number}") if number > 1 else wanted
            if not os.path.lexists(name):
                install(unfinished, name)
                break
            if name.is_file() and filecmp.cmp(name, unfinished, shallow=False):
                break
    return name


def free_space(directory: Path) -> int:
    """Return how many bytes this process can write to the disk of *directory*."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def _require_space(db: sqlite3.Connection, path: Path) -> None:
    """Raise FileError if the disk has no room for a copy of the history *path*."""
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    (page_size,) = db.execute("PRAGMA page_size").fetchone()
    needed = pages * page_size + SPARE_SPACE
    free = free_space(path.parent)
    if free < needed:
        raise FileError(
            f"{path} is from an older Parlour and has to be copied before it is "
            f"changed, but the disk has only {free:,} bytes left: free "
            f"{needed - free:,} more"
        )
