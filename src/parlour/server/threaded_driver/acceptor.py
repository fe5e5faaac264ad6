"""Accepting connections in a thread, for a driver that blocks."""

import errno
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

WAIT: Final = 0.01  # seconds after an accept that failed; doubles each time
WAIT_MAX: Final = 1.0

PASSING: Final = {errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.EHOSTUNREACH}
"""What an accept may say of a peer that is gone again: the next may do better."""


class Acceptor:
    """Hand every connection on *listener* to *take*; tell *failed* what went wrong.

    Out of descriptors it waits, longer each time, while those who come queue in the
    system. Both callables are called in the door's own thread.
    """

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[socket.socket, tuple[str, int]], None],
        failed: Callable[[OSError], None],
    ) -> None:
        self._listener, self._take, self._failed = listener, take, failed
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)

    def open(self) -> None:
        """Accept from now on."""
        self._thread.start()

    def close(self) -> None:
        """Accept no more."""
        self._closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the accept
        self._thread.join(WAIT_MAX)  # not every system wakes it
        self._listener.close()

    def _run(self) -> None:
        wait = WAIT
        while not self._closed.is_set():
            try:
                sock, address = self._listener.accept()
            except OSError as exc:
                if exc.errno not in PASSING and not self._closed.is_set():
                    self._failed(exc)
                    self._closed.wait(wait)
                    wait = min(2 * wait, WAIT_MAX)
                continue
            wait = WAIT
            self._take(sock, address[:2])
