"""A room's recent events, encoded once per dialect.

An event's *position* is how many events the room told before it. Positions only
grow, and a cursor is one: the position of the first event not yet heard.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from ..events import Message, RoomEvent
from ..protocol.dialect import Dialect

WINDOW = 4096  # events looked at for one cut; bounds its cost, not its result


class Slice(NamedTuple):
    """Whole lines of the log, and the cursor of one who has heard them."""

    data: bytes
    cursor: int
    events: int


class RecentEvents:
    """The recent events of a room, and a tape of them for each dialect in use.

    It forgets its oldest events when a tape holds a quarter more than *max_bytes*,
    and then keeps at least *max_bytes*. Nothing is forgotten between
    :meth:`forget_before` calls, so that those who are told at once lose nothing.
    """

    def __init__(self, max_bytes: int, last: int = 0) -> None:
        self._max_bytes = max_bytes
        self.last = last
        """Sequence of the last message that was told, perhaps before this log began."""
        self.forgotten = last
        """Sequence of the last message that is not in the log any more."""
        self._events: list[RoomEvent] = []
        self._positions: list[int] = []  # of the messages among them
        self._sequences: list[int] = []  # of the same
        self._tapes: dict[str, EncodedEvents] = {}
        self.base = 0
        """Position of the oldest event that is kept."""

    @property
    def head(self) -> int:
        """The position that the next event will have."""
        return self.base + len(self._events)

    @property
    def size(self) -> int:
        """Bytes that the largest tape holds."""
        return max((tape.size for tape in self._tapes.values()), default=0)

    def append(self, event: RoomEvent) -> int:
        """Add *event* and return its position."""
        if isinstance(event, Message):
            self.extend([event])
        else:
            self._events.append(event)
        return self.head - 1

    def extend(self, messages: Sequence[Message]) -> None:
        """Add *messages*, one at least, in their order."""
        head = self.head
        self._events.extend(messages)
        self._positions.extend(range(head, head + len(messages)))
        self._sequences.extend([message.sequence for message in messages])
        self.last = messages[-1].sequence

    def heard_at(self, position: int) -> int:
        """Return the sequence of the last message before *position*.

        Needs a position that the log still reaches back to.
        """
        index = bisect_left(self._positions, position)
        return self._sequences[index - 1] if index else self.forgotten

    def after(self, sequence: int) -> int | None:
        """Return the position after the message *sequence*, or None if it is forgotten.

        It is that of the first event for one who has heard so much.
        """
        if sequence < self.forgotten:
            return None
        index = bisect_right(self._sequences, sequence)
        return self._positions[index - 1] + 1 if index else self.base

    def tape(self, dialect: Dialect) -> "EncodedEvents":
        """Return the log as *dialect* spells it; encoding begins with the next cut."""
        if dialect.name not in self._tapes:
            self._tapes[dialect.name] = EncodedEvents(dialect, self.base)
        return self._tapes[dialect.name]

    def encode(self) -> None:
        """Bring every tape up to the head: each event is encoded once on each."""
        for tape in self._tapes.values():
            tape.encode(self._events, self.base)
        if not self._tapes:
            self._forget(len(self._events))  # nobody has ever listened

    def forget_before(self, position: int) -> None:
        """Forget the oldest events, as the bound asks, but none from *position* on."""
        most, tapes = position - self.base, self._tapes.values()
        count = max((tape.excess(self._max_bytes, most) for tape in tapes), default=0)
        if count:
            self._forget(count)

    def cut_messages(
        self, tape: "EncodedEvents", cursor: int, end: int, limit: int
    ) -> Slice:
        """Return what `EncodedEvents.cut` does, without the notices."""
        first = cursor - self.base
        window = self._events[first : min(end - self.base, first + WINDOW)]
        chosen = [i for i, event in enumerate(window) if isinstance(event, Message)]
        return tape.pick(cursor, chosen, len(window), limit)

    def _forget(self, count: int) -> None:
        self.forgotten = self.heard_at(self.base + count)
        gone = bisect_left(self._positions, self.base + count)
        del self._positions[:gone], self._sequences[:gone]
        del self._events[:count]
        self.base += count
        for tape in self._tapes.values():
            tape.forget(count)


class EncodedEvents:
    """The lines of a log in one dialect; a line here is an event as bytes."""

    def __init__(self, dialect: Dialect, base: int) -> None:
        self.dialect = dialect
        self.size = 0
        self._base = base
        self._lines: list[bytes] = []

    def encode(self, events: list[RoomEvent], base: int) -> None:
        """Encode those of *events*, the first of which is at *base*, that are new."""
        done = self._base + len(self._lines) - base
        if done < len(events):
            fresh = list(map(self.dialect.encode, events[done:]))
            self._lines += fresh
            self.size += sum(map(len, fresh))

    def cut(self, cursor: int, end: int, limit: int) -> Slice:
        """Return the events from *cursor* on, before *end*, in at most *limit* bytes.

        At least one event is returned, however long it is. Needs cursor < end.
        """
        first = cursor - self._base
        lines = self._lines[first : min(end - self._base, first + WINDOW)]
        if sum(map(len, lines)) > limit:
            del lines[_fitting(lines, limit) :]
        return Slice(b"".join(lines), cursor + len(lines), len(lines))

    def pick(self, cursor: int, chosen: list[int], count: int, limit: int) -> Slice:
        """Return the *chosen* of the *count* events from *cursor* on, as `cut` does."""
        first = cursor - self._base
        lines = [self._lines[first + index] for index in chosen]
        if sum(map(len, lines)) > limit:
            del lines[_fitting(lines, limit) :]
            count = chosen[len(lines) - 1] + 1
        return Slice(b"".join(lines), cursor + count, len(lines))

    def excess(self, max_bytes: int, most: int) -> int:
        """Return how many of the *most* oldest lines are more than has to be kept."""
        if self.size <= max_bytes + max_bytes // 4:
            return 0
        size, count = self.size, 0
        while count < most and size - len(self._lines[count]) >= max_bytes:
            size -= len(self._lines[count])
            count += 1
        return count

    def forget(self, count: int) -> None:
        """Forget the *count* oldest lines."""
        self.size -= sum(map(len, self._lines[:count]))
        del self._lines[:count]
        self._base += count


def _fitting(lines: list[bytes], limit: int) -> int:
    """Return how many of *lines* have at most *limit* bytes, but at least one."""
    size, count = len(lines[0]), 1
    while count < len(lines) and size + len(lines[count]) <= limit:
        size += len(lines[count])
        count += 1
    return count
