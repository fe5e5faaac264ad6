"""Sockets that the chat does not know yet, each with a thread and a deadline."""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, Protocol, TypeVar

from parlour.core.ports import Peer

from ..addresses import format_address
from ..early_connections import EarlyConnection

DISCARD_SIZE: Final = 16_384  # bytes of input that are discarded at once
STOP_TIMEOUT: Final = 1.0  # seconds for the threads to end after their sockets

Serve = Callable[[], None]
"""What a thread does with its connection after the admission."""


class EarlySocket:
    """A socket that its thread reads and writes until a *deadline*."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self.sock, self._deadline = sock, deadline
        self.is_aborted = False
        """Whether its end is the server's doing, and not that of the peer."""

    def abort(self) -> None:
        """End what the thread does with it. Any thread may call this."""
        self.is_aborted = True
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


Early = TypeVar("Early", bound=EarlySocket)


class Bound(Protocol):
    """A bound on early connections. One thread at a time may use it."""

    def all(self) -> list[EarlyConnection]:
        """Return those that count."""
        ...


class EarlySockets(Generic[Early]):
    """The sockets in one stage before the hub: each has a thread, which admits it.

    They count in *bound* until *remove* is called. Both are used with one lock held, so
    that a socket that gives way to another is not a member by then.
    """

    def __init__(self, bound: Bound, remove: Callable[[Early], None]) -> None:
        self._bound, self._remove = bound, remove
        self._changed = threading.Condition()  # guards the bound, and what follows
        self._admitting = 0  # sockets whose admission has not ended

    def begin(self, early: Early, add: Callable[[], list[EarlyConnection]]) -> bool:
        """Call *add* to count a socket, and abort those that give way to it.

        Return whether it counts; otherwise it is closed.
        """
        with self._changed:
            aborted = add()
            if early not in aborted:
                self._admitting += 1
            for each in aborted:
                each.abort()
        if early not in aborted:
            return True
        early.sock.close()
        return False

    def start(
        self, early: Early, peer: Peer, admit: Callable[[], Serve | None]
    ) -> None:
        """Start the thread that calls `serve`; close the socket if there are none."""
        try:
            threading.Thread(
                target=self.serve,
                args=(early, admit),
                name=format_address(peer.address),
                daemon=True,
            ).start()
        except RuntimeError:  # the system has no more threads
            self._end(early)
            early.sock.close()

    def serve(self, early: Early, admit: Callable[[], Serve | None]) -> None:
        """Call *admit*, and then what it returns, which reads or closes the socket."""
        try:
            serve = admit()
        finally:
            self._end(early)
        if serve is not None:
            serve()

    def leave(self, early: Early) -> None:
        """Stop counting a socket, which is about to be admitted: it is not aborted."""
        with self._changed:
            self._remove(early)

    def close(self) -> None:
        """Abort the sockets that count, and wait for the end of all admissions."""
        with self._changed:
            for each in self._bound.all():
                each.abort()
            self._changed.wait_for(lambda: not self._admitting, STOP_TIMEOUT)

    def _end(self, early: Early) -> None:
        with self._changed:
            self._remove(early)
            self._admitting -= 1
            self._changed.notify_all()
