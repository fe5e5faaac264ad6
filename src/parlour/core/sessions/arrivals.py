"""Connections that have not sent a line yet: they are admitted after a short delay."""

from .admission import Admission
from .closing import Closing
from .connection import Connection, State
from .registry import Connections
from .timers import Timers


class Arrivals:
    """Admits silent connections when their delay is over, unless they are banned."""

    def __init__(self, timers: Timers, admission: Admission, closing: Closing) -> None:
        self._timers, self._admission, self._closing = timers, admission, closing

    def tick(self, connections: Connections, now: float) -> None:
        """Admit or close the silent connections whose delay is over."""
        timers = self._timers
        for each in timers.admissions.pop_due(now):
            connection = connections[each]
            if self._admission.ban_of(connection) is not None:
                timers.bans.set(each, now)  # an account may sign in all the same
            else:
                self._admission.admit(connection)
        for each in timers.bans.pop_due(now):
            self._end_silence(connections[each])

    def _end_silence(self, connection: Connection) -> None:
        """Close a connection of a banned address that has not sent a line."""
        if connection.state is not State.ARRIVED:
            return
        if (bye := self._admission.ban_of(connection)) is not None:
            self._closing.close(connection, bye)
        else:
            self._admission.admit(connection)
