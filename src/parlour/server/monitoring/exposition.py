"""The metrics in the formats of Prometheus: its text format, and OpenMetrics."""

import re
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.core import (
    Metric as Family,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from parlour.core.histogram import HistogramReading

from .metric import COUNTER, Metric
from .metrics import METRICS
from .readings import Reading
from .versions import Versions

BUILD: Final = "parlour_build"
BUILD_MEANING: Final = "The versions of the server and of what it runs on; always 1."
READY: Final = "parlour_ready"
READY_MEANING: Final = "1 if the server accepts connections, 0 if it is stopping."
PROCESS: Final = {
    "process_cpu_seconds_total": ("counter", "Processor time of the process."),
    "process_resident_memory_bytes": ("gauge", "Memory of the process in RAM."),
    "process_virtual_memory_bytes": ("gauge", "Address space of the process."),
    "process_open_fds": ("gauge", "Open file descriptors."),
    "process_max_fds": ("gauge", "The most that the process may have open."),
    "process_start_time_seconds": (
        "gauge",
        "When the process started, in seconds since 1970.",
    ),
}
"""The metrics of the process, which exist on Linux, with their kinds."""


_IS_ODD: Final = re.compile(
    r"[^\x20-\x7e]|version\s*=(?!\s*[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}\s*(?:[;,]|$))"
)
"""An Accept header with a version that is no number: the library fails at these."""


class _Families(Collector):
    """The families of metrics of one reading."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[Family]:
        yield from self._families


class Exposition:
    """Encodes readings of a server with these *versions*."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._last: tuple[Reading, tuple[str, bool], bytes] | None = None
        """What was encoded last, with its media type, and the result."""

    def encode(
        self, reading: Reading, accept: str, *, is_ready: bool
    ) -> tuple[bytes, str]:
        """Return the metrics of a *reading* and of the process, and their media type.

        *accept* is an Accept header; an odd one counts as none.
        """
        encoder, content_type = choose_encoder("" if _IS_ODD.search(accept) else accept)
        last, key = self._last, (content_type, is_ready)
        if last is not None and last[0] is reading and last[1] == key:
            return last[2], content_type
        encoded = encoder(self._registry(reading, is_ready=is_ready))
        self._last = reading, key, encoded
        return encoded, content_type

    def _registry(self, reading: Reading, *, is_ready: bool) -> CollectorRegistry:
        registry = CollectorRegistry()
        ready = GaugeMetricFamily(READY, READY_MEANING, float(is_ready))
        build = InfoMetricFamily(BUILD, BUILD_MEANING, self._versions._asdict())
        families = [_family(metric, reading) for metric in METRICS]
        registry.register(_Families([build, ready, *families]))
        ProcessCollector(registry=registry)
        return registry


def _family(metric: Metric, reading: Reading) -> Family:
    """Return the family of one metric with its values."""
    value = metric.read(reading)
    if isinstance(value, HistogramReading):
        histogram = HistogramMetricFamily(metric.name, metric.meaning)
        buckets = [(f"{bound:g}", float(n)) for bound, n in value.buckets]
        buckets.append(("+Inf", float(value.values)))
        histogram.add_metric([], buckets, value.total)
        return histogram
    make = CounterMetricFamily if metric.kind is COUNTER else GaugeMetricFamily
    family = make(metric.name, metric.meaning, labels=metric.labels)
    values = {(): value} if isinstance(value, int | float) else value
    for labels, number in sorted(values.items()):
        family.add_metric(list(labels), number)
    return family
