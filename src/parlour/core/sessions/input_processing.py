"""What a peer sends: who is heard now, how far, and what has to wait.

Input is processed in order and in bounded pieces. It waits where it is, as bytes, for
the answer that the peer is owed, for its rate, or for its share of the next turn.
"""

from collections.abc import Mapping
from typing import Final

from ..counters import Counters
from ..events import Bye, SessionId
from ..protocol.foreign_protocols import foreign_start, not_a_chat_client
from ..protocol.plain import PLAIN
from ..protocol.session_decoder import greeting
from .admission import Admission
from .backpressure import Backpressure
from .closing import Closing
from .command_handlers import CommandHandlers
from .connection import Connection, ConnectionKind, State
from .timers import Timers
from .work_budget import LEAST, LINE, QUANTUM, WorkBudget

ARRIVED: Final = State.ARRIVED  # asked at every read, and an enum is slow to look up

NO_HELLO: Final = Bye("no_hello", 'one who only watches begins with "hello"')


class InputProcessor:
    """Process the input of connections, each within its share of a turn."""

    def __init__(
        self,
        alarms: Timers,
        gates: Backpressure,
        admission: Admission,
        commands: CommandHandlers,
        endings: Closing,
        counters: Counters,
    ) -> None:
        self._alarms, self._gates, self._admission = alarms, gates, admission
        self._commands, self._endings, self._counters = commands, endings, counters
        self._budget = WorkBudget()

    def begin_turn(self) -> None:
        """Give everybody a new share."""
        self._budget.renew()

    def receive(self, connection: Connection, data: bytes, now: float) -> None:
        """Take in bytes of a peer; ``b""`` means that it will send no more."""
        if connection.dialect.resumes and connection.state is not ARRIVED:
            self._alarms.listen(connection.session, now)
        waits, fresh = bool(connection.input.block), False
        if data:
            fresh = connection.input.feed(data)
        else:
            connection.eof = True
        if not connection.has_spoken and (
            speaks := foreign_start(connection.input.start)
        ):
            self._endings.end(connection, not_a_chat_client(speaks), now)
            return
        if not waits:
            # Who floods does not get far ahead of those who say a line now and then.
            quantum = LEAST if self._gates.is_busy else self._budget.fresh_quantum
            self._budget.spend_fresh(self._hear(connection, quantum, now))
        self._gates.set(connection, now, fresh=fresh)

    def go_on(self, connections: Mapping[SessionId, Connection], now: float) -> None:
        """Process what had to wait, from each of *connections* once, in their order.

        What is beyond the turn's share waits for the next turn.
        """
        gates = self._gates
        for session in self._alarms.delays.ring(now):
            gates.let_on(session)
        for _ in range(gates.ready):
            if gates.is_busy or not self._budget.has_time:
                break
            session = gates.next_ready()
            if session in connections:
                self._go_on(connections[session], now)

    def _go_on(self, connection: Connection, now: float) -> None:
        """Process input of one connection, unless it waits for something else."""
        if connection.state is State.MEMBER and not (
            connection.asking or connection.crowded
        ):
            self._budget.spend_waiting(self._hear(connection, QUANTUM, now))
        self._gates.set(connection, now)

    def _hear(self, connection: Connection, quantum: int, now: float) -> int:
        """Process input for *quantum* units of work, about; return how many it took.

        The end of the stream comes once nothing waits before it.
        """
        input_, work = connection.input, 0
        if connection.state is ARRIVED and (input_.block or connection.eof):
            work += self._let_in(connection, now)
        if input_.block and connection.is_heard:
            bye, spent = self._commands.hear(connection, quantum - work, now)
            work += spent
            if bye is not None:
                self._endings.end(connection, bye, now)
                return work
        if input_.block and connection.is_heard:
            self._wait(connection, now)
        elif connection.eof and connection.is_heard and not connection.asking:
            reason = "by the peer"
            self._endings.depart(connection, "closed", reason, now, may_return=True)
        return work

    def _wait(self, connection: Connection, now: float) -> None:
        """Have the rest of a connection's input processed later."""
        if connection.asking or connection.crowded:
            return  # until the answer is given, or there is room
        bucket = connection.bucket
        if bucket is not None and not bucket.is_open(now):
            self._counters.delayed += 1
            self._alarms.delays.set(connection.session, now)
        else:
            self._gates.let_on(connection.session)

    def _let_in(self, connection: Connection, now: float) -> int:
        """Admit a connection by its first line, which is used up if it is a hello."""
        lines = connection.input.peek(1, 0)
        hello = greeting(lines[0]) if lines else None
        if hello is None and connection.kind is ConnectionKind.READ_ONLY_PAGE:
            self._endings.end(connection, NO_HELLO, now)
        elif hello is None and (bye := self._admission.no_place(connection)):
            self._endings.end(connection, bye, now)
        elif hello is None:
            connection.dialect = PLAIN
            self._admission.admit(connection, now)
        else:
            connection.input.advance(1)
            connection.has_spoken = True
            self._counters.lines += 1
            self._admission.greet(connection, hello, now)
            return LINE
        return 0
