"""A room of a store in memory."""

from collections import deque
from itertools import islice
from typing import Final

from parlour.core.entries import Said
from parlour.core.events import Message, RoomName, Value
from parlour.core.storage import StoredRoom
from parlour.history.retention import Retention, utf8_size

from .holes import Holes

MESSAGE_SIZE: Final = 250  # bytes of a message besides its texts, about


class _StoredMessage(Value, frozen=True, gc=False):
    """A message, the monotonic time at which it was recorded, and its size in bytes."""

    message: Message
    recorded: float
    size: int


class MemoryRoom:
    """A room with its stored messages: those after the sequence *floor*, up to *head*.

    An idle room without messages holds almost nothing.
    """

    __slots__ = (
        *("_bytes", "_holes", "_stored", "floor", "head"),
        *("is_open", "number", "topic"),
    )

    def __init__(self, number: int) -> None:
        self.number, self.topic, self.is_open = number, "", True
        self.floor = self.head = 0
        self._bytes = 0
        self._stored: deque[_StoredMessage] | None = None  # an empty deque is large
        self._holes = Holes()

    def stored(self, name: RoomName) -> StoredRoom:
        """Return the room as `load` returns it."""
        return StoredRoom(name, self.number, self.head, self.topic, self.is_open)

    def add(self, said: Said, sequence: int, time: float, steady: float) -> None:
        """Add a message, recorded at the monotonic time *steady*."""
        source, text = said.source, said.text
        size = utf8_size(source + text)
        if sequence != self.head + 1:
            self._holes.add(sequence, sequence - self.head - 1)
        self.head = sequence
        if self._stored is None:
            self._stored = deque()
        self._bytes += size
        message = Message(said.room, sequence, time, source, text)
        self._stored.append(_StoredMessage(message, steady, size))

    @property
    def size(self) -> int:
        """Estimated bytes of memory of the stored messages."""
        return self._bytes + MESSAGE_SIZE * len(self._stored or ())

    def delete_half(self) -> None:
        """Delete the older half of the messages, or the only one."""
        stored = self._stored or deque()
        for _ in range((len(stored) + 1) // 2):
            self._delete_oldest(stored)
        self._forget_deleted()

    def prune(self, retention: Retention, steady: float) -> None:
        """Delete the oldest messages until the rest is within *retention*."""
        stored, cutoff = self._stored, steady - retention.max_age
        while stored and (
            len(stored) > retention.max_messages
            or self._bytes > retention.max_bytes
            or stored[0].recorded < cutoff
        ):
            self._delete_oldest(stored)
        self._forget_deleted()

    def _delete_oldest(self, stored: deque[_StoredMessage]) -> None:
        deleted = stored.popleft()
        self.floor = deleted.message.sequence
        self._bytes -= deleted.size

    def _forget_deleted(self) -> None:
        self._holes.forget(self.floor)
        if not self._stored:
            self._stored = None

    def count(self, low: int, high: int) -> int:
        """Return how many messages the room had after *low* and up to *high*."""
        if low >= high:
            return 0
        return self._holes.messages_until(high) - self._holes.messages_until(low)

    def slice(self, start: int, stop: int) -> list[Message]:
        """Return the stored messages from the index *start* to *stop*, oldest first."""
        return [each.message for each in islice(self._stored or (), start, stop)]
