"""A room of a store in memory."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from parlour.core.entries import Said
from parlour.core.events import AccountNumber, Message, RoomName
from parlour.core.storage import Numbering, StoredRoom
from parlour.history.retention import Retention, utf8_size

from .holes import Holes
from .order import RoomSettings

NO_SETTINGS: Final = RoomSettings()
MESSAGE_SIZE: Final = 250  # bytes of a message besides its texts, about


class _Messages:
    """Stored messages, oldest first, with the size of each in bytes.

    *runs* are the monotonic times of recording, each with the sequence of the last
    message that was recorded then.
    """

    __slots__ = ("messages", "runs", "sizes")

    def __init__(self) -> None:
        self.messages: deque[Message] = deque()
        self.sizes: deque[int] = deque()
        self.runs: deque[tuple[float, int]] = deque()


class MemoryRoom:
    """A room with its stored messages: those after the sequence *floor*, up to *head*.

    An idle room without messages holds almost nothing.
    """

    __slots__ = (
        *("_bytes", "_holes", "_stored", "floor", "head"),
        *("is_open", "number", "pair", "settings", "topic"),
    )

    def __init__(self, number: int) -> None:
        self.number, self.topic, self.is_open = number, "", True
        self.settings = NO_SETTINGS
        self.pair: tuple[AccountNumber, AccountNumber] | None = None
        self.floor = self.head = 0
        self._bytes = 0
        self._stored: _Messages | None = None  # empty deques are large
        self._holes = Holes()

    def stored(self, name: RoomName) -> StoredRoom:
        """Return the room as `load` returns it."""
        return StoredRoom(
            name,
            self.number,
            self.head,
            self.topic,
            self.is_open,
            *self.settings,
            pair=self.pair,
        )

    def extend(
        self, said: Sequence[Said], numbering: Numbering, time: float, steady: float
    ) -> list[Message]:
        """Add messages, recorded at the monotonic time *steady*; return them."""
        if self._stored is None:
            self._stored = _Messages()
        head, name, messages = self.head, said[0].room, list[Message]()
        for each in said:
            sequence = numbering(head)
            if sequence != head + 1:
                self._holes.add(sequence, sequence - head - 1)
            head = sequence
            messages.append(
                Message(name, head, time, each.source, each.text, each.account)
            )
        sizes = [
            len(source) + len(text)
            if (source := each.source).isascii() and (text := each.text).isascii()
            else utf8_size(source + each.text)
            for each in said
        ]
        self.head, self._bytes = head, self._bytes + sum(sizes)
        self._stored.sizes += sizes
        self._stored.messages += messages
        self._stored.runs.append((steady, head))
        return messages

    @property
    def stored_count(self) -> int:
        """The number of stored messages."""
        return len(self._stored.messages) if self._stored is not None else 0

    @property
    def size(self) -> int:
        """Estimated bytes of memory of the stored messages."""
        return self._bytes + MESSAGE_SIZE * self.stored_count

    def prune(self, retention: Retention, steady: float) -> None:
        """Delete the oldest messages until the rest is within *retention*."""
        stored, cutoff = self._stored, steady - retention.max_age
        if stored is None:
            return
        if len(stored.messages) > retention.max_messages:
            self.delete(len(stored.messages) - retention.max_messages)
        while self._bytes > retention.max_bytes:
            self.delete(1)
        while stored.runs and stored.runs[0][0] < cutoff:
            _, last = stored.runs.popleft()
            self.delete(bisect_right(stored.messages, last, key=_sequence_of))

    def delete(self, count: int) -> None:
        """Delete the *count* oldest messages."""
        if not count or (stored := self._stored) is None:
            return
        messages, sizes, runs = stored.messages, stored.sizes, stored.runs
        for _ in range(count):
            last = messages.popleft()
            self._bytes -= sizes.popleft()
        self.floor = last.sequence
        while runs and runs[0][1] <= self.floor:
            runs.popleft()
        self._holes.forget(self.floor)
        if not messages:
            self._stored = None

    def count(self, low: int, high: int) -> int:
        """Return how many messages the room had after *low* and up to *high*."""
        if low >= high:
            return 0
        return self._holes.messages_until(high) - self._holes.messages_until(low)

    def slice(self, start: int, stop: int) -> list[Message]:
        """Return the stored messages from the index *start* to *stop*, oldest first."""
        if self._stored is None:
            return []
        return list(islice(self._stored.messages, start, stop))


def _sequence_of(message: Message) -> int:
    return message.sequence
