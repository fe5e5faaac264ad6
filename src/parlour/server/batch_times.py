"""How long messages take to be stored and told, measured for each batch.

A batch waits for the one before it, is recorded by the journal, and is then written to
the members. Its times are those of its oldest entry, from the turn in which the driver
found that waiting. Entries settle in the order of their numbers, so one mark for each
turn that finds new ones is enough, and nothing is measured for single messages.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

from parlour.core.entries import Batch
from parlour.core.histogram import Histogram

SECONDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""Bounds of the histograms of seconds."""

ENTRIES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Bounds of the histogram of the entries of a batch."""


Stored: TypeAlias = tuple[float, float]
"""When the oldest entry of a batch was said, and when the batch was stored."""


class BatchTimes:
    """The times of durable batches, of which one is in flight.

    The owner of the hub calls it, and the thread that writes calls `tell`. *timer*
    returns seconds, also to other threads.
    """

    def __init__(self, timer: Callable[[], float] = time.perf_counter) -> None:
        self.timer = timer
        self.said_to_stored = Histogram(SECONDS)
        self.stored_to_told = Histogram(SECONDS)
        self.said_to_told = Histogram(SECONDS)
        self.entries = Histogram(ENTRIES)
        self._noted = 0  # entries that were proposed so far
        self._marks: deque[tuple[int, float]] = deque()
        """The numbers of entries that were new at a time, and that time."""
        self._said = 0.0  # the oldest entry of the batch in flight
        self._committed: Stored | None = None
        """A batch that is applied, and not delivered to everybody yet."""

    def note(self, proposed: int) -> None:
        """Note in each turn how many entries were *proposed* so far."""
        if proposed > self._noted:
            self._marks.append((self._noted, self.timer()))
            self._noted = proposed

    def form(self, batch: Batch, first: int) -> None:
        """Count a new batch, which is as old as its *first* entry, by its number."""
        marks = self._marks
        while len(marks) > 1 and marks[1][0] <= first:
            marks.popleft()
        self._said = marks[0][1]
        self.entries.observe(len(batch.entries))

    def commit(self, batch: Batch, stored: float) -> None:
        """Note that a batch was *stored* at that time, and is applied."""
        if batch.is_durable:
            self.said_to_stored.observe(stored - self._said)
            self._committed = self._said, stored

    def take_committed(self) -> Stored | None:
        """Return the committed batch, once, which a flush has delivered."""
        committed, self._committed = self._committed, None
        return committed

    def tell(self, committed: Stored) -> None:
        """Note that the writes of a flush, which delivered a batch, are written."""
        said, stored = committed
        now = self.timer()
        self.stored_to_told.observe(now - stored)
        self.said_to_told.observe(now - said)
