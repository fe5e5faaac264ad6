"""Who asks a history, and from where: in the caller's thread, or in its own ones."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from parlour.core.storage import Draft, Outcome, Page, Query, Search, StorageError
from parlour.history.query_queue import PendingQuery, failed, pages, searches, stopping

from . import Store

REST: Final = 0.5  # seconds without a batch after which chores are done, all of them
CHORE_EVERY: Final = 60.0  # seconds between two looks for chores when nothing happens
EAGER: Final = 128  # drafts that make a chore due: each can do for more than these

Recorded = Callable[[list[Outcome] | StorageError], None]


class Recorder(Protocol):
    """A history for those who cannot wait for it. It owns the history.

    Each `done` is called exactly once, with what was asked for or with the reason why
    not, from any thread, and perhaps before the call that was given it has returned.
    Only a question that nobody wants any more when its turn comes has no answer.
    """

    def record(self, drafts: Sequence[Draft], time: float, done: Recorded) -> None:
        """Append *drafts*, said at *time*. Batches are appended in order."""
        ...

    def query(self, question: PendingQuery) -> None:
        """Answer *question*; the answer has all that was reported as recorded.

        A question for which the queue has no place (`questions`) is answered `busy`.
        A search never delays a page.
        """
        ...

    def cancel_searches(self) -> None:
        """Refuse searches from now on; those that run end soon."""
        ...

    def close(self, timeout: float) -> bool:
        """Record what was given, take no more, and close the history.

        Returns whether that was done after *timeout* seconds.
        """
        ...


class InlineRecorder:
    """A recorder that has called back when its methods return. One thread at a time.

    Only searches take long in a history in memory: they have a thread of their own.
    """

    def __init__(self, history: Store) -> None:
        self._history = history
        self._searches = searches(history)
        self._is_closed = False

    def record(self, drafts: Sequence[Draft], time: float, done: Recorded) -> None:
        outcome: list[Outcome] | StorageError
        try:
            outcome = stopping() if self._is_closed else self._append(drafts, time)
        except StorageError as exc:
            outcome = exc
        done(outcome)

    def query(self, question: PendingQuery) -> None:
        if isinstance(question.query, Search):
            self._searches.add(question)
        elif question.is_wanted():
            question.done(self._read(question.query))

    def cancel_searches(self) -> None:
        self._history.cancel_searches()
        self._searches.close()

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        if not self._is_closed:
            self._is_closed = True
            self.cancel_searches()
            self._searches.join()
            self._history.close()
        return True

    def _read(self, query: Query) -> Page | StorageError:
        try:
            return stopping() if self._is_closed else self._history.read(query)
        except StorageError as exc:
            return exc

    def _append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        outcomes = self._history.append(drafts, time)
        with suppress(StorageError):  # the next batch tells, if it lasts
            self._history.maintain()
        return outcomes


class _Batch(NamedTuple):
    """Drafts to append, and whom to tell."""

    drafts: Sequence[Draft]
    time: float
    done: Recorded


class ThreadedRecorder:
    """A recorder with a thread that writes, one that reads pages and one that searches.

    The writing thread does the history's chores while it has no batch: one for every
    hundred drafts or so, and all of them after a rest. A batch waits for one at most.

    An error that is no HistoryError is a bug. It ends the thread, loudly, and who
    waits for an answer is told that the outcome is unknown.
    """

    def __init__(self, history: Store) -> None:
        self._history = history
        self._batches: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._pages = pages(history)
        self._searches = searches(history)
        self._lock = threading.Lock()  # between a last batch and the end of all
        self._is_closed = False
        self._unkempt = 0  # drafts that no chore was done for
        self._has_ended = threading.Event()
        threading.Thread(target=self._write, name="history-writer", daemon=True).start()

    def record(self, drafts: Sequence[Draft], time: float, done: Recorded) -> None:
        with self._lock:
            is_taken = not self._is_closed
            if is_taken:
                self._batches.put(_Batch(drafts, time, done))
        if not is_taken:
            done(stopping())

    def query(self, question: PendingQuery) -> None:
        is_search = isinstance(question.query, Search)
        (self._searches if is_search else self._pages).add(question)

    def cancel_searches(self) -> None:
        self._history.cancel_searches()
        self._searches.close()

    def close(self, timeout: float) -> bool:
        self._shut()
        return self._has_ended.wait(timeout)

    def _shut(self) -> None:
        """Take no more."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._batches.put(None)
        self._pages.close()
        self.cancel_searches()

    def _write(self) -> None:
        batch: _Batch | None = None
        outcome: list[Outcome] | StorageError
        try:
            while (batch := self._next()) is not None:
                try:
                    outcome = self._history.append(batch.drafts, batch.time)
                except StorageError as exc:
                    outcome = exc
                self._unkempt += len(batch.drafts)
                done, batch = batch.done, None
                done(outcome)
        finally:
            self._shut()
            _refuse(batch, self._batches)
            self._pages.join()
            self._searches.join()
            self._history.close()
            self._has_ended.set()

    def _next(self) -> _Batch | None:
        """Wait for a batch, and do chores meanwhile; None: there is none any more."""
        wait = REST
        if self._unkempt >= EAGER:
            with suppress(queue.Empty):
                return self._batches.get_nowait()
            self._chore()
        while True:
            try:
                return self._batches.get(timeout=wait)
            except queue.Empty:
                wait = 0.0 if self._chore() else CHORE_EVERY

    def _chore(self) -> bool:
        """Do one chore and tell if there are others."""
        try:
            has_more = self._history.maintain()
        except StorageError:
            has_more = False  # the next batch meets it, too, if it lasts
        self._unkempt = max(self._unkempt - EAGER, 0) if has_more else 0
        return has_more


def _refuse(first: _Batch | None, rest: "queue.SimpleQueue[_Batch | None]") -> None:
    """Tell those whose turn never came, or was not ended."""
    if first is not None:
        first.done(failed())
    with suppress(queue.Empty):
        while True:
            each = rest.get_nowait()
            if each is not None:
                each.done(failed())
