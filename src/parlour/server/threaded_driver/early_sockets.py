"""Sockets that the chat does not know yet, each with a thread and a deadline."""

import select
import socket
import time
from contextlib import suppress
from typing import Final

DISCARD_SIZE: Final = 16_384  # bytes of input that are discarded at once


class EarlySocket:
    """A socket that its thread reads and writes until a *deadline*."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self._deadline = sock, deadline

    def abort(self) -> None:
        """End what the thread does with it. Any thread may call this."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def receive(self, size: int, flags: int = 0) -> bytes:
        """Return bytes; ``b""`` at the end. Raises OSError, or TimeoutError."""
        self._wait(select.POLLIN)
        return self.sock.recv(size, socket.MSG_DONTWAIT | flags)

    def send(self, data: bytes) -> None:
        """Send *data*. Raises OSError, or TimeoutError."""
        while data:
            self._wait(select.POLLOUT)
            data = data[self.sock.send(data, socket.MSG_DONTWAIT) :]

    def refuse(self, answer: bytes) -> None:
        """Send *answer*, and discard input until the peer disconnects."""
        with suppress(OSError):
            self.send(answer)
            self.sock.shutdown(socket.SHUT_WR)
        self.discard_input()

    def discard_input(self) -> None:
        """Discard input until the peer disconnects, or until the deadline."""
        with suppress(OSError):
            while self.receive(DISCARD_SIZE):
                pass

    def _wait(self, event: int) -> None:
        """Wait until the socket is ready. Raises TimeoutError at the deadline."""
        poll = select.poll()
        poll.register(self.sock, event)
        left = self._deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
