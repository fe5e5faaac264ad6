"""Is a session still there? Ping one that is silent; end one that does not answer."""

from collections.abc import Mapping

from ..events import Bye, Ping, SessionId
from ..limits import Limits
from ..rooms.room import Room
from ..rooms.steps import SendPrivate
from .closing import Closing
from .connection import Connection
from .timers import Timers


class Heartbeat:
    """Ping silent sessions. One that we do not read from is given more time."""

    def __init__(
        self, room: Room, alarms: Timers, endings: Closing, limits: Limits
    ) -> None:
        self._room, self._alarms, self._endings = room, alarms, endings
        reason = f"you did not answer a ping within {limits.pong:g} seconds"
        self._bye = Bye("ping_timeout", reason)

    def beat(self, connections: Mapping[SessionId, Connection], now: float) -> None:
        """Ping those of *connections* that are due, and end those that are late."""
        for session in self._alarms.silences.ring(now):
            if connections[session].is_open:
                self._room.add(SendPrivate(session, Ping(f"{session}")))
                self._alarms.pongs.set(session, now)
            else:
                self._alarms.silences.set(session, now)
        for session in self._alarms.pongs.ring(now):
            if connections[session].is_open:
                self._end(connections[session], now)
            else:
                self._alarms.pongs.set(session, now)

    def _end(self, connection: Connection, now: float) -> None:
        bye = self._bye
        self._endings.depart(
            connection, bye.code, bye.reason, now, bye, may_return=True
        )
