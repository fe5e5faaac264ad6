"""What a soak has found: whether a server returns to its base, and whether it grows."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Final

from parlour.core.state.idempotency import MAX_KEYS
from parlour.journal.sqlite.checkpoint import FRAME_HEADER_SIZE, HEADER_SIZE, MAX_PAGES

from .samples import MIB, Sample, slope

WARM_UP: Final = 1 / 3
"""Part of a run in which memory may grow, because caches fill."""
WINDOW: Final = 12
"""Samples of which only the one with the least memory counts.

While a password is checked, memory is 64 MiB larger. On a busy machine, that is so in
half of the samples; if it becomes busier, their median grows without a leak. The least
memory grows only if something remains.
"""
KEY_BYTES: Final = 244
"""Memory of an idempotency key, by which a retry of a message is recognised."""
RECENT_FACTOR: Final = 3.2
"""Memory of a room's recent events for each byte of their encodings, if it is talk.

Of 417 bytes for a short message, 132 are its encoding for sessions; the rest are the
objects. A test measures this and `KEY_BYTES` with tracemalloc.
"""
MAX_GROWTH: Final = 6 * MIB
"""Of memory during the rest, by its slope, beyond what is kept on purpose."""
MAX_KEPT: Final = 64 * MIB
"""Memory that a process may keep for later use after all load has left."""
PAGE_SIZE: Final = 4096  # bytes; SQLite's default
MAX_LOG: Final = HEADER_SIZE + MAX_PAGES * (FRAME_HEADER_SIZE + PAGE_SIZE)
"""Bytes of the write-ahead log from which on the server refuses messages."""
EXTRA_DESCRIPTORS: Final = 4
"""That may stay open: files that are opened with the first need of them."""
EXTRA_THREADS: Final = 12
"""The same: bounded pools for pages, forms, searches, passwords and backups."""


def settled(samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples after the warm-up."""
    return list(samples[int(len(samples) * WARM_UP) :])


def kept(sample: Sample) -> float:
    """Return the memory that a server keeps on purpose: recent events and keys."""
    return RECENT_FACTOR * sample.recent + KEY_BYTES * min(sample.stored, MAX_KEYS)


def growth(samples: Sequence[Sample]) -> float:
    """Return by how many bytes memory grew after the warm-up, beyond what is kept.

    In a run of less than two windows, none is found.
    """
    after = settled(samples)
    points = [(each.at, each.rss - kept(each)) for each in after]
    starts = range(0, len(points) - WINDOW + 1, WINDOW)
    windows = [points[start : start + WINDOW] for start in starts]
    least = [min(each, key=itemgetter(1)) for each in windows]
    return slope(least) * (after[-1].at - after[0].at) if least else 0.0


def is_at_base(base: Sample, now: Sample) -> bool:
    """Return whether nothing of the load is left."""
    return not any(left_over(base, now))


def left_over(base: Sample, now: Sample) -> Iterator[str]:
    """Return what a server has too much of after all load has left, in words."""
    for name in ("connections", "sessions", "pages", "rooms"):
        before, after = getattr(base, name), getattr(now, name)
        if after > before:
            yield f"{name}: {after:,.0f} at the end, {before:,.0f} at the start"
    if now.descriptors > base.descriptors + EXTRA_DESCRIPTORS:
        yield f"descriptors: {now.descriptors} at the end, {base.descriptors} before"
    if now.threads > base.threads + EXTRA_THREADS:
        yield f"threads: {now.threads} at the end, {base.threads} at the start"
    if now.rss - base.rss > MAX_KEPT:
        yield f"memory: {_mib(now.rss)} at the end, {_mib(base.rss)} at the start"
    if now.queued > base.queued:
        yield f"{now.queued:,.0f} bytes wait for nobody"


def faults(base: Sample, during: Sequence[Sample], end: Sample | None) -> Iterator[str]:
    """Return what the figures say against the server, in words."""
    if not during:
        yield "no sample was taken"
    if end is None:
        yield "no metrics after the load had ended"
    else:
        yield from left_over(base, end)
    if (grown := growth(during)) > MAX_GROWTH:
        yield f"memory grew by {_mib(grown)} after the warm-up"
    if (log := max((each.log for each in during), default=0)) >= MAX_LOG:
        yield f"the write-ahead log had {_mib(log)}"


def table(base: Sample, during: Sequence[Sample], end: Sample | None) -> Iterator[str]:
    """Return the figures as the rows of a table, if there are any."""
    if not during or end is None:
        return
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
    yield f"memory beyond what is kept, after the warm-up: {_mib(grown)}{rate}"


def _mib(size: float) -> str:
    return f"{size / MIB:,.1f} MiB"


def _count(number: float) -> str:
    return f"{number:,.0f}"
