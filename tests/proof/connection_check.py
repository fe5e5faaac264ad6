"""Checks that one client received the history in order over one connection."""

from collections.abc import Iterator
from itertools import pairwise

from .records import (
    ConnectionRecord,
    Cursor,
    Missed,
    Page,
    Received,
    StoredHistory,
    Welcome,
)
from .violation import Violation

ANY = 1 << 62  # after all sequences


class ConnectionCheck:
    """The range of sequences that the next message for a client may have.

    *low* and *high* are equal, unless nobody can know how much the client has missed.
    """

    def __init__(
        self, client: str, history: StoredHistory, sequences: dict[str, int]
    ) -> None:
        self._client, self._history, self._sequences = client, history, sequences
        self._low, self._high = 1, ANY
        self._is_gap_due = False  # a gap has to be declared next

    def check(self, view: ConnectionRecord) -> Iterator[Violation]:
        """Check everything that the client received."""
        self._is_plain = view.is_plain
        if view.welcome is not None:
            yield from self._welcome(view.welcome, view.resume)
            self._is_gap_due = not view.welcome.recovered
        for event in view.events:
            if isinstance(event, Received):
                if self._is_gap_due:
                    self._is_gap_due = False
                    yield self._violation("gaps are declared", f"not before {event}")
                yield from self._received(event)
            elif isinstance(event, Missed):
                self._is_gap_due = False
                yield from self._missed(event)
            else:
                yield from self._page(event)

    @property
    def last_sequence(self) -> int | None:
        """The sequence of the last received message, if the client can know it."""
        return None if self._is_gap_due or self._low != self._high else self._low - 1

    def check_end(self) -> Iterator[Violation]:
        """Check that the client has received everything by now."""
        head = len(self._history.messages)
        if self._high <= head:
            details = f"nothing from {self._low} to {head}"
            yield self._violation("everything is received in the end", details)

    def _welcome(self, welcome: Welcome, resume: Cursor | None) -> Iterator[Violation]:
        epoch, sequence, recovered = welcome
        if epoch != self._history.epoch:
            details = f"{epoch}, and the history is {self._history.epoch}"
            yield self._violation("a new epoch is announced", details)
        if resume is None:
            self._low = self._high = sequence + 1
            if not recovered:
                yield self._violation("no unnecessary gaps", str(welcome))
            return
        is_ahead = resume.sequence > sequence
        details = f"{resume} resumed: {welcome}"
        if epoch != resume.epoch or is_ahead:
            self._low, self._high = 1, ANY
            if recovered:
                yield self._violation("gaps are declared", details)
            return
        self._low = self._high = resume.sequence + 1
        if not recovered and not self._history.is_pruned:
            yield self._violation("no unnecessary gaps", details)

    def _missed(self, missed: Missed) -> Iterator[Violation]:
        events, after = missed
        if after is None:  # the plain dialect does not say
            self._high = ANY if events is None else min(self._high + events, ANY)
            return
        if after < self._low - 1:
            details = f"{missed}, and it was at {self._low - 1}"
            yield self._violation("nothing is sent twice", details)
        if events is not None and after - self._high + 1 > events:
            details = f"{missed}, and it was at {self._high - 1}"
            yield self._violation("gaps are declared", details)
        self._low = self._high = after + 1

    def _received(self, received: Received) -> Iterator[Violation]:
        sequence = self._sequence(received)
        if not self._is_stored(received):
            yield self._violation("received messages are stored", str(received))
        if sequence < self._low:
            details = f"{received} after {self._low - 1}"
            yield self._violation("nothing is sent twice", details)
        elif sequence > self._high:
            details = f"{received} after {self._high - 1}"
            yield self._violation("gaps are declared", details)
        self._low = self._high = sequence + 1

    def _page(self, page: Page) -> Iterator[Violation]:
        for received in page.messages:
            if not self._is_stored(received):
                yield self._violation(
                    "received messages are stored", f"in a page: {received}"
                )
        for one, two in pairwise(page.messages):
            if two.sequence != one.sequence + 1:
                yield self._violation("pages have no gaps", f"{one}, {two}")

    def _is_stored(self, received: Received) -> bool:
        place = self._sequence(received)
        if not 1 <= place <= len(self._history.messages):
            return False
        _, source, text = self._history.messages[place - 1]
        return (source, text) == (received.source, received.text)

    def _sequence(self, received: Received) -> int:
        return (
            self._sequences.get(received.text, 0)
            if self._is_plain
            else received.sequence
        )

    def _violation(self, promise: str, details: str) -> Violation:
        return Violation(promise, self._client, details)
