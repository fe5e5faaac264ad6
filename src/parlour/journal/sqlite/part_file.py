"""Creates a file beside its target, to replace it once the file is complete."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .files import (
    FileError,
    companion,
    create_private,
    delete,
    file_id,
    stat_id,
)
from .write_lock import UNSUPPORTED, open_lock_file, try_lock


@contextmanager
def part_file(target: Path) -> Iterator[Path]:
    """Yield the new, empty file ``TARGET.part``, which the caller installs.

    It is deleted afterwards if it still exists, with the files that SQLite keeps beside
    it. A lock prevents other processes from using the same file, unless the file system
    does not support locks. Raises FileError, and OSError if the file cannot be created.
    """
    lock, unfinished = companion(target, ".part.lock"), companion(target, ".part")
    descriptor = _lock(lock, target)
    try:
        delete(unfinished)  # left by a process that was killed
        create_private(unfinished)
        yield unfinished
    finally:
        with suppress(OSError):
            delete(unfinished)
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(descriptor)


def _lock(lock: Path, target: Path) -> int:
    """Lock the file *lock*, which may be deleted meanwhile, and return it, open."""
    while True:
        with ExitStack() as opened:
            file = open_lock_file(lock, target)
            opened.callback(os.close, file)
            is_locked = try_lock(file, target, tolerated=UNSUPPORTED)
            if is_locked and file_id(lock) == stat_id(os.fstat(file)):
                opened.pop_all()
                return file
        if not is_locked:
            raise FileError(
                f"another backup or export to {target} is running: wait until it ends"
            )
        # Its previous owner has just deleted it: open the new one.
