"""The recent events of a room as bytes: each event is encoded once per dialect."""

from typing import Final, NamedTuple

from ..events import RoomEvent
from ..protocol.dialect import Dialect

MAX_SLICE_EVENTS: Final = 4096  # events per slice; limits the time to make one


class Slice(NamedTuple):
    """Consecutive events as bytes, the cursor after them, and their number."""

    data: bytes
    cursor: int
    events: int


class EncodedEvents:
    """The recent events of a room in one dialect, one bytes object per event."""

    def __init__(self, dialect: Dialect, base: int) -> None:
        self.dialect = dialect
        self.size = 0
        """Bytes of all events."""
        self._base = base
        self._encoded: list[bytes] = []

    def encode(self, events: list[RoomEvent], base: int) -> None:
        """Encode the new events of *events*; *base* is the position of the first."""
        done = self._base + len(self._encoded) - base
        if done < len(events):
            new = list(map(self.dialect.encode, events[done:]))
            self._encoded += new
            self.size += sum(map(len, new))

    def replace(self, index: int, event: RoomEvent) -> None:
        """Encode another *event* in the place of one, if that was encoded."""
        if index < len(self._encoded):
            encoded = self.dialect.encode(event)
            self.size += len(encoded) - len(self._encoded[index])
            self._encoded[index] = encoded

    def slice(self, cursor: int, end: int, limit: int) -> Slice:
        """Return the events from *cursor* to before *end*, at most *limit* bytes.

        It holds at least one event, of any size, and at most `MAX_SLICE_EVENTS`.
        *cursor* must be less than *end*.
        """
        first = cursor - self._base
        found = self._encoded[first : min(end - self._base, first + MAX_SLICE_EVENTS)]
        if sum(map(len, found)) > limit:
            del found[_count_within(found, limit) :]
        return Slice(b"".join(found), cursor + len(found), len(found))

    def pick(self, cursor: int, chosen: list[int], count: int, limit: int) -> Slice:
        """Return the *chosen* of the *count* events from *cursor* on, as `slice` does.

        *chosen* are offsets from *cursor*, in order.
        """
        first = cursor - self._base
        found = [self._encoded[first + offset] for offset in chosen]
        if sum(map(len, found)) > limit:
            del found[_count_within(found, limit) :]
            count = chosen[len(found) - 1] + 1
        return Slice(b"".join(found), cursor + count, len(found))

    def excess(self, max_bytes: int, limit: int) -> int:
        """Return how many of the oldest *limit* events to discard to meet *max_bytes*.

        0 until the size is a quarter more, so that discarding is rare.
        """
        if self.size <= max_bytes + max_bytes // 4:
            return 0
        size, count = self.size, 0
        while count < limit and size - len(self._encoded[count]) >= max_bytes:
            size -= len(self._encoded[count])
            count += 1
        return count

    def discard(self, count: int) -> None:
        """Discard the *count* oldest events."""
        self.size -= sum(map(len, self._encoded[:count]))
        del self._encoded[:count]
        self._base += count


def _count_within(encoded: list[bytes], limit: int) -> int:
    """Return how many of *encoded* fit in *limit* bytes together, at least one."""
    size, count = len(encoded[0]), 1
    while count < len(encoded) and size + len(encoded[count]) <= limit:
        size += len(encoded[count])
        count += 1
    return count
