"""A file in the making beside the one whose place it takes: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from ..sqlite.files import FileError, companion, create, discard, identify, identity
from ..sqlite.locks import UNSUPPORTED, open_lock, take_lock


@contextmanager
def writing_copy(target: Path) -> Iterator[Path]:
    """Yield a new, empty file to be installed as *target*, which nobody else makes.

    It is deleted afterwards if it is still there, with what SQLite keeps beside it.
    Where the file system has no locks, others are not kept away. Raises FileError, and
    OSError if the file cannot be made.
    """
    lock, unfinished = companion(target, ".part.lock"), companion(target, ".part")
    descriptor = _locked(lock, target)
    try:
        discard(unfinished)  # of a process that was killed
        create(unfinished)
        yield unfinished
    finally:
        with suppress(OSError):
            discard(unfinished)
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(lock: Path, target: Path) -> int:
    """Return the open *lock*, which is ours and is still there."""
    while True:
        with ExitStack() as opened:
            file = open_lock(lock, target)
            opened.callback(os.close, file)
            is_ours = take_lock(file, target, tolerated=UNSUPPORTED)
            if is_ours and identify(lock) == identity(os.fstat(file)):
                opened.pop_all()
                return file
        if not is_ours:
            raise FileError(
                f"another backup or export to {target} is running: wait for it"
            )
        # The process that had it has just removed it: take the next one.
