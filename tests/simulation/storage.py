"""A simulated store that outlives its servers, and the faults of its disk."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

from parlour.core.entries import Batch, Said
from parlour.core.storage import Page, Query, StorageError, StoredState
from parlour.history.query_queue import PendingQuery
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import RecordedCallback, WaitingQueries
from tests.proof.records import StoredHistory, StoredMessage

from .loop import SimulatedLoop, another_thread
from .settings import Settings

FULL: Final = StorageError("storage_full", "the disk is full")
FAILED: Final = StorageError(
    "storage_failed", "the disk failed", is_outcome_unknown=True
)
UNREAD: Final = StorageError("history_failed", "the history failed")


class SimulatedDisk:
    """The batches of all servers of a run, one after another, and what they store."""

    def __init__(self, rng: Random, faults: Counter[str], settings: Settings) -> None:
        self._rng, self._faults, self._settings = rng, faults, settings
        self._batches = list[Batch]()
        self.histories = list[StoredHistory]()
        self.refused_texts = set[str]()
        self.max_delay = rng.choice((0.0, 0.001, 0.05, 0.5))
        """The longest delay of an operation, in seconds."""
        self.refusal_rate = self.failure_rate = self.read_failure_rate = 0.0
        """Probabilities, for each batch or page."""
        self._begin_history()

    def load(self) -> StoredState:
        return self.store.load()

    def end_faults(self) -> None:
        self.refusal_rate = self.failure_rate = self.read_failure_rate = 0.0

    def commit(self, batch: Batch) -> None:
        """Store *batch*, whether or not the server receives the outcome."""
        self.store.append(batch)
        self._batches.append(batch)
        rooms = self.histories[-1].rooms
        for entry in batch.entries:
            if isinstance(entry, Said):
                messages = rooms.setdefault(entry.room, [])
                last = messages[-1].sequence if messages else 0
                sequence = self._settings.numbering(last)
                messages.append(StoredMessage(sequence, entry.source, entry.text))

    def truncate_or_recreate(self) -> None:
        """Lose the last batches, or everything. No server may be running."""
        count = self._rng.choice((0, 0, 1, 2, 5))
        if count and self._batches:
            self._faults["truncated logs"] += 1
            kept = self._batches[:-count]
            self._begin_history(self.histories[-1].epoch)
            for batch in kept:
                self.commit(batch)
        else:
            self._faults["new epochs"] += 1
            self._begin_history()

    def _begin_history(self, epoch: str = "") -> None:
        epoch = epoch or f"epoch-{len(self.histories)}"
        self._batches = []
        settings = self._settings
        self.histories.append(StoredHistory(epoch, is_pruned=settings.is_pruned))
        self.store = MemoryStore(
            Retention(max_messages=settings.max_messages),
            epoch=epoch,
            numbering=settings.numbering,
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
        self._in_flight: Batch | None = None
        self._next_answer = 0.0
        self.interrupt: Callable[[], None] | None = None
        """Called in the middle of the next commit."""

    def record(self, batch: Batch, on_recorded: RecordedCallback) -> None:
        if not batch.is_durable:
            on_recorded(None)
            return
        if self._is_inline:
            on_recorded(self._commit(batch))
            return
        self._in_flight = batch
        self._loop.call_later(self._delay(), self._commit_and_report, on_recorded)
        if self.interrupt is not None:
            self._loop.call_soon(self.interrupt)
            self.interrupt = None

    def query(self, pending: PendingQuery) -> None:
        # An answer that is no longer wanted does no harm.
        query, done = pending.job, pending.on_answer
        if self._is_inline:
            done(self._disk.store.read(query))
            return
        soonest = max(self._next_answer, self._loop.time())
        self._next_answer = soonest + self._delay() + 1e-6
        self._loop.call_at(self._next_answer, self._read_and_report, query, done)

    @property
    def waiting(self) -> WaitingQueries:
        return WaitingQueries(0, 0)

    def cancel_searches(self) -> None:
        """Do nothing: the clients do not search."""

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        return True

    def crash(self) -> None:
        """Store the batch in flight, or lose it; the outcome is not reported."""
        if self._in_flight is not None and self._rng.random() < 0.5:
            self._faults["unknown commits"] += 1
            self._disk.commit(self._in_flight)

    def _delay(self) -> float:
        return self._rng.random() * self._disk.max_delay

    def _commit_and_report(self, done: RecordedCallback) -> None:
        assert self._in_flight is not None
        batch, self._in_flight = self._in_flight, None
        error = self._commit(batch)

        def report() -> None:
            with another_thread():
                done(error)

        self._loop.call_later(self._delay(), report)

    def _commit(self, batch: Batch) -> StorageError | None:
        disk, rng = self._disk, self._rng
        if (
            not self._is_broken
            and rng.random() >= disk.refusal_rate + disk.failure_rate
        ):
            disk.commit(batch)
            return None
        disk.refused_texts |= texts(batch)
        if (
            self._is_broken
            or rng.random() * (disk.refusal_rate + disk.failure_rate)
            < disk.failure_rate
        ):
            if not self._is_broken and rng.random() < 0.5:
                disk.commit(batch)
            self._is_broken = True
            self._faults["failed commits"] += 1
            return FAILED
        self._faults["refused commits"] += 1
        return FULL

    def _read_and_report(
        self, query: Query, done: Callable[[Page | StorageError], None]
    ) -> None:
        answer: Page | StorageError
        if self._rng.random() >= self._disk.read_failure_rate:
            answer = self._disk.store.read(query)
        else:
            answer = UNREAD
            self._faults["failed reads"] += 1
            self._disk.histories[-1].is_pruned = True  # gaps are declared then
        with another_thread():
            done(answer)


def texts(batch: Batch) -> set[str]:
    """Return the texts of the messages of *batch*."""
    return {entry.text for entry in batch.entries if isinstance(entry, Said)}
