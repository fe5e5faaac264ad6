"""The hub and its transports, shared by all threads and guarded by one lock."""

import threading
from collections.abc import Callable

from parlour.core.events import ConnectionId
from parlour.core.hub import Hub
from parlour.core.ports import Transport

from ..expired_timers import process_timers
from ..rejected_connections import RejectedConnections


class SharedState:
    """The state that the threads share. They hold `lock` for every access and call.

    They hold it only for pure code and for the byte that wakes the main thread, never
    across a call that may block.
    """

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        self.lock = threading.Lock()
        self.hub = hub
        self.transports: dict[ConnectionId, Transport] = {}
        self.rejected = RejectedConnections()
        self.is_woken = False  # a turn is due
        self._wake = wake
        self._calls: list[Callable[[], None]] = []  # for the main thread

    def wake(self) -> None:
        """Have the main thread take a turn as soon as possible."""
        if not self.is_woken:
            self.is_woken = True
            self._wake()

    def post(self, call: Callable[[], None]) -> None:
        """Have the main thread call *call*, without the lock, in its next turn."""
        self._calls.append(call)
        self.wake()

    def take_calls(self) -> list[Callable[[], None]]:
        """Return the calls that were posted since this was last called."""
        calls, self._calls = self._calls, []
        return calls

    def receive(self, connection: ConnectionId, data: bytes, now: float) -> None:
        """Process bytes from a peer (step 2)."""
        self.hub.receive(connection, data, now)
        self.apply_reading_changes()
        self.wake()

    def apply_reading_changes(self) -> None:
        """Start and stop reading from peers (step 7)."""
        for connection, on in self.hub.reading_changes().items():
            self.transports[connection].set_reading(on=on)

    def tick(self, now: float) -> None:
        """Process expired timers (step 8)."""
        process_timers(self.hub, self.transports, now)
