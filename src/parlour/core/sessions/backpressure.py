"""Whose input is taken: a peer that makes more work than it takes has to wait."""

from collections import OrderedDict

from ..events import SessionId
from ..limits import MAX_SHARED, Limits
from ..rooms.room import Room
from .connection import Connection
from .queue_limit import QueueLimit
from .timers import Timers


class Backpressure:
    """Who is read from, who is not, and who may be heard further.

    What makes a peer wait is written in its `Connection`; here it is acted upon.
    """

    def __init__(
        self, room: Room, alarms: Timers, limits: Limits, queues: QueueLimit
    ) -> None:
        self._room, self._alarms, self._half_lines = room, alarms, alarms.half_lines
        self._queues = queues
        self._max_pending = limits.max_pending
        self._crowded: dict[SessionId, Connection] = {}
        self._changed: dict[SessionId, bool] = {}
        # The first of a plain dict is found behind all that were deleted before it.
        self._ready: OrderedDict[SessionId, None] = OrderedDict()

    @property
    def is_due(self) -> bool:
        """Whether somebody may be heard further."""
        return bool(self._ready) and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether who has more to say already has to wait until more is recorded."""
        return self._room.pending.size > MAX_SHARED

    def changed(self) -> dict[SessionId, bool]:
        """Return whose reading is to stop (False) or go on, since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    @property
    def ready(self) -> int:
        """How many may be heard further."""
        return len(self._ready)

    def next_ready(self) -> SessionId:
        """Return the one of them that has waited longest, and count it as heard."""
        return self._ready.popitem(last=False)[0]

    def set(self, connection: Connection, now: float, *, fresh: bool = False) -> None:
        """Open or close the gate of a connection, and mind its half line.

        The clock of a half line runs only while we read. *fresh*: another line may
        have begun.
        """
        session, half_lines = connection.session, self._half_lines
        if connection.input.size or connection.unsent or connection.queued:
            self._queues.count(connection)
        if self._room.pending.size > self._max_pending:
            self._crowded[session] = connection
            connection.crowded = True
        is_open, is_heard = connection.is_open, connection.is_heard
        if is_open != connection.reading:
            self._changed[session] = connection.reading = fresh = is_open
            if is_open and is_heard and connection.dialect.resumes:
                self._alarms.listen(session, now)  # it may have spoken meanwhile
        if not (is_heard and is_open and connection.input.has_begun):
            half_lines.clear(session)
        elif fresh or session not in half_lines:
            half_lines.set(session, now)

    def let_on(self, session: SessionId) -> None:
        """Let a session be heard further at the next tick."""
        self._ready[session] = None

    def relieve(self) -> None:
        """Let those on who waited because too much was not recorded, if it is."""
        if self._crowded and not self.is_busy:
            for session, connection in self._crowded.items():
                connection.crowded = False
                self.let_on(session)
            self._crowded.clear()

    def forget(self, session: SessionId) -> None:
        """Know nothing more of a session."""
        self._crowded.pop(session, None)
        self._changed.pop(session, None)
        self._ready.pop(session, None)
