"""The numbers of a server at one time, which the driver reads in a turn."""

from typing import TYPE_CHECKING, NamedTuple

from parlour.core.gauges import Gauges, read_gauges
from parlour.core.histogram import HistogramReading
from parlour.journal.recorder import WaitingQueries

from ..batch_times import BatchTimes
from ..tls.listening import TLSReading

if TYPE_CHECKING:
    from ..runtime import Runtime


class Reading(NamedTuple):
    """The numbers of a server at one time."""

    gauges: Gauges
    queries: WaitingQueries
    passwords: int
    """Checks of passwords that wait for the one in progress."""
    said_to_stored: HistogramReading
    stored_to_told: HistogramReading
    said_to_told: HistogramReading
    batch_entries: HistogramReading
    tls: TLSReading | None
    """None without TLS."""
    uptime: float
    """Seconds since the driver started."""


def read(runtime: "Runtime", times: BatchTimes) -> Reading:
    """Return the numbers of a server now. The driver calls this in a turn."""
    now = runtime.clock()
    return Reading(
        gauges=read_gauges(runtime.hub, now),
        queries=runtime.recorder.waiting,
        passwords=runtime.passwords.waiting,
        said_to_stored=times.said_to_stored.read(),
        stored_to_told=times.stored_to_told.read(),
        said_to_told=times.said_to_told.read(),
        batch_entries=times.entries.read(),
        tls=runtime.tls.read() if runtime.tls is not None else None,
        uptime=now - runtime.started,
    )
