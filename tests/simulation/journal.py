"""A simulated journal that several nodes share: one order of batches for all of them.

It delays batches and refuses some. Each node hears of them later than they are written,
by a time of its own, but never in another order. What a lost node proposes is void.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from parlour.core.entries import Batch, NodeLost

from .loop import SimulatedLoop
from .network import NOBODY
from .storage import texts

DELAY: Final = (0.0, 0.001, 0.05, 0.3)  # seconds at most, on the way to the log
LAG: Final = (0.0, 0.001, 0.05, 0.5)  # seconds at most, from the log to a node
AT_ONCE: Final = 5  # batches that a node gets at once, at most


class SimulatedJournal:
    """The log of batches, which outlives all nodes."""

    def __init__(
        self,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        on_append: Callable[[Batch], None],
    ) -> None:
        self._loop, self._rng, self._faults = loop, rng, faults
        self._on_append = on_append
        self._max_delay = rng.choice(DELAY)
        self.batches = list[Batch]()
        self.lost = set[int]()
        """The nodes whose loss is in the log."""
        self.refused_texts = set[str]()
        self.refusal_rate = 0.0
        """The probability that a batch is refused."""
        self.feeds = list[Feed]()
        self._cut = set[int]()  # nodes that were killed and reach the log no more
        self._under_way = Counter[int]()  # batches on the way to the log, by node

    @property
    def is_quiet(self) -> bool:
        """Whether no batch is under way, to the log or to a node."""
        return not self._under_way.total() and all(each.is_done for each in self.feeds)

    def propose(self, batch: Batch, on_refused: Callable[[], None]) -> None:
        """Append a batch a little later, or refuse it."""
        self._under_way[batch.node] += 1
        arrive = partial(self._arrive, batch, on_refused)
        self._loop.call_later(self._delay(), arrive, context=NOBODY)

    def cut(self, node: int) -> None:
        """Lose what a killed node has under way, or not."""
        if self._under_way[node]:
            self._faults["unknown batches"] += 1
            if self._rng.random() < 0.5:
                self._cut.add(node)

    def repair(self) -> None:
        """End all faults and long delays."""
        self.refusal_rate = 0.0
        self._max_delay = min(self._max_delay, 0.01)
        for feed in self.feeds:
            feed.repair()

    def _arrive(self, batch: Batch, on_refused: Callable[[], None]) -> None:
        self._under_way[batch.node] -= 1
        if batch.node in self.lost or batch.node in self._cut:
            return
        if self._rng.random() < self.refusal_rate and batch.is_durable:
            self._faults["refused batches"] += 1
            self.refused_texts |= texts(batch)
            self._loop.call_later(self._delay(), on_refused, context=NOBODY)
            return
        self.batches.append(batch)
        for entry in batch.entries:
            if isinstance(entry, NodeLost):
                self.lost.add(entry.node)
        self._on_append(batch)
        for feed in self.feeds:
            feed.wake()

    def _delay(self) -> float:
        return self._rng.random() * self._max_delay


class Feed:
    """Delivers the log to one node, from *position* on."""

    def __init__(
        self,
        journal: SimulatedJournal,
        loop: SimulatedLoop,
        rng: Random,
        position: int,
        deliver: Callable[[Batch], None],
    ) -> None:
        self._journal, self._loop, self._rng = journal, loop, rng
        self._deliver = deliver
        self._max_lag = rng.choice(LAG)
        self._stalled_until = 0.0
        self._is_scheduled = False
        self.position = position
        """The number of batches that were delivered."""
        journal.feeds.append(self)

    @property
    def is_done(self) -> bool:
        """Whether everything in the log is delivered."""
        return self.position == len(self._journal.batches)

    def wake(self) -> None:
        """Deliver what is new a little later."""
        if not self._is_scheduled and not self.is_done:
            self._is_scheduled = True
            due = self._loop.time() + self._rng.random() * self._max_lag
            due = max(due, self._stalled_until)
            self._loop.call_at(due, self._deliver_some, context=NOBODY)

    def stall(self, seconds: float) -> None:
        """Deliver nothing for a while."""
        self._stalled_until = self._loop.time() + seconds

    def repair(self) -> None:
        """End long delays."""
        self._max_lag, self._stalled_until = min(self._max_lag, 0.01), 0.0

    def end(self) -> None:
        """Deliver nothing more."""
        if self in self._journal.feeds:
            self._journal.feeds.remove(self)

    def _deliver_some(self) -> None:
        self._is_scheduled = False
        for _ in range(self._rng.randint(1, AT_ONCE)):
            if not self.is_done and self in self._journal.feeds:
                self.position += 1
                self._deliver(self._journal.batches[self.position - 1])
        if self in self._journal.feeds:
            self.wake()
