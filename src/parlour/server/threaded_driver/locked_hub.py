"""The hub as connections and gateways use it. Each method takes the lock."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from parlour.core.events import Refused, SessionId, Snapshot
from parlour.core.ports import Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query

from ..addresses import format_address, is_exempt, limited_network
from ..event_log import log_closed, log_opened, log_rejected
from ..runtime import Runtime
from .shared_state import SharedState


class SessionTransport(Transport, Protocol):
    """A transport that knows its session."""

    session: SessionId
    """Set while the lock is held, as soon as the connection is admitted."""


class LockedHub:
    """The hub, with steps 1, 2, 6 and 10 of the driver contract for any thread."""

    def __init__(self, runtime: Runtime, state: SharedState) -> None:
        self._runtime, self._trace, self._state = runtime, runtime.trace, state

    def connect(
        self, transport: SessionTransport, peer: tuple[str, int], kind: ConnectionKind
    ) -> SessionId | Rejected:
        """Admit or reject a connection (step 1)."""
        address, exempt = format_address(peer), is_exempt(peer[0])
        network = limited_network(peer[0])
        transport.address = address
        state = self._state
        with state.lock:
            session = state.hub.connect(
                address,
                time.monotonic(),
                exempt=exempt,
                network=network,
                kind=kind,
            )
            if not isinstance(session, Rejected):
                transport.session = session
                state.transports[session] = transport
                state.wake()
        if isinstance(session, Rejected):
            log_rejected(address, session.code)
        else:
            log_opened(session, address)
        return session

    def receive(self, session: SessionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        if self._trace is not None:
            self._trace.received(session, data)
        with self._state.lock:
            self._state.receive(session, data, time.monotonic())

    def paused(self, session: SessionId, unsent: int) -> None:
        """Record that a transport is full (step 6). The main thread calls this."""
        with self._state.lock:
            if session in self._state.transports:  # otherwise it is closed
                self._state.hub.paused(session, unsent, time.monotonic())

    def resumed(self, session: SessionId) -> None:
        """Record that a transport has drained (step 6)."""
        with self._state.lock:
            if session in self._state.transports:
                self._state.hub.resumed(session, time.monotonic())
                self._state.wake()

    def disconnect(self, session: SessionId) -> None:
        """Remove a connection that is closed (step 10)."""
        with self._state.lock:
            ended = self._state.hub.disconnect(session, time.monotonic())
            transport = self._state.transports.pop(session)
            self._state.wake()
        if ended is not None:
            log_closed(ended, transport.address)
        if self._trace is not None:
            self._trace.end(session)

    def snapshot(self, done: Callable[[Snapshot], None]) -> None:
        """Call *done* with the current state of the room."""
        with self._state.lock:
            snapshot = self._state.hub.room.snapshot()
        done(snapshot)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Have the main thread read the history: a recorder may be for one thread."""
        with self._state.lock:
            self._state.post(partial(self._runtime.query, query, done, is_wanted))
