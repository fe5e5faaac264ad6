"""The way out: who may still speak, what is waited for, and what is lost by leaving."""

from enum import Enum, auto
from typing import Final

from .exit_status import ExitCode, ExitStatus
from .protocol.acknowledgements import LATE, Patience
from .protocol.connection import Connection
from .unconfirmed_lines import UnconfirmedLines

DRAIN: Final = 1.0  # seconds given to the server to finish after we have

NO_NAME: Final = (
    "{}, so nothing is said. Give another with --name, or go on under any with "
    "--any-name"
)


class State(Enum):
    """What the conversation still does."""

    OPEN = auto()  # input is sent and messages are shown
    RECEIVE_ONLY = auto()  # the input was empty: messages are still shown
    FINISHING = auto()  # no more input; requests are sent and answers awaited
    CLOSING = auto()  # our side is shut down; the last lines are received
    CLOSED = auto()  # the connection may be closed


class Shutdown:
    """From open to the end. A *person* waits for lines to be kept, and no answers."""

    def __init__(
        self,
        link: Connection,
        aside: UnconfirmedLines,
        faults: ExitStatus,
        patience: Patience,
        *,
        person: bool,
    ) -> None:
        self.state = State.OPEN
        self._link, self._aside, self._faults = link, aside, faults
        self._patience, self._person = patience, person
        self._ends_at = 0.0  # when LEAVING is over at the latest

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.state is State.CLOSING:
            return self._ends_at
        if self.state is State.FINISHING:
            return self._patience.deadline(pending=self._is_pending)
        return None

    @property
    def is_hasty(self) -> bool:
        """Whether we are leaving, and would not come back for what is lost by that."""
        return self._person and self.state is State.FINISHING

    def listen(self) -> None:
        """Have nothing to say, and go on to hear."""
        self.state = State.RECEIVE_ONLY

    def begin(self, now: float, *, is_offline: bool) -> None:
        """Say no more, and wait for what is still to come, if anything is."""
        self.state = State.FINISHING
        self._patience.begin(now)
        if is_offline and (self._person or not self._link.outbox.unsettled):
            self.give_up()
        elif not is_offline:
            self.settle(now)

    def settle(self, now: float) -> None:
        """Leave if all has come that was waited for, or we may not speak at all."""
        self._check_name(now)
        if self.state is State.FINISHING and self._is_settled:
            self._leave(now)

    def tick(self, now: float) -> None:
        """Learn the time; give up what has been waited for long enough."""
        self._check_name(now)
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.CLOSING:
            self.end()
        elif now > deadline + LATE:
            self._patience.begin(now)  # not the server was late: we were stopped
        else:
            self._leave(now)

    def give_up(self) -> None:
        """End at once, and say what is lost by that."""
        self._lose_lines()
        self.end()

    def end(self) -> None:
        """End, with the connection as it is."""
        if self._link.outgoing.unsent and not self._link.speaks_session:
            self._faults.lose(f"{self._link.outgoing.unsent:,} bytes were not sent")
        self.state = State.CLOSED

    @property
    def _is_pending(self) -> bool:
        return bool(self._link.outgoing.unsent) or not self._link.outbox.is_empty

    @property
    def _is_settled(self) -> bool:
        """Whether nothing more can come that we wait for, as far as one can know."""
        if self._person:
            return not self._link.outbox.unsettled
        return self._link.speaks_session and not self._is_pending

    def _check_name(self, now: float) -> None:
        """Leave with nothing said if the name of the command line was refused."""
        is_over = self.state in (State.CLOSING, State.CLOSED)
        if self._link.gate.is_refused and not is_over:
            refusal = f"The name {self._link.gate.name} was refused"
            self._faults.slip(ExitCode.REFUSED, NO_NAME.format(refusal))
            self._link.outbox.clear()
            self._leave(now)

    def _leave(self, now: float) -> None:
        self._lose_lines()
        self.state = State.CLOSING
        self._ends_at = now + DRAIN
        self._link.goodbye()

    def _lose_lines(self) -> None:
        self._faults.lose_lines(self._link.outbox.unsettled + self._aside.lines)
