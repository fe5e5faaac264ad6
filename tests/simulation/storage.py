"""A simulated store that outlives its servers, and the faults of its disk."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from parlour.core.events import LOBBY, Message
from parlour.core.storage import (
    Draft,
    HistoryExtent,
    Outcome,
    Page,
    Query,
    StorageError,
)
from parlour.history.query_queue import AnswerCallback, PendingQuery
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import RecordedCallback
from tests.proof.records import StoredHistory, StoredMessage

from .loop import SimulatedLoop, another_thread

WALL_AT_ZERO: Final = 1_700_000_000.0 - 1000.0  # wall time at 0 of the virtual clock
FULL: Final = StorageError("storage_full", "the disk is full")
FAILED: Final = StorageError(
    "storage_failed", "the disk failed", is_outcome_unknown=True
)
UNREAD: Final = StorageError("history_failed", "the history failed")


class SimulatedDisk:
    """The recorded messages of all servers of a run, one after another."""

    def __init__(self, rng: Random, faults: Counter[str]) -> None:
        self._rng, self._faults = rng, faults
        self._max_messages = rng.choice((1_000_000, 1_000_000, 1_000_000, 30))
        self._batches = list[tuple[list[Draft], float]]()
        self.histories = list[StoredHistory]()
        self.refused_texts = set[str]()
        """Texts that were refused at least once."""
        self.max_delay = rng.choice((0.0, 0.001, 0.05, 0.5))
        """The longest delay of an operation, in seconds."""
        self.refusal_rate = self.failure_rate = self.read_failure_rate = 0.0
        """Probabilities, for each batch or page."""
        self._begin_history()

    @property
    def head(self) -> int:
        return len(self.histories[-1].messages)

    def extent(self) -> HistoryExtent:
        return self.history.extent(LOBBY)

    def repair(self) -> None:
        """End all faults and long delays."""
        self.max_delay = min(self.max_delay, 0.01)
        self.refusal_rate = self.failure_rate = self.read_failure_rate = 0.0

    def commit(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        """Record *drafts*, whether or not the server receives the outcome."""
        outcomes = self.history.append(drafts, time)
        self._batches.append((list(drafts), time))
        self.histories[-1].messages += [
            StoredMessage(each.sequence, each.source, each.text)
            for each in outcomes
            if isinstance(each, Message)
        ]
        return outcomes

    def truncate_or_recreate(self) -> None:
        """Lose the last batches, or everything. No server may be running."""
        count = self._rng.choice((0, 0, 1, 2, 5))
        if count and self._batches:
            self._faults["truncated logs"] += 1
            kept = self._batches[:-count]
            self._begin_history(self.histories[-1].epoch)
            for drafts, time in kept:
                self.commit(drafts, time)
        else:
            self._faults["new epochs"] += 1
            self._begin_history()

    def _begin_history(self, epoch: str = "") -> None:
        epoch = epoch or f"epoch-{len(self.histories)}"
        self._batches = []
        self.histories.append(
            StoredHistory(epoch, is_pruned=self._max_messages < 1_000_000)
        )
        self.history = MemoryStore(
            Retention(max_messages=self._max_messages), epoch=epoch
        )


class SimulatedRecorder:
    """The recorder of one server: it delays commits, fails, and ends with the server.

    Others may read a commit before the server receives its outcome.
    """

    def __init__(
        self,
        disk: SimulatedDisk,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
    ) -> None:
        self._disk, self._loop, self._rng, self._faults = disk, loop, rng, faults
        self._is_inline = rng.random() < 0.25
        self._is_broken = False
        self._in_flight: tuple[list[Draft], float] | None = None
        self._next_answer = 0.0
        self.interrupt: Callable[[], None] | None = None
        """Called in the middle of the next commit."""

    def record(
        self,
        drafts: Sequence[Draft],
        time: float,  # noqa: ARG002
        on_recorded: RecordedCallback,
    ) -> None:
        wall = WALL_AT_ZERO + self._loop.time()
        if self._is_inline:
            on_recorded(self._commit(list(drafts), wall))
            return
        self._in_flight = list(drafts), wall
        self._loop.call_later(self._delay(), self._commit_and_report, on_recorded)
        if self.interrupt is not None:
            self._loop.call_soon(self.interrupt)
            self.interrupt = None

    def query(self, pending: PendingQuery) -> None:
        # An answer that is no longer wanted does no harm.
        query, done = pending.query, pending.on_answer
        if self._is_inline:
            done(self._disk.history.read(query))
            return
        soonest = max(self._next_answer, self._loop.time())
        self._next_answer = soonest + self._delay() + 1e-6
        self._loop.call_at(self._next_answer, self._read_and_report, query, done)

    def cancel_searches(self) -> None:
        """Do nothing: the clients do not search."""

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        return True

    def crash(self) -> None:
        """Record the batch in flight, or lose it; the outcome is not reported."""
        if self._in_flight is not None and self._rng.random() < 0.5:
            self._faults["unknown commits"] += 1
            self._disk.commit(*self._in_flight)

    def _delay(self) -> float:
        return self._rng.random() * self._disk.max_delay

    def _commit_and_report(self, done: RecordedCallback) -> None:
        assert self._in_flight is not None
        (drafts, time), self._in_flight = self._in_flight, None
        outcome = self._commit(drafts, time)

        def report() -> None:
            with another_thread():
                done(outcome)

        self._loop.call_later(self._delay(), report)

    def _commit(self, drafts: list[Draft], time: float) -> list[Outcome] | StorageError:
        disk, rng = self._disk, self._rng
        if (
            not self._is_broken
            and rng.random() >= disk.refusal_rate + disk.failure_rate
        ):
            return disk.commit(drafts, time)
        disk.refused_texts |= {draft.text for draft in drafts}
        if (
            self._is_broken
            or rng.random() * (disk.refusal_rate + disk.failure_rate)
            < disk.failure_rate
        ):
            if not self._is_broken and rng.random() < 0.5:
                disk.commit(drafts, time)
            self._is_broken = True
            self._faults["failed commits"] += 1
            return FAILED
        self._faults["refused commits"] += 1
        return FULL

    def _read_and_report(self, query: Query, done: AnswerCallback) -> None:
        answer: Page | StorageError
        if self._rng.random() >= self._disk.read_failure_rate:
            answer = self._disk.history.read(query)
        else:
            answer = UNREAD
            self._faults["failed reads"] += 1
            self._disk.histories[-1].is_pruned = True  # gaps are declared then
        with another_thread():
            done(answer)
