"""A bounded queue of jobs, with a thread that does them one after the other."""

import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Generic, NamedTuple, TypeVar

from .turns import Turns

Job = TypeVar("Job")
Answer = TypeVar("Answer")
Predicate = Callable[[], bool]


class RefusalCause(Enum):
    """Why a queue refuses a job."""

    FULL = auto()
    """Too many jobs are waiting, or the system is out of threads."""
    CLOSED = auto()
    FAILED = auto()
    """A bug ended the thread, perhaps during this job."""


def always_wanted() -> bool:
    """Return True: the answer is wanted whenever it is ready."""
    return True


class PendingJob(NamedTuple, Generic[Job, Answer]):
    """A job and the callback that gets its answer.

    When its turn comes and *is_wanted* returns False, the job is dropped without an
    answer. *is_wanted* is called from any thread and must not block.
    """

    job: Job
    on_answer: Callable[[Answer], None]
    is_wanted: Predicate = always_wanted
    requester: str = ""
    """Jobs with the same requester share one quota and one turn."""


class JobQueue(Generic[Job, Answer]):
    """A bounded queue of jobs, and the thread that does them.

    *do* returns the answer to a job, in that thread; an exception is a bug, and ends
    the thread. *refuse* returns the answer to a job that is not done. At most
    *max_waiting* jobs wait, and *max_each* of one requester.

    Requesters take turns, so that many jobs of one do not delay the others. The thread
    starts with the first job. Any thread may call any method.
    """

    def __init__(
        self,
        name: str,
        do: Callable[[Job], Answer],
        refuse: Callable[[RefusalCause], Answer],
        *,
        max_waiting: int,
        max_each: int,
    ) -> None:
        self._do, self._refuse = do, refuse
        self._max_waiting, self._max_each = max_waiting, max_each
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._changed = threading.Condition()  # protects the attributes below
        self._waiting: Turns[PendingJob[Job, Answer]] = Turns()
        self._closed: RefusalCause | None = None
        """Why further jobs are refused, if the queue is closed."""

    @property
    def waiting(self) -> int:
        """How many jobs wait. Any thread may read this, and it never waits."""
        return len(self._waiting)

    def add(self, pending: PendingJob[Job, Answer]) -> None:
        """Queue *pending*, or refuse it at once."""
        with self._changed:
            cause = self._refusal_cause(pending.requester)
            if cause is None:
                self._waiting.add(pending.requester, pending)
                self._changed.notify()
        if cause is not None:
            pending.on_answer(self._refuse(cause))

    def close(self) -> None:
        """Refuse waiting and later jobs. The job in progress is still answered."""
        self._refuse_all(RefusalCause.CLOSED)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end, and return whether it did. Call `close` first.

        *timeout* is in seconds.
        """
        if self._has_started:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def _has_started(self) -> bool:
        return self._thread.ident is not None

    def _refusal_cause(self, requester: str) -> RefusalCause | None:
        """Return why one more job of *requester* is refused, or None."""
        if self._closed is not None:
            return self._closed
        if self._is_full(requester):
            self._waiting.remove(lambda each: not each.is_wanted())
        if self._is_full(requester) or not self._start_thread():
            return RefusalCause.FULL
        return None

    def _start_thread(self) -> bool:
        """Start the thread unless it runs; return whether it runs."""
        if not self._has_started:
            # The system may be out of threads. The caller then refuses the job.
            with suppress(RuntimeError):
                self._thread.start()
        return self._has_started

    def _is_full(self, requester: str) -> bool:
        count = self._waiting.count(requester)
        return len(self._waiting) >= self._max_waiting or count >= self._max_each

    def _run(self) -> None:
        pending: PendingJob[Job, Answer] | None = None
        try:
            while (pending := self._next()) is not None:
                answer = self._do(pending.job)
                on_answer, pending = pending.on_answer, None
                on_answer(answer)
        finally:
            if pending is not None:
                pending.on_answer(self._refuse(RefusalCause.FAILED))
            self._refuse_all(RefusalCause.FAILED)

    def _next(self) -> PendingJob[Job, Answer] | None:
        """Wait for a wanted job and return it; return None once closed."""
        while True:
            with self._changed:
                while not self._waiting and self._closed is None:
                    self._changed.wait()
                found = self._waiting.pop(lambda _: True)
                if self._closed is not None or found is None:
                    return None
            _, pending = found
            if pending.is_wanted():
                return pending

    def _refuse_all(self, cause: RefusalCause) -> None:
        with self._changed:
            self._closed = self._closed or cause
            refused = self._waiting.remove(lambda _: True)
            self._changed.notify()
        for pending in refused:
            pending.on_answer(self._refuse(cause))
