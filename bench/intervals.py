"""The ratio of pairs of measurements, with a confidence interval.

The estimate is that of Hodges and Lehmann: the median of the means of all two pairs.
The interval holds the values that Wilcoxon's signed-rank test does not reject. Neither
is moved far by a few disturbed runs, and no distribution is assumed except that the
logarithms of the ratios are symmetric.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Final, NamedTuple

CONFIDENCE: Final = 0.95
LEAST_PAIRS: Final = 6
"""Fewer pairs cannot reject anything at CONFIDENCE."""


class Interval(NamedTuple):
    """An estimate, and the least and the greatest value that fit the pairs."""

    estimate: float
    low: float
    high: float


def ratio(pairs: Sequence[tuple[float, float]]) -> Interval | None:
    """Return the ratio of the first of each pair to the second.

    Returns None for fewer than LEAST_PAIRS pairs, or if a value is not positive.
    """
    if len(pairs) < LEAST_PAIRS or any(min(pair) <= 0 for pair in pairs):
        return None
    found = shift([math.log(one / other) for one, other in pairs])
    return Interval(*(math.exp(value) for value in found))


def shift(differences: Sequence[float]) -> Interval:
    """Return the centre of *differences*, of which there are at least LEAST_PAIRS."""
    count = len(differences)
    means = sorted(
        (differences[i] + differences[j]) / 2
        for i in range(count)
        for j in range(i, count)
    )
    outside = critical(count)
    return Interval(statistics.median(means), means[outside], means[-1 - outside])


def critical(count: int) -> int:
    """Return the greatest rank sum that the signed-rank test rejects at *count* pairs.

    That many means, at either end, are outside of the interval.
    """
    ways = [1]  # by rank sum, of choosing the signs of the first ranks
    for rank in range(1, count + 1):
        longer = [*ways, *[0] * rank]
        for total, number in enumerate(ways):
            longer[total + rank] += number
        ways = longer
    seen, allowed = 0, (1 - CONFIDENCE) / 2 * 2**count
    for total, number in enumerate(ways):
        seen += number
        if seen > allowed:
            return total - 1
    raise AssertionError("the distribution ends above any bound")
