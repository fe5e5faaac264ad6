"""Files that are written as a whole, or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """Replace the file *path* by one with *data*, which has its *mode* from the start.

    Others see the old file or the complete new one, also after a loss of power, and
    nothing else is left after a failure. Raises OSError.
    """
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with open(os.open(new, flags, mode), "wb") as file:  # noqa: PTH123
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:  # it may contain keys, so it must not stay after an interrupt either
        with suppress(OSError):
            new.unlink()
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """Let the new name of a file survive a loss of power."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
