"""A histogram of plain integers, which is read when somebody asks for it."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple


class HistogramReading(NamedTuple):
    """What a histogram has counted."""

    buckets: tuple[tuple[float, int], ...]
    """Each bound with the number of values up to it."""
    values: int
    """How many values there are, also above the last bound."""
    total: float
    """Their sum."""


class Histogram:
    """Counts values by *bounds*, which increase. One thread at a time may use it."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Count *value*."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def read(self) -> HistogramReading:
        """Return what was counted so far."""
        total, buckets = 0, []
        for bound, count in zip(self._bounds, self._counts, strict=False):
            total += count
            buckets.append((bound, total))
        return HistogramReading(tuple(buckets), total + self._counts[-1], self._sum)
