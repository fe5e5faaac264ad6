"""The bytes that travel one way through a proxy, without I/O and clock."""

from collections import deque
from collections.abc import Iterator
from math import inf
from random import Random
from typing import Final

from .faults import Conditions

END: Final = b""
"""Stands for the end of the stream."""
MAX_SINGLE: Final = 2_000
"""Bytes of one piece that travel alone: each is a write of its own."""
THROTTLED: Final = 64  # bytes that a slow link carries at a time
HIGH_WATER: Final = 64 << 10  # bytes; above this, the proxy does not read


class Direction:
    """Pieces of a stream, and when they arrive. Their order never changes."""

    def __init__(self, rng: Random) -> None:
        self.is_dead = False
        """Whether nothing arrives any more, not even the end of the stream."""
        self.size = 0
        """Bytes that have not arrived."""
        self._rng = rng
        self._pieces = deque[tuple[float, bytes]]()
        self._last = -inf  # when the last piece arrives

    @property
    def next_at(self) -> float | None:
        """When the next piece arrives; None if there is none."""
        return self._pieces[0][0] if self._pieces else None

    @property
    def is_full(self) -> bool:
        return self.size > HIGH_WATER

    def feed(self, data: bytes, now: float, conditions: Conditions) -> None:
        """Send *data*, or the `END`, under the *conditions* of this moment."""
        self.is_dead |= conditions.is_cut
        if self.is_dead:
            self._pieces.clear()
            self.size = 0
            return
        for piece in _pieces(data, conditions):
            at = now + conditions.delay * (1 + self._rng.random())
            at = max(at, self._last)
            if conditions.rate:
                at += len(piece) / conditions.rate
            self._last = at
            self._pieces.append((at, piece))
            self.size += len(piece)

    def take(self, now: float) -> bytes | None:
        """Return the next piece, if it has arrived."""
        if not self._pieces or self._pieces[0][0] > now:
            return None
        _, piece = self._pieces.popleft()
        self.size -= len(piece)
        return piece


def _pieces(data: bytes, conditions: Conditions) -> Iterator[bytes]:
    if data == END:
        yield data
        return
    if conditions.is_single:
        single, data = data[:MAX_SINGLE], data[MAX_SINGLE:]
        yield from (single[n : n + 1] for n in range(len(single)))
    step = THROTTLED if conditions.rate else len(data)
    yield from (data[n : n + step] for n in range(0, len(data), step or 1))
