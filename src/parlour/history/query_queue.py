"""Bounded queues of queries, each with a thread that answers them."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.core.storage import Page, Query, StorageError

from . import History
from .errors import failed_error, stopping_error

MAX_PAGES: Final = 65_536  # waiting queries for pages; a session has at most one
MAX_SEARCHES: Final = 64  # waiting searches; each may run until its deadline
MAX_SEARCHES_EACH: Final = 32  # waiting searches of one requester

AnswerCallback = Callable[[Page | StorageError], None]
Predicate = Callable[[], bool]


def always_wanted() -> bool:
    """Return True: the answer is wanted whenever it is ready."""
    return True


class PendingQuery(NamedTuple):
    """A query and the callback that gets its answer.

    When its turn comes and *is_wanted* returns False, the query is dropped without an
    answer. *is_wanted* is called from any thread and must not block.
    """

    query: Query
    on_answer: AnswerCallback
    is_wanted: Predicate = always_wanted
    requester: str = ""
    """Queries with the same requester share one quota and one turn."""


class QueryQueue:
    """A bounded queue of queries, and the thread that answers them.

    Requesters take turns, so that many queries of one do not delay the others. The
    thread starts with the first query. Any thread may call any method.
    """

    def __init__(
        self, history: History, name: str, max_waiting: int, max_each: int
    ) -> None:
        self._history = history
        self._max_waiting, self._max_each = max_waiting, max_each
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()  # protects the attributes below
        self._waiting: OrderedDict[str, deque[PendingQuery]] = OrderedDict()
        """Queries by requester, in the order of the requesters' turns."""
        self._size = 0  # waiting queries of all requesters
        self._is_closed = False

    def add(self, pending: PendingQuery) -> None:
        """Queue *pending*, or refuse it at once with `busy` or `stopping`."""
        with self._changed:
            error = self._refusal(pending.requester)
            if error is None:
                self._waiting.setdefault(pending.requester, deque()).append(pending)
                self._size += 1
                self._changed.notify()
        if error is not None:
            pending.on_answer(error)

    def close(self) -> None:
        """Refuse waiting and later queries. The query in progress is still answered."""
        self._refuse_all(stopping_error())

    def join(self) -> None:
        """Wait for the thread to end. Call `close` first."""
        if self._has_started:
            self._thread.join()

    @property
    def _has_started(self) -> bool:
        return self._thread.ident is not None

    def _refusal(self, requester: str) -> StorageError | None:
        """Return the error for one more query of *requester*, or None."""
        if self._is_closed:
            return stopping_error()
        if self._is_full(requester):
            self._drop_unwanted()
        if self._is_full(requester) or not self._start_thread():
            return StorageError("busy", "the history is too busy to answer; try again")
        return None

    def _start_thread(self) -> bool:
        """Start the thread unless it runs; return whether it runs."""
        if not self._has_started:
            # The system may be out of threads. The caller then refuses the query.
            with suppress(RuntimeError):
                self._thread.start()
        return self._has_started

    def _is_full(self, requester: str) -> bool:
        count = len(self._waiting.get(requester, ()))
        return self._size >= self._max_waiting or count >= self._max_each

    def _drop_unwanted(self) -> None:
        for requester, waiting in list(self._waiting.items()):
            wanted = deque(each for each in waiting if each.is_wanted())
            self._size -= len(waiting) - len(wanted)
            self._waiting[requester] = wanted
            if not wanted:
                del self._waiting[requester]

    def _run(self) -> None:
        pending: PendingQuery | None = None
        answer: Page | StorageError
        try:
            while (pending := self._next()) is not None:
                try:
                    answer = self._history.read(pending.query)
                except StorageError as exc:
                    answer = exc
                on_answer, pending = pending.on_answer, None
                on_answer(answer)
        finally:
            if pending is not None:
                pending.on_answer(failed_error())
            self._refuse_all(failed_error())

    def _next(self) -> PendingQuery | None:
        """Wait for a wanted query and return it; return None once closed."""
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return None
                pending = self._pop()
            if pending.is_wanted():
                return pending

    def _pop(self) -> PendingQuery:
        """Remove and return the oldest query of the requester whose turn it is."""
        requester, waiting = self._waiting.popitem(last=False)
        pending = waiting.popleft()
        self._size -= 1
        if waiting:
            self._waiting[requester] = waiting  # after the others
        return pending

    def _refuse_all(self, error: StorageError) -> None:
        with self._changed:
            self._is_closed = True
            refused = [each for waiting in self._waiting.values() for each in waiting]
            self._waiting.clear()
            self._size = 0
            self._changed.notify()
        for pending in refused:
            pending.on_answer(error)


def page_queue(history: History) -> QueryQueue:
    """Return a queue for queries of pages, which take little time."""
    return QueryQueue(history, "history-reader", MAX_PAGES, MAX_PAGES)


def search_queue(history: History) -> QueryQueue:
    """Return a queue for searches, which may run until their deadline."""
    name = "history-searcher"
    return QueryQueue(history, name, MAX_SEARCHES, MAX_SEARCHES_EACH)
