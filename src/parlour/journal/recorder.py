"""Records batches and answers queries, in threads or in the caller's thread."""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, Protocol

from parlour.core.entries import Batch
from parlour.core.storage import Page, Query, Search, SearchRooms, StorageError
from parlour.history.errors import failed_error, stopping_error
from parlour.history.query_queue import (
    PendingQuery,
    page_queue,
    search_queue,
)

from . import Store

IDLE_DELAY: Final = 0.5  # seconds without a batch before all maintenance runs
MAINTENANCE_INTERVAL: Final = 15.0  # seconds between two checks for maintenance
ENTRIES_PER_STEP: Final = (
    128  # recorded per step, which deletes or indexes more messages
)

RecordedCallback = Callable[[StorageError | None], None]


class WaitingQueries(NamedTuple):
    """How many queries wait for an answer."""

    pages: int
    searches: int


class Recorder(Protocol):
    """Records batches and answers queries without blocking. It owns its store.

    Each callback is called exactly once, with the result or with the error, from any
    thread, and possibly before the method returns. Only a query that is no longer
    wanted when its turn comes gets no answer.
    """

    def record(self, batch: Batch, on_recorded: RecordedCallback) -> None:
        """Append *batch*; *on_recorded* gets None, or the error if it is not stored.

        Durable batches are appended in order. One that is not durable is not stored: it
        succeeds before the method returns, even before earlier ones are appended, and
        even if the recorder is closed.
        """
        ...

    def query(self, pending: PendingQuery) -> None:
        """Answer *pending*.

        The answer takes into account all messages already reported as recorded. If the
        queue is full (`query_queue`), it is the error `busy`. Searches do not delay
        pages.
        """
        ...

    @property
    def waiting(self) -> WaitingQueries:
        """How many queries wait. Any thread may read this."""
        ...

    def cancel_searches(self) -> None:
        """Cancel running searches, and refuse later ones."""
        ...

    def close(self, timeout: float) -> bool:
        """Record the accepted batches, refuse further ones, and close the store.

        Returns whether that finished within *timeout* seconds.
        """
        ...


class InlineRecorder:
    """A recorder that runs its callbacks before its methods return.

    One thread at a time may use it. Searches run in a separate thread, because they
    may take long even in memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._searches = search_queue(store)
        self._is_closed = False

    def record(self, batch: Batch, on_recorded: RecordedCallback) -> None:
        on_recorded(self._append(batch) if batch.is_durable else None)

    def query(self, pending: PendingQuery) -> None:
        if isinstance(pending.job, Search | SearchRooms):
            self._searches.add(pending)
        elif pending.is_wanted():
            pending.on_answer(self._read(pending.job))

    @property
    def waiting(self) -> WaitingQueries:
        return WaitingQueries(0, self._searches.waiting)

    def cancel_searches(self) -> None:
        self._store.cancel_searches()
        self._searches.close()

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        if not self._is_closed:
            self._is_closed = True
            self.cancel_searches()
            self._searches.join()
            self._store.close()
        return True

    def _read(self, query: Query) -> Page | StorageError:
        try:
            return stopping_error() if self._is_closed else self._store.read(query)
        except StorageError as exc:
            return exc

    def _append(self, batch: Batch) -> StorageError | None:
        if self._is_closed:
            return stopping_error()
        try:
            self._store.append(batch)
        except StorageError as exc:
            return exc
        try:  # noqa: SIM105 -- suppress() takes longer
            self._store.maintain()
        except StorageError:
            pass  # if the error persists, the next batch reports it
        return None


class _PendingBatch(NamedTuple):
    """A batch to append, and the callback for the result."""

    batch: Batch
    on_recorded: RecordedCallback


class ThreadedRecorder:
    """A recorder with three threads: for batches, for pages and for searches.

    The thread for batches maintains the store while it has no batch: one step for every
    `ENTRIES_PER_STEP` entries, and all steps after `IDLE_DELAY`. A batch waits for one
    step at most.

    An exception other than StorageError is a bug. It ends the thread with a traceback,
    and pending callbacks receive an error that says that the outcome is unknown.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._batches: queue.SimpleQueue[_PendingBatch | None] = queue.SimpleQueue()
        self._pages = page_queue(store)
        self._searches = search_queue(store)
        self._lock = threading.Lock()  # no batch is queued after the final None
        self._is_closed = False
        self._unmaintained = 0  # entries since the last step of maintenance
        self._has_ended = threading.Event()
        threading.Thread(target=self._write, name="history-writer", daemon=True).start()

    def record(self, batch: Batch, on_recorded: RecordedCallback) -> None:
        if not batch.is_durable:
            on_recorded(None)
            return
        with self._lock:
            is_accepted = not self._is_closed
            if is_accepted:
                self._batches.put(_PendingBatch(batch, on_recorded))
        if not is_accepted:
            on_recorded(stopping_error())

    def query(self, pending: PendingQuery) -> None:
        is_search = isinstance(pending.job, Search | SearchRooms)
        (self._searches if is_search else self._pages).add(pending)

    @property
    def waiting(self) -> WaitingQueries:
        return WaitingQueries(self._pages.waiting, self._searches.waiting)

    def cancel_searches(self) -> None:
        self._store.cancel_searches()
        self._searches.close()

    def close(self, timeout: float) -> bool:
        self._stop_accepting()
        return self._has_ended.wait(timeout)

    def _stop_accepting(self) -> None:
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._batches.put(None)
        self._pages.close()
        self.cancel_searches()

    def _write(self) -> None:
        pending: _PendingBatch | None = None
        try:
            while (pending := self._next()) is not None:
                error: StorageError | None = None
                try:
                    self._store.append(pending.batch)
                except StorageError as exc:
                    error = exc
                self._unmaintained += len(pending.batch.entries)
                on_recorded, pending = pending.on_recorded, None
                on_recorded(error)
        finally:
            self._stop_accepting()
            _fail(pending, self._batches)
            self._pages.join()
            self._searches.join()
            self._store.close()
            self._has_ended.set()

    def _next(self) -> _PendingBatch | None:
        """Return the next batch, maintaining the store while waiting for it.

        Returns None after the last batch.
        """
        wait = IDLE_DELAY
        if self._unmaintained >= ENTRIES_PER_STEP:
            with suppress(queue.Empty):
                return self._batches.get_nowait()
            self._maintain()
        while True:
            try:
                return self._batches.get(timeout=wait)
            except queue.Empty:
                wait = 0.0 if self._maintain() else MAINTENANCE_INTERVAL

    def _maintain(self) -> bool:
        """Do one step of maintenance; return whether there are more steps."""
        try:
            has_more = self._store.maintain()
        except StorageError:
            has_more = False  # if the error persists, the next batch reports it
        left = self._unmaintained - ENTRIES_PER_STEP
        self._unmaintained = max(left, 0) if has_more else 0
        return has_more


def _fail(
    current: _PendingBatch | None,
    waiting: "queue.SimpleQueue[_PendingBatch | None]",
) -> None:
    """Report that a bug ended the *current* batch, if any, and the *waiting* ones."""
    if current is not None:
        current.on_recorded(failed_error())
    with suppress(queue.Empty):
        while True:
            pending = waiting.get_nowait()
            if pending is not None:
                pending.on_recorded(failed_error())
