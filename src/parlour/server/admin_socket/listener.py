"""Opens the admin socket of a server, and removes it at the end."""

import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

BACKLOG: Final = 8  # connections that wait to be accepted
DIRECTORY_MODE: Final = 0o700
SOCKET_MODE: Final = 0o600
LOCK_TIMEOUT: Final = 3.0  # seconds to wait for other servers that start or stop
LOCK_RETRY: Final = 0.01  # seconds between two tries
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
            with _locked_directory(path.parent):
                self.socket = _listen(path)
                self._id = _id(path)
        except OSError as exc:
            raise AdminSocketError(f"{path}: {exc.strerror}") from exc

    def close(self) -> None:
        """Stop listening, and remove the socket unless another one has its name."""
        with suppress(OSError), _locked_directory(self.path.parent):
            if _id(self.path) == self._id:
                self.path.unlink()
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


@contextmanager
def _locked_directory(path: Path) -> Iterator[None]:
    """Lock the directory *path*, so that servers open and remove sockets in turn.

    It is created if there is none. Raises AdminSocketError if others may write to it.
    """
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        found, user = os.fstat(directory), os.geteuid()
        is_shared = bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
        if is_shared or (user and found.st_uid not in {user, 0}):
            raise AdminSocketError(f"others can write to the directory {path}")
        _lock(directory, path)
        yield
    finally:
        os.close(directory)


def _lock(directory: int, path: Path) -> None:
    """Lock an open directory, where the file system allows that."""
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise AdminSocketError(f"another program has locked {path}") from None
            time.sleep(LOCK_RETRY)
        except OSError:
            return  # such as NFS
        else:
            return


def _id(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
