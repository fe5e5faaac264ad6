"""Lock files, by which programs use something in turn."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

MODE: Final = 0o600
RETRY: Final = 0.02  # seconds between two tries
UNSUPPORTED: Final = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[None]:
    """Hold the lock file *path*, which only its owner can open.

    It is created if there is none, and stays: of a file that is removed, one program
    could hold the lock while another one locks a new file of the name. On a file system
    without locks, nobody waits.

    Raises TimeoutError if another program holds it for *timeout* seconds, and OSError
    with the name of the file if it cannot be opened, or is a link.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(path, flags, MODE)
    try:
        _lock(file, path, timeout)
        yield
    finally:
        os.close(file)


def _lock(file: int, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not _try_lock(file, path):
        if time.monotonic() > deadline:
            reason = "another program has locked it"
            raise TimeoutError(errno.ETIMEDOUT, reason, str(path))
        time.sleep(RETRY)


def _try_lock(file: int, path: Path) -> bool:
    """Return whether the open *file* is locked now, or cannot be locked at all."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as exc:
        if exc.errno not in UNSUPPORTED:
            raise OSError(exc.errno, exc.strerror, str(path)) from exc
    return True
