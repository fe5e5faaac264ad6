"""Opens the admin socket of a server, and removes it at the end.

Servers do so in turn, by a lock file beside the socket that only its owner can open.
Any user who can read a directory can lock the directory itself.
"""

import errno
import os
import socket
import stat
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

from parlour.system.lock_file import locked

BACKLOG: Final = 8  # connections that wait to be accepted
DIRECTORY_MODE: Final = 0o700
SOCKET_MODE: Final = 0o600
LOCK_SUFFIX: Final = ".lock"
LOCK_TIMEOUT: Final = 3.0  # seconds to wait for other servers that start or stop
PROBE_TIMEOUT: Final = 1.0  # seconds for a server to accept a connection


class AdminSocketError(Exception):
    """The admin socket cannot be opened. The text says why."""


class AdminListener:
    """A listening socket at *path*, which only its owner and root can connect to.

    The socket of a server that was killed is replaced. Raises AdminSocketError if that
    of a living server is there, or if others may write to the directory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            _prepare_directory(path.parent)
            with _locked(path):
                self.socket = _listen(path)
                self._id = _id(path)
        except OSError as exc:
            raise AdminSocketError(f"{exc.filename or path}: {exc.strerror}") from exc

    def close(self) -> None:
        """Stop listening, and remove the socket unless another one has its name.

        Never raises: a socket that cannot be removed is replaced at the next start.
        """
        with suppress(OSError), _locked(self.path):
            if _id(self.path) == self._id:
                self.path.unlink()
        with suppress(OSError):
            self.socket.close()


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            listener.bind(os.fspath(path))
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise
            _remove_stale(path)
            listener.bind(os.fspath(path))
        # Nobody can connect before it listens, so no other user has connected.
        path.chmod(SOCKET_MODE)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _remove_stale(path: Path) -> None:
    """Remove the socket *path* if no process listens on it."""
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise AdminSocketError(f"{path} is not a socket: move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIMEOUT)
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except (BlockingIOError, TimeoutError):
            pass  # its backlog is full
    raise AdminSocketError(f"{path} is in use by another server")


def _prepare_directory(path: Path) -> None:
    """Create the directory *path* if there is none.

    Raises AdminSocketError if others may write to it.
    """
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    found, user = path.stat(), os.geteuid()
    is_shared = bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    if is_shared or (user and found.st_uid not in {user, 0}):
        raise AdminSocketError(f"others can write to the directory {path}")


def _locked(path: Path) -> AbstractContextManager[None]:
    """Return what holds the lock file of the socket *path*. Raises OSError."""
    return locked(path.with_name(path.name + LOCK_SUFFIX), LOCK_TIMEOUT)


def _id(path: Path) -> tuple[int, int] | None:
    """Return what identifies the file *path*; None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
