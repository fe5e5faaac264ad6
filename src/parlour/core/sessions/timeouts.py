"""Timeouts: close connections that stop in the middle of a line or stop receiving."""

from collections.abc import Mapping

from ..events import Bye, ConnectionId
from ..limits import Limits
from .closing import Closing
from .connection import Connection
from .timers import Timers


class Timeouts:
    """The timeouts of unfinished lines and of output that the peer does not receive."""

    def __init__(self, timers: Timers, closing: Closing, limits: Limits) -> None:
        self._timers, self._closing = timers, closing
        reason = f"a line must end within {limits.line_timeout:g} seconds"
        self._bye = Bye("line_timeout", reason)
        self._stalled = f"received nothing for {limits.stall_timeout:g} seconds"

    def tick(self, connections: Mapping[ConnectionId, Connection], now: float) -> None:
        """Close each of *connections* that has exceeded a timeout."""
        for each in self._timers.unfinished_lines.pop_due(now):
            self._closing.close(connections[each], self._bye)
        for each in self._timers.stalls.pop_due(now):
            self._closing.abort(connections[each], "stalled", self._stalled)
