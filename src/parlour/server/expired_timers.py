"""The step of a turn in which expired timers are processed, for both drivers."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from parlour.core.events import ConnectionId
from parlour.core.hub import Hub
from parlour.core.ports import Transport


@runtime_checkable
class _Socket(Protocol):
    """A transport that a driver reads itself."""

    @property
    def has_unread_input(self) -> bool: ...


def process_timers(
    hub: Hub, transports: Mapping[ConnectionId, Transport], now: float
) -> None:
    """Process expired timers (step 8)."""
    if not hub.is_tick_due(now):
        return
    for connection in hub.lagging:
        hub.paused(connection, transports[connection].unsent, now)
    for connection in hub.silent_arrivals(now):
        transport = transports[connection]
        if isinstance(transport, _Socket) and transport.has_unread_input:
            hub.postpone_admission(connection, now)
    hub.tick(now)
