"""Backs up a history while a server writes it, and restores a backup."""

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from parlour.system.whole_file import sync_directory

from ..epoch import new_epoch
from ..sqlite.connections import connect
from ..sqlite.copying import copy_pages
from ..sqlite.errors import error_code
from ..sqlite.file_errors import create_error, is_disk_full, open_error
from ..sqlite.file_owner import copy_owner
from ..sqlite.files import (
    SQLITE_SUFFIXES,
    FileError,
    companion,
    delete,
    file_id,
    install,
    require_file,
    resolve,
)
from ..sqlite.opening import read_header, refuse_newer
from ..sqlite.part_file import part_file
from ..sqlite.write_lock import WriteLock
from .inspection import connect_to_inspect
from .progress import Progress, no_progress
from .verify import verify


def backup(
    source: Path,
    target: Path,
    progress: Progress = no_progress,
    *,
    is_new: bool = False,
) -> None:
    """Copy a snapshot of the history *source* to *target*.

    An existing backup is replaced once the new one is complete, unless *is_new*: then
    nothing may be there. Raises FileError, and changes nothing, if *target* is any
    other file or was used by a server.
    """
    if is_new and os.path.lexists(target):
        raise FileError(f"{target} exists: choose another file")
    source, target = resolve(source), resolve(target)
    if source == target or _is_same(source, target):
        raise FileError(f"{target} is the history itself: choose another file")
    read_header(source)
    if target.exists() and (
        read_header(target).uses_wal or companion(target, ".lock").exists()
    ):
        raise FileError(
            f"{target} is a history, not a backup of one: choose another file"
        )
    _copy(source, target, progress, is_new=is_new)


class Restored(NamedTuple):
    """A restored history."""

    epoch: str
    replaced: Path | None
    """The new name of the history that was there before, if any."""


def restore(backup: Path, target: Path, progress: Progress = no_progress) -> Restored:
    """Make *target* a copy of *backup* with a new epoch.

    The backup is verified first. An existing *target* is renamed to
    ``TARGET.replaced``, with a number if that exists. Raises FileError.
    """
    backup, target = resolve(backup), resolve(target)
    require_file(target)
    if backup == target or _is_same(backup, target):
        raise FileError(f"{backup} is the history itself: choose another file")
    report = verify(backup, progress)
    if report.problems:
        raise FileError(
            f"{backup} is damaged ({report.problems[0]}): choose another backup"
        )
    epoch = new_epoch()
    with WriteLock(target):
        unfinished = companion(target, ".new")
        try:
            _copy(backup, unfinished, progress)
            with closing(connect(unfinished)) as db:
                db.execute("UPDATE about SET epoch = ?", (epoch,))
            replaced = replace_history(target, unfinished)
        except (sqlite3.Error, OSError) as exc:
            raise create_error(target, exc) from exc
        finally:
            delete(unfinished)
    return Restored(epoch, replaced)


def replace_history(target: Path, finished: Path) -> Path | None:
    """Rename the history *target*, if it exists, and install *finished* in its place.

    Returns the new name of the old history. *finished* gets the owner of *target*. The
    caller holds the lock of *target*. An old history keeps its name until the new one
    takes it.
    """
    copy_owner(finished, target)
    replaced = _unused_name(target)
    existed = target.exists()
    if existed:
        _checkpoint(target)
        os.link(target, replaced)
    for suffix in SQLITE_SUFFIXES:  # a remaining log belongs to the old file
        if companion(target, suffix).exists():
            companion(target, suffix).replace(companion(replaced, suffix))
    install(finished, target)
    return replaced if existed else None


def _unused_name(target: Path) -> Path:
    """Return the first unused name for the history that *target* replaces."""
    for number in count(1):
        name = companion(target, f".replaced-{number}" if number > 1 else ".replaced")
        if not any(
            os.path.lexists(companion(name, suffix))
            for suffix in ("", *SQLITE_SUFFIXES)
        ):
            break
    return name


def _checkpoint(path: Path) -> None:
    """Checkpoint the log of *path* and delete it, if that is possible."""
    with suppress(sqlite3.Error), closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")


def _is_same(one: Path, other: Path) -> bool:
    """Return whether both paths refer to the same file."""
    return file_id(one) is not None and file_id(one) == file_id(other)


def _copy(
    source: Path, target: Path, progress: Progress, *, is_new: bool = False
) -> None:
    """Copy *source* to *target*, completely or not at all."""
    try:
        with part_file(target) as unfinished:
            _copy_pages(source, unfinished, progress)
            if is_new:
                os.link(unfinished, target)  # which replaces nothing
                sync_directory(target.parent)
                return
            if target.exists():
                copy_owner(unfinished, target)
            install(unfinished, target)
    except sqlite3.Error as exc:
        if is_disk_full(exc):
            raise FileError(f"{target} cannot be written: the disk is full") from exc
        if error_code(exc) == "history_damaged":
            raise open_error(source, exc) from exc
        raise FileError(f"{source} cannot be copied to {target}: {exc}") from exc
    except OSError as exc:
        raise FileError(f"{target}: {exc.strerror}") from exc


def _copy_pages(source: Path, target: Path, progress: Progress) -> None:
    """Copy a snapshot of *source* to the empty file *target*."""
    with closing(_open_snapshot(source)) as old:
        copy_pages(old, target, progress)
        old.execute("ROLLBACK")


def _open_snapshot(source: Path) -> sqlite3.Connection:
    """Return a connection that reads a snapshot of *source*."""
    try:
        db = connect_to_inspect(source)
        try:
            refuse_newer(db, source)
            db.execute("BEGIN")
            db.execute("SELECT epoch FROM about").fetchone()  # starts the snapshot
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as exc:
        raise open_error(source, exc) from exc
    return db
