"""The shutdown: what the client waits for, how long, and what is lost by leaving."""

from enum import Enum, auto
from math import inf
from typing import Final

from .exit_status import ExitCode, ExitStatus
from .protocol.connection import Connection
from .unconfirmed_lines import UnconfirmedLines

PROGRESS_TIMEOUT: Final = 5.0  # seconds without progress after which a pipe leaves
SESSION_PROGRESS_TIMEOUT: Final = 30.0  # the same, in the session dialect
IDLE_TIMEOUT: Final = 0.5  # seconds of silence, if nothing is pending
INTERACTIVE_TIMEOUT: Final = 1.0  # seconds that an interactive user waits in total
CLOSE_TIMEOUT: Final = 1.0  # seconds for the server to finish after the client
SILENT_END: Final = 30.0  # seconds; a silent server that ends later may be a chat
SUSPENDED_AFTER: Final = 1.0  # seconds; a timer this late means a suspended process

NO_CHAT: Final = (
    "The server has not sent a line of a chat: is this the port of one? "
    "A page has another port, and a port for TLS needs --tls"
)
NO_ROOMS: Final = "This server has one room, the lobby: leave out --room"
NO_WELCOME: Final = (
    "The server has not said that it has rooms: try again later, or leave out --room"
)
NO_NAME: Final = (
    "{}, so nothing is sent. Choose another with --name, or accept any with --any-name"
)


class State(Enum):
    """A state of the conversation."""

    OPEN = auto()  # input is sent and messages are shown
    RECEIVE_ONLY = auto()  # the input was empty: messages are still shown
    FINISHING = auto()  # no more input; requests are sent and answers awaited
    CLOSING = auto()  # the client's side is shut down; the last lines are received
    CLOSED = auto()  # the connection may be closed

    @property
    def is_ending(self) -> bool:
        """Whether nothing more is sent for the user."""
        return self in (State.CLOSING, State.CLOSED)


_NEXT: Final = {
    State.OPEN: {State.RECEIVE_ONLY, State.FINISHING, State.CLOSING, State.CLOSED},
    State.RECEIVE_ONLY: {State.CLOSING, State.CLOSED},
    State.FINISHING: {State.CLOSING, State.CLOSED},
    State.CLOSING: {State.CLOSED},
    State.CLOSED: {State.CLOSED},  # a connection attempt may still fail
}
"""The states that may follow each state."""


class ShutdownTimer:
    """The deadline of the wait, which progress and received data extend.

    The wait never takes more than *limit* seconds in total.
    """

    def __init__(self, limit: float = inf) -> None:
        self._limit = limit
        self._began_at = self._progress_at = self._received_at = 0.0

    def begin(self, now: float) -> None:
        """Start the wait, or start it again."""
        self._began_at = self._progress_at = self._received_at = now

    def progressed(self, now: float) -> None:
        """Record that a line was written or acknowledged."""
        self._progress_at = now

    def received(self, now: float) -> None:
        """Record that the server sent data of any kind."""
        self._received_at = now

    def deadline(self, *, is_pending: bool, is_session: bool) -> float:
        """Return the deadline; silence ends the wait early unless *is_pending*."""
        patience = SESSION_PROGRESS_TIMEOUT if is_session else PROGRESS_TIMEOUT
        last = min(self._progress_at + patience, self._began_at + self._limit)
        if is_pending:
            return last
        return min(last, max(self._received_at, self._progress_at) + IDLE_TIMEOUT)


class Shutdown:
    """The transitions of a conversation from open to closed.

    An *interactive* client waits for its lines to be recorded, but not for answers.
    """

    def __init__(
        self,
        connection: Connection,
        unconfirmed: UnconfirmedLines,
        status: ExitStatus,
        *,
        interactive: bool,
        now: float,
    ) -> None:
        self._began_at = now
        self.state = State.OPEN
        self.is_cut_short = False  # the user has not ended it
        self.cleared_lines = 0  # not sent, since the client could not sign in
        self.timer = ShutdownTimer(INTERACTIVE_TIMEOUT if interactive else inf)
        self._connection, self._unconfirmed = connection, unconfirmed
        self._status, self._interactive = status, interactive
        self._close_by = 0.0  # the end of CLOSING

    @property
    def deadline(self) -> float | None:
        """The time at which :meth:`tick` is due."""
        if self.state is State.CLOSING:
            return self._close_by
        if self.state is State.FINISHING:
            connection = self._connection
            is_session = connection.is_session or connection.awaits_session
            return self.timer.deadline(
                is_pending=self._is_pending, is_session=is_session
            )
        return None

    @property
    def forbids_reconnect(self) -> bool:
        """Whether the user is leaving and does not wait for another connection."""
        return self._interactive and self.state is State.FINISHING

    def receive_only(self) -> None:
        """Continue to receive, without input."""
        self._enter(State.RECEIVE_ONLY)

    def begin(self, now: float, *, is_offline: bool) -> None:
        """Accept no more input, and wait for missing answers."""
        self._enter(State.FINISHING)
        self.timer.begin(now)
        outbox = self._connection.outbox
        is_waiting = bool(outbox.unacknowledged or outbox.unsent_commands)
        is_done = self._interactive or not is_waiting
        if is_offline and is_done:
            self.abandon()
        elif not is_offline:
            self.settle(now)

    def settle(self, now: float) -> None:
        """Close if all answers were received, or if nothing may be sent."""
        self.check_refusals(now)
        if self.state is State.FINISHING and self._is_settled:
            self._close(now)

    def check_refusals(self, now: float) -> None:
        """Leave if the server lacks the rooms, or refuses the account or the name."""
        if self.state.is_ending:
            return
        connection = self._connection
        if connection.lacks_rooms:
            is_known = not connection.is_unanswered
            self._status.report_no_service(NO_ROOMS if is_known else NO_WELCOME)
            self._close(now)
        elif reason := connection.sign_in.failure:
            self._status.report_no_sign_in(connection.sign_in.account, reason)
            outbox = connection.outbox
            self.cleared_lines = outbox.unsent_lines
            self._status.report_lost_lines(outbox.unacknowledged - self.cleared_lines)
            self._status.report_lost_commands(unsent=outbox.unsent_commands)
            outbox.clear()
            self._close(now)
        elif connection.initial_name.is_refused:
            refusal = f"The name {connection.initial_name.name} was refused"
            self._status.report_mistake(ExitCode.REFUSED, NO_NAME.format(refusal))
            connection.outbox.clear()
            self._close(now)
            self.is_cut_short = False  # the note is about all lines

    def tick(self, now: float) -> None:
        """Process expired timers."""
        self.check_refusals(now)
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.CLOSING:
            self.end()
        elif now > deadline + SUSPENDED_AFTER:
            self.timer.begin(now)  # this process was suspended; the server is not late
        else:
            self._close(now)

    def is_no_chat(self, now: float) -> bool:
        """Whether the server ends early and has never sent a line of a chat.

        That is no failure: a silent server of the assignment may end like this.
        """
        return not self._connection.is_chat and now <= self._began_at + SILENT_END

    def abandon(self) -> None:
        """End at once, and report what is lost."""
        self._report_lost_lines()
        self.end()

    def end(self) -> None:
        """End without waiting, and report requests that were not sent."""
        buffer = self._connection.send_buffer
        if buffer.unsent_requests and not self._connection.is_session:
            self._status.report_loss(f"{buffer.unsent:,} bytes were not sent")
        self._enter(State.CLOSED)

    def _enter(self, state: State) -> None:
        assert state in _NEXT[self.state], (self.state, state)
        if self.state is State.OPEN:
            self.is_cut_short = state.is_ending
        self.state = state

    @property
    def _is_pending(self) -> bool:
        connection = self._connection
        return bool(connection.send_buffer.unsent) or not connection.outbox.is_empty

    @property
    def _is_settled(self) -> bool:
        """Whether no answer is missing, as far as the client can tell."""
        if self._interactive:
            return not self._connection.outbox.unacknowledged
        return self._connection.is_session and not self._is_pending

    def _close(self, now: float) -> None:
        self._report_lost_lines()
        self._enter(State.CLOSING)
        self._close_by = now + CLOSE_TIMEOUT
        self._connection.send_bye()

    def _report_lost_lines(self) -> None:
        lost = self._connection.outbox.unacknowledged + self._unconfirmed.count
        self._status.report_lost_lines(lost)
        if not self._interactive:
            outbox = self._connection.outbox
            self._status.report_lost_commands(
                unsent=outbox.unsent_commands, unanswered=outbox.in_flight.commands
            )
