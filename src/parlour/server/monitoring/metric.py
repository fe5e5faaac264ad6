"""One metric: a row of the table."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final, NamedTuple

from parlour.core.histogram import HistogramReading

from .readings import Reading

Labelled = Mapping[tuple[str, ...], float]
"""Values by the values of the labels."""
Value = float | Labelled | HistogramReading


class MetricKind(Enum):
    """What a metric measures."""

    COUNTER = "counter"
    """A total since the start of the server."""
    GAUGE = "gauge"
    """A number of the present."""
    HISTOGRAM = "histogram"
    """Values counted by size, since the start of the server."""


class Metric(NamedTuple):
    """A metric: one row of the table."""

    name: str
    kind: MetricKind
    meaning: str
    read: Callable[[Reading], Value]
    labels: tuple[str, ...] = ()


def by(counted: Mapping[str, int], *always: str) -> Labelled:
    """Return what was *counted* by one label, with the values that are *always* there.

    Prometheus does not notice the first increase of a series that was not there before.
    """
    return {(each,): float(counted.get(each, 0)) for each in {*always, *counted}}


COUNTER: Final = MetricKind.COUNTER
GAUGE: Final = MetricKind.GAUGE
HISTOGRAM: Final = MetricKind.HISTOGRAM
