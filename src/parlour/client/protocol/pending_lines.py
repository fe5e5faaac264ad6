"""What is shown as pending: a server that owes an answer, and lines that wait."""

from math import inf
from typing import Final

NOTICEABLE: Final = 2.0  # seconds without an answer after which a line is pending
NO_ANSWER: Final = "(no answer yet) "
"""Stands before the line that is typed while the server owes an answer."""


class OverdueAnswer:
    """How long the server has said nothing although it owes an answer."""

    def __init__(self, *, is_late: bool = False) -> None:
        self._since = inf
        self.is_late = is_late  # as of the last look

    @property
    def late_at(self) -> float:
        """When a look is due; never, if it was late at the last one already."""
        return inf if self.is_late else self._since + NOTICEABLE

    @property
    def status(self) -> str:
        """What the prompt says of it before the line that is typed."""
        return NO_ANSWER if self.is_late else ""

    def asked(self, now: float) -> None:
        """Record that the server was sent something that it has to answer."""
        self._since = min(self._since, now)

    def heard(self, now: float, *, is_owed: bool) -> None:
        """Record that the server said something, and whether it owes more."""
        self._since, self.is_late = (now if is_owed else inf), False

    def look(self, now: float) -> None:
        """Update `is_late`."""
        self.is_late = now >= self._since + NOTICEABLE


class PendingLines:
    """Lines that were shown as pending, by number, until it is known what they are."""

    def __init__(self) -> None:
        self._pending: set[int] = set()
        self._sent = self._stored = 0

    def add(self, number: int) -> None:
        """Record that a line is shown as pending."""
        self._pending.add(number)

    def sent(self, number: int) -> None:
        """Record that a line was sent to a server that does not acknowledge lines."""
        self._sent += number in self._pending
        self._pending.discard(number)

    def stored(self, number: int) -> None:
        """Record that a line is stored."""
        self._stored += number in self._pending
        self._pending.discard(number)

    def told(self, number: int) -> None:
        """Forget a line about which the person is told in another way."""
        self._pending.discard(number)

    def news(self) -> list[str]:
        """Return what to say once no line is pending any more, each thing once."""
        if self._pending:
            return []
        news = [(self._sent, "sent"), (self._stored, "stored")]
        self._sent = self._stored = 0
        return [
            f"{count:,} lines that waited are {what} now"
            if count > 1
            else f"The line that waited is {what} now"
            for count, what in news
            if count
        ]
