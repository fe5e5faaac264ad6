"""What the threaded driver holds of a connection, and of the console."""

import socket
import threading
from contextlib import suppress
from typing import Final

from parlour.core.events import SessionId
from parlour.core.sessions.closing import Ended

from ..console import Console
from ..sockets import RESET_ON_CLOSE, holds_input

NOTHING: Final = memoryview(b"")
NOBODY: Final = SessionId(0)  # the session of one that was not let in


class SocketTransport:
    """One connection. Its own thread reads; the writing thread does the rest.

    One that was not let in has no thread and no session.
    """

    __slots__ = (
        "address",
        "deadline",
        "is_broken",
        "is_over",
        "is_read",
        "peer_is_done",
        "reads",
        "session",
        "sock",
        "unsent",
    )

    def __init__(self, sock: socket.socket, address: str, session: SessionId) -> None:
        self.sock, self.address, self.session = sock, address, session
        self.reads = threading.Event()  # set while its thread may read
        self.reads.set()
        self.unsent = NOTHING  # what the socket did not take
        self.is_over = False  # nothing more will be due to it
        self.is_read = False  # its first bytes are on their way to the hub
        self.is_broken = False  # nothing can be sent to it any more
        self.peer_is_done = False  # its end was read, and its thread has ended
        self.deadline = 0.0  # when it is cut off, once it is over

    @property
    def waiting(self) -> int:
        """Bytes that the socket did not take."""
        return len(self.unsent)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be read or sent."""
        return self.peer_is_done and (
            self.is_broken or (self.is_over and not self.unsent)
        )

    @property
    def holds_input(self) -> bool:
        """Whether the peer has said something that the hub was not given."""
        # In this order: bytes leave the socket only once `is_read` is set.
        return holds_input(self.sock.fileno()) or self.is_read

    def await_first(self) -> None:
        """Wait until the first bytes have come, and leave them where they are.

        The system may wake us late: whoever asks meanwhile still sees them.
        """
        with suppress(OSError):
            self.sock.recv(1, socket.MSG_PEEK)
        self.is_read = True

    def set_reading(self, *, on: bool) -> None:
        """Let its thread read, or wait."""
        if on:
            self.reads.set()
        else:
            self.reads.clear()

    def read(self, size: int) -> bytes:
        """Wait for bytes and return them; a network that breaks has simply ended."""
        try:
            return self.sock.recv(size)
        except OSError:
            self.is_broken = True
            return b""

    def drop(self, size: int) -> None:
        """Read what has come, and drop it."""
        try:
            self.peer_is_done = not self.sock.recv(size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass
        except OSError:
            self.is_broken = self.peer_is_done = True

    def write(self, data: bytes) -> int:
        """Send *data* as far as the socket takes it; return how much is unsent.

        Not to be called while something is unsent.
        """
        if self.is_broken:
            return 0
        try:
            sent = self.sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.abort()
            return 0
        if sent < len(data):
            self.unsent = memoryview(data)[sent:]
        return len(data) - sent

    def write_more(self) -> None:
        """Send what is unsent as far as the socket takes it."""
        unsent, self.unsent = self.unsent, NOTHING
        sent = len(unsent) - self.write(unsent.tobytes())
        if self.unsent:
            self.unsent = unsent[sent:]

    def finish(self) -> None:
        """Send a FIN: we have said our last."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        """End at once: what is unsent is dropped, and its thread wakes."""
        self.is_broken, self.is_over, self.unsent = True, True, NOTHING
        self.reads.set()
        with suppress(OSError):
            linger = socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE
            self.sock.setsockopt(*linger)
            self.sock.shutdown(socket.SHUT_RDWR)


class ConsoleTransport:
    """The console, as a carrier."""

    address = "console"
    waiting = 0

    def __init__(self, console: Console, session: SessionId) -> None:
        self.console, self.session = console, session

    def write(self, data: bytes) -> int:
        """Give *data* to the console; return how much waits if that is too much."""
        return self.console.write(data)

    @property
    def is_full(self) -> bool:
        """Whether too much waits."""
        return self.console.is_full

    def set_reading(self, *, on: bool) -> None:
        """Know that nothing is ever read from a console."""

    def close_with(self, ended: Ended) -> None:
        """Know that the chat is over."""
