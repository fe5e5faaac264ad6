"""Wait for the socket, for a deadline, or for another thread."""

import select
import socket
from contextlib import suppress


class Poller:
    """A poll on at most one socket that any thread can wake."""

    def __init__(self) -> None:
        self._sender, self._receiver = socket.socketpair()
        self._sender.setblocking(False)
        self._poll = select.poll()
        self._poll.register(self._receiver, select.POLLIN)

    def close(self) -> None:
        """Close its descriptors; later calls of :meth:`wake` do nothing."""
        self._sender.close()
        self._receiver.close()

    def wake(self) -> None:
        """End the current or the next wait. Any thread, or a signal, may call this."""
        with suppress(OSError):
            self._sender.send(b"!")

    def watch(self, sock: socket.socket, *, reads: bool, writes: bool) -> None:
        """Wait for *sock* from now on to be readable, writable or either.

        With neither, *sock* is removed, since a poll would still report its errors.
        """
        events = (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0)
        if events:
            self._poll.register(sock, events)
        else:
            self.unwatch(sock)

    def unwatch(self, sock: socket.socket) -> None:
        """Stop waiting for *sock*."""
        with suppress(KeyError):  # it was not registered
            self._poll.unregister(sock)

    def wait(self, timeout: float | None) -> list[int]:
        """Wait at most *timeout* seconds; return the descriptors that are ready."""
        events = self._poll.poll(None if timeout is None else timeout * 1000 + 1)
        ready = [descriptor for descriptor, _ in events]
        if self._receiver.fileno() in ready:
            self._receiver.recv(4096)
        return ready
