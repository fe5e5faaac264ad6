"""Samples of a running server, from outside and from its metrics."""

import statistics
import time
from collections.abc import Sequence
from itertools import combinations
from typing import Final, NamedTuple

from tests.programs.process_usage import descriptors_of, status_of

from .server_process import SoakServer

MIB: Final = 1 << 20
ROOM_KINDS: Final = ("open", "direct_with_guest")


class Sample(NamedTuple):
    """What a server used at a time; sizes are in bytes."""

    at: float
    rss: int
    descriptors: int
    threads: int
    log: int
    """The write-ahead log."""
    connections: float
    sessions: float
    pages: float
    rooms: float
    """Open rooms, and direct ones with guests."""
    recent: float
    """Events of rooms that are in memory on purpose."""
    queued: float
    lag: float
    """Events that the furthest lagging connection has not received."""
    stored: float
    """Messages, since the server began."""


async def take_sample(server: SoakServer) -> Sample:
    """Read `/proc` and the metrics."""
    metrics = await server.scrape()
    status = status_of(server.pid)
    wal = server.history.with_name(f"{server.history.name}-wal")
    connections = {
        name: value
        for name, value in metrics.items()
        if name.startswith("parlour_connections{")
    }
    rooms = (metrics[f'parlour_rooms{{kind="{kind}"}}'] for kind in ROOM_KINDS)
    return Sample(
        time.monotonic(),
        status["VmRSS"] << 10,
        descriptors_of(server.pid),
        status["Threads"],
        wal.stat().st_size if wal.exists() else 0,
        sum(connections.values()),
        metrics["parlour_sessions"],
        metrics["parlour_pages"],
        sum(rooms),
        metrics["parlour_recent_events_bytes"],
        metrics["parlour_queued_bytes"],
        metrics["parlour_furthest_lag_events"],
        metrics["parlour_messages_stored_total"],
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the median slope of all pairs of points (Theil and Sen).

    A few outliers, such as the memory of a backup, do not change it.
    """
    slopes = [(y - v) / (x - u) for (u, v), (x, y) in combinations(points, 2) if x > u]
    return statistics.median(slopes) if slopes else 0.0
