"""The hub as connections and gateways use it. Each method takes the lock."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from parlour.core.events import ConnectionId, Refused
from parlour.core.ports import Peer, Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query

from ..addresses import format_address
from ..event_log import log_closed, log_opened, log_rejected
from ..hub_queries import T
from ..runtime import Runtime
from .shared_state import SharedState


class ConnectedTransport(Transport, Protocol):
    """A transport that knows its connection."""

    connection: ConnectionId
    """Set while the lock is held, as soon as the connection is admitted."""


class LockedHub:
    """The hub, with steps 1, 2, 6 and 10 of the driver contract for any thread."""

    def __init__(self, runtime: Runtime, state: SharedState) -> None:
        self.runtime, self._trace, self._state = runtime, runtime.trace, state

    def connect(
        self, transport: ConnectedTransport, peer: Peer, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Admit or reject a connection (step 1)."""
        address = format_address(peer.address)
        transport.address = address
        state = self._state
        with state.lock:
            connection = self.runtime.connect(peer, time.monotonic(), kind)
            if not isinstance(connection, Rejected):
                transport.connection = connection
                state.transports[connection] = transport
                state.wake()
        if isinstance(connection, Rejected):
            log_rejected(address, connection.code)
        else:
            log_opened(connection, address)
        return connection

    def receive(self, connection: ConnectionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        if self._trace is not None:
            self._trace.received(connection, data)
        with self._state.lock:
            self._state.receive(connection, data, time.monotonic())

    def paused(self, connection: ConnectionId, unsent: int) -> None:
        """Record that a transport is full (step 6). The main thread calls this."""
        with self._state.lock:
            if connection in self._state.transports:  # otherwise it is closed
                self._state.hub.paused(connection, unsent, time.monotonic())

    def resumed(self, connection: ConnectionId) -> None:
        """Record that a transport has drained (step 6)."""
        with self._state.lock:
            if connection in self._state.transports:
                self._state.hub.resumed(connection, time.monotonic())
                self._state.wake()

    def disconnect(self, connection: ConnectionId) -> None:
        """Remove a connection that is closed (step 10)."""
        with self._state.lock:
            ended = self._state.hub.disconnect(connection, time.monotonic())
            transport = self._state.transports.pop(connection)
            self._state.wake()
        if ended is not None:
            log_closed(ended, transport.address)
        if self._trace is not None:
            self._trace.end(connection)

    def ask(self, read: Callable[[], T], done: Callable[[T], None]) -> None:
        """Call *read* with the lock held, and then *done* with what it returns."""
        with self._state.lock:
            found = read()
        done(found)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Have the main thread read the history: a recorder may be for one thread."""
        with self._state.lock:
            self._state.post(partial(self.runtime.query, query, done, is_wanted))
