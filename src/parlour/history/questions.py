"""Questions that wait for a thread of their own to answer them."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from parlour.core.events import Page, Query

from . import History, HistoryError

MAX_PAGES: Final = 65_536  # questions for pages that wait; a session has one at most
MAX_SEARCHES: Final = 64  # searches that wait: each may take as long as its deadline

Answered = Callable[[Page | HistoryError], None]
Wanted = Callable[[], bool]


def always() -> bool:
    """Want the answer, whatever happens meanwhile."""
    return True


class Question(NamedTuple):
    """A query, whom to tell, and whether anybody still waits for the answer."""

    query: Query
    done: Answered
    is_wanted: Wanted


class QuestionQueue:
    """A bounded queue of questions, and the thread that answers them in order.

    The thread starts with the first question. A question that nobody wants any more
    when its turn comes is dropped: it is not read, and its `done` is never called.
    """

    def __init__(self, history: History, name: str, max_waiting: int) -> None:
        self._history, self._max_waiting = history, max_waiting
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()  # protects the rest
        self._waiting: deque[Question] = deque()
        self._has_started = self._is_closed = False

    def ask(self, query: Query, done: Answered, is_wanted: Wanted) -> None:
        """Queue *query*, or refuse it at once with `busy` or `stopping`."""
        with self._changed:
            error = self._refusal()
            if error is None:
                self._waiting.append(Question(query, done, is_wanted))
                self._changed.notify()
                if not self._has_started:
                    self._has_started = True
                    self._thread.start()
        if error is not None:
            done(error)

    def close(self) -> None:
        """Take no more, and refuse what waits. What is being read is answered yet."""
        self._refuse(stopping())

    def join(self) -> None:
        """Wait for the thread to end, after `close`."""
        if self._has_started:
            self._thread.join()

    def _refusal(self) -> HistoryError | None:
        if self._is_closed:
            return stopping()
        if len(self._waiting) >= self._max_waiting:
            wanted = [each for each in self._waiting if each.is_wanted()]
            self._waiting = deque(wanted)
        if len(self._waiting) >= self._max_waiting:
            return HistoryError("busy", "the history is too busy to answer; try again")
        return None

    def _run(self) -> None:
        question: Question | None = None
        answer: Page | HistoryError
        failed = HistoryError("history_failed", "the history failed", is_unknown=True)
        try:
            while (question := self._next()) is not None:
                try:
                    answer = self._history.read(question.query)
                except HistoryError as exc:
                    answer = exc
                done, question = question.done, None
                done(answer)
        finally:
            if question is not None:
                question.done(failed)
            self._refuse(failed)

    def _next(self) -> Question | None:
        """Wait for a question that is wanted; None after the end."""
        while True:
            with self._changed:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return None
                question = self._waiting.popleft()
            if question.is_wanted():
                return question

    def _refuse(self, error: HistoryError) -> None:
        with self._changed:
            self._is_closed = True
            waiting, self._waiting = self._waiting, deque()
            self._changed.notify()
        for question in waiting:
            question.done(error)


def stopping() -> HistoryError:
    """Return what is answered to those who come too late."""
    return HistoryError("stopping", "the server is shutting down")
