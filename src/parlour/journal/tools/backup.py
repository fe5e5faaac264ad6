"""A copy of a history while a server runs, and the way back."""

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from ..sqlite.errors import code_of
from ..sqlite.files import (
    COMPANIONS,
    FileError,
    companion,
    discard,
    identify,
    install,
    real,
    require_file,
)
from ..sqlite.locks import Lock
from ..sqlite.opening import (
    FULL,
    connect,
    new_epoch,
    recognise,
    refuse_newer,
    unusable,
    unwritable,
)
from ..sqlite.ownership import hand_over
from .atomic_copy import writing_copy
from .inspection import connect_to_inspect
from .progress import Progress, silent
from .verify import verify

STEP: Final = 1024  # pages copied at a time


def backup(source: Path, target: Path, progress: Progress = silent) -> None:
    """Copy the history *source*, as it is at one moment, to *target*.

    A backup that is there is replaced once the new one is whole; any other file, and a
    history that a server had, is left alone. Raises FileError.
    """
    source, target = real(source), real(target)
    if source == target or _is_same(source, target):
        raise FileError(f"{target} is the history itself: choose another file")
    recognise(source)
    if target.exists() and (
        recognise(target).logs or companion(target, ".lock").exists()
    ):
        raise FileError(
            f"{target} is a history, and no backup of one: choose another file"
        )
    _copy(source, target, progress)


class Restored(NamedTuple):
    """A history that was restored."""

    epoch: str
    replaced: Path | None
    """Where that is which was there before."""


def restore(backup: Path, target: Path, progress: Progress = silent) -> Restored:
    """Make *target* the history that *backup* holds, under a new epoch.

    The backup is verified first. What was at *target* stays beside it as
    ``TARGET.replaced``, or with a number if there is one already. Raises FileError.
    """
    backup, target = real(backup), real(target)
    require_file(target)
    if backup == target or _is_same(backup, target):
        raise FileError(f"{backup} is the history itself: choose another file")
    report = verify(backup, progress)
    if report.problems:
        raise FileError(f"{backup} is damaged: {report.problems[0]}")
    epoch = new_epoch()
    with Lock(target):
        unfinished = companion(target, ".new")
        try:
            _copy(backup, unfinished, progress)
            with closing(connect(unfinished)) as db:
                db.execute("UPDATE about SET epoch = ?", (epoch,))
            replaced = replace(target, unfinished)
        except (sqlite3.Error, OSError) as exc:
            raise unwritable(target, exc) from exc
        finally:
            discard(unfinished)
    return Restored(epoch, replaced)


def replace(target: Path, finished: Path) -> Path | None:
    """Put *finished* in the place of the history *target*, and that beside it.

    Returns where that is. *finished* gets the owner of *target*, whose lock the caller
    holds. At no moment is there no history.
    """
    hand_over(finished, target)
    replaced = _free(target)
    is_there = target.exists()
    if is_there:
        _fold(target)
        os.link(target, replaced)
    for suffix in COMPANIONS:  # what cannot be folded goes with what it belongs to
        if companion(target, suffix).exists():
            companion(target, suffix).replace(companion(replaced, suffix))
    install(finished, target)
    return replaced if is_there else None


def _free(target: Path) -> Path:
    """Return the first name for what was replaced that nothing has."""
    for number in count(1):
        name = companion(target, f".replaced-{number}" if number > 1 else ".replaced")
        if not any(
            os.path.lexists(companion(name, suffix)) for suffix in ("", *COMPANIONS)
        ):
            break
    return name


def _fold(path: Path) -> None:
    """Bring the log of *path* into its file, if that can be done."""
    with suppress(sqlite3.Error), closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether both are names of one file."""
    return identify(one) is not None and identify(one) == identify(other)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy *source* to *target* by way of a file beside it: whole, or not at all."""
    try:
        with writing_copy(target) as unfinished:
            _copy_pages(source, unfinished, progress)
            if target.exists():
                hand_over(unfinished, target)
            install(unfinished, target)
    except sqlite3.Error as exc:
        if getattr(exc, "sqlite_errorcode", 0) in FULL:
            raise FileError(f"{target} cannot be written: the disk is full") from exc
        if code_of(exc) == "history_damaged":
            raise unusable(source, exc) from exc
        raise FileError(f"{source} cannot be copied to {target}: {exc}") from exc
    except OSError as exc:
        raise FileError(f"{target}: {exc.strerror}") from exc


def _copy_pages(source: Path, target: Path, progress: Progress) -> None:
    """Copy *source*, as it is at one moment, to the empty file *target*."""

    def tell(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    with closing(_opened(source)) as old, closing(connect(target)) as db:
        old.backup(db, pages=STEP, progress=tell)
        old.execute("ROLLBACK")
        db.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _opened(source: Path) -> sqlite3.Connection:
    """Return a connection that reads *source* as it is now, whatever is said later."""
    try:
        db = connect_to_inspect(source)
        try:
            refuse_newer(db, source)
            db.execute("BEGIN")
            db.execute("SELECT epoch FROM about").fetchone()
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as exc:
        raise unusable(source, exc) from exc
    return db
