"""A room of a store in memory."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from parlour.core.entries import Erased as ErasedEntry
from parlour.core.entries import Said
from parlour.core.events import (
    AccountNumber,
    Erased,
    Message,
    RoomName,
    SequencedEvent,
)
from parlour.core.storage import Numbering, StoredRoom
from parlour.history.retention import Retention, utf8_size

from ..holes import Holes
from ..order import NO_SETTINGS

MESSAGE_SIZE: Final = 250  # bytes of a message besides its texts, about


class _Messages:
    """Stored messages and erasures, oldest first, with the size of each in bytes.

    An erased message keeps the size that it had, as it does in a file.

    *runs* are the monotonic times of recording, each with the sequence of the last
    message that was recorded then.
    """

    __slots__ = ("erased", "erasures", "messages", "runs", "sizes")

    def __init__(self) -> None:
        self.messages: deque[SequencedEvent] = deque()
        self.erasures: list[int] = []  # the sequences of these, and of what is erased
        self.erased: list[int] = []
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

    def erase(
        self, entry: ErasedEntry, numbering: Numbering, time: float, steady: float
    ) -> None:
        """Add an erasure, and remove the text of the message that it is about."""
        if self._stored is None:
            self._stored = _Messages()
        sequence = numbering(self.head)
        if sequence != self.head + 1:
            self._holes.add(sequence, sequence - self.head - 1)
        name, by, target = entry.room, entry.by, entry.target
        messages, size = self._stored.messages, utf8_size(by)
        index = bisect_left(messages, target, key=_sequence_of)
        message = messages[index] if index < len(messages) else None
        if (
            isinstance(message, Message)
            and message.sequence == target
            and not message.is_erased
        ):
            messages[index] = message.erased()
            insort(self._stored.erased, target)
        self.head, self._bytes = sequence, self._bytes + size
        messages.append(Erased(name, sequence, time, target, by))
        self._stored.sizes.append(size)
        self._stored.erasures.append(sequence)
        self._stored.runs.append((steady, sequence))

    @property
    def stored_count(self) -> int:
        """The number of stored messages and erasures."""
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
        for each in (stored.erasures, stored.erased):
            del each[: bisect_right(each, self.floor)]
        self._holes.forget(self.floor)
        if not messages:
            self._stored = None

    def count(self, low: int, high: int) -> int:
        """Return how many messages and erasures followed *low*, up to *high*."""
        if low >= high:
            return 0
        return self._holes.messages_until(high) - self._holes.messages_until(low)

    def unwanted(self, low: int, high: int, *, has_erased: bool) -> int:
        """Return how many of them are erasures, or erased if that is not wanted."""
        stored = self._stored
        if stored is None or low >= high:
            return 0
        erased = 0 if has_erased else _between(stored.erased, low, high)
        return _between(stored.erasures, low, high) + erased

    def stored_after(
        self, low: int, high: int, limit: int, *, has_erasures: bool
    ) -> list[SequencedEvent]:
        """Return the first *limit* events after *low* and up to *high*, oldest first.

        These are messages, erased ones included, and erasures if wanted.
        """
        found = (
            each
            for each in self._events(low, high)
            if has_erasures or isinstance(each, Message)
        )
        return [self._named(each) for each in islice(found, limit)]

    def newest(self, high: int, *, has_erased: bool) -> Iterator[Message]:
        """Yield the messages up to *high*, newest first."""
        if self._stored is None:
            return
        messages = self._stored.messages
        later = len(messages) - bisect_right(messages, high, key=_sequence_of)
        for each in islice(reversed(messages), later, None):
            if isinstance(each, Message) and (has_erased or not each.is_erased):
                yield each

    def find(self, sequence: int) -> Message | None:
        """Return a stored message, also if it is erased."""
        found = next(iter(self._events(sequence - 1, sequence)), None)
        return found if isinstance(found, Message) else None

    def _events(self, low: int, high: int) -> Iterable[SequencedEvent]:
        if self._stored is None:
            return ()
        messages = self._stored.messages
        start = bisect_right(messages, low, key=_sequence_of)
        stop = bisect_right(messages, high, key=_sequence_of)
        return islice(messages, start, stop)

    def _named(self, event: SequencedEvent) -> SequencedEvent:
        """Return an erasure with the name of the author, if that is still stored."""
        if isinstance(event, Message):
            return event
        message = self.find(event.target)
        return event if message is None else event.replace(name=message.source)


def _sequence_of(message: SequencedEvent) -> int:
    return message.sequence


def _between(sequences: list[int], low: int, high: int) -> int:
    """Return how many of the sorted *sequences* are after *low* and up to *high*."""
    return bisect_right(sequences, high) - bisect_right(sequences, low)
