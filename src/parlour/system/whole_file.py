"""Files that are written as a whole, or not at all."""

import os
import secrets
from contextlib import ExitStack, suppress
from errno import EISDIR
from pathlib import Path
from typing import NamedTuple


class WholeFile(NamedTuple):
    """What a file contains, and the *mode* that it has from the start."""

    path: Path
    data: bytes
    mode: int


def write_whole(*files: WholeFile) -> None:
    """Replace each file, in this order, after all of them have been written.

    Others see an old file or a complete new one, also after a loss of power. If one
    cannot be written, because the disk is full or there is a directory, none is
    replaced, and nothing else is left. Raises OSError.
    """
    with ExitStack() as written:
        new = [_written(file, written) for file in files]
        for file, path in zip(files, new, strict=True):
            path.replace(file.path)
    for directory in dict.fromkeys(file.path.parent for file in files):
        sync_directory(directory)


def _written(file: WholeFile, written: ExitStack) -> Path:
    """Write the new file beside the old one, and return its path.

    When *written* is closed, it is removed unless it has replaced the old one: it may
    contain keys, so it must not stay after an interrupt either.
    """
    if file.path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(file.path))
    new = file.path.with_name(f"{file.path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    written.callback(_remove, new)
    with open(os.open(new, flags, file.mode), "wb") as stream:  # noqa: PTH123
        os.fchmod(stream.fileno(), file.mode)
        stream.write(file.data)
        stream.flush()
        os.fsync(stream.fileno())
    return new


def _remove(path: Path) -> None:
    with suppress(OSError):  # it has replaced the old one
        path.unlink()


def sync_directory(path: Path) -> None:
    """Sync the directory *path*, so that the names in it survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
