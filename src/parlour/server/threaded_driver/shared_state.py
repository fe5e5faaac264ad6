"""What the threads of the threaded driver share, and the one lock that guards it."""

import threading
from collections.abc import Callable
from types import TracebackType

from parlour.core.events import SessionId
from parlour.core.hub import Hub

from .gateways import Asked, SideCarrier
from .transports import Carrier, ConsoleCarrier

AnyCarrier = Carrier | SideCarrier | ConsoleCarrier


class Turn:
    """The hub and its carriers. Whoever uses them holds the turn: ``with turn:``.

    It is held for pure code and the byte that wakes the main thread only, never
    across a call that may wait.
    """

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self.hub = hub
        self.carriers: dict[SessionId, AnyCarrier] = {}
        self.asked: list[Asked] = []
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

    def take_in(self, session: SessionId, carrier: SideCarrier) -> None:
        """Know the carrier of a session that came by a side door."""
        self.carriers[session] = carrier

    def let_go(self, session: SessionId) -> None:
        """Know the carrier of a session no more."""
        del self.carriers[session]

    def wake(self) -> None:
        """Let the main thread take a turn, now or as soon as it can."""
        if not self.is_woken:
            self.is_woken = True
            self._wake()

    def mind_reading(self) -> None:
        """Let carriers read, or wait (step 7)."""
        for session, on in self.hub.reading().items():
            self.carriers[session].read_on(on=on)

    def tick(self, now: float) -> None:
        """Do what the time has come for (step 8)."""
        hub, carriers = self.hub, self.carriers
        due = hub.deadline(now)
        if due is not None and due <= now:
            for session in hub.lagging:
                hub.paused(session, carriers[session].waiting, now)
            for session in hub.silent(now):
                carrier = carriers[session]
                if isinstance(carrier, Carrier) and carrier.holds_input:
                    hub.expect(session, now)
            hub.tick(now)
