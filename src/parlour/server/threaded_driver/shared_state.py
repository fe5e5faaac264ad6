"""What the threads of the threaded driver share, and the one lock that guards it."""

import threading
from collections.abc import Callable
from types import TracebackType

from parlour.core.events import SessionId
from parlour.core.hub import Hub

from .gateway_transport import GatewayQuery, GatewayTransport
from .transports import ConsoleTransport, SocketTransport

AnyTransport = SocketTransport | GatewayTransport | ConsoleTransport


class SharedState:
    """The hub and its carriers. Whoever uses them holds the turn: ``with turn:``.

    It is held for pure code and the byte that wakes the main thread only, never
    across a call that may wait.
    """

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self.hub = hub
        self.transports: dict[SessionId, AnyTransport] = {}
        self.asked: list[GatewayQuery] = []
        """What side doors want to know of the history."""
        self.is_woken = False
        self._wake = wake

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def add_transport(self, session: SessionId, carrier: GatewayTransport) -> None:
        """Know the carrier of a session that came by a side door."""
        self.transports[session] = carrier

    def remove_transport(self, session: SessionId) -> None:
        """Know the carrier of a session no more."""
        del self.transports[session]

    def wake(self) -> None:
        """Let the main thread take a turn, now or as soon as it can."""
        if not self.is_woken:
            self.is_woken = True
            self._wake()

    def apply_reading_changes(self) -> None:
        """Let carriers read, or wait (step 7)."""
        for session, on in self.hub.reading_changes().items():
            self.transports[session].set_reading(on=on)

    def tick(self, now: float) -> None:
        """Do what the time has come for (step 8)."""
        hub, carriers = self.hub, self.transports
        due = hub.deadline(now)
        if due is not None and due <= now:
            for session in hub.lagging:
                hub.paused(session, carriers[session].waiting, now)
            for session in hub.silent_arrivals(now):
                carrier = carriers[session]
                if isinstance(carrier, SocketTransport) and carrier.holds_input:
                    hub.postpone_admission(session, now)
            hub.tick(now)
