"""What wakes the main thread of the threaded driver: sockets, threads, a deadline."""

import math
import select
import socket
from contextlib import suppress

from .transports import NOBODY, SocketTransport

READ_SIZE = 4096  # bytes of wakes taken at once


class Poller:
    """Wait for sockets that have work to do without a thread of their own.

    Any thread, and a signal, may call :meth:`wake`; the rest is for one thread.
    """

    def __init__(self) -> None:
        self.wake_end, self._sleep_end = socket.socketpair()
        self.wake_end.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._sleep_end, select.POLLIN)
        self._carriers: dict[int, SocketTransport] = {}

    def wake(self) -> None:
        """End the wait of the other thread, or its next one."""
        with suppress(OSError):  # full: it is awake; closed: it is gone
            self.wake_end.send(b"!")

    def wait(self, seconds: float | None) -> list[SocketTransport]:
        """Return the carriers that can go on, after *seconds* at the latest."""
        milliseconds = None if seconds is None else math.ceil(max(seconds, 0.0) * 1000)
        ready = []
        for number, _ in self._poll.poll(milliseconds):
            if number == self._sleep_end.fileno():
                self._sleep_end.recv(READ_SIZE)
            else:
                ready.append(self._carriers[number])
        return ready

    def watch(self, carrier: SocketTransport) -> None:
        """Wait for *carrier* from now on, if there is anything to wait for.

        That is room for what is unsent, and the end of one that was turned away.
        """
        events = select.POLLOUT if carrier.unsent else 0
        if carrier.session == NOBODY and not carrier.peer_is_done:
            events |= select.POLLIN
        if events:
            self._poll.register(carrier.sock, events)
            self._carriers[carrier.sock.fileno()] = carrier
        else:
            self.forget(carrier)

    def forget(self, carrier: SocketTransport) -> None:
        """Wait for *carrier* no more. To be called before its socket is closed."""
        if self._carriers.pop(carrier.sock.fileno(), None) is not None:
            self._poll.unregister(carrier.sock)

    def close(self) -> None:
        """Give back the pair of sockets that wakes go through."""
        self._sleep_end.close()
        self.wake_end.close()
