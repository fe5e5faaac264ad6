"""Whose input is taken: a peer that makes more work than it takes has to wait."""

from .alarms import Alarms
from .connection import Connection
from .events import SessionId
from .limits import Limits
from .rooms import Room


class Gates:
    """Who is read from, who is not, and who may be heard further.

    What makes a peer wait is written in its `Connection`; here it is acted upon.
    """

    def __init__(self, room: Room, alarms: Alarms, limits: Limits) -> None:
        self._room, self._alarms, self._half_lines = room, alarms, alarms.half_lines
        self._max_pending = limits.max_pending
        self._crowded: dict[SessionId, Connection] = {}
        self._changed: dict[SessionId, bool] = {}
        self._ready: dict[SessionId, None] = {}

    @property
    def is_due(self) -> bool:
        """Whether somebody may be heard further."""
        return bool(self._ready)

    def changed(self) -> dict[SessionId, bool]:
        """Return whose reading is to stop (False) or go on, since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    def ready(self) -> list[SessionId]:
        """Return who may be heard further, since the last call."""
        ready, self._ready = self._ready, {}
        return list(ready)

    def set(self, connection: Connection, now: float, *, fresh: bool = False) -> None:
        """Open or close the gate of a connection, and mind its half line.

        The clock of a half line runs only while we read. *fresh*: another line may
        have begun.
        """
        session, half_lines = connection.session, self._half_lines
        if self._room.pending.size > self._max_pending:
            self._crowded[session] = connection
            connection.crowded = True
        is_open, is_heard = connection.is_open, connection.is_heard
        if is_open != connection.reading:
            self._changed[session] = connection.reading = fresh = is_open
            if is_open and is_heard and connection.dialect.resumes:
                self._alarms.listen(session, now)  # it may have spoken meanwhile
        if not (is_heard and is_open and connection.lines.begun):
            half_lines.clear(session)
        elif fresh or session not in half_lines:
            half_lines.set(session, now)

    def let_on(self, session: SessionId) -> None:
        """Let a session be heard further at the next tick."""
        self._ready[session] = None

    def relieve(self) -> None:
        """Let those on who waited because too much was not recorded, if it is."""
        if self._crowded and self._room.pending.size <= self._max_pending // 2:
            for session, connection in self._crowded.items():
                connection.crowded = False
                self.let_on(session)
            self._crowded.clear()

    def forget(self, session: SessionId) -> None:
        """Know nothing more of a session."""
        self._crowded.pop(session, None)
        self._changed.pop(session, None)
        self._ready.pop(session, None)
