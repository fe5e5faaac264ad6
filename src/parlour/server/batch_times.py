"""How long messages take to be stored and told, measured for each batch.

A batch waits for the one before it, is recorded by the journal, and is then written to
the members. Its times are those of its oldest entry, from the turn in which the driver
found that waiting. So nothing is measured for single messages.
"""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from parlour.core.entries import Batch
from parlour.core.histogram import Histogram

SECONDS: Final = (
    *(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
    *(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
"""Bounds of the histograms of seconds."""

ENTRIES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Bounds of the histogram of the entries of a batch."""


class Stored(NamedTuple):
    """When the oldest entry of a batch was said, and when the batch was stored."""

    said: float
    stored: float


class BatchTimes:
    """The times of durable batches.

    The owner of the hub calls it, and the thread that writes calls `tell`. *timer*
    returns seconds, also to other threads.
    """

    def __init__(self, timer: Callable[[], float] = time.perf_counter) -> None:
        self.timer = timer
        self.said_to_stored = Histogram(SECONDS)
        self.stored_to_told = Histogram(SECONDS)
        self.said_to_told = Histogram(SECONDS)
        self.entries = Histogram(ENTRIES)
        self._waiting_since: float | None = None
        self._committed: Stored | None = None
        """A batch that is applied, and not delivered to everybody yet."""

    def wait(self, *, are_any: bool) -> None:
        """Note whether entries wait for the next batch."""
        if are_any and self._waiting_since is None:
            self._waiting_since = self.timer()

    def form(self, batch: Batch, *, are_others_waiting: bool) -> float:
        """Count a new batch, and return since when its oldest entry has waited.

        Others that still wait may be as old.
        """
        since = self._waiting_since
        said = self.timer() if since is None else since
        self._waiting_since = said if are_others_waiting else None
        self.entries.observe(len(batch.entries))
        return said

    def commit(self, batch: Batch, stored: Stored) -> None:
        """Note that a batch is stored and applied."""
        if batch.is_durable:
            self.said_to_stored.observe(stored.stored - stored.said)
            self._committed = stored

    def take_committed(self) -> Stored | None:
        """Return the committed batch, once, which a flush has delivered."""
        committed, self._committed = self._committed, None
        return committed

    def tell(self, committed: Stored | None) -> None:
        """Note that the writes of a flush, which delivered *committed*, are written."""
        if committed is not None:
            now = self.timer()
            self.stored_to_told.observe(now - committed.stored)
            self.said_to_told.observe(now - committed.said)
