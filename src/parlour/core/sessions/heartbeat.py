"""Heartbeat: ping silent sessions, and close those that do not answer."""

from collections.abc import Mapping

from ..delivery.delivery import Delivery
from ..events import Bye, ConnectionId, Ping
from ..limits import Limits
from ..protocol.session import SESSION
from .closing import Closing
from .connection import Connection
from .timers import Timers


class Heartbeat:
    """Pings to silent sessions. While reading is paused, a session gets more time.

    A session that waits for its entry is pinged, and not ended for its silence. So is a
    client that knows rooms and waits for its welcome: one that hears nothing would take
    the server for a plain one.
    """

    def __init__(
        self,
        delivery: Delivery,
        timers: Timers,
        closing: Closing,
        limits: Limits,
    ) -> None:
        self._delivery = delivery
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
        timers = self._timers
        for each in timers.welcomes.pop_due(now) + timers.unsettled.pop_due(now):
            if connections[each].blocked:
                self._ping_blocked(connections[each])
                timers.unsettled.set(each, now)
        for each in self._timers.pongs.pop_due(now):
            if connections[each].should_read:
                self._close(connections[each])
            else:
                self._timers.pongs.set(each, now)

    def _ping_blocked(self, connection: Connection) -> None:
        """Ping a session that waits for its entry, or a client that will be one."""
        ping = Ping(f"{connection.id}")
        if connection.awaits_welcome:
            self._delivery.private.send_early(connection.id, SESSION, ping)
        else:
            self._delivery.private.send(connection.id, ping)

    def _close(self, connection: Connection) -> None:
        bye = self._bye
        self._closing.leave(connection, bye.code, bye.reason, bye, may_resume=True)
