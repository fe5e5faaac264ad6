"""Backpressure: pause reading from peers that send too fast or receive too slowly."""

from collections import OrderedDict

from ..delivery.delivery import Delivery
from ..events import ConnectionId
from ..limits import PENDING_HIGH_WATER, Limits
from .connection import Connection, ReadPause
from .proposals import Proposals
from .queue_limit import QueueLimit
from .timers import Timers


class Backpressure:
    """The peers to read from, and the connections whose waiting input may be processed.

    Each `Connection` has its own reasons to wait; this class has the sets of them.
    """

    def __init__(
        self,
        proposals: Proposals,
        delivery: Delivery,
        timers: Timers,
        limits: Limits,
        queues: QueueLimit,
    ) -> None:
        self._proposals, self._delivery = proposals, delivery
        self._timers, self._queues = timers, queues
        self._unfinished_lines = timers.unfinished_lines
        self._max_pending = limits.max_pending
        self._paused_for_entries: dict[ConnectionId, Connection] = {}
        self._reading_changes: dict[ConnectionId, bool] = {}
        # Not a plain dict: to find its first key, it walks past all deleted ones.
        self._ready: OrderedDict[ConnectionId, None] = OrderedDict()

    @property
    def is_due(self) -> bool:
        """Whether waiting input may be processed now."""
        return bool(self._ready) and not self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether all waiting input must wait until more entries are settled."""
        return self._proposals.size > PENDING_HIGH_WATER

    @property
    def ready_count(self) -> int:
        """The number of connections whose waiting input may be processed."""
        return len(self._ready)

    def pop_ready(self) -> ConnectionId:
        """Remove and return the connection that has waited longest to be processed."""
        return self._ready.popitem(last=False)[0]

    def schedule(self, connection_id: ConnectionId) -> None:
        """Process the waiting input of a connection at the next tick."""
        self._ready[connection_id] = None

    def reading_changes(self) -> dict[ConnectionId, bool]:
        """Return which connections to start (True) or stop reading since then."""
        changes, self._reading_changes = self._reading_changes, {}
        return changes

    def update(
        self, connection: Connection, now: float, *, has_new_line: bool = False
    ) -> None:
        """Update whether the server reads from a connection, and set its line timer.

        The timer runs only while the server reads from it. *has_new_line* is true if
        another line may have started since the last call.
        """
        connection_id, timer = connection.id, self._unfinished_lines
        if connection.input.size or connection.unsent or connection.queued:
            self._queues.update(connection)
        if (
            self._proposals.size > self._max_pending
            and connection_id not in self._paused_for_entries
        ):
            self._paused_for_entries[connection_id] = connection
            connection.pause_reading(ReadPause.UNSETTLED_ENTRIES)
        should_read, accepts_input = connection.should_read, connection.accepts_input
        if should_read != connection.is_reading:
            connection.is_reading = has_new_line = should_read
            self._reading_changes[connection_id] = should_read
            if accepts_input and connection.dialect.can_resume:
                self._restart_pings(connection, now)
        if not (accepts_input and should_read and connection.input.has_partial_line):
            timer.clear(connection_id)
        elif has_new_line or connection_id not in timer:
            timer.set(connection_id, now)

    def _restart_pings(self, connection: Connection, now: float) -> None:
        """Ping a session that waits for its entry, so that it knows of the server."""
        if connection.should_read:
            self._timers.restart_heartbeat(connection.id, now)
            self._timers.unsettled.clear(connection.id)
        elif connection.blocked:
            self._timers.unsettled.set(connection.id, now)

    def output_paused(self, connection: Connection, unsent: int, now: float) -> None:
        """Record that a peer lags, with *unsent* bytes in its full transport.

        If there are fewer bytes than at the last call, the stall timer starts again.
        """
        connection_id, is_new = connection.id, not connection.is_lagging
        if is_new:
            connection.pause_reading(ReadPause.UNSENT_OUTPUT)
            self._delivery.pause_writing(connection_id)
        if is_new or unsent < connection.unsent:
            self._timers.stalls.set(connection_id, now)
        connection.unsent = unsent
        self.update(connection, now)

    def output_resumed(self, connection: Connection, now: float) -> None:
        """Record that the transport of a peer accepts bytes again."""
        connection.resume_reading(ReadPause.UNSENT_OUTPUT)
        connection.unsent = 0
        self._timers.stalls.clear(connection.id)
        self.update(connection, now)

    def entries_settled(self) -> None:
        """Resume what waits for entries, if enough of them are settled."""
        if self._paused_for_entries and not self.is_busy:
            for connection_id, connection in self._paused_for_entries.items():
                connection.resume_reading(ReadPause.UNSETTLED_ENTRIES)
                self.schedule(connection_id)
            self._paused_for_entries.clear()

    def forget(self, connection_id: ConnectionId) -> None:
        """Remove a connection that is closed."""
        self._paused_for_entries.pop(connection_id, None)
        self._reading_changes.pop(connection_id, None)
        self._ready.pop(connection_id, None)
