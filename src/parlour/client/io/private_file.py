"""A file of the client that only its owner may change, and that is replaced as a whole.

Several clients may change it at the same time: each of them holds a lock while it reads
the file, and replaces it by a complete new one.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from parlour.system.lock_file import locked
from parlour.system.whole_file import WholeFile, write_whole

MODE: Final = 0o600
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
MAX_SIZE: Final = 1 << 20  # bytes of the file
LOCK_TIMEOUT: Final = 2.0  # seconds to wait for another client


class PrivateFileError(Exception):
    """The file cannot be used; the message says which, why, and what to do."""


class PrivateFile:
    """The file *path*, which may not exist yet. It contains *content*, such as keys."""

    def __init__(self, path: Path, content: str) -> None:
        self.path, self._content = path, content

    def read(self) -> bytes | None:
        """Return what is in the file, up to one byte more than `MAX_SIZE`.

        Returns None if there is none. Raises `PrivateFileError`.
        """
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(self.path, flags)
        except FileNotFoundError:
            return None
        except OSError as exc:
            reason = "it is a link" if exc.errno == errno.ELOOP else exc.strerror
            raise PrivateFileError(f"cannot read {self.path}: {reason}") from None
        try:
            self._check(os.fstat(descriptor))
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(MAX_SIZE + 1)
        except OSError as exc:
            reason = f"cannot read {self.path}: {exc.strerror}"
            raise PrivateFileError(reason) from None
        finally:
            os.close(descriptor)

    def replace(self, data: bytes) -> None:
        """Replace the file by a complete one. Raises `PrivateFileError`."""
        try:
            write_whole(WholeFile(self.path, data, MODE))
        except OSError as exc:
            raise self._cannot_write(exc) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other clients from changing the file. Raises `PrivateFileError`."""
        directory = self.path.parent
        lock = self.path.with_name(f"{self.path.name}.lock")
        with ExitStack() as stack:
            try:
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                if directory.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                    reason = f"others could change {directory}: chmod 700 {directory}"
                    raise PrivateFileError(reason)
                stack.enter_context(locked(lock, LOCK_TIMEOUT))
            except OSError as exc:
                raise self._cannot_write(exc) from None
            yield

    def _cannot_write(self, exc: OSError) -> PrivateFileError:
        return PrivateFileError(f"{exc.strerror} ({exc.filename or self.path})")

    def _check(self, found: os.stat_result) -> None:
        """Refuse a file that others can read, or that is none of this user."""
        if not stat.S_ISREG(found.st_mode):
            raise PrivateFileError(f"{self.path} is not a file")
        if found.st_uid != os.geteuid():
            raise PrivateFileError(f"{self.path} belongs to another user")
        if found.st_mode & OTHERS:
            reason = f"others could read the {self._content} in"
            raise PrivateFileError(f"{reason} {self.path}: chmod 600 {self.path}")
