"""Sending unsent bytes, and closing connections: in the main thread."""

import select
import time
from functools import partial

from ..drain import Drain
from ..rejected_connections import REJECTED
from ..sockets import CLOSE_TIMEOUT, FIN_TIMEOUT
from .locked_hub import LockedHub
from .poller import Poller
from .shared_state import SharedState
from .transports import SocketTransport


class DrainingSockets:
    """The sockets that have unsent bytes, and those that are closing.

    Only the main thread calls its methods, without the lock. Other threads post calls
    to it (`SharedState.post`).
    """

    def __init__(
        self,
        state: SharedState,
        locked_hub: LockedHub,
        poller: Poller,
        drain: Drain,
    ) -> None:
        self._state, self._locked_hub, self._poller = state, locked_hub, poller
        self._drain = drain
        self._closing: dict[SocketTransport, None] = {}

    @property
    def is_idle(self) -> bool:
        """Whether no connection is closing."""
        return not self._closing

    @property
    def deadline(self) -> float | None:
        """When the next closing connection is to be aborted; None: never."""
        return min((each.deadline for each in self._closing), default=None)

    def pause(self, transport: SocketTransport) -> None:
        """Poll a socket until it accepts more bytes, and report it as full (step 6)."""
        self._watch(transport)
        self._locked_hub.paused(transport.connection, transport.unsent)

    def reject(
        self, transport: SocketTransport, last: bytes, *, may_linger: bool
    ) -> None:
        """Send *last* and close the connection, at once unless it *may_linger*."""
        if not may_linger:
            transport.end_input()
        self.close(transport, last)

    def close(self, transport: SocketTransport, last: bytes) -> None:
        """Send *last* and a FIN, and wait until the peer ends (step 9)."""
        if last:
            transport.send(last)
        transport.end_output()
        transport.deadline = time.monotonic() + CLOSE_TIMEOUT
        self._closing[transport] = None
        if transport.unsent:
            transport.send_unsent()
        if not transport.unsent:
            self._drained(transport)
        self._watch(transport)
        self._close_if_finished(transport)

    def close_later(self, transport: SocketTransport) -> None:
        """Close the socket in the next turn, if nothing is left to be read or sent."""
        if transport.is_finished:
            with self._state.lock:
                self._state.post(partial(self._close_if_finished, transport))

    def input_ended(self, transport: SocketTransport) -> None:
        """Record that the peer and its reader thread have ended."""
        transport.end_input()
        self._close_if_finished(transport)

    def abort(self, transport: SocketTransport) -> None:
        """Abort a connection. Its socket closes once its reader thread has ended."""
        transport.reset()
        if transport.has_input_to_discard:
            transport.end_input()  # it has no reader thread
        self._close_if_finished(transport)

    def abort_late(self, now: float) -> None:
        """Abort closing connections whose deadline has passed, but not in a drain."""
        for transport in [late for late in self._closing if late.deadline <= now]:
            if self._drain.is_waiting_for(transport):
                transport.deadline = now + FIN_TIMEOUT
                continue
            del self._closing[transport]
            self.abort(transport)

    def _watch(self, transport: SocketTransport) -> None:
        """Poll a socket while it has unsent bytes, or input that no thread reads."""
        events = select.POLLOUT if transport.unsent else 0
        if transport.has_input_to_discard:
            events |= select.POLLIN
        self._poller.watch(transport.sock, events, partial(self._ready, transport))

    def _ready(self, transport: SocketTransport) -> None:
        """Send to and read from a socket that is ready."""
        if transport.has_input_to_discard:
            transport.discard_input()
        if transport.unsent:
            transport.send_unsent()
            if not transport.unsent:
                self._drained(transport)
        self._watch(transport)
        self._close_if_finished(transport)

    def _drained(self, transport: SocketTransport) -> None:
        """Resume the connection, or send a FIN if the hub has ended it."""
        now = time.monotonic()
        if transport.state.is_writable:
            with self._state.lock:
                self._state.hub.resumed(transport.connection, now)
        else:
            transport.send_fin()
            transport.deadline = now + FIN_TIMEOUT

    def _close_if_finished(self, transport: SocketTransport) -> None:
        """Close the socket if nothing is left to be read or sent (step 10)."""
        if not transport.is_finished or transport.sock.fileno() < 0:
            return
        self._closing.pop(transport, None)
        self._poller.unwatch(transport.sock)
        transport.sock.close()
        if transport.connection == REJECTED:
            with self._state.lock:
                self._state.rejected.remove()
        else:
            self._locked_hub.disconnect(transport.connection)
