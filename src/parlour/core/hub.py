"""The hub: the driver contract, as methods that connect sessions with the journal."""

from itertools import count
from typing import Final

from .checks import Check, Checked
from .delivery.reports import DeliveryReports
from .delivery.shared_cursors import Write
from .entries import (
    DURABLE,
    Batch,
    NodeLost,
    OperatorEntry,
)
from .events import (
    Bye,
    ConnectionId,
    Cursor,
    Refused,
    RoomName,
    StorageFailed,
    StorageRecovered,
)
from .limits import Limits
from .protocol.dialect import Dialect
from .rate_limit import TokenBucket
from .rules import Rules
from .sessions.admission import Rejected
from .sessions.closing import Ended
from .sessions.connection import Connection, ConnectionKind, State
from .sessions.own_rooms import OwnRooms, own_rooms
from .sessions.parts import Parts
from .sessions.presence import PresenceChange, RoomChange
from .state.state import State as ChatState
from .storage import Page, Purpose, Question

STOP_RETRY: Final = 2.0  # seconds after which clients may reconnect to a new server
NODE_BITS: Final = 32  # of an id: the number of the connection within its node


class Hub:
    """A node of the chat without the network and the disk.

    Its methods are the steps of the driver contract (`server.driver_contract`), all in
    this one class. No method blocks or raises for anything that a peer may send.
    One owner calls them: an event loop, or the holder of one lock. Times named *now*
    are seconds of a clock that never goes back. *node* identifies this incarnation of
    the node among all that use the same journal. The module has more than 300 lines,
    since the contract has that many methods.
    """

    def __init__(
        self,
        limits: Limits,
        state: ChatState | None = None,
        *,
        node: int = 0,
        rules: Rules | None = None,
    ) -> None:
        self.limits, self._node = limits, node
        self.rules = rules = Rules() if rules is None else rules
        self.state = state = ChatState() if state is None else state
        self._ids = count((node << NODE_BITS) + 1)
        self._mirrors: set[ConnectionId] = set()
        self._stopping: Bye | None = None
        self.is_recording = True
        self._has_begun = False
        parts = Parts(limits, state, node, rules)
        self._change_limits = parts.change_limits
        self.counters, self.capacity = parts.counters, parts.capacity
        self.delivery, self.connections = parts.delivery, parts.connections
        self._timers, self._proposals = parts.timers, parts.proposals
        self._steps, self._holds = parts.steps, parts.holds
        self._arrivals, self._openings = parts.arrivals, parts.openings
        self._closing = parts.closing
        self.queues, self._backpressure = parts.queues, parts.backpressure
        self._effects, self._settling = parts.effects, parts.settling
        self._presence = parts.presence
        self._timeouts, self._heartbeat = parts.timeouts, parts.heartbeat
        self._input = parts.input
        self._checks, self._accounts = parts.checks, parts.accounts
        self._operated, self._reads = parts.operated, parts.reads
        self._erasures, self._empty_rooms = parts.erasures, parts.empty_rooms

    def __len__(self) -> int:
        """Return the number of connections, without those of `watch`."""
        return len(self.connections)

    @property
    def unsettled(self) -> int:
        """The number of proposed entries that are not settled yet."""
        return len(self._proposals)

    @property
    def unsettled_size(self) -> int:
        """Estimated characters of these entries."""
        return self._proposals.size

    @property
    def proposed(self) -> int:
        """The number of entries that were proposed so far."""
        return self._proposals.added

    def batch_age(self, now: float) -> float:
        """Return for how many seconds the journal has a batch; 0 if it has none."""
        return self._proposals.batch_age(now)

    @property
    def held_count(self) -> int:
        """The number of sessions without a connection, which may be resumed."""
        return len(self._timers.holds)

    def start(self, now: float, wall: float) -> None:
        """Note the time, and the wall time *wall*, before the first connection."""
        self.connections.now = now
        self.connections.wall_offset = wall - now

    def change_limits(self, limits: Limits) -> None:
        """Apply those of *limits* that a running server can change."""
        self.limits = self.limits.changed(limits)
        self._change_limits(self.limits)

    # -- connections --------------------------------------------------------------

    def connect(
        self,
        address: str,
        now: float,
        *,
        exempt: bool = False,
        is_secure: bool = False,
        network: str = "",
        quota: str | None = None,
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> ConnectionId | Rejected:
        """Add a connection of the peer at *address*, or reject it.

        Its session is announced when it is admitted. An *exempt* connection has no rate
        limit. Passwords are accepted only if nobody else can read the connection: it
        *is_secure*. The limits per address apply to *network* as a whole (see
        `address_limits.network_of`); if it is empty, they do not apply. Limits by the
        hour, and those of wrong passwords, apply to all connections with the same
        *quota* together: by default to the network. A silent socket is admitted after a
        short delay; the gateway connects a page only when its first line has arrived.
        """
        if self._stopping is None:
            self._closing.abort_excess()
        bye = self._stopping or self.capacity.rejection(kind, network, now)
        if bye is not None:
            return self.reject(bye, kind)
        id_ = ConnectionId(next(self._ids))
        rate = None if exempt else self.limits.rate
        bucket = TokenBucket(rate, now) if rate else None
        connection = Connection(id_, address, network, kind, self.limits, bucket)
        connection.is_secure = is_secure
        connection.quota = network if quota is None else quota
        connection.since = connection.active_at = now
        self.connections.add(connection)
        self.capacity.add(connection)
        if not kind.is_page:
            self._timers.admissions.set(id_, now)
        self.counters.connections += 1
        return id_

    def network(self, connection: ConnectionId) -> str:
        """Return the network whose limits apply to a connection; empty if none do."""
        found = self.connections.get(connection)
        return found.network if found is not None else ""

    def reject(
        self, bye: Bye, kind: ConnectionKind = ConnectionKind.SOCKET
    ) -> Rejected:
        """Count a rejected connection, and return what to send to it."""
        self.counters.rejected[bye.code] += 1
        return Rejected(bye.code, bye.reason, kind.first_dialect.encode(bye))

    def watch(self, dialect: Dialect) -> ConnectionId:
        """Add a connection that receives the events of all public rooms.

        It may lag without limit, but then misses the events that were discarded.
        """
        id_ = ConnectionId(next(self._ids))
        self._mirrors.add(id_)
        self.delivery.open_mirror(id_, dialect)
        return id_

    def receive(self, connection: ConnectionId, data: bytes, now: float) -> None:
        """Process bytes from a peer; ``b""`` is the end of the stream."""
        self.connections.now = now
        found = self.connections[connection]
        if found.accepts_input:
            self._input.receive(found, data, now)
            if self.queues.is_exceeded:  # one turn may read thousands of peers
                self.queues.abort_largest(self.connections.values())

    def disconnect(self, connection: ConnectionId, now: float) -> Ended | None:
        """Remove a connection that is closed, for any reason.

        Returns how it ended, or None if :meth:`ended` has returned that already.
        """
        self.connections.now = now
        found = self.connections[connection]
        if found.state is not State.CLOSED:
            self._closing.abort(
                found, "lost", "the connection broke", keeps_reason=True
            )
        self._backpressure.forget(connection)
        self._checks.forget(connection)
        self._erasures.forget(connection)
        self.capacity.remove(found)
        self.queues.remove(found)
        self.connections.remove(found)
        return self._closing.pop_ended(connection)

    def ended(self) -> list[Ended]:
        """Return the connections that ended since the last call, and how to close them.

        They are counted until :meth:`disconnect`.
        """
        return self._closing.ended()

    def presence_changes(self) -> list[PresenceChange]:
        """Return who joined, left or changed their name since the last call."""
        return self._presence.take()

    def room_changes(self) -> list[RoomChange]:
        """Return which rooms were opened or closed since the last call."""
        return self._presence.take_rooms()

    def stop(self, reason: str) -> None:
        """End every connection with *reason*, and reject new ones.

        How far accounts have read is recorded.
        """
        self._reads.propose()
        self._stopping = bye = Bye("server_stopping", reason, STOP_RETRY)
        self._closing.close_all(self.connections.values(), bye)

    # -- the journal --------------------------------------------------------------

    def proposals(self, wall: float) -> Batch | None:
        """Return the next batch for the journal, at the wall time *wall*, or None.

        There is none until the last batch is committed or rejected, and delivered to
        every member that does not lag. This way, fast senders cannot make such a member
        fall behind, and the members' replies to one batch are in the next.
        """
        self.connections.wall_offset = wall - self.connections.now
        if self.delivery.is_urgent:
            return None
        return self._proposals.next_batch(wall, self.connections.now)

    def committed(self, batch: Batch, now: float) -> None:
        """Apply a batch that the journal has: of this node, or of another.

        All nodes get the same batches in the same order.
        """
        self.connections.now = now
        if batch.node != self._node:
            self._settling.apply_other(batch)
            return
        if not self.is_recording and batch.is_durable:
            self.is_recording = True
            self.delivery.append_to_all(StorageRecovered)
        before = self.state.message_count
        self._settling.apply_own(batch)
        self.counters.messages += self.state.message_count - before
        self._backpressure.entries_settled()

    def rejected(self, batch: Batch, why: Refused) -> None:
        """Report to its proposers *why* the durable entries of a batch are not stored.

        The others are proposed again, in their order.
        """
        self.counters.unrecorded += 1
        durable = sum(isinstance(entry, DURABLE) for entry in batch.entries)
        self.counters.refused += durable
        if self.is_recording:
            self.is_recording = False
            self.delivery.append_to_all(lambda room: StorageFailed(room, why.reason))
        if self._proposals.reject(why):
            self._settling.complete(batch.time)
        self._backpressure.entries_settled()

    def operate(self, entry: OperatorEntry) -> int:
        """Propose what the operator of the machine asks for; return its number.

        :meth:`operated` returns what became of it.
        """
        return self._operated.expect(self._proposals.propose(entry))

    def operated(self) -> list[tuple[int, Refused | None]]:
        """Return the settled entries of the operator, each once, by their numbers.

        Each comes with the reason why it was void or is not stored, or None.
        """
        return self._operated.take_settled()

    def lose_node(self, node: int) -> None:
        """Propose that a node is gone: its sessions are held, or closed."""
        self._proposals.propose(NodeLost(node))

    def questions(self) -> list[Question]:
        """Return the questions of this turn; later turns return any others."""
        return self.delivery.reports.take_questions()

    def checks(self) -> list[Check]:
        """Return the passwords to check, each once; `checked` takes the results."""
        return self._checks.take()

    def is_check_awaited(self, check: Check) -> bool:
        """Return whether somebody waits for a check. Any thread may call this."""
        return self._checks.is_awaited(check)

    def checked(self, check: Check, result: Checked | Refused) -> None:
        """Continue with the *result* of a check, or the reason why there is none."""
        self._accounts.checked(check, result)

    def own_rooms(self, account: str, wall: float) -> OwnRooms:
        """Return the rooms and the invitations of an account, at a wall time."""
        return own_rooms(self.state, self._reads, account, wall)

    def cursors_ahead(self) -> list[tuple[RoomName, Cursor, int]]:
        """Return the client cursors beyond the last message since the last call.

        Each comes with its room and the last sequence of that.

        Either the history has lost delivered messages, or a client sent a false cursor.
        """
        return self._openings.take_cursors_ahead()

    def is_awaited(self, question: Question) -> bool:
        """Return whether the asker is connected. Any thread may call this."""
        return question.connection in self.delivery

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Deliver the answer to *question*, or the reason why it failed."""
        if question.purpose is Purpose.ERASE:
            self._erasures.answered(question, page)
            return
        self.delivery.private.answer(question, page)

    # -- delivery -----------------------------------------------------------------

    def flush(self, now: float) -> list[Write]:
        """Return the writes of this turn, in order; they count as written.

        This ends a turn: every peer gets a new share of work.
        """
        self.connections.now = now
        self._input.begin_turn()
        if not self._has_begun:
            self._has_begun = True
            self._effects.begin()
        if self.queues.is_exceeded:
            self.queues.abort_largest(self.connections.values())
        due = self.delivery.flush_time(now)
        if due is None or due > now:
            return []
        writes = self.delivery.flush(now)
        self.counters.count_flush(writes)
        reports = self.delivery.reports
        if reports.answered or reports.ended or reports.left:
            self._report_deliveries(reports)
        return writes

    def _report_deliveries(self, reports: DeliveryReports) -> None:
        """Process what connections have received: answers, and their last events."""
        for each in reports.take_answered():
            connection = self.connections.get(each)
            if (
                connection is not None
                and connection.awaits_answer
                and not self._steps.undelivered(each)
            ):
                connection.awaits_answer = False
                self._backpressure.schedule(each)
        for each, room in reports.take_left():
            self._effects.rooms.enter_again(each, room)
        for each in reports.take_ended():
            connection = self.connections.get(each)
            if connection is not None and connection.state is State.CLOSING:
                self._closing.finish(connection)

    def paused(self, connection: ConnectionId, unsent: int, now: float) -> None:
        """Record that a transport is full, with *unsent* bytes in its buffer.

        Call it again before each tick, so that the hub can see any progress.
        """
        if connection in self._mirrors:
            self.delivery.pause_writing(connection)
            return
        found = self.connections[connection]
        if found.state is not State.CLOSED:
            self._backpressure.output_paused(found, unsent, now)

    def resumed(self, connection: ConnectionId, now: float) -> None:
        """Record that a transport that was full accepts bytes again."""
        self.delivery.resume_writing(connection)
        found = self.connections.get(connection)
        if found is not None:
            self._backpressure.output_resumed(found, now)

    @property
    def lagging(self) -> list[ConnectionId]:
        """The connections for which :meth:`paused` is called again before a tick."""
        return list(self._timers.stalls)

    def reading_changes(self) -> dict[ConnectionId, bool]:
        """Return which connections to start (True) or stop reading now."""
        return self._backpressure.reading_changes()

    # -- time ---------------------------------------------------------------------

    def silent_arrivals(self, now: float) -> list[ConnectionId]:
        """Return the silent connections that the next tick admits."""
        return self._timers.admissions.due(now)

    def postpone_admission(self, connection: ConnectionId, now: float) -> None:
        """Admit a connection later, because it has sent bytes that are not read yet.

        Its first line decides how it is admitted, even if the server reads it late.
        """
        self._timers.admissions.set(connection, now)

    def deadline(self, now: float) -> float | None:
        """Return when the next turn is due, or None if nothing is due.

        The turn is due at once if the time is not later than *now*.
        """
        if self._backpressure.is_due or self._proposals.has_batch:
            return now
        if self.delivery.reports.questions or self._checks.is_due:
            return now
        timer, flush = self._timers.next(now), self.delivery.flush_time(now)
        if timer is None or flush is None:
            return flush if timer is None else timer
        return min(timer, flush)

    def is_tick_due(self, now: float) -> bool:
        """Return whether :meth:`tick` may have anything to do."""
        return self._timers.are_due(now) or self._backpressure.is_due

    def tick(self, now: float) -> None:
        """Process expired timers and waiting input."""
        self.connections.now = now
        self._timers.check_clock(now)
        self._arrivals.tick(self.connections, now)
        self._timeouts.tick(self.connections, now)
        self._heartbeat.tick(self.connections, now)
        self._holds.tick(now)
        self._empty_rooms.tick(now)
        self._reads.tick(now)
        self._input.process_waiting(self.connections, now)
