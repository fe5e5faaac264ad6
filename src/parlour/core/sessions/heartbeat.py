"""Heartbeat: ping silent sessions, and close those that do not answer."""

from collections.abc import Mapping

from ..events import Bye, Ping, SessionId
from ..limits import Limits
from ..rooms.room import Room
from ..rooms.steps import SendPrivate
from .closing import Closing
from .connection import Connection
from .timers import Timers


class Heartbeat:
    """Pings to silent sessions. While reading is paused, a session gets more time."""

    def __init__(
        self, room: Room, timers: Timers, closing: Closing, limits: Limits
    ) -> None:
        self._room, self._timers, self._closing = room, timers, closing
        reason = f"you did not answer a ping within {limits.pong_timeout:g} seconds"
        self._bye = Bye("ping_timeout", reason)

    def tick(self, connections: Mapping[SessionId, Connection], now: float) -> None:
        """Ping silent *connections*, and close those that did not answer a ping."""
        for session in self._timers.pings.pop_due(now):
            if connections[session].should_read:
                self._room.add(SendPrivate(session, Ping(f"{session}")))
                self._timers.pongs.set(session, now)
            else:
                self._timers.pings.set(session, now)
        for session in self._timers.pongs.pop_due(now):
            if connections[session].should_read:
                self._close(connections[session], now)
            else:
                self._timers.pongs.set(session, now)

    def _close(self, connection: Connection, now: float) -> None:
        bye = self._bye
        self._closing.leave(connection, bye.code, bye.reason, now, bye, may_resume=True)
