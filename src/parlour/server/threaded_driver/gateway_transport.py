"""Side doors of the threaded driver: each has a thread, with a loop that carries.

Two threads meet here, that of the door and the main one (`side_threads` starts the
former). The door's own tells the hub what came, with the turn held. The main thread
never waits for it: what is due is put into a *mailbox*, and the loop is woken once for
all that gathers there.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Final, Protocol

from parlour.core.events import Refused, SessionId, Snapshot
from parlour.core.hub import Hub
from parlour.core.ports import Transport as Carries
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query

from ..event_log import log_limited
from ..runtime import log_closed, log_opened, log_turned
from ..sockets import is_exempt, limited_network, name_of
from ..trace import Trace

GatewayQuery = tuple[Query, Callable[[Page | Refused], None], Callable[[], bool]]
"""A query of a side door, whom to tell, and whether it is still wanted."""

HIGH_WATER: Final = 64 << 10  # bytes handed over and not taken: then it lags


class Mailbox:
    """What is to be done in a loop, in order. Any thread may post.

    *call* has the loop call something soon; it raises RuntimeError once it is closed.
    """

    def __init__(self, call: Callable[[Callable[[], None]], object]) -> None:
        self._call = call
        self._lock = threading.Lock()  # guards the rest
        self._posted: list[Callable[[], None]] = []

    def post(self, do: Callable[[], None]) -> None:
        """Let the loop *do* this, after all that was posted before."""
        with self._lock:
            self._posted.append(do)
            is_first = len(self._posted) == 1
        if is_first:
            with suppress(RuntimeError):  # the loop is closed: nobody is there
                self._call(self._take)

    def _take(self) -> None:
        with self._lock:
            posted, self._posted = self._posted, []
        for do in posted:
            try:
                do()
            except Exception as exc:  # noqa: BLE001 -- logged; the rest is for others
                log_limited(logging.ERROR, "door.failed", exc)


class GatewayTransport:
    """A connection that a side door carries, as the main thread knows it.

    What was handed over counts as *waiting* until the door's transport has taken it.
    """

    def __init__(
        self, carrier: Carries, mailbox: Mailbox, drained: Callable[[SessionId], None]
    ) -> None:
        self.session = SessionId(0)  # until the hub says which
        self._carrier, self._mailbox, self._drained = carrier, mailbox, drained
        self._lock = threading.Lock()  # guards what waits, and whether it is too much
        self._waiting = 0
        self._is_full = False
        self._given = 0  # the loop's: handed to a transport that may be full
        self.is_blocked = False  # the loop's: the transport is

    @property
    def address(self) -> str:
        """What the peer is called."""
        return self._carrier.address

    @property
    def waiting(self) -> int:
        """Bytes that were handed over and not taken."""
        return self._waiting

    @property
    def is_full(self) -> bool:
        """Whether too much waits; *drained* is called when that is over."""
        with self._lock:
            return self._is_full

    def write(self, data: bytes) -> int:
        """Hand *data* over; return how many bytes wait if that is too many, else 0."""
        with self._lock:
            self._waiting += len(data)
            self._is_full = self._is_full or self._waiting > HIGH_WATER
            waiting = self._waiting if self._is_full else 0
        self._mailbox.post(partial(self._give, data))
        return waiting

    def set_reading(self, *, on: bool) -> None:
        """Let the door read, or wait."""
        self._mailbox.post(partial(self._carrier.set_reading, on=on))

    def close_with(self, ended: Ended) -> None:
        """Let the door part with the peer."""
        self._mailbox.post(partial(self._carrier.close_with, ended))

    def abort(self) -> None:
        """Let the door end it at once."""
        self._mailbox.post(self._carrier.abort)

    # -- in the loop of the door ------------------------------------------------

    def settle(self) -> None:
        """Count what was given to the transport as taken, unless it is full."""
        if self.is_blocked:
            return
        with self._lock:
            self._waiting -= self._given
            self._given = 0
            has_drained = self._is_full and not self._waiting
            self._is_full = self._is_full and not has_drained
        if has_drained:
            self._drained(self.session)

    def _give(self, data: bytes) -> None:
        self._carrier.write(data)
        self._given += len(data)
        self.settle()


class Turn(Protocol):
    """What the threaded driver lends to those who hold its turn: ``with turn:``."""

    hub: Hub
    asked: list[GatewayQuery]

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def wake(self) -> None:
        """Let the main thread take a turn."""
        ...

    def apply_reading_changes(self) -> None:
        """Let carriers read, or wait."""
        ...

    def add_transport(self, session: SessionId, carrier: GatewayTransport) -> None:
        """Know the carrier of a session."""
        ...

    def remove_transport(self, session: SessionId) -> None:
        """Know it no more."""
        ...


class GatewayServer:
    """The hall of one side door: it takes the turn for each thing that it is told."""

    def __init__(
        self,
        turn: Turn,
        trace: Trace | None,
        mailbox: Mailbox,
    ) -> None:
        self._turn, self._trace = turn, trace
        self._mailbox = mailbox
        self._carriers: dict[SessionId, GatewayTransport] = {}

    def connect(
        self, carrier: Carries, peer: tuple[str, int], kind: ConnectionKind
    ) -> SessionId | Rejected:
        """Take in a connection (step 1)."""
        carrier.address, exempt = name_of(peer), is_exempt(peer[0])
        side = GatewayTransport(carrier, self._mailbox, self._drained)
        with self._turn:
            session = self._turn.hub.connect(
                carrier.address,
                time.monotonic(),
                exempt=exempt,
                network=limited_network(peer[0]),
                kind=kind,
            )
            if not isinstance(session, Rejected):
                side.session = session
                self._turn.add_transport(session, side)
        if isinstance(session, Rejected):
            log_turned(carrier.address, session.code)
        else:
            self._carriers[session] = side
            log_opened(session, carrier.address)
        return session

    def receive(self, session: SessionId, data: bytes) -> None:
        """Take in bytes (step 2)."""
        if self._trace is not None:
            self._trace.said(session, data)
        with self._turn:
            self._turn.hub.receive(session, data, time.monotonic())
            self._turn.apply_reading_changes()
            self._turn.wake()

    def paused(self, session: SessionId, unsent: int) -> None:  # noqa: ARG002
        """Know that a transport is full: what is handed over now waits."""
        self._carriers[session].is_blocked = True

    def resumed(self, session: SessionId) -> None:
        """Know that a transport has drained."""
        self._carriers[session].is_blocked = False
        self._carriers[session].settle()

    def disconnect(self, session: SessionId) -> None:
        """Let go of a connection that is gone (step 10)."""
        carrier = self._carriers.pop(session)
        with self._turn:
            lost = self._turn.hub.disconnect(session, time.monotonic())
            self._turn.remove_transport(session)
            self._turn.wake()
        if lost is not None:
            log_closed(lost, carrier.address)
        if self._trace is not None:
            self._trace.forget(session)

    def snapshot(self, done: Callable[[Snapshot], None]) -> None:
        """Tell what is so now."""
        with self._turn:
            view = self._turn.hub.room.snapshot()
        done(view)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Have the main thread ask the history: not every history bears two."""
        with self._turn:
            self._turn.asked.append((query, done, is_wanted))
            self._turn.wake()

    def _drained(self, session: SessionId) -> None:
        with self._turn:
            if session in self._carriers:
                self._turn.hub.resumed(session, time.monotonic())
                self._turn.wake()
