"""One client, one connection: does what it was told follow the log?"""

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

ANY = 1 << 62  # behind every sequence


class ConnectionCheck:
    """Follow what a client is told through the log.

    The next message it is told has a sequence from *low* to *high*: they are the same,
    but where nobody can know how much it has missed.
    """

    def __init__(self, whom: str, log: StoredHistory, places: dict[str, int]) -> None:
        self._whom, self._log, self._places = whom, log, places
        self._low, self._high = 1, ANY
        self._is_owed = False  # the client has to be told of a gap

    def check(self, view: ConnectionRecord) -> Iterator[Violation]:
        """Tell what is wrong with what the client was told."""
        self._is_plain = view.is_plain
        if view.welcome is not None:
            yield from self._welcome(view.welcome, view.resume)
            self._is_owed = not view.welcome.recovered
        for event in view.events:
            if isinstance(event, Received):
                if self._is_owed:
                    self._is_owed = False
                    yield self._violation("a gap is told", f"not before {event}")
                yield from self._seen(event)
            elif isinstance(event, Missed):
                self._is_owed = False
                yield from self._missed(event)
            else:
                yield from self._page(event)

    @property
    def last_sequence(self) -> int | None:
        """The sequence of the last message that the client knows of, if it can know."""
        return None if self._is_owed or self._low != self._high else self._low - 1

    def check_end(self) -> Iterator[Violation]:
        """Tell what is wrong if the client should have heard everything by now."""
        head = len(self._log.messages)
        if self._high <= head:
            details = f"nothing from {self._low} to {head}"
            yield self._violation("all is heard in the end", details)

    def _welcome(self, welcome: Welcome, resume: Cursor | None) -> Iterator[Violation]:
        epoch, sequence, recovered = welcome
        if epoch != self._log.epoch:
            details = f"{epoch}, and the log is {self._log.epoch}"
            yield self._violation("the epoch is told", details)
        if resume is None:
            self._low = self._high = sequence + 1
            if not recovered:
                yield self._violation("all that is kept is told", str(welcome))
            return
        is_ahead = resume.sequence > sequence
        details = f"{resume} came back: {welcome}"
        if epoch != resume.epoch or is_ahead:
            self._low, self._high = 1, ANY
            if recovered:
                yield self._violation("a gap is told", details)
            return
        self._low = self._high = resume.sequence + 1
        if not recovered and not self._log.is_pruned:
            yield self._violation("all that is kept is told", details)

    def _missed(self, missed: Missed) -> Iterator[Violation]:
        events, after = missed
        if after is None:  # the plain dialect tells no more
            self._high = ANY if events is None else min(self._high + events, ANY)
            return
        if after < self._low - 1:
            details = f"{missed}, and it was at {self._low - 1}"
            yield self._violation("nothing is told twice", details)
        if events is not None and after - self._high + 1 > events:
            details = f"{missed}, and it was at {self._high - 1}"
            yield self._violation("a gap is told", details)
        self._low = self._high = after + 1

    def _seen(self, seen: Received) -> Iterator[Violation]:
        sequence = self._sequence(seen)
        if not self._is_kept(seen):
            yield self._violation("seen is kept", str(seen))
        if sequence < self._low:
            details = f"{seen} after {self._low - 1}"
            yield self._violation("nothing is told twice", details)
        elif sequence > self._high:
            details = f"{seen} after {self._high - 1}"
            yield self._violation("a gap is told", details)
        self._low = self._high = sequence + 1

    def _page(self, page: Page) -> Iterator[Violation]:
        for seen in page.messages:
            if not self._is_kept(seen):
                yield self._violation("seen is kept", f"in a page: {seen}")
        for one, two in pairwise(page.messages):
            if two.sequence != one.sequence + 1:
                yield self._violation("a page has no gap", f"{one}, {two}")

    def _is_kept(self, seen: Received) -> bool:
        place = self._sequence(seen)
        if not 1 <= place <= len(self._log.messages):
            return False
        _, source, text = self._log.messages[place - 1]
        return (source, text) == (seen.source, seen.text)

    def _sequence(self, seen: Received) -> int:
        return self._places.get(seen.text, 0) if self._is_plain else seen.sequence

    def _violation(self, promise: str, details: str) -> Violation:
        return Violation(promise, self._whom, details)
