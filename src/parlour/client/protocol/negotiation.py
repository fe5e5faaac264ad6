"""The trial of hello: whether a server bears it, and what it is told meanwhile.

Nobody waits for the answer. A server that knows hello welcomes us; one that does not
says something else, or nothing, or ends the connection. What it was told until that is
known may have to be told again.
"""

from enum import Enum, auto
from typing import Final

from .cursor import HistoryCursor
from .outbox import Entry
from .requests import Question

DROPPED: Final = 2.0  # seconds; who ends so soon after hello may not bear it
UNDECIDED: Final = 4.5  # seconds; who says nothing for so long knows no hello
ANSWERED: Final = 1.0  # seconds; the same of one who says something else
CHANGED: Final = 5.0  # seconds; the same of one who welcomed us before
TIMES: Final = 3.0  # as long as the first plain line took a welcome may take
SLOW: Final = 20.0  # seconds until one who knew it before counts as lost
MAX_TRIED: Final = 1_000  # commands sent before it is known whether it bears hello


class Spoken(Enum):
    """What is spoken on the connection."""

    UNDECIDED = auto()
    PLAIN = auto()
    SESSION = auto()


class Negotiation:
    """What is tried on one connection, and what came of it on the one before.

    A server that has given us a *place* once knows hello, and will welcome us again.
    """

    def __init__(self, place: HistoryCursor, *, can_greet: bool) -> None:
        self._place, self._can_greet = place, can_greet
        self._turned_by = ""  # what was said when we were turned away last
        self._is_spurned = False  # the server ended for our hello, as it seems
        self._again: list[Entry] = []  # what it was told then, and is to be told again

    def begin(self, now: float) -> None:
        """Know that there is a new connection; :attr:`greets` tells how to begin it."""
        self.greets = self._can_greet and not self._is_spurned
        self.speech = Spoken.UNDECIDED if self.greets else Spoken.PLAIN
        self._began, self._heard = now, 0
        self._first_at: float | None = None  # when the first plain line came
        self._is_turned_away = False
        self._tried: list[Entry] = []
        self._asked: list[Entry] = []  # the questions it was told before a welcome
        self._again.clear()

    @property
    def awaits_welcome(self) -> bool:
        """Whether the next line may still be a welcome.

        A server may be slow, or our hello has come late, through a tunnel.
        """
        return self.greets and self.speech is not Spoken.SESSION

    @property
    def is_silent(self) -> bool:
        """Whether not even a plain line has come."""
        return not self._heard

    @property
    def is_slow(self) -> bool:
        """Whether a server that welcomed us before has not done so yet."""
        return self.speech is Spoken.UNDECIDED and self._place.cursor is not None

    @property
    def has_room(self) -> bool:
        """Whether more may be told before the server has said something."""
        return len(self._tried) < MAX_TRIED

    @property
    def decided_at(self) -> float:
        """When one who has not welcomed us is a plain server, or is not there.

        Through a tunnel the first plain line takes as long as our hello, and the
        welcome takes about as long again.
        """
        if self.speech is Spoken.PLAIN:
            return self._began + ANSWERED
        if self._first_at is None:
            return self._began + (SLOW if self.is_slow else UNDECIDED)
        least = CHANGED if self.is_slow else ANSWERED
        return self._began + max(least, TIMES * (self._first_at - self._began))

    @property
    def over_at(self) -> float:
        """From when on an end is no answer to hello."""
        return self._began + DROPPED

    def look(self, now: float) -> None:
        """Know the time: what was told before :attr:`over_at` is not told again."""
        if now >= self.over_at:
            self._tried.clear()

    def told(self, entry: Entry) -> None:
        """Note what a server is told that may not bear hello."""
        if self._heard <= 1:
            self._tried.append(entry)
        if isinstance(entry.command, Question) and len(self._asked) < MAX_TRIED:
            self._asked.append(entry)

    def welcomed(self) -> list[Entry]:
        """Know that it bears hello, and return the questions that it will answer."""
        self.speech, self._turned_by = Spoken.SESSION, ""
        self._tried.clear()
        asked, self._asked = self._asked, []
        return asked

    def heard(self, now: float) -> None:
        """Note a plain message. The first may only say that we have entered."""
        self._heard += 1
        if self._first_at is None:
            self._first_at = now
        if self._heard > 1:
            self._tried.clear()

    def turned_away(self, why: str) -> bool:
        """Know that it takes nobody now; False if it said so the last time, too.

        If it ends, hello is not the reason.
        """
        is_news = why != self._turned_by
        self._is_turned_away, self._turned_by = True, why
        return is_news

    def ignored(self) -> bool:
        """Take it for a plain server; False if that is known already."""
        is_news = self.speech is Spoken.UNDECIDED
        if is_news:
            self.speech = Spoken.PLAIN
        return is_news

    def spurned(self, now: float) -> list[Entry] | None:
        """Return what to tell again without a hello if it was that why it ended.

        If it ends as soon without one, hello was not the reason.
        """
        is_early = now < self.over_at and self._heard <= 1
        is_early = is_early and not self._is_turned_away
        if not self._can_greet or self._place.cursor is not None or not is_early:
            return None
        self._is_spurned = not self._is_spurned
        if not self._is_spurned:
            return None
        self._again = self._tried
        return self._again

    def unreachable(self) -> list[Entry]:
        """Know that nobody is there: so it was not for our hello that it ended.

        Returns what it was told then, and was perhaps kept.
        """
        kept, self._again = self._again, []
        if self.speech is not Spoken.SESSION:
            self._is_spurned = False
        return kept
