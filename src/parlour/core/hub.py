"""Sessions and rooms: who comes, who is heard, what is due to whom, who goes."""

from collections.abc import Sequence
from itertools import count
from typing import Final

from .counters import Counters
from .delivery.shared_cursors import Write
from .events import LOBBY, Bye, Cursor, Refused, SessionId
from .limits import Limits
from .names.registry import NameRegistry
from .protocol.dialect import Dialect
from .protocol.plain import PLAIN
from .protocol.session import SESSION
from .rate_limit import Bucket
from .rooms.room import Room
from .rooms.steps import CloseRoom, SendPrivate
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
from .sessions.timers import Timers
from .storage import Draft, HistoryExtent, Outcome, Page, Question

NOTHING: Final = HistoryExtent()
STOP_WAIT: Final = 2.0  # seconds after which to come back to a server that stopped


class Hub:
    """The whole server, minus the network and the disk.

    Its methods are the driver contract (`parlour.server`), a step each, and hence
    more than a dozen: whoever writes a driver finds all of it here. None of them
    raises for anything that a peer may send, and none blocks. One owner calls them:
    an event loop, or the holder of one lock. Times are in seconds of any clock that
    never goes back, and stood at 0 at the *wall* time that is given.
    """

    def __init__(
        self, limits: Limits, reach: HistoryExtent = NOTHING, *, wall: float = 0.0
    ) -> None:
        self._limits = limits
        self._ids = count(1)
        self._connections: dict[SessionId, Connection] = {}
        self._watchers: set[SessionId] = set()
        self._names = NameRegistry()
        self._alarms = Timers(limits)
        self._stopping: Bye | None = None
        self.capacity = Capacity(limits)
        self._lagging: dict[SessionId, Connection] = {}
        self.counters = Counters()
        self.room = room = Room(LOBBY, limits, reach)
        self._queues = QueueLimit(limits.max_queued, room.delivery.queued_answers)
        self._gates = Backpressure(room, self._alarms, limits, self._queues)
        self._admission = admission = Admission(
            room, self._names, self._alarms, self.counters, self.capacity, wall
        )
        self._endings = Closing(
            room, self._alarms, self.counters, admission, self.capacity
        )
        self._heartbeat = Heartbeat(room, self._alarms, self._endings, limits)
        commands = CommandHandlers(room, self._names, limits, self.counters, admission)
        self._intake = InputProcessor(
            self._alarms,
            self._gates,
            admission,
            commands,
            self._endings,
            self.counters,
        )

    def __len__(self) -> int:
        """Return how many connections there are, watchers not counted."""
        return len(self._connections)

    # -- a connection comes, speaks and goes ----------------------------------

    def connect(
        self,
        address: str,
        now: float,
        *,
        exempt: bool = False,
        network: str = "",
        kind: ConnectionKind = ConnectionKind.SOCKET,
    ) -> SessionId | Rejected:
        """Open a session for a peer called *address*, or turn it away.

        Nobody hears of it before it is admitted. *exempt*: not bound to the rate.
        *network* is what shares the limits per address (`addresses.network_of`);
        the limits do not hold where it is empty. A page is connected when its first
        line has come: it is not waited for.
        """
        bye = self._stopping or self.capacity.rejection(kind, network, now)
        if bye is not None:
            return self.reject(bye, kind)
        session = SessionId(next(self._ids))
        rate = None if exempt else self._limits.rate
        bucket = Bucket(rate, now) if rate else None
        connection = self._connections[session] = Connection(
            session, address, network, kind, _spoken(kind), self._limits, bucket
        )
        self.capacity.enter(connection)
        self._names.take_address(session, address)
        if not kind.is_page:
            self._alarms.arrivals.set(session, now)
        self.counters.connections += 1
        return session

    def network(self, session: SessionId) -> str:
        """Return whose limits a session counts against; empty: nobody's."""
        connection = self._connections.get(session)
        return connection.network if connection is not None else ""

    def reject(
        self, bye: Bye, kind: ConnectionKind = ConnectionKind.SOCKET
    ) -> Rejected:
        """Count a connection that is not let in, and spell out why."""
        self.counters.turned += 1
        return Rejected(bye.code, bye.reason, _spoken(kind).encode(bye))

    def watch(self, dialect: Dialect) -> SessionId:
        """Open a session that hears the room and is not a member of it.

        It may lag for ever: it only misses what is forgotten meanwhile.
        """
        session = SessionId(next(self._ids))
        self._watchers.add(session)
        self.room.delivery.add(session, dialect)
        self.room.delivery.start(session)
        return session

    def receive(self, session: SessionId, data: bytes, now: float) -> None:
        """Take in bytes of a peer; ``b""`` means that it will send no more."""
        connection = self._connections[session]
        if connection.is_heard:
            self._intake.receive(connection, data, now)
            if self._queues.are_full:
                self._cut_off_largest(now)  # thousands may be read in one turn

    def disconnect(self, session: SessionId, now: float) -> Ended | None:
        """Forget a session whose socket is gone, however that came about.

        Returns how it ended if :meth:`ended` has not told so; it will not any more.
        """
        connection = self._connections[session]
        if connection.state is not State.OVER:
            self._endings.lose(connection, "lost", "the connection broke", now)
        self._lagging.pop(session, None)
        if not self._admission.is_held(session):
            self._names.release(session)
        self._gates.forget(session)
        self.capacity.close(connection)
        self._queues.forget(connection)
        del self._connections[session]
        return self._endings.untold(session)

    def ended(self) -> list[Ended]:
        """Return the sessions that are over since the last call, and how to part.

        They still count, and are known, until :meth:`disconnect`.
        """
        return self._endings.ended()

    def presence_changes(self) -> list[PresenceChange]:
        """Return who has come, gone or got another name since the last call."""
        return self._admission.presence_changes.take()

    def stop(self, reason: str) -> None:
        """Let nobody in any more, tell everybody why, and end every session."""
        self._stopping = bye = Bye("server_stopping", reason, STOP_WAIT)
        for connection in self._connections.values():
            if connection.state is State.ARRIVED:
                self._endings.refuse(connection, bye)
            elif connection.state is State.MEMBER:
                connection.leave(bye.code, bye.reason)
                self._alarms.stop_asking(connection.session)
        self.room.add(CloseRoom(bye))

    # -- what was said goes to the history and comes back ---------------------

    def drafts(self) -> list[Draft]:
        """Return the next batch to record, in order.

        Empty while one is out, and while the last one has not been told to all who
        may be written to: so nobody who reads is left behind, however much is said,
        and what they answer at once goes into the next batch.
        """
        if self.room.flush_schedule.is_urgent:
            return []
        return self.room.pending.next_batch()

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the room what the batch has become: one outcome for each draft."""
        self.counters.messages += len(outcomes)
        self.room.recorded(outcomes)
        self._gates.relieve()

    def refused(self, drafts: Sequence[Draft], why: Refused) -> None:
        """Tell those who said it that the batch was not recorded, and why."""
        self.counters.refused += len(drafts)
        refusals = [
            SendPrivate(draft.session, why.replace(id=draft.id) if draft.id else why)
            for draft in drafts
        ]
        self.room.refused(refusals, why.reason)
        self._gates.relieve()

    def questions(self) -> list[Question]:
        """Return what to read from the history now; the rest comes in later turns."""
        return self.room.delivery.questions()

    def cursors_ahead(self) -> list[Cursor]:
        """Return what clients have read that the history does not have, since then."""
        return self.room.cursors_ahead()

    def is_awaited(self, question: Question) -> bool:
        """Tell whether the asker of *question* is still here. Any thread may call."""
        return question.session in self.room.delivery

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Give the asker of *question* its answer, or the reason why there is none."""
        self.room.answered(question, page)

    # -- what is due ------------------------------------------------------------

    def flush(self, now: float) -> list[Write]:
        """Return what to write to whom, in order; each counts as written.

        This ends a turn: everybody may be heard again, for a turn's share of work.
        """
        self._intake.begin_turn()
        if self._queues.are_full:
            self._cut_off_largest(now)
        due = self.room.flush_time(now)
        if due is None or due > now:
            return []
        deliveries = self.room.flush(now)
        self.counters.flushed(deliveries)
        for session in self.room.delivery.answered():
            if session in self._connections:
                self._connections[session].asking = False
                self._gates.let_on(session)
        for session in self.room.delivery.finished():
            if session in self._connections:
                self._endings.over(self._connections[session])
                self._lagging.pop(session, None)
        return deliveries

    def _cut_off_largest(self, now: float) -> None:
        """End those for and from whom most waits, until it is little enough."""
        for connection in self._queues.largest(self._connections.values()):
            self._lagging.pop(connection.session, None)
            size = self._queues.size_of(connection)
            reason = f"{size:,} bytes waited for it, the most of all"
            self._endings.lose(connection, "too_much_queued", reason, now)
            self._queues.forget(connection)

    def paused(self, session: SessionId, unsent: int, now: float) -> None:
        """Know that a transport takes no more; *unsent* bytes wait in it.

        To be told again at every tick, so that progress is seen.
        """
        if session in self._watchers:
            self.room.delivery.pause_writing(session)
            return
        connection = self._connections[session]
        if connection.state is State.OVER:
            return
        if connection.unsent is None:
            self._lagging[session] = connection
            if session in self.room.delivery:
                self.room.delivery.pause_writing(session)
        if connection.unsent is None or unsent < connection.unsent:
            self._alarms.stalls.set(session, now)
        connection.unsent = unsent
        self._gates.set(connection, now)

    def resumed(self, session: SessionId, now: float) -> None:
        """Know that a transport that was paused takes bytes again."""
        self.room.delivery.resume_writing(session)
        connection = self._connections.get(session)
        if connection is not None:
            connection.unsent = None
            self._lagging.pop(session, None)
            self._alarms.stalls.clear(session)
            self._gates.set(connection, now)

    @property
    def lagging(self) -> list[SessionId]:
        """The sessions whose progress :meth:`paused` must tell before a tick."""
        return list(self._lagging)

    def silent_arrivals(self, now: float) -> list[SessionId]:
        """Return who enters at the next tick because nothing came of it in time."""
        return self._alarms.arrivals.due(now)

    def postpone_admission(self, session: SessionId, now: float) -> None:
        """Know that something of a silent session has come, and is yet to be taken in.

        It enters by what that says, and not because we were late to read it.
        """
        self._alarms.arrivals.set(session, now)

    def reading_changes(self) -> dict[SessionId, bool]:
        """Return whose reading is to stop (False) or go on, since the last call."""
        return self._gates.changed()

    def deadline(self, now: float) -> float | None:
        """Return when a turn is due next; None: never.

        What is due at once is not later than *now*.
        """
        room = self.room
        if self._gates.is_due or room.pending.has_batch or room.delivery.has_questions:
            return now
        times = self._alarms.next(now), room.flush_time(now)
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what the time has come for."""
        alarms = self._alarms
        alarms.beat(now)
        for session in alarms.arrivals.ring(now):
            self._admission.admit(self._connections[session], now)
        for session in alarms.half_lines.ring(now):
            reason = f"a line must end within {self._limits.half_line:g} seconds"
            bye = Bye("line_timeout", reason)
            self._endings.end(self._connections[session], bye, now)
        for session in alarms.stalls.ring(now):
            reason = f"took nothing for {self._limits.stall:g} seconds"
            self._lagging.pop(session, None)
            self._endings.lose(self._connections[session], "stalled", reason, now)
        self._heartbeat.beat(self._connections, now)
        for session in alarms.holds.ring(now):
            self._admission.let_go(session)
        self._intake.go_on(self._connections, now)


def _spoken(kind: ConnectionKind) -> Dialect:
    """Return the dialect of those who come in by *kind* and said nothing yet."""
    return SESSION if kind.is_page else PLAIN
