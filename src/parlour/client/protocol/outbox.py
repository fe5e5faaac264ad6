"""What we have to say, from the moment it is typed until the server has taken it.

A line that a session server hears goes with an id, and may be sent again: it is kept
once. One that went without an id may not: nobody could tell the second from another.
"""

from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from .acknowledgements import Acknowledgements
from .pending_lines import PendingLines
from .requests import Question, Rename, Request, Say

MAX_WAITING: Final = 1 << 20  # characters typed and not taken; beyond, input waits
OVERHEAD: Final = 256  # characters that a command counts for besides its text
MAX_AGE: Final = 300.0  # seconds; what is older is not sent without being asked


class Entry(NamedTuple):
    """A command, its place among all that were typed, and when that was."""

    command: Request
    number: int
    typed_at: float
    was_out: bool = False  # with its id, on a connection that ended before the answer

    @property
    def id(self) -> str:
        """What the server knows a line by; a question has no need of one."""
        return str(self.number) if isinstance(self.command, Say) else ""

    @property
    def size(self) -> int:
        """What it counts for, in characters."""
        text = self.command.text if isinstance(self.command, Say) else ""
        return OVERHEAD + len(text)


class Outbox:
    """Commands in the order in which they were typed.

    What *waits* has not been sent on this connection; what is *out* was sent, and
    the answer has not come.
    """

    def __init__(self) -> None:
        self.bare = Acknowledgements()  # lines that are out without an id
        self.waited = PendingLines()  # lines that are shown as pending
        self._waiting: deque[Entry] = deque()
        self._out: dict[int, Entry] = {}  # by number
        self._postponed: set[int] = set()  # which of them are not kept, so far
        self._size = self._count = 0

    @property
    def has_room(self) -> bool:
        """Whether more may be typed now."""
        return self._size < MAX_WAITING

    @property
    def first(self) -> Entry | None:
        """What is to be sent next."""
        return self._waiting[0] if self._waiting else None

    @property
    def unsettled(self) -> int:
        """How many lines are not known to be kept."""
        return lines(self._waiting) + lines(self._out.values()) + self.bare.missing

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits and no answer is awaited, to a line or a question."""
        return not (self._waiting or self._out or self.bare.missing)

    @property
    def is_owed(self) -> bool:
        """Whether anything was sent whose answer has not come."""
        return bool(self._out)

    def put(self, command: Request, now: float, *, is_pending: bool = False) -> None:
        """Take what was typed; a line may be shown as *pending* already."""
        self._count += 1
        if is_pending and isinstance(command, Say):
            self.waited.add(self._count)
        self._add(Entry(command, self._count, now))

    def again(self, entries: Iterable[Entry], now: float) -> None:
        """Take *entries* that were taken out, as if they had been typed *now*."""
        self.put_back(entry._replace(typed_at=now) for entry in entries)

    def sent(self, *, is_answered: bool) -> None:
        """Note that the first was sent; whether the answer will tell what it is to."""
        entry = self._waiting.popleft()
        if is_answered and not isinstance(entry.command, Rename):
            self._out[entry.number] = entry
        else:
            self._size -= entry.size
            self.waited.sent(entry.number)

    def expect_answers(self, entries: Iterable[Entry]) -> None:
        """Know that questions that were sent before all others will be answered."""
        asked = {entry.number: entry for entry in entries}
        self._size += sum(entry.size for entry in asked.values())
        self._out = asked | self._out

    def settled(self, line_id: str, *, is_stored: bool = False) -> bool:
        """Note that a line is stored, or refused; False if it is none of ours.

        Without an id it is the one that has been out for longest.
        """
        if not line_id:
            return self.bare.settled()
        if (entry := self._line(line_id)) is None:
            return False
        if is_stored:
            self.waited.stored(entry.number)
        self._forget(entry)
        return True

    def postponed(self, line_id: str) -> bool:
        """Note that a line is not kept and may come later; False if none of ours."""
        if (entry := self._line(line_id)) is None:
            return False
        self._postponed.add(entry.number)
        return True

    def answered(self, *kinds: type[Question]) -> Question | None:
        """Note an answer to the first question of these *kinds*, and return it."""
        for entry in self._out.values():
            if isinstance(entry.command, kinds) and not isinstance(
                entry.command, Say | Rename
            ):
                self._forget(entry)
                return entry.command
        return None

    def clear(self) -> None:
        """Forget everything: nothing more is sent, and no answer awaited."""
        self.bare.forget()
        self._waiting.clear()
        self._out.clear()
        self._size = 0

    def cut_off(self) -> None:
        """Let what is out wait again, in the order of before."""
        entries = sorted([*self._out.values(), *self._waiting], key=_number)
        unanswered = self._out.keys() - self._postponed
        self._waiting = deque(
            entry._replace(was_out=entry.was_out or entry.number in unanswered)
            for entry in entries
        )
        self._out.clear()
        self._postponed.clear()

    def put_back(self, entries: Iterable[Entry]) -> None:
        """Let *entries* that were sent wait again, in the order of before."""
        back = list(entries)
        self._size += sum(entry.size for entry in back)
        self._waiting = deque(sorted([*back, *self._waiting], key=_number))

    def take_out(self, *, typed_by: float) -> list[Entry]:
        """Return what waits and was typed no later than *typed_by*, and forget it."""
        return self._take(
            [entry for entry in self._waiting if entry.typed_at <= typed_by]
        )

    def take_tried(self) -> list[Entry]:
        """Return the lines that wait and were out once, and forget them.

        They may be kept: only with their id is it safe to send them again.
        """
        return self._take([e for e in self._waiting if e.was_out and e.id])

    def take(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those lines among *entries* that wait, and forget them."""
        numbers = {entry.number for entry in entries}
        return self._take([e for e in self._waiting if e.number in numbers and e.id])

    def _line(self, line_id: str) -> Entry | None:
        """Return the line that is out under *line_id*."""
        number = int(line_id) if line_id.isdecimal() and len(line_id) < 20 else 0
        entry = self._out.get(number)
        return entry if entry is not None and entry.id else None

    def _take(self, entries: list[Entry]) -> list[Entry]:
        taken = {entry.number for entry in entries}
        for number in taken:
            self.waited.told(number)
        if taken:
            self._waiting = deque(e for e in self._waiting if e.number not in taken)
            self._size -= sum(entry.size for entry in entries)
        return entries

    def _add(self, entry: Entry) -> None:
        self._waiting.append(entry)
        self._size += entry.size

    def _forget(self, entry: Entry) -> None:
        del self._out[entry.number]
        self.waited.told(entry.number)
        self._postponed.discard(entry.number)
        self._size -= entry.size


def lines(entries: Iterable[Entry]) -> int:
    """Return how many of *entries* are lines to be said."""
    return sum(isinstance(entry.command, Say) for entry in entries)


def _number(entry: Entry) -> int:
    return entry.number
