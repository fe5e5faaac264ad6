"""Jobs wait in a bounded queue, and requesters take turns."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Event

import pytest

from parlour.system.job_queue import (
    JobQueue,
    PendingJob,
    RefusalCause,
    always_wanted,
)

TIMEOUT = 10.0  # seconds
MAX_WAITING, MAX_EACH = 6, 3


class Work:
    """The work of a queue's thread, which waits until the test releases it."""

    def __init__(self) -> None:
        self.has_started, self.is_released = Event(), Event()
        self.done: list[str] = []

    def do(self, job: str) -> str | RefusalCause:
        self.has_started.set()
        assert self.is_released.wait(TIMEOUT)
        self.done.append(job)
        if job == "bug":
            raise ZeroDivisionError
        return job.upper()


class Queue:
    """A queue of words, whose answers are the words in capitals."""

    def __init__(self, work: Work) -> None:
        self.jobs: JobQueue[str, str | RefusalCause] = JobQueue(
            "worker",
            work.do,
            lambda cause: cause,
            max_waiting=MAX_WAITING,
            max_each=MAX_EACH,
        )
        self.answers: SimpleQueue[str | RefusalCause] = SimpleQueue()

    def add(self, *jobs: str, requester: str = "", is_wanted: bool = True) -> None:
        for job in jobs:
            self.jobs.add(
                PendingJob(job, self.answers.put, lambda: is_wanted, requester)
            )

    def next_answer(self) -> str | RefusalCause:
        return self.answers.get(timeout=TIMEOUT)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def queue(work: Work) -> Iterator[Queue]:
    """Return a queue whose thread is busy with the job `first`."""
    queue = Queue(work)
    queue.add("first")
    assert work.has_started.wait(TIMEOUT)
    yield queue
    work.is_released.set()
    queue.jobs.close()
    assert queue.jobs.join(TIMEOUT)


def test_a_job_is_answered(queue: Queue, work: Work) -> None:
    work.is_released.set()

    assert queue.next_answer() == "FIRST"


def test_jobs_of_one_requester_are_done_in_order(queue: Queue, work: Work) -> None:
    queue.add("second", "third")

    work.is_released.set()

    answers = [queue.next_answer() for _ in range(3)]
    assert answers == ["FIRST", "SECOND", "THIRD"]


def test_a_job_is_refused_when_the_queue_is_full(queue: Queue) -> None:
    for number in range(MAX_WAITING):
        queue.add("waiting", requester=f"{number}")
    assert queue.answers.empty()

    queue.add("late", requester="late")

    assert queue.next_answer() is RefusalCause.FULL


def test_one_requester_gets_a_share_of_the_queue(queue: Queue) -> None:
    queue.add(*["again"] * MAX_EACH, requester="busy")
    assert queue.answers.empty()

    queue.add("late", requester="busy")

    assert queue.next_answer() is RefusalCause.FULL


def test_requesters_take_turns(queue: Queue, work: Work) -> None:
    queue.add("a", "b", "c", requester="busy")
    queue.add("d", requester="other")
    queue.add("e", requester="third")

    work.is_released.set()

    assert [queue.next_answer() for _ in range(6)] == ["FIRST", "A", "D", "E", "B", "C"]


def test_an_unwanted_job_is_not_done(queue: Queue, work: Work) -> None:
    queue.add("unwanted", is_wanted=False)
    queue.add("last")

    work.is_released.set()

    assert [queue.next_answer(), queue.next_answer()] == ["FIRST", "LAST"]
    assert work.done == ["first", "last"]


def test_an_unwanted_job_makes_room_in_a_full_queue(queue: Queue, work: Work) -> None:
    queue.add(*["unwanted"] * MAX_EACH, is_wanted=False)

    queue.add("last")

    work.is_released.set()
    assert [queue.next_answer(), queue.next_answer()] == ["FIRST", "LAST"]


def test_a_queue_that_closes_refuses_waiting_jobs(queue: Queue) -> None:
    queue.add("waiting")

    queue.jobs.close()

    assert queue.next_answer() is RefusalCause.CLOSED


def test_a_closed_queue_refuses_further_jobs(queue: Queue) -> None:
    queue.jobs.close()

    queue.add("late")

    assert queue.next_answer() is RefusalCause.CLOSED


def test_the_job_in_progress_is_answered_after_the_queue_closes(
    queue: Queue, work: Work
) -> None:
    queue.jobs.close()

    work.is_released.set()

    assert queue.next_answer() == "FIRST"


def test_join_gives_up_while_a_job_takes_longer(queue: Queue, work: Work) -> None:
    queue.jobs.close()

    assert not queue.jobs.join(0.0)
    work.is_released.set()
    assert queue.jobs.join(TIMEOUT)


def test_a_queue_without_jobs_has_no_thread(work: Work) -> None:
    before = threading.active_count()

    queue = Queue(work)

    assert threading.active_count() == before
    assert queue.jobs.join(TIMEOUT)


def test_a_job_is_refused_while_no_thread_can_start(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(work)
    work.is_released.set()
    with monkeypatch.context() as patch:
        patch.setattr(threading, "_start_new_thread", fail_to_start)
        queue.add("early")
    assert queue.next_answer() is RefusalCause.FULL

    queue.add("later")

    assert queue.next_answer() == "LATER"
    queue.jobs.close()
    assert queue.jobs.join(TIMEOUT)


def fail_to_start(*_: object) -> None:
    """Fail like a system that is out of threads."""
    raise RuntimeError("can't start new thread")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_fails_its_job_and_those_that_wait(work: Work) -> None:
    queue = Queue(work)
    queue.add("bug")
    assert work.has_started.wait(TIMEOUT)
    queue.add("waiting")

    work.is_released.set()

    assert [queue.next_answer(), queue.next_answer()] == [RefusalCause.FAILED] * 2
    assert queue.jobs.join(TIMEOUT)
    queue.add("later")
    assert queue.next_answer() is RefusalCause.FAILED


def test_a_job_is_wanted_by_default() -> None:
    assert PendingJob("job", print).is_wanted is always_wanted
