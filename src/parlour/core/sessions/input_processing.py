"""Input processing: bytes from peers become commands, in order and in bounded pieces.

Input that has to wait stays in its buffer as bytes: until an answer is delivered, until
the rate limit allows more, or until the next turn.
"""

from collections.abc import Mapping
from typing import Final

from ..counters import Counters
from ..events import Bye, ConnectionId
from ..protocol.foreign_protocols import detect_foreign_start, foreign_client_bye
from ..protocol.hello import decode_hello
from ..protocol.plain import PLAIN
from .admission import Admission
from .backpressure import Backpressure
from .closing import Closing
from .connection import Connection, ConnectionKind, ReadPause, State
from .hellos import session_dialect
from .line_processor import LineProcessor
from .sign_in import SIGN_IN_REQUIRED, SignIn
from .timers import Timers
from .work_budget import LINE_COST, MIN_QUANTUM, QUANTUM, WorkBudget

# Looked up at every read, where the lookup of an enum's member is slow.
ARRIVED: Final = State.ARRIVED
END_OF_STREAM: Final = ReadPause.END_OF_STREAM

NO_HELLO: Final = Bye("no_hello", 'a read-only page must send "hello" first')


class InputProcessor:
    """The processing of input, limited to each connection's share of a turn."""

    def __init__(
        self,
        timers: Timers,
        backpressure: Backpressure,
        admission: Admission,
        lines: LineProcessor,
        closing: Closing,
        counters: Counters,
        sign_in: SignIn,
    ) -> None:
        self._timers, self._backpressure = timers, backpressure
        self._admission, self._lines = admission, lines
        self._sign_in = sign_in
        self._closing, self._counters = closing, counters
        self._budget = WorkBudget()

    def begin_turn(self) -> None:
        """Give every peer a new share of work."""
        self._budget.renew()

    def receive(self, connection: Connection, data: bytes, now: float) -> None:
        """Process bytes from a peer; ``b""`` is the end of the stream."""
        if connection.dialect.can_resume and connection.state is not ARRIVED:
            self._timers.restart_heartbeat(connection.id, now)
        must_wait, has_new_line = bool(connection.input.complete_lines), False
        if data:
            has_new_line = connection.input.feed(data)
        else:
            connection.pause_reading(END_OF_STREAM)
        if not connection.has_sent_line and (
            protocol := detect_foreign_start(connection.input.next_line_start)
        ):
            self._closing.close(connection, foreign_client_bye(protocol))
            return
        if not must_wait:
            # While many entries wait, a flooding peer must not get far ahead of others.
            is_busy = self._backpressure.is_busy
            quantum = MIN_QUANTUM if is_busy else self._budget.new_quantum
            self._budget.spend_new(self._process(connection, quantum, now))
        self._backpressure.update(connection, now, has_new_line=has_new_line)

    def process_waiting(
        self, connections: Mapping[ConnectionId, Connection], now: float
    ) -> None:
        """Process waiting input once for each of *connections* that has any.

        Input beyond the turn's share of work waits for the next turn.
        """
        backpressure = self._backpressure
        for each in self._timers.rate_delays.pop_due(now):
            backpressure.schedule(each)
        for _ in range(backpressure.ready_count):
            if backpressure.is_busy or not self._budget.has_waiting_units:
                break
            ready = backpressure.pop_ready()
            if ready in connections:
                self._process_waiting(connections[ready], now)

    def _process_waiting(self, connection: Connection, now: float) -> None:
        if connection.state is State.MEMBER and connection.may_process:
            self._budget.spend_waiting(self._process(connection, QUANTUM, now))
        self._backpressure.update(connection, now)

    def _process(self, connection: Connection, quantum: int, now: float) -> int:
        """Process input for about *quantum* units; return the units of work done.

        The end of the stream is processed after all input before it.
        """
        input_, work = connection.input, 0
        if connection.state is ARRIVED:
            has_ended = END_OF_STREAM in connection.pauses
            if input_.complete_lines or (has_ended and input_.size):
                work += self._admit(connection, now)
            elif has_ended:
                self._closing.drop(connection)
        if input_.complete_lines and connection.accepts_input:
            bye, spent = self._lines.process(connection, quantum - work, now)
            work += spent
            if bye is not None:
                self._closing.close(connection, bye)
                return work
        if input_.complete_lines and connection.accepts_input:
            self._schedule(connection, now)
        elif (
            END_OF_STREAM in connection.pauses
            and connection.accepts_input
            and not connection.must_wait
        ):
            reason = "by the peer"
            self._closing.leave(connection, "closed", reason, may_resume=True)
        return work

    def _schedule(self, connection: Connection, now: float) -> None:
        """Process the rest of a connection's input later.

        If it waits for something else, the end of that wait schedules it.
        """
        if not connection.may_process:
            return
        bucket = connection.bucket
        if bucket is not None and not bucket.has_token(now):
            self._counters.delayed += 1
            self._timers.rate_delays.set(connection.id, now)
        else:
            self._backpressure.schedule(connection.id)

    def _admit(self, connection: Connection, now: float) -> int:
        """Admit a connection as its first line asks; return the units of work done.

        Only a hello is removed from the input.
        """
        lines = connection.input.peek(1, 0)
        hello = decode_hello(lines[0]) if lines else None
        is_read_only = connection.kind is ConnectionKind.READ_ONLY_PAGE
        signs_in = bool(hello and hello.credentials) and not is_read_only
        bye = None
        if hello is None and is_read_only:
            bye = NO_HELLO
        elif hello is None or signs_in:
            bye = self._admission.user_rejection(connection)
        if bye is None and not signs_in:
            bye = self._admission.ban_of(connection, hello)
        if bye is not None:
            if hello is not None:
                connection.dialect = session_dialect(hello)
            self._closing.close(connection, bye)
            return 0
        if hello is None:
            connection.dialect = PLAIN
            if not self._admission.admits_readers:
                self._closing.close(connection, SIGN_IN_REQUIRED)
                return 0
            self._admission.admit(connection)
            return 0
        connection.input.advance(1)
        connection.has_sent_line = True
        self._counters.lines += 1
        if signs_in:
            self._sign_in.admit(connection, hello, now)
        else:
            self._admission.admit_with_hello(connection, hello, now)
        return LINE_COST
