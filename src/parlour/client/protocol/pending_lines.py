"""Lines that are shown as pending, and answers that are overdue."""

from math import inf
from typing import Final

from .queued_request import QueuedRequest

OVERDUE_AFTER: Final = 2.0  # seconds without an answer after which lines are pending
NO_ANSWER: Final = "(no answer yet) "
"""The status of the prompt while an answer of the server is overdue."""


class OverdueAnswer:
    """The time of waiting for an answer, and whether the answer is overdue."""

    def __init__(self) -> None:
        self.begin()

    def begin(self, *, is_overdue: bool = False) -> None:
        """Start on a new connection."""
        self._waiting_since = inf
        self.is_overdue = is_overdue  # as of the last update

    @property
    def deadline(self) -> float:
        """The time at which an update is due; never while `is_overdue` is set."""
        return inf if self.is_overdue else self._waiting_since + OVERDUE_AFTER

    @property
    def status(self) -> str:
        """The status for the prompt."""
        return NO_ANSWER if self.is_overdue else ""

    def request_sent(self, now: float) -> None:
        """Record the sending of a line that the server must answer."""
        self._waiting_since = min(self._waiting_since, now)

    def received(self, now: float, *, is_awaiting: bool) -> None:
        """Record that data was received, and whether more answers are awaited."""
        self._waiting_since, self.is_overdue = (now if is_awaiting else inf), False

    def update(self, now: float) -> None:
        """Update `is_overdue`."""
        self.is_overdue = now >= self._waiting_since + OVERDUE_AFTER


class PendingLines:
    """The lines that are shown as pending, by number, until they are sent or stored."""

    def __init__(self) -> None:
        self._pending: set[int] = set()
        self._sent = self._stored = 0

    def add(self, entered: QueuedRequest) -> None:
        """Record that a line is shown as pending."""
        self._pending.add(entered.number)

    def sent(self, number: int) -> None:
        """Record that a line was sent to a server that does not acknowledge lines."""
        self._sent += number in self._pending
        self._pending.discard(number)

    def stored(self, number: int) -> None:
        """Record that a line is stored."""
        self._stored += number in self._pending
        self._pending.discard(number)

    def refused(self, number: int) -> None:
        """Record that the server has refused a line, which it says itself."""

    def forget(self, number: int) -> None:
        """Drop a line that is reported in another way."""
        self._pending.discard(number)

    def notes(self) -> list[str]:
        """Return the notes to show once no line is pending, each of them once."""
        if self._pending:
            return []
        counts = [(self._sent, "sent"), (self._stored, "stored")]
        self._sent = self._stored = 0
        return [
            f"{count:,} pending lines are now {what}"
            if count > 1
            else f"The pending line is now {what}"
            for count, what in counts
            if count
        ]
