"""A history that outlives its server, and everything that a disk can do to it."""

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

WALL_AT_ZERO: Final = (
    1_700_000_000.0 - 1000.0
)  # what the wall shows when the clock shows 0
FULL: Final = StorageError("storage_full", "the disk is full")
FAILED: Final = StorageError("storage_failed", "the disk failed", is_unknown=True)
UNREAD: Final = StorageError("history_failed", "the history failed")


class SimulatedDisk:
    """What is kept, by all servers of a run one after another."""

    def __init__(self, rng: Random, faults: Counter[str]) -> None:
        self._rng, self._faults = rng, faults
        self._keeps = rng.choice((1_000_000, 1_000_000, 1_000_000, 30))
        self._batches = list[tuple[list[Draft], float]]()
        self.logs = list[StoredHistory]()
        self.unlucky = set[str]()
        """Texts that were refused at some time."""
        self.slowness = rng.choice((0.0, 0.001, 0.05, 0.5))
        """Seconds that anything takes at most."""
        self.refuses = self.breaks = self.misreads = 0.0
        """How likely that is for each batch, or page."""
        self._begin_log()

    @property
    def head(self) -> int:
        return len(self.logs[-1].messages)

    def extent(self) -> HistoryExtent:
        return self.history.extent(LOBBY)

    def calm(self) -> None:
        """Do all that is asked, and soon."""
        self.slowness = min(self.slowness, 0.01)
        self.refuses = self.breaks = self.misreads = 0.0

    def commit(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        """Keep *drafts*, whoever may learn of it."""
        outcomes = self.history.append(drafts, time)
        self._batches.append((list(drafts), time))
        self.logs[-1].messages += [
            StoredMessage(each.sequence, each.source, each.text)
            for each in outcomes
            if isinstance(each, Message)
        ]
        return outcomes

    def damage(self) -> None:
        """Lose the last batches, or everything; no server may run."""
        count = self._rng.choice((0, 0, 1, 2, 5))
        if count and self._batches:
            self._faults["truncated logs"] += 1
            kept = self._batches[:-count]
            self._begin_log(self.logs[-1].epoch)
            for drafts, time in kept:
                self.commit(drafts, time)
        else:
            self._faults["new epochs"] += 1
            self._begin_log()

    def _begin_log(self, epoch: str = "") -> None:
        epoch = epoch or f"epoch-{len(self.logs)}"
        self._batches = []
        self.logs.append(StoredHistory(epoch, forgets=self._keeps < 1_000_000))
        self.history = MemoryStore(Retention(max_messages=self._keeps), epoch=epoch)


class SimulatedRecorder:
    """The recorder of one server: it commits late, fails, and dies with the server.

    Between a commit and its telling there may be time in which others can read it.
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
        self._out: tuple[list[Draft], float] | None = None
        self._next_answer = 0.0
        self.interrupt: Callable[[], None] | None = None
        """What is to happen in the middle of the next commit."""

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
        self._out = list(drafts), wall
        self._loop.call_later(self._lateness(), self._commit_and_tell, on_recorded)
        if self.interrupt is not None:
            self._loop.call_soon(self.interrupt)
            self.interrupt = None

    def query(self, pending: PendingQuery) -> None:
        query, done = pending.query, pending.on_answer  # an unwanted answer is harmless
        if self._is_inline:
            done(self._disk.history.read(query))
            return
        soonest = max(self._next_answer, self._loop.time())
        self._next_answer = soonest + self._lateness() + 1e-6
        self._loop.call_at(self._next_answer, self._read_and_tell, query, done)

    def cancel_searches(self) -> None:
        """Go on: nobody searches here."""

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        return True

    def crash(self) -> None:
        """Let what was out be kept, or not; nobody will be told."""
        if self._out is not None and self._rng.random() < 0.5:
            self._faults["unknown commits"] += 1
            self._disk.commit(*self._out)

    def _lateness(self) -> float:
        return self._rng.random() * self._disk.slowness

    def _commit_and_tell(self, done: RecordedCallback) -> None:
        assert self._out is not None
        (drafts, time), self._out = self._out, None
        outcome = self._commit(drafts, time)

        def tell() -> None:
            with another_thread():
                done(outcome)

        self._loop.call_later(self._lateness(), tell)

    def _commit(self, drafts: list[Draft], time: float) -> list[Outcome] | StorageError:
        disk, rng = self._disk, self._rng
        if not self._is_broken and rng.random() >= disk.refuses + disk.breaks:
            return disk.commit(drafts, time)
        disk.unlucky |= {draft.text for draft in drafts}
        if self._is_broken or rng.random() * (disk.refuses + disk.breaks) < disk.breaks:
            if not self._is_broken and rng.random() < 0.5:
                disk.commit(drafts, time)
            self._is_broken = True
            self._faults["failed commits"] += 1
            return FAILED
        self._faults["refused commits"] += 1
        return FULL

    def _read_and_tell(self, query: Query, done: AnswerCallback) -> None:
        answer: Page | StorageError
        if self._rng.random() >= self._disk.misreads:
            answer = self._disk.history.read(query)
        else:
            answer = UNREAD
            self._faults["failed reads"] += 1
            self._disk.logs[-1].forgets = True  # what cannot be read is declared
        with another_thread():
            done(answer)
