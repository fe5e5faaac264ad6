import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread, current_thread

import pytest

from parlour.core.entries import Batch, Entered, Said, SessionClosed
from parlour.core.events import Message
from parlour.core.storage import Page, Query, StorageError, StoredState
from parlour.history.query_queue import PendingQuery
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from tests.journal.stores import (
    DEFAULT_RETENTION,
    ROMEO,
    VERONA,
    WAIT,
    Answers,
    batch,
    batch_of,
    before,
    open_store,
    search,
    search_rooms,
    stored_texts,
    texts,
)


class BlockingStore:
    """A store whose `append` blocks until released; it records its calls."""

    def __init__(self) -> None:
        self.is_released = Event()
        self.calls: SimpleQueue[str] = SimpleQueue()
        self.steps_left = 0
        self.store = MemoryStore(DEFAULT_RETENTION)

    def append(self, batch: Batch) -> None:
        self.calls.put("append")
        self.is_released.wait(WAIT)
        self.store.append(batch)

    def load(self) -> StoredState:
        return self.store.load()

    def read(self, query: Query) -> Page:
        self.calls.put(f"read in {current_thread().name}")
        return self.store.read(query)

    def cancel_searches(self) -> None:
        """Do nothing: there are no searches."""

    def maintain(self) -> bool:
        self.calls.put("maintain")
        self.steps_left -= 1
        return self.steps_left > 0

    def close(self) -> None:
        self.calls.put("close")


class FailingStore(BlockingStore):
    """A store that raises *error*."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def append(self, batch: Batch) -> None:
        if any(isinstance(each, Said) and each.text == "bad" for each in batch.entries):
            raise self.error
        self.store.append(batch)

    def read(self, _: Query) -> Page:
        raise self.error

    def maintain(self) -> bool:
        raise StorageError("storage_full", "the disk is full")


Make = Callable[[Store], Recorder]


@pytest.fixture(params=[InlineRecorder, ThreadedRecorder])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Recorder] = []

    def make(store: Store) -> Recorder:
        made.append(request.param(store))
        return made[-1]

    yield make
    for recorder in made:
        assert recorder.close(WAIT)


def test_recorded_messages_can_be_queried(make: Make, tmp_path: Path) -> None:
    recorder, answers = make(open_store(tmp_path / "chat.db")), Answers()

    recorder.record(batch_of("ab"), answers)
    assert answers.success()
    recorder.query(PendingQuery(before(), answers))

    assert texts(answers.page()) == ["a", "b"]


def test_batches_are_recorded_in_order(make: Make) -> None:
    recorder, answers = make(MemoryStore(DEFAULT_RETENTION)), Answers()

    for text in "abcdef":
        recorder.record(batch_of(text), answers)

    assert [answers.success() for _ in "abcdef"] == [True] * 6
    recorder.query(PendingQuery(before(), answers))
    assert texts(answers.page()) == list("abcdef")


def test_an_error_is_reported_and_the_next_batch_is_recorded(make: Make) -> None:
    store = FailingStore(StorageError("storage_full", "full"))
    recorder, answers = make(store), Answers()

    recorder.record(batch_of(["bad"]), answers)
    recorder.query(PendingQuery(before(), answers))
    errors = {answers.error().code, answers.error().code}
    recorder.record(batch_of(["good"]), answers)

    assert errors == {"storage_full"}
    assert answers.success()


def test_a_closed_recorder_refuses_batches_and_queries(make: Make) -> None:
    recorder, answers = make(MemoryStore(DEFAULT_RETENTION)), Answers()

    assert recorder.close(WAIT)
    recorder.record(batch_of("a"), answers)
    recorder.query(PendingQuery(before(), answers))

    assert [answers.error().code, answers.error().code] == ["stopping", "stopping"]
    assert answers.is_empty
    assert recorder.close(WAIT)


def test_a_batch_that_is_not_durable_succeeds_before_the_method_returns(
    make: Make,
) -> None:
    store = BlockingStore()
    store.is_released.set()
    recorder, answers = make(store), Answers()

    recorder.record(batch(Entered(ROMEO, VERONA)), answers)

    assert not answers.is_empty
    assert answers.success()
    assert store.calls.empty()


def test_a_batch_that_is_not_durable_does_not_wait_for_a_slow_store() -> None:
    store, stored, answers = BlockingStore(), Answers(), Answers()
    recorder = ThreadedRecorder(store)
    recorder.record(batch_of("a"), stored)

    recorder.record(batch(Entered(ROMEO, VERONA)), answers)

    assert not answers.is_empty
    assert stored.is_empty
    store.is_released.set()
    assert recorder.close(WAIT)


def test_a_closed_recorder_accepts_batches_that_are_not_durable(make: Make) -> None:
    recorder, answers = make(MemoryStore(DEFAULT_RETENTION)), Answers()
    assert recorder.close(WAIT)

    recorder.record(batch(SessionClosed(ROMEO, "left")), answers)

    assert answers.success()


def test_a_search_in_several_rooms_does_not_delay_pages(make: Make) -> None:
    store, answers = BlockingStore(), Answers()
    recorder = make(store)

    recorder.query(PendingQuery(search_rooms("sun", VERONA), answers))

    assert texts(answers.page()) == []
    assert store.calls.get(timeout=WAIT) == "read in history-searcher"


def test_an_inline_recorder_calls_back_before_it_returns() -> None:
    recorder, answers = InlineRecorder(MemoryStore(DEFAULT_RETENTION)), Answers()

    recorder.record(batch_of("a"), answers)

    assert not answers.is_empty


def test_a_slow_store_does_not_block_callers() -> None:
    store, answers = BlockingStore(), Answers()
    recorder = ThreadedRecorder(store)

    recorder.record(batch_of("a"), answers)
    recorder.record(batch_of("b"), answers)
    recorder.query(PendingQuery(before(), answers))

    assert texts(answers.page()) == []  # pages do not wait for batches
    assert not recorder.close(0.0)
    store.is_released.set()
    assert recorder.close(WAIT)
    assert answers.success()
    assert answers.success()


def test_closing_records_every_accepted_batch() -> None:
    store, answers = BlockingStore(), Answers()
    recorder = ThreadedRecorder(store)
    for text in "abc":
        recorder.record(batch_of(text), answers)

    store.is_released.set()

    assert recorder.close(WAIT)
    assert [answers.success() for _ in range(3)] == [True] * 3
    done = [store.calls.get(timeout=WAIT) for _ in range(store.calls.qsize())]
    assert [each for each in done if each != "maintain"] == ["append"] * 3 + ["close"]


def test_an_idle_store_is_maintained_until_nothing_is_left() -> None:
    store, answers = BlockingStore(), Answers()
    store.is_released.set()
    store.steps_left = 3
    recorder = ThreadedRecorder(store)

    recorder.record(batch_of("a"), answers)

    calls = [store.calls.get(timeout=WAIT) for _ in range(4)]
    assert calls == ["append", "maintain", "maintain", "maintain"]
    assert recorder.close(WAIT)


def test_a_busy_store_is_maintained_after_many_entries() -> None:
    store, answers = BlockingStore(), Answers()
    recorder = ThreadedRecorder(store)

    recorder.record(batch_of("a" * 600), answers)
    store.is_released.set()

    assert [store.calls.get(timeout=WAIT) for _ in range(2)] == ["append", "maintain"]
    assert recorder.close(WAIT)


def test_failed_maintenance_does_not_stop_recording() -> None:
    store = FailingStore(StorageError("x", "x"))
    recorder, answers = ThreadedRecorder(store), Answers()

    for _ in range(3):
        recorder.record(batch_of("a" * 600), answers)

    assert [answers.success() for _ in range(3)] == [True] * 3
    assert recorder.close(WAIT)


def test_after_a_bug_every_caller_receives_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uncaught: SimpleQueue[threading.ExceptHookArgs] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", uncaught.put)
    store = FailingStore(ZeroDivisionError("a bug"))
    recorder, answers = ThreadedRecorder(store), Answers()

    recorder.record(batch_of(["bad"]), answers)
    error = answers.error()
    assert recorder.close(WAIT)
    recorder.record(batch_of(["good"]), answers)

    assert (error.code, error.is_outcome_unknown) == ("history_failed", True)
    assert answers.error().code == "stopping"
    assert uncaught.get(timeout=WAIT).exc_type is ZeroDivisionError


def test_queries_run_while_batches_are_recorded(tmp_path: Path) -> None:
    store = open_store(tmp_path / "chat.db")
    recorder, recorded, answered = ThreadedRecorder(store), Answers(), Answers()

    def query_repeatedly() -> None:
        found = Answers()
        for _ in range(100):  # one query at a time, like a session
            for query in (before(limit=10), search("sun", limit=10)):
                recorder.query(PendingQuery(query, found))
                answered(found.page())

    threads = [Thread(target=query_repeatedly) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        recorder.record(batch_of(["sun", "moon"]), recorded)
    for thread in threads:
        thread.join()

    assert [recorded.success() for _ in range(100)] == [True] * 100
    pages = [answered.page() for _ in range(600)]
    for page in pages:
        found = [message.sequence for message in page.messages]
        assert found == sorted(set(found))
        assert all(isinstance(each, Message) for each in page.messages)
    recorder.query(PendingQuery(search("sun", limit=1000), answered))
    assert answered.page().total == 100
    assert stored_texts(store) == ["sun", "moon"] * 100
    assert recorder.close(WAIT)
