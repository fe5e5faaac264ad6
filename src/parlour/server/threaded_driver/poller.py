"""Polling sockets in one thread, which other threads can wake."""

import math
import select
import socket
from collections.abc import Callable
from contextlib import suppress

READ_SIZE = 4096  # bytes to read at once, one for each wake


class Poller:
    """A poll of sockets that other threads can end.

    Any thread or signal handler may call :meth:`wake`; only one thread may call the
    other methods.
    """

    def __init__(self) -> None:
        self.wake_end, self._sleep_end = socket.socketpair()
        self.wake_end.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._sleep_end, select.POLLIN)
        self._callbacks: dict[int, Callable[[], None]] = {}

    def wake(self) -> None:
        """End the current wait, or the next one."""
        with suppress(OSError):  # full: it wakes anyway; closed: the driver has ended
            self.wake_end.send(b"!")

    def wait(self, seconds: float | None) -> list[Callable[[], None]]:
        """Return the callbacks of ready sockets, after *seconds* at the latest."""
        milliseconds = None if seconds is None else math.ceil(max(seconds, 0.0) * 1000)
        ready = []
        for number, _ in self._poll.poll(milliseconds):
            if number == self._sleep_end.fileno():
                self._sleep_end.recv(READ_SIZE)
            else:
                ready.append(self._callbacks[number])
        return ready

    def watch(
        self, sock: socket.socket, events: int, callback: Callable[[], None]
    ) -> None:
        """Poll *sock* for *events* from now on; stop polling it if there are none."""
        if events:
            self._poll.register(sock, events)
            self._callbacks[sock.fileno()] = callback
        else:
            self.unwatch(sock)

    def unwatch(self, sock: socket.socket) -> None:
        """Stop polling *sock*. Call this before the socket is closed."""
        if self._callbacks.pop(sock.fileno(), None) is not None:
            self._poll.unregister(sock)

    def close(self) -> None:
        """Close the sockets that end a wait."""
        self._sleep_end.close()
        self.wake_end.close()
