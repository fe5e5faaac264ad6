"""The hub: the driver contract, as methods that connect sessions with the room."""

from collections.abc import Sequence
from itertools import count
from typing import Final

from .counters import Counters
from .delivery.shared_cursors import Write
from .events import LOBBY, Bye, Cursor, Refused, SessionId
from .limits import Limits
from .names.registry import NameRegistry
from .protocol.dialect import Dialect
from .rate_limit import TokenBucket
from .rooms.room import Room
from .rooms.steps import SendPrivate
from .sessions.admission import Admission, Rejected
from .sessions.backpressure import Backpressure
from .sessions.capacity import Capacity
from .sessions.closing import Closing, Ended
from .sessions.command_handlers import CommandHandlers
from .sessions.connection import Connection, ConnectionKind, State
from .sessions.heartbeat import Heartbeat
from .sessions.input_processing import InputProcessor
from .sessions.presence import PresenceChange
from .sessions.queue_limit import QueueLimit
from .sessions.timeouts import Timeouts
from .sessions.timers import Timers
from .storage import Draft, HistoryExtent, Outcome, Page, SessionQuery

EMPTY: Final = HistoryExtent()
STOP_RETRY: Final = 2.0  # seconds after which clients may reconnect to a new server


class Hub:
    """The whole server without the network and the disk.

    Its methods are the steps of the driver contract (`server.driver_contract`), all in
    this one class. No method blocks or raises for anything that a peer may send.
    One owner calls them: an event loop, or the holder of one lock. Times are seconds
    of a clock that never goes back; *wall* is the wall time when that clock was at 0.
    """

    def __init__(
        self, limits: Limits, extent: HistoryExtent = EMPTY, *, wall: float = 0.0
    ) -> None:
        self._limits = limits
        self._ids = count(1)
        self._connections: dict[SessionId, Connection] = {}
        self._watchers: set[SessionId] = set()
        self._stopping: Bye | None = None
        self.counters = Counters()
        self.capacity = Capacity(limits)
        self.room = room = Room(LOBBY, limits, extent)
        self._names = names = NameRegistry()
        self._timers = timers = Timers(limits)
        self._admission = admission = Admission(
            room, names, timers, self.counters, self.capacity, wall
        )
        self._closing = closing = Closing(
            room, timers, self.counters, admission, self.capacity
        )
        self._queues = QueueLimit(
            limits.max_queued, room.delivery.queued_answers, closing
        )
        self._backpressure = Backpressure(room, timers, limits, self._queues)
        self._timeouts = Timeouts(timers, closing, limits)
        self._heartbeat = Heartbeat(room, timers, closing, limits)
        commands = CommandHandlers(room, names, limits, self.counters, admission)
        self._input = InputProcessor(
            timers, self._backpressure, admission, commands, closing, self.counters
        )

    def __len__(self) -> int:
        """Return the number of connections, without the sessions of `watch`."""
        return len(self._connections)

    def connect(
        self,
        address: str,
        now: float,
        *,
        exempt: bool = False,
        network: str = "",
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> SessionId | Rejected:
        """Open a session for the peer at *address*, or reject its connection.

        The session is announced when it is admitted. An *exempt* session has no rate
        limit. The limits per address apply to *network* as a whole (see
        `address_limits.network_of`); if it is empty, they do not apply. A silent socket
        is admitted after a short delay; the gateway connects a page only when its first
        line has arrived.
        """
        bye = self._stopping or self.capacity.rejection(kind, network, now)
        if bye is not None:
            return self.reject(bye, kind)
        session = SessionId(next(self._ids))
        rate = None if exempt else self._limits.rate
        bucket = TokenBucket(rate, now) if rate else None
        connection = self._connections[session] = Connection(
            session, address, network, kind, self._limits, bucket
        )
        self.capacity.add(connection)
        self._names.claim_address(session, address)
        if not kind.is_page:
            self._timers.admissions.set(session, now)
        self.counters.connections += 1
        return session

    def network(self, session: SessionId) -> str:
        """Return the network whose limits apply to a session; empty if none do."""
        connection = self._connections.get(session)
        return connection.network if connection is not None else ""

    def reject(
        self, bye: Bye, kind: ConnectionKind = ConnectionKind.SOCKET
    ) -> Rejected:
        """Count a rejected connection, and return what to send to it."""
        self.counters.rejected += 1
        return Rejected(bye.code, bye.reason, kind.first_dialect.encode(bye))

    def watch(self, dialect: Dialect) -> SessionId:
        """Open a session that receives the room's events and has no connection.

        It may lag without limit, but then misses the events that the room has dropped.
        """
        session = SessionId(next(self._ids))
        self._watchers.add(session)
        self.room.delivery.add(session, dialect)
        self.room.delivery.start(session)
        return session

    def receive(self, session: SessionId, data: bytes, now: float) -> None:
        """Process bytes from a peer; ``b""`` is the end of the stream."""
        connection = self._connections[session]
        if connection.accepts_input:
            self._input.receive(connection, data, now)
            if self._queues.is_exceeded:  # one turn may read thousands of peers
                self._queues.abort_largest(self._connections.values(), now)

    def disconnect(self, session: SessionId, now: float) -> Ended | None:
        """Remove a session whose connection is closed, for any reason.

        Returns how it ended, or None if :meth:`ended` has returned that already.
        """
        connection = self._connections[session]
        if connection.state is not State.CLOSED:
            self._closing.abort(
                connection, "lost", "the connection broke", now, keeps_reason=True
            )
        if not self._admission.is_reserved(session):
            self._names.release(session)
        self._backpressure.forget(session)
        self.capacity.remove(connection)
        self._queues.remove(connection)
        del self._connections[session]
        return self._closing.pop_ended(session)

    def ended(self) -> list[Ended]:
        """Return the sessions that ended since the last call, and how to close them.

        Their connections are counted until :meth:`disconnect`.
        """
        return self._closing.ended()

    def presence_changes(self) -> list[PresenceChange]:
        """Return who joined, left or changed their name since the last call."""
        return self._admission.presence_changes.take()

    def stop(self, reason: str) -> None:
        """End every session with *reason*, and reject new connections."""
        self._stopping = bye = Bye("server_stopping", reason, STOP_RETRY)
        self._closing.close_all(self._connections.values(), bye)

    def drafts(self) -> list[Draft]:
        """Return the next batch to record, in order.

        It is empty until the last batch is recorded, and delivered to every member
        that does not lag. This way, fast senders cannot make such a member fall behind,
        and the members' replies to one batch are in the next.
        """
        if self.room.flush_schedule.is_urgent:
            return []
        return self.room.pending.next_batch()

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Deliver the last batch, now recorded, with one outcome for each draft."""
        self.counters.messages += len(outcomes)
        self.room.recorded(outcomes)
        self._backpressure.drafts_settled()

    def refused(self, drafts: Sequence[Draft], why: Refused) -> None:
        """Report to its senders *why* the last batch was not recorded."""
        self.counters.refused += len(drafts)
        refusals = [
            SendPrivate(draft.session, why.replace(id=draft.id) if draft.id else why)
            for draft in drafts
        ]
        self.room.refused(refusals, why.reason)
        self._backpressure.drafts_settled()

    def queries(self) -> list[SessionQuery]:
        """Return the queries of this turn; later turns return any others."""
        return self.room.delivery.queries()

    def cursors_ahead(self) -> list[Cursor]:
        """Return the client cursors beyond the last message since the last call.

        Either the history has lost delivered messages, or a client sent a false cursor.
        """
        return self.room.cursors_ahead()

    def is_awaited(self, query: SessionQuery) -> bool:
        """Return whether the session of *query* is open. Any thread may call this."""
        return query.session in self.room.delivery

    def answered(self, query: SessionQuery, page: Page | Refused) -> None:
        """Deliver the answer to *query*, or the reason why it failed."""
        self.room.answered(query, page)

    def flush(self, now: float) -> list[Write]:
        """Return the writes of this turn, in order; they count as written.

        This ends a turn: every peer gets a new share of work.
        """
        self._input.begin_turn()
        if self._queues.is_exceeded:
            self._queues.abort_largest(self._connections.values(), now)
        due = self.room.flush_time(now)
        if due is None or due > now:
            return []
        writes = self.room.flush(now)
        self.counters.count_flush(writes)
        for session in self.room.delivery.answered():
            if session in self._connections:
                self._connections[session].awaits_answer = False
                self._backpressure.schedule(session)
        for session in self.room.delivery.finished():
            if session in self._connections:
                self._closing.finish(self._connections[session])
        return writes

    def paused(self, session: SessionId, unsent: int, now: float) -> None:
        """Record that a transport is full, with *unsent* bytes in its buffer.

        Call it again before each tick, so that the hub can see any progress.
        """
        if session in self._watchers:
            self.room.delivery.pause_writing(session)
            return
        connection = self._connections[session]
        if connection.state is not State.CLOSED:
            self._backpressure.output_paused(connection, unsent, now)

    def resumed(self, session: SessionId, now: float) -> None:
        """Record that a transport that was full accepts bytes again."""
        self.room.delivery.resume_writing(session)
        connection = self._connections.get(session)
        if connection is not None:
            self._backpressure.output_resumed(connection, now)

    @property
    def lagging(self) -> list[SessionId]:
        """The sessions for which :meth:`paused` is called again before a tick."""
        return list(self._timers.stalls)

    def silent_arrivals(self, now: float) -> list[SessionId]:
        """Return the silent connections that the next tick admits."""
        return self._timers.admissions.due(now)

    def postpone_admission(self, session: SessionId, now: float) -> None:
        """Admit a connection later, because it has sent bytes that are not read yet.

        Its first line decides how it is admitted, even if the server reads it late.
        """
        self._timers.admissions.set(session, now)

    def reading_changes(self) -> dict[SessionId, bool]:
        """Return the sessions to start (True) or stop reading since the last call."""
        return self._backpressure.reading_changes()

    def deadline(self, now: float) -> float | None:
        """Return when the next turn is due, or None if nothing is due.

        The turn is due at once if the time is not later than *now*.
        """
        room = self.room
        if self._backpressure.is_due or room.pending.has_batch:
            return now
        if room.delivery.has_queries:
            return now
        times = self._timers.next(now), room.flush_time(now)
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> None:
        """Process expired timers and waiting input."""
        timers = self._timers
        timers.check_clock(now)
        for session in timers.admissions.pop_due(now):
            self._admission.admit(self._connections[session], now)
        self._timeouts.tick(self._connections, now)
        self._heartbeat.tick(self._connections, now)
        for session in timers.reservations.pop_due(now):
            self._admission.end_reservation(session)
        self._input.process_waiting(self._connections, now)
