"""Sessions and rooms: who comes, who is heard, what is due to whom, who goes."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Final, NamedTuple

from .alarms import Alarms
from .commands import Commands
from .connection import Connection, Ended, State
from .counters import Counters
from .crowd import Delivery
from .dialect import Dialect
from .events import (
    LOBBY,
    Bye,
    Draft,
    Outcome,
    Page,
    Question,
    Refused,
    RoomName,
    SessionId,
)
from .gates import Gates
from .limits import Bucket, Limits
from .names import Names
from .pending import Depart, Stop, Tell
from .plain import Plain, stranger
from .rooms import Room

PLAIN: Final = Plain()


class Turned(NamedTuple):
    """A connection that is not let in: why, and what to send before the end."""

    code: str
    reason: str
    last: bytes


class Hub:
    """The whole server, minus the network and the disk.

    Its methods are the driver contract (`parlour.server`), a step each, and hence
    more than a dozen: whoever writes a driver finds all of it here. None of them
    raises for anything that a peer may send, and none blocks. One owner calls them:
    an event loop, or the holder of one lock. Times are in seconds of any clock that
    never goes back.
    """

    def __init__(
        self, limits: Limits, heads: Mapping[RoomName, int] | None = None
    ) -> None:
        self._limits = limits
        self._ids = count(1)
        self._connections: dict[SessionId, Connection] = {}
        self._watchers: set[SessionId] = set()
        self._names = Names()
        self._alarms = Alarms(limits)
        self._stopping: Bye | None = None
        self._lagging: dict[SessionId, Connection] = {}
        self._ended: list[Ended] = []
        self.counters = Counters()
        self.room = Room(LOBBY, limits, (heads or {}).get(LOBBY, 0))
        self._gates = Gates(self.room, self._alarms, limits)
        self._commands = Commands(self.room, self._names, limits, self.counters)

    def __len__(self) -> int:
        """Return how many connections there are, watchers not counted."""
        return len(self._connections)

    # -- a connection comes, speaks and goes ----------------------------------

    def connect(
        self, address: str, now: float, *, exempt: bool = False
    ) -> SessionId | Turned:
        """Open a session for a peer called *address*, or turn it away.

        Nobody hears of it before it is admitted. *exempt*: not bound to the rate.
        """
        if (bye := self._closed()) is not None:
            return self.turn_away(bye)
        session = SessionId(next(self._ids))
        rate = None if exempt else self._limits.rate
        bucket = Bucket(rate, now) if rate else None
        self._connections[session] = Connection(session, PLAIN, self._limits, bucket)
        self._names.take_address(session, address)
        self._alarms.arrivals.set(session, now)
        self.counters.connections += 1
        return session

    def turn_away(self, bye: Bye) -> Turned:
        """Count a connection that is not let in, and spell out why."""
        self.counters.turned += 1
        return Turned(bye.code, bye.reason, PLAIN.encode(bye))

    def watch(self, dialect: Dialect) -> SessionId:
        """Open a session that hears the room and is not a member of it.

        It may lag for ever: it only misses what is forgotten meanwhile.
        """
        session = SessionId(next(self._ids))
        self._watchers.add(session)
        self.room.crowd.add(session, dialect)
        self.room.crowd.place(session)
        return session

    def receive(self, session: SessionId, data: bytes, now: float) -> None:
        """Take in bytes of a peer; ``b""`` means that it will send no more."""
        connection = self._connections[session]
        if not connection.is_heard:
            return
        lines = connection.lines.feed(data)
        if connection.state is State.ARRIVED:
            start = lines[0] if lines else connection.lines.start
            if speech := stranger(start):
                reason = f"this is a chat server; it speaks JSON lines, not {speech}"
                self._end(connection, Bye("not_a_chat_client", reason))
                return
        if not data:
            connection.eof = True
        if connection.held:
            connection.held.extend(lines)
        else:
            self._hear(connection, lines, now)
        self._gates.set(connection, now, fresh=bool(lines))

    def disconnect(self, session: SessionId) -> Ended | None:
        """Forget a session whose socket is gone, however that came about.

        Returns how it ended if :meth:`ended` has not told so; it will not any more.
        """
        connection = self._connections[session]
        if connection.state is not State.OVER:
            if connection.is_heard:
                connection.why = ("lost", "the connection broke")
            self._over(connection, abort=True)
        ended = next((end for end in self._ended if end.session == session), None)
        if ended is not None:
            self._ended.remove(ended)
        self._names.release(session)
        self._gates.forget(session)
        del self._connections[session]
        return ended

    def ended(self) -> list[Ended]:
        """Return the sessions that are over since the last call, and how to part.

        They still count, and are known, until :meth:`disconnect`.
        """
        ended, self._ended = self._ended, []
        return ended

    def stop(self, reason: str) -> None:
        """Let nobody in any more, tell everybody why, and end every session."""
        self._stopping = bye = Bye("server_stopping", reason)
        for connection in self._connections.values():
            if connection.state is State.ARRIVED:
                self._end(connection, bye)
            elif connection.state is State.MEMBER:
                connection.leave(bye.code, bye.reason)
        self.room.add(Stop(bye))

    # -- what was said goes to the history and comes back ---------------------

    def drafts(self) -> list[Draft]:
        """Return the next batch to record, in order.

        Empty while one is out, and while the last one has not been told to all who
        may be written to: so nobody who reads is left behind, however much is said.
        """
        if self.room.crowd.is_overdue:
            return []
        return self.room.pending.drafts()

    def recorded(self, outcomes: Sequence[Outcome]) -> None:
        """Tell the room what the batch has become: one outcome for each draft."""
        self.counters.messages += len(outcomes)
        self.room.recorded(outcomes)
        self._gates.relieve()

    def refused(self, drafts: Sequence[Draft], why: Refused) -> None:
        """Tell those who said it that the batch was not recorded, and why."""
        self.counters.refused += len(drafts)
        self.room.refused([Tell(draft.session, why) for draft in drafts], why.reason)
        self._gates.relieve()

    def questions(self) -> list[Question]:
        """Return what to read from the history, since the last call."""
        return self.room.questions()

    def answered(self, question: Question, page: Page | Refused) -> None:
        """Give the asker of *question* its answer, or the reason why there is none."""
        self.room.answered(question, page)

    # -- what is due ------------------------------------------------------------

    def flush(self, now: float) -> list[Delivery]:
        """Return what to write to whom, in order; each counts as written."""
        due = self.room.due(now)
        if due is None or due > now:
            return []
        deliveries = self.room.flush()
        self.counters.flushed(deliveries)
        for session in self.room.crowd.settled():
            if session in self._connections:
                self._connections[session].asking = False
                self._gates.let_on(session)
        for session in self.room.crowd.finished():
            if session in self._connections:
                self._over(self._connections[session])
        return deliveries

    def paused(self, session: SessionId, unsent: int, now: float) -> None:
        """Know that a transport takes no more; *unsent* bytes wait in it.

        To be told again at every tick, so that progress is seen.
        """
        if session in self._watchers:
            self.room.crowd.pause(session)
            return
        connection = self._connections[session]
        if connection.state is State.OVER:
            return
        if connection.unsent is None:
            self._lagging[session] = connection
            if session in self.room.crowd:
                self.room.crowd.pause(session)
        if connection.unsent is None or unsent < connection.unsent:
            self._alarms.stalls.set(session, now)
        connection.unsent = unsent
        self._gates.set(connection, now)

    def resumed(self, session: SessionId, now: float) -> None:
        """Know that a transport that was paused takes bytes again."""
        self.room.resume(session)
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

    def reading(self) -> dict[SessionId, bool]:
        """Return whose reading is to stop (False) or go on, since the last call."""
        return self._gates.changed()

    def deadline(self, now: float) -> float | None:
        """Return when a turn is due next; None: never.

        What is due at once is not later than *now*.
        """
        if self._gates.is_due or self.room.pending.is_due:
            return now
        times = self._alarms.next(now), self.room.due(now)
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> None:
        """Do what the time has come for."""
        alarms = self._alarms
        alarms.beat(now)
        for session in alarms.arrivals.ring(now):
            self._admit(self._connections[session])
        for session in alarms.half_lines.ring(now):
            reason = f"a line must end within {self._limits.half_line:g} seconds"
            self._end(self._connections[session], Bye("line_timeout", reason))
        for session in alarms.stalls.ring(now):
            reason = f"took nothing for {self._limits.stall:g} seconds"
            connection = self._connections[session]
            connection.why = ("stalled", reason)
            self._over(connection, abort=True)
        for session in (*alarms.delays.ring(now), *self._gates.ready()):
            if session in self._connections:
                self._go_on(self._connections[session], now)

    # -- hearing ------------------------------------------------------------------

    def _hear(self, connection: Connection, lines: list[bytes], now: float) -> None:
        """Hear *lines*, and the end of the stream once nothing is held before it."""
        if connection.state is State.ARRIVED and (lines or connection.eof):
            self._admit(connection)
        if lines:
            bye = self._commands.hear(connection, lines, now)
            if bye is not None:
                self._end(connection, bye)
                return
        if connection.held and not connection.asking:
            self.counters.delayed += 1
            self._alarms.delays.set(connection.session, now)
        if connection.eof and not connection.held:
            self._depart(connection, "closed", "by the peer")

    def _go_on(self, connection: Connection, now: float) -> None:
        """Hear what had to wait, as far as it need not wait any more."""
        if connection.state is State.MEMBER and not connection.asking:
            held = list(connection.held)
            connection.held.clear()
            self._hear(connection, held, now)
        self._gates.set(connection, now)

    # -- coming and going ---------------------------------------------------------

    def _closed(self) -> Bye | None:
        """Return why nobody is let in, if so."""
        most = self._limits.max_users
        if len(self._connections) >= most:
            users = "1 user" if most == 1 else f"{most:,} users"
            reason = f"the server is full ({users}); try again later"
            return Bye("server_full", reason)
        return self._stopping

    def _admit(self, connection: Connection) -> None:
        session = connection.session
        self._alarms.arrivals.clear(session)
        connection.state = State.MEMBER
        self.counters.joined += 1
        self.room.enter(session, self._names[session], connection.dialect)

    def _end(self, connection: Connection, bye: Bye) -> None:
        """End a connection from our side, after telling it why."""
        if connection.state is State.ARRIVED:
            connection.leave(bye.code, bye.reason)
            self._over(connection, last=connection.dialect.encode(bye))
        elif connection.state is State.MEMBER:
            self._depart(connection, bye.code, bye.reason, bye)

    def _depart(
        self, connection: Connection, code: str, reason: str, bye: Bye | None = None
    ) -> None:
        """Let a member go: the others hear it, and what is due to it is still sent."""
        connection.leave(code, reason)
        self._names.release(connection.session)
        self.room.add(Depart(connection.session, code, bye))

    def _over(
        self, connection: Connection, *, last: bytes = b"", abort: bool = False
    ) -> None:
        """Nothing is due to a connection any more: the driver may end it."""
        session, (code, reason) = connection.session, connection.why
        self._alarms.forget(session)
        self._lagging.pop(session, None)
        if session in self.room.crowd:
            self.room.crowd.remove(session)
        if connection.state is State.MEMBER:
            self._depart(connection, code, reason)  # the others still hear it
        connection.state = State.OVER
        self.counters.ended[code] += 1
        self._ended.append(Ended(session, code, reason, last, abort))
