"""Heartbeat: ping silent sessions, and close those that do not answer."""

from collections.abc import Mapping

from ..delivery.delivery import Delivery
from ..events import Bye, ConnectionId, Ping
from ..limits import Limits
from .closing import Closing
from .connection import Connection
from .local_steps import LocalSteps
from .timers import Timers


class Heartbeat:
    """Pings to silent sessions. While reading is paused, a session gets more time.

    A session that waits for its entry is pinged, and not ended for its silence.
    """

    def __init__(
        self,
        steps: LocalSteps,
        delivery: Delivery,
        timers: Timers,
        closing: Closing,
        limits: Limits,
    ) -> None:
        self._steps, self._delivery = steps, delivery
        self._timers, self._closing = timers, closing
        reason = f"you did not answer a ping within {limits.pong_timeout:g} seconds"
        self._bye = Bye("ping_timeout", reason)

    def tick(self, connections: Mapping[ConnectionId, Connection], now: float) -> None:
        """Ping silent *connections*, and close those that did not answer a ping."""
        for each in self._timers.pings.pop_due(now):
            if connections[each].should_read:
                self._delivery.private.send(each, Ping(f"{each}"))  # behind no entry
                self._timers.pongs.set(each, now)
            else:
                self._timers.pings.set(each, now)
        for each in self._timers.unsettled.pop_due(now):
            if connections[each].blocked:
                self._delivery.private.send(each, Ping(f"{each}"))
                self._timers.unsettled.set(each, now)
        for each in self._timers.pongs.pop_due(now):
            if connections[each].should_read:
                self._close(connections[each])
            else:
                self._timers.pongs.set(each, now)

    def _close(self, connection: Connection) -> None:
        bye = self._bye
        self._closing.leave(connection, bye.code, bye.reason, bye, may_resume=True)
