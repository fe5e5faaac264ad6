"""The archive of a simulated node: what its users read, written after apply."""

from collections import Counter
from random import Random
from typing import Final

from parlour.core.entries import Batch
from parlour.core.storage import Page, StorageError
from parlour.history.query_queue import PendingQuery
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

from .loop import SimulatedLoop, another_thread
from .settings import Settings
from .storage import UNREAD

DELAY: Final = (0.0, 0.001, 0.05, 0.5)  # seconds at most, for each operation


class Archive:
    """A store in memory that is written and read in turn, and late.

    A page contains everything that was added before it was asked for.
    """

    def __init__(
        self,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        settings: Settings,
        epoch: str,
    ) -> None:
        self._loop, self._rng, self._faults = loop, rng, faults
        self._max_delay = rng.choice(DELAY)
        self._free_at = 0.0  # when everything so far is done
        self.read_failure_rate = 0.0
        """The probability that a page cannot be read."""
        self.has_failed = False
        """Whether any page could not be read."""
        self.store = MemoryStore(
            Retention(max_messages=settings.max_messages),
            epoch=epoch,
            numbering=settings.numbering,
        )

    @property
    def is_quiet(self) -> bool:
        """Whether everything is written and answered."""
        return self._loop.time() >= self._free_at

    def add(self, batch: Batch) -> None:
        """Write a batch later. None of its entries is void, and all are durable."""
        self._loop.call_at(self._next_time(), self.store.append, batch)

    def query(self, pending: PendingQuery) -> None:
        """Answer a query after everything that was added before it."""
        self._loop.call_at(self._next_time(), self._answer, pending)

    def repair(self) -> None:
        """End all faults and long delays."""
        self._max_delay, self.read_failure_rate = min(self._max_delay, 0.01), 0.0

    def _next_time(self) -> float:
        soonest = max(self._free_at, self._loop.time())
        self._free_at = soonest + self._rng.random() * self._max_delay + 1e-6
        return self._free_at

    def _answer(self, pending: PendingQuery) -> None:
        answer: Page | StorageError = UNREAD
        if self._rng.random() >= self.read_failure_rate:
            answer = self.store.read(pending.job)
        else:
            self._faults["failed reads"] += 1
            self.has_failed = True
        with another_thread():
            pending.on_answer(answer)
