"""The transport of one accepted socket, in the threaded driver."""

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from parlour.core.sessions.closing import Ended

from ..drain import unacknowledged
from ..rejected_connections import REJECTED
from ..sockets import RESET_ON_CLOSE, has_unread_input
from ..transport_state import ABORTED, CLOSED, OPEN, TRANSITIONS, TransportEvent

if TYPE_CHECKING:
    from .draining_sockets import DrainingSockets

NOTHING: Final = memoryview(b"")
DISCARD_SIZE: Final = 65_536  # bytes of a rejected connection's input read at once


class SocketTransport:
    """The transport of one accepted socket.

    The socket has no Python timeout: with one, even a nonblocking send would wait.

    A reader thread calls :meth:`wait_for_first_input` and :meth:`read`. The main thread
    calls the other methods, and only it changes *state*. A rejected connection has
    neither a reader thread nor a connection.
    """

    __slots__ = (
        "_may_read",
        "_unsent",
        "_writer",
        "address",
        "connection",
        "deadline",
        "has_failed_read",
        "is_receiving",
        "sock",
        "state",
    )

    def __init__(self, sock: socket.socket, writer: "DrainingSockets") -> None:
        self.sock, self._writer = sock, writer
        self.address, self.connection = "", REJECTED  # until it is admitted
        self.state = OPEN
        self.deadline = 0.0  # when to abort, once the server's half has ended
        self._unsent = NOTHING  # bytes that the socket did not accept
        # Used by the reader thread:
        self._may_read = threading.Event()
        self._may_read.set()
        self.is_receiving = False  # its first bytes are on their way to the hub
        self.has_failed_read = False

    # -- in the reader thread ---------------------------------------------------

    def wait_for_first_input(self) -> None:
        """Wait until the first bytes arrive, and leave them in the socket.

        The system may wake this thread late. Until it does, :attr:`has_unread_input`
        detects the bytes in the socket.
        """
        with suppress(OSError):
            self.sock.recv(1, socket.MSG_PEEK)
        self.is_receiving = True

    def read(self, size: int) -> bytes:
        """Wait for bytes and return them; ``b""`` at the end, and on an error."""
        self._may_read.wait()
        try:
            return self.sock.recv(size)
        except OSError:
            self.has_failed_read = True
            return b""

    # -- in the main thread -----------------------------------------------------

    @property
    def unsent(self) -> int:
        """Number of bytes that the socket did not accept."""
        return len(self._unsent)

    @property
    def unacknowledged(self) -> int:
        """Bytes in the socket that the peer has not acknowledged."""
        return unacknowledged(self.sock.fileno())

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be read or sent."""
        return self.state is CLOSED and not self._unsent

    @property
    def has_unread_input(self) -> bool:
        """Whether the peer has sent bytes that the hub has not received yet."""
        # In this order: bytes leave the socket only after `is_receiving` is set.
        return has_unread_input(self.sock.fileno()) or self.is_receiving

    @property
    def has_input_to_discard(self) -> bool:
        """Whether input may arrive that no thread reads: the connection is rejected."""
        return self.connection == REJECTED and self.state.is_readable

    def set_reading(self, *, on: bool) -> None:
        """Let the reader thread read, or make it wait. Any thread may call this."""
        if on:
            self._may_read.set()
        else:
            self._may_read.clear()

    def write(self, data: bytes) -> None:
        """Send *data*. The hub does not write while bytes are unsent."""
        if not self.send(data):
            self._writer.pause(self)

    def close_with(self, ended: Ended) -> None:
        """Close or abort the connection, as *ended* says (step 9)."""
        if ended.abort:
            self.abort()
        else:
            self._writer.close(self, ended.last)

    def abort(self) -> None:
        """Close the connection at once and discard unsent bytes."""
        self._writer.abort(self)

    def _send_now(self, data: bytes) -> bool:
        """Send as much of *data* as the socket accepts; return whether that is all."""
        if self.state is ABORTED:
            return True
        try:
            sent = self.sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.reset()
            self._writer.close_later(self)
            return True
        if sent == len(data):
            return True
        self._unsent = memoryview(data)[sent:]
        return False

    def send(self, data: bytes) -> bool:
        """Send *data* after the unsent bytes; return whether everything is sent.

        The last bytes of a connection may follow unsent ones.
        """
        if self._unsent:
            self._unsent = memoryview(b"".join((self._unsent, data)))
            return False
        return self._send_now(data)

    def send_unsent(self) -> None:
        """Send as many of the unsent bytes as the socket accepts."""
        unsent, self._unsent = self._unsent, NOTHING
        if not self._send_now(unsent.tobytes()):
            self._unsent = unsent[len(unsent) - len(self._unsent) :]

    def discard_input(self) -> None:
        """Discard the bytes that have arrived on a rejected connection."""
        try:
            if self.sock.recv(DISCARD_SIZE, socket.MSG_DONTWAIT):
                return
        except BlockingIOError:
            return
        except OSError:
            self.has_failed_read = True
        self.end_input()

    def end_input(self) -> None:
        """Record that the peer and its reader thread have ended."""
        if self.has_failed_read:
            self._change(TransportEvent.ABORTED)
            self._unsent = NOTHING
        self._change(TransportEvent.PEER_ENDED)

    def end_output(self) -> None:
        """Record that the hub has nothing more to send; discard the peer's input."""
        self._change(TransportEvent.SERVER_ENDED)
        self._may_read.set()

    def send_fin(self) -> None:
        """Send a FIN after the last byte."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Discard unsent bytes, and have the socket send a reset when it closes.

        This ends the reader thread.
        """
        self._change(TransportEvent.ABORTED)
        self._unsent = NOTHING
        self._may_read.set()
        with suppress(OSError):
            linger = socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE
            self.sock.setsockopt(*linger)
            self.sock.shutdown(socket.SHUT_RDWR)

    def _change(self, event: TransportEvent) -> None:
        self.state = TRANSITIONS[self.state, event]
