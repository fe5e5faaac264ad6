"""Backpressure: pause reading from peers that send too fast or receive too slowly."""

from collections import OrderedDict

from ..events import SessionId
from ..limits import PENDING_HIGH_WATER, Limits
from ..rooms.room import Room
from .connection import Connection, ReadPause
from .queue_limit import QueueLimit
from .timers import Timers


class Backpressure:
    """The peers to read from, and the sessions whose waiting input may be processed.

    Each `Connection` has its own reasons to wait; this class has the sets of sessions.
    """

    def __init__(
        self, room: Room, timers: Timers, limits: Limits, queues: QueueLimit
    ) -> None:
        self._room, self._timers, self._queues = room, timers, queues
        self._unfinished_lines = timers.unfinished_lines
        self._max_pending = limits.max_pending
        self._paused_for_room: dict[SessionId, Connection] = {}
        self._reading_changes: dict[SessionId, bool] = {}
        # Not a plain dict: to find its first key, it walks past all deleted ones.
        self._ready: OrderedDict[SessionId, None] = OrderedDict()

    @property
    def is_due(self) -> bool:
        """Whether waiting input may be processed now."""
        return bool(self._ready) and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether all waiting input must wait until more drafts are recorded."""
        return self._room.pending.size > PENDING_HIGH_WATER

    @property
    def ready_count(self) -> int:
        """The number of sessions whose waiting input may be processed."""
        return len(self._ready)

    def pop_ready(self) -> SessionId:
        """Remove and return the session that has waited longest to be processed."""
        return self._ready.popitem(last=False)[0]

    def schedule(self, session: SessionId) -> None:
        """Process the waiting input of *session* at the next tick."""
        self._ready[session] = None

    def reading_changes(self) -> dict[SessionId, bool]:
        """Return the sessions to start (True) or stop reading since the last call."""
        changes, self._reading_changes = self._reading_changes, {}
        return changes

    def update(
        self, connection: Connection, now: float, *, has_new_line: bool = False
    ) -> None:
        """Update whether the server reads from a connection, and set its line timer.

        The timer runs only while the server reads from it. *has_new_line* is true if
        another line may have started since the last call.
        """
        session, timer = connection.session, self._unfinished_lines
        if connection.input.size or connection.unsent or connection.queued:
            self._queues.update(connection)
        if (
            self._room.pending.size > self._max_pending
            and session not in self._paused_for_room
        ):
            self._paused_for_room[session] = connection
            connection.pause_reading(ReadPause.UNRECORDED_DRAFTS)
        should_read, accepts_input = connection.should_read, connection.accepts_input
        if should_read != connection.is_reading:
            connection.is_reading = has_new_line = should_read
            self._reading_changes[session] = should_read
            if should_read and accepts_input and connection.dialect.can_resume:
                self._timers.restart_heartbeat(session, now)
        if not (accepts_input and should_read and connection.input.has_partial_line):
            timer.clear(session)
        elif has_new_line or session not in timer:
            timer.set(session, now)

    def output_paused(self, connection: Connection, unsent: int, now: float) -> None:
        """Record that a peer lags, with *unsent* bytes in its full transport.

        If there are fewer bytes than at the last call, the stall timer starts again.
        """
        session, is_new = connection.session, not connection.is_lagging
        if is_new:
            connection.pause_reading(ReadPause.UNSENT_OUTPUT)
            if session in self._room.delivery:
                self._room.delivery.pause_writing(session)
        if is_new or unsent < connection.unsent:
            self._timers.stalls.set(session, now)
        connection.unsent = unsent
        self.update(connection, now)

    def output_resumed(self, connection: Connection, now: float) -> None:
        """Record that the transport of a peer accepts bytes again."""
        connection.resume_reading(ReadPause.UNSENT_OUTPUT)
        connection.unsent = 0
        self._timers.stalls.clear(connection.session)
        self.update(connection, now)

    def drafts_settled(self) -> None:
        """Resume the sessions that wait for the room, if enough drafts are recorded."""
        if self._paused_for_room and not self.is_busy:
            for session, connection in self._paused_for_room.items():
                connection.resume_reading(ReadPause.UNRECORDED_DRAFTS)
                self.schedule(session)
            self._paused_for_room.clear()

    def forget(self, session: SessionId) -> None:
        """Remove a session whose connection is closed."""
        self._paused_for_room.pop(session, None)
        self._reading_changes.pop(session, None)
        self._ready.pop(session, None)
