"""Opens the admin socket of a server, and removes it at the end.

Servers do so in turn, by a lock file beside the socket that only its owner can open.
Any user who can read a directory can lock the directory itself.
"""

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
LOCK_SUFFIX: Final = ".lock"
LOCK_MODE: Final = 0o600
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
            _prepare_directory(path.parent)
            with _locked(path):
                self.socket = _listen(path)
                self._id = _id(path)
        except OSError as exc:
            raise AdminSocketError(f"{path}: {exc.strerror}") from exc

    def close(self) -> None:
        """Stop listening, and remove the socket unless another one has its name.

        Never raises: a socket that cannot be removed is replaced at the next start.
        """
        with suppress(OSError, AdminSocketError), _locked(self.path):
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


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file of the socket *path*. It exists only while it is held.

    Raises AdminSocketError if another server holds it for too long.
    """
    lock = path.with_name(path.name + LOCK_SUFFIX)
    file = _open_locked(lock)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
        os.close(file)


def _open_locked(lock: Path) -> int:
    """Return the file *lock*, open and locked where the file system allows that."""
    deadline = time.monotonic() + LOCK_TIMEOUT
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(lock, flags, LOCK_MODE)
        if _try_lock(file) and _id(lock) == _stat_id(os.fstat(file)):
            return file
        os.close(file)  # another server holds it, or has removed it
        if time.monotonic() > deadline:
            raise AdminSocketError(f"another program has locked {lock}")
        time.sleep(LOCK_RETRY)


def _try_lock(file: int) -> bool:
    """Return whether the open *file* is locked now, or cannot be locked at all."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # such as NFS
    return True


def _id(path: Path) -> tuple[int, int] | None:
    """Return what identifies the file *path*; None if there is none."""
    try:
        return _stat_id(path.lstat())
    except OSError:
        return None


def _stat_id(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino
