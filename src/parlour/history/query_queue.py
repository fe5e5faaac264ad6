"""Questions that wait for a thread of their own to answer them."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.core.storage import Page, Query, StorageError

from . import History

MAX_PAGES: Final = 65_536  # questions for pages that wait; a session has one at most
MAX_SEARCHES: Final = 64  # searches that wait: each may take as long as its deadline
MAX_SEARCHES_EACH: Final = 32  # of them from one asker

Answered = Callable[[Page | StorageError], None]
Wanted = Callable[[], bool]


def always() -> bool:
    """Want the answer, whatever happens meanwhile."""
    return True


class PendingQuery(NamedTuple):
    """A query, and what to do with the answer.

    *done* is called with it, unless *is_wanted* returns False when the question's turn
    comes. That is called from any thread, and must not block.
    """

    query: Query
    done: Answered
    is_wanted: Wanted = always
    asker: str = ""
    """Those with the same one share their places in the queue, and their turns."""


class QueryQueue:
    """A bounded queue of questions, and the thread that answers them.

    Askers take turns, so that one who asks much does not delay the others. The thread
    starts with the first question.
    """

    def __init__(
        self, history: History, name: str, max_waiting: int, max_each: int
    ) -> None:
        self._history = history
        self._max_waiting, self._max_each = max_waiting, max_each
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()  # protects the rest
        self._waiting: OrderedDict[str, deque[PendingQuery]] = OrderedDict()  # by asker
        self._size = 0  # of all these together
        self._is_closed = False

    def add(self, question: PendingQuery) -> None:
        """Queue *question*, or refuse it at once with `busy` or `stopping`."""
        with self._changed:
            error = self._refusal(question.asker)
            if error is None:
                self._waiting.setdefault(question.asker, deque()).append(question)
                self._size += 1
                self._changed.notify()
        if error is not None:
            question.done(error)

    def close(self) -> None:
        """Refuse what waits, and all later questions; answer the one being read."""
        self._refuse(stopping())

    def join(self) -> None:
        """Wait for the thread to end, after `close`."""
        if self._has_started:
            self._thread.join()

    @property
    def _has_started(self) -> bool:
        return self._thread.ident is not None

    def _refusal(self, asker: str) -> StorageError | None:
        if self._is_closed:
            return stopping()
        if self._is_full(asker):
            self._drop_unwanted()
        if self._is_full(asker) or not self._starts():
            return StorageError("busy", "the history is too busy to answer; try again")
        return None

    def _starts(self) -> bool:
        """Start the thread if there is none yet, and return whether there is one."""
        if not self._has_started:
            # Before anything is queued: the system may have no thread for us.
            with suppress(RuntimeError):
                self._thread.start()
        return self._has_started

    def _is_full(self, asker: str) -> bool:
        own = len(self._waiting.get(asker, ()))
        return self._size >= self._max_waiting or own >= self._max_each

    def _drop_unwanted(self) -> None:
        for asker, waiting in list(self._waiting.items()):
            wanted = deque(each for each in waiting if each.is_wanted())
            self._size -= len(waiting) - len(wanted)
            self._waiting[asker] = wanted
            if not wanted:
                del self._waiting[asker]

    def _run(self) -> None:
        question: PendingQuery | None = None
        answer: Page | StorageError
        try:
            while (question := self._next()) is not None:
                try:
                    answer = self._history.read(question.query)
                except StorageError as exc:
                    answer = exc
                done, question = question.done, None
                done(answer)
        finally:
            if question is not None:
                question.done(failed())
            self._refuse(failed())

    def _next(self) -> PendingQuery | None:
        """Wait for a question that is wanted; None after the end."""
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return None
                question = self._pop()
            if question.is_wanted():
                return question

    def _pop(self) -> PendingQuery:
        """Take the oldest question of the asker whose turn it is."""
        asker, waiting = self._waiting.popitem(last=False)
        question = waiting.popleft()
        self._size -= 1
        if waiting:
            self._waiting[asker] = waiting  # behind the others
        return question

    def _refuse(self, error: StorageError) -> None:
        with self._changed:
            self._is_closed = True
            refused = [each for waiting in self._waiting.values() for each in waiting]
            self._waiting.clear()
            self._size = 0
            self._changed.notify()
        for question in refused:
            question.done(error)


def pages(history: History) -> QueryQueue:
    """Return a queue for what is read at once."""
    return QueryQueue(history, "history-reader", MAX_PAGES, MAX_PAGES)


def searches(history: History) -> QueryQueue:
    """Return a queue for what may take long."""
    name = "history-searcher"
    return QueryQueue(history, name, MAX_SEARCHES, MAX_SEARCHES_EACH)


def stopping() -> StorageError:
    """Return the answer to those who ask while the server stops."""
    return StorageError("stopping", "the server is shutting down")


def failed() -> StorageError:
    """Return the answer to those who wait when a bug ends the thread."""
    return StorageError("history_failed", "the history failed", is_unknown=True)
