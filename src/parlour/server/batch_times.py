"""How long messages take to be stored and told, measured for each batch.

A batch waits for the one before it, is recorded by the journal, and is then written to
the members. Its times are those of its oldest entry, from the turn in which the driver
found that waiting. So nothing is measured for single messages.
"""

import time
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
        self._waiting_since: float | None = None
        self._said = 0.0  # the oldest entry of the batch in flight
        self._committed: Stored | None = None
        """A batch that is applied, and not delivered to everybody yet."""

    def wait(self) -> None:
        """Note that entries wait for the next batch."""
        if self._waiting_since is None:
            self._waiting_since = self.timer()

    def form(self, batch: Batch, *, are_others_waiting: bool) -> None:
        """Count a new batch, which is as old as what has waited longest.

        Others that still wait may be as old.
        """
        since = self._waiting_since
        self._said = said = self.timer() if since is None else since
        self._waiting_since = said if are_others_waiting else None
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
