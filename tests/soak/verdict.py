"""What a soak has found: whether a server returns to its base, and whether it grows."""

from collections.abc import Iterator, Sequence
from typing import Final

from .samples import MIB, Sample, slope

WARM_UP: Final = 1 / 3
"""Part of a run in which memory may grow: caches fill, and so do recent events."""
KEPT_PER_MESSAGE: Final = 1536
"""Bytes that a stored message may take in memory, up to the limits of a server.

They are the recent events of its room, and its id, by which a retry is recognised.
"""
MAX_GROWTH: Final = 6 * MIB
"""Of memory during the rest, by its slope, beyond what messages take."""
MAX_KEPT: Final = 64 * MIB
"""Memory that a process may keep for later use after all load has left."""
MAX_LOG: Final = 29 * MIB
"""The write-ahead log, from which on the server refuses messages."""
EXTRA_DESCRIPTORS: Final = 4
"""That may stay open: files that are opened with the first need of them."""
EXTRA_THREADS: Final = 12
"""The same: bounded pools for pages, forms, searches, passwords and backups."""


def settled(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples after the warm-up."""
    return list(samples[int(len(samples) * WARM_UP) :])


def growth(samples: Sequence[Sample]) -> float:
    """Return by how many bytes memory grew after the warm-up, beyond the messages."""
    after = settled(samples)
    if len(after) < 2:
        return 0.0
    points = [(each.at, each.rss - KEPT_PER_MESSAGE * each.stored) for each in after]
    return slope(points) * (after[-1].at - after[0].at)


def is_at_base(base: Sample, now: Sample) -> bool:
    """Return whether nothing of the load is left but what `faults` judges."""
    return (
        now.connections <= base.connections
        and now.sessions <= base.sessions
        and now.pages <= base.pages
        and now.rooms <= base.rooms
        and now.descriptors <= base.descriptors + EXTRA_DESCRIPTORS
        and now.threads <= base.threads + EXTRA_THREADS
    )


def faults(base: Sample, during: Sequence[Sample], end: Sample) -> Iterator[str]:
    """Return what the figures say against the server, in words."""
    for name in ("connections", "sessions", "pages", "rooms"):
        before, after = getattr(base, name), getattr(end, name)
        if after > before:
            yield f"{name}: {after:,.0f} at the end, {before:,.0f} at the start"
    if end.descriptors > base.descriptors + EXTRA_DESCRIPTORS:
        yield f"descriptors: {end.descriptors} at the end, {base.descriptors} before"
    if end.threads > base.threads + EXTRA_THREADS:
        yield f"threads: {end.threads} at the end, {base.threads} at the start"
    if end.rss - base.rss > MAX_KEPT:
        yield f"memory: {_mib(end.rss)} at the end, {_mib(base.rss)} at the start"
    if (grown := growth(during)) > MAX_GROWTH:
        yield f"memory grew by {_mib(grown)} after the warm-up"
    if (log := max(each.log for each in (*during, end))) > MAX_LOG:
        yield f"the write-ahead log had {_mib(log)}"
    if end.queued > base.queued:
        yield f"{end.queued:,.0f} bytes wait for nobody"


def table(base: Sample, during: Sequence[Sample], end: Sample) -> Iterator[str]:
    """Return the figures as the rows of a table."""
    yield f"{'':24}{'start':>10}{'median':>10}{'most':>10}{'end':>10}"
    rows = {
        "memory (RSS)": "rss",
        "recent events": "recent",
        "write-ahead log": "log",
        "queued": "queued",
        "descriptors": "descriptors",
        "threads": "threads",
        "connections": "connections",
        "sessions": "sessions",
        "pages": "pages",
        "open rooms": "rooms",
        "furthest lag in events": "lag",
    }
    for title, name in rows.items():
        values = sorted(getattr(each, name) for each in during)
        found = getattr(base, name), values[len(values) // 2], values[-1]
        shown = _mib if name in {"rss", "recent", "log", "queued"} else _count
        cells = "".join(f"{shown(x):>10}" for x in (*found, getattr(end, name)))
        yield f"{title:24}{cells}"
    after = settled(during)
    hours = (after[-1].at - after[0].at) / 3600 if len(after) > 1 else 0.0
    grown = growth(during)
    rate = f", {_mib(grown / hours)}/h" if hours else ""
    yield f"memory beyond the messages, after the warm-up: {_mib(grown)}{rate}"


def _mib(size: float) -> str:
    return f"{size / MIB:,.1f} MiB"


def _count(number: float) -> str:
    return f"{number:,.0f}"
