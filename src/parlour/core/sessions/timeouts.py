"""Timeouts of lines, of output that a peer does not receive, and of sign-ins."""

from collections.abc import Mapping

from ..events import Bye, ConnectionId
from ..limits import Limits
from .closing import Closing
from .connection import Connection, State
from .sign_in import SIGN_IN_REQUIRED
from .timers import Timers


class Timeouts:
    """Closes connections that stop in mid-line, stop receiving, or stay outside."""

    def __init__(self, timers: Timers, closing: Closing, limits: Limits) -> None:
        self._timers, self._closing = timers, closing
        reason = f"a line must end within {limits.line_timeout:g} seconds"
        self._bye = Bye("line_timeout", reason)
        self._stalled = f"received nothing for {limits.stall_timeout:g} seconds"

    def tick(self, connections: Mapping[ConnectionId, Connection], now: float) -> None:
        """Close each of *connections* that has exceeded a timeout."""
        for each in self._timers.unfinished_lines.pop_due(now):
            self._closing.close(connections[each], self._bye)
        for each in self._timers.sign_ins.pop_due(now):
            connection = connections[each]
            if connection.is_outside or connection.state is State.ARRIVED:
                self._closing.close(connection, SIGN_IN_REQUIRED)
        for each in self._timers.stalls.pop_due(now):
            self._closing.abort(connections[each], "stalled", self._stalled)
