"""Checks that one client received the messages of one room in order."""

from collections.abc import Iterator
from itertools import pairwise

from .records import LOBBY, Cursor, Missed, Opening, Page, Received, RoomView
from .room_log import RoomLog
from .violation import Violation

ANY = 1 << 62  # after all places


class RoomCheck:
    """The places that the next message for a client may have in a room.

    *low* and *high* are equal, unless nobody can know how much the client has missed.
    """

    def __init__(self, client: str, log: RoomLog, epoch: str) -> None:
        self._client, self._log, self._epoch = client, log, epoch
        self._low, self._high = 0, ANY
        self._is_gap_due = False  # a gap has to be declared next

    def check(self, view: RoomView) -> Iterator[Violation]:
        """Check everything that the client received."""
        self._is_plain = view.is_plain
        if view.opening is not None:
            yield from self._open(view)
            self._is_gap_due = not view.opening.recovered
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
                yield from self._repeated(event)

    def check_cursor(self, cursor: Cursor) -> Iterator[Violation]:
        """Check that the client resumes where this view of the room ended."""
        is_known = self._low == self._high and not self._is_gap_due
        if is_known and self._log.place_after(cursor.sequence) != self._low:
            details = f"it was at {self._low}, and resumed with {cursor}"
            yield self._violation("a client resumes at its cursor", details)

    def check_end(self) -> Iterator[Violation]:
        """Check that the client has received everything by now."""
        if self._high < len(self._log):
            missing = self._log.messages[self._high :]
            details = f"nothing from {missing[0]} to {missing[-1]}"
            yield self._violation("everything is received in the end", details)

    def _open(self, view: RoomView) -> Iterator[Violation]:
        opening, resume = view.opening, view.resume
        assert opening is not None, "the caller has checked that"
        is_new = self._log.room != LOBBY and not opening.sequence
        if opening.epoch != self._epoch and not is_new:
            details = f"{opening.epoch}, and the history is {self._epoch}"
            yield self._violation("a new epoch is announced", details)
        if resume is None:
            self._low = self._high = self._log.place_after(opening.sequence)
            if not opening.recovered and self._log.is_kept:
                yield self._violation("no unnecessary gaps", str(opening))
            return
        is_ahead = resume.sequence > opening.sequence
        details = f"{resume} resumed: {opening}"
        if opening.epoch != resume.epoch or is_ahead:
            self._low, self._high = 0, ANY
            if opening.recovered:
                yield self._violation("gaps are declared", details)
            return
        self._low = self._high = self._log.place_after(resume.sequence)
        if not opening.recovered and not self._log.may_have_gaps:
            yield self._violation("no unnecessary gaps", details)

    def _repeated(self, opening: Opening) -> Iterator[Violation]:
        """Check that a room that is reported again is not ahead of the client.

        It may be behind: a replay can overtake the report.
        """
        here = self._log.place_after(opening.sequence)
        if self._log.is_kept and here > self._high:
            details = f"{opening}, and it was at {self._low}"
            yield self._violation("a room is reported as it is", details)

    def _missed(self, missed: Missed) -> Iterator[Violation]:
        events, after = missed
        if after is None:  # the plain dialect does not say
            self._high = ANY if events is None else min(self._high + events, ANY)
            return
        place = self._log.place_after(after)
        if place < self._low:
            details = f"{missed}, and it was at {self._low}"
            yield self._violation("nothing is sent twice", details)
        if events is not None and place - self._high > events:
            details = f"{missed}, and it was at {self._high}"
            yield self._violation("gaps are declared", details)
        self._low = self._high = place

    def _received(self, received: Received) -> Iterator[Violation]:
        place = find(self._log, received, is_plain=self._is_plain)
        if place is None:
            yield self._violation("received messages are stored", str(received))
            return
        if place < self._low:
            details = f"{received} at {place}, after {self._low - 1}"
            yield self._violation("nothing is sent twice", details)
        elif place > self._high:
            details = f"{received} at {place}, after {self._high - 1}"
            yield self._violation("gaps are declared", details)
        self._low = self._high = place + 1

    def _violation(self, promise: str, details: str) -> Violation:
        return Violation(promise, self._client, f"#{self._log.room}: {details}")


def check_page(
    client: str, log: RoomLog, page: Page, ignored: set[str]
) -> Iterator[Violation]:
    """Check that the messages of a page are stored, and that none is left out.

    If there are *ignored* names in a direct room, it may lack messages.
    """
    places = [find(log, each) for each in page.messages]
    for received, place in zip(page.messages, places, strict=True):
        if place is None:
            details = f"in a page of #{page.room}: {received}"
            yield Violation("received messages are stored", client, details)
    for one, two in pairwise(places):
        may_lack = bool(ignored) and not log.is_kept
        if one is not None and two != one + 1 and not may_lack:
            details = f"#{page.room}: {one}, {two}"
            yield Violation("pages have no gaps", client, details)


def find(log: RoomLog, received: Received, *, is_plain: bool = False) -> int | None:
    """Return the place of a received message, if it is that in the room."""
    if is_plain:
        place = log.place_of_text.get(received.text)
    else:
        place = log.place(received.sequence)
    return place if place is not None and log.has(received, place) else None
