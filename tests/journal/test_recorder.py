import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread, current_thread

import pytest

from parlour.core.events import Message, RoomName
from parlour.core.storage import (
    Draft,
    HistoryExtent,
    Outcome,
    Page,
    Query,
    StorageError,
)
from parlour.history.query_queue import PendingQuery
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from tests.journal.helpers import (
    NOW,
    PLENTY,
    before,
    draft,
    drafts,
    in_file,
    kept,
    search,
    sequences,
    texts,
)

WAIT = 10.0  # seconds for what should come at once


class Answers:
    """What a recorder called back with, in order."""

    def __init__(self) -> None:
        self._found: SimpleQueue[list[Outcome] | Page | StorageError] = SimpleQueue()

    def __call__(self, found: list[Outcome] | Page | StorageError) -> None:
        self._found.put(found)

    def outcomes(self) -> list[Outcome]:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, list)
        return found

    def page(self) -> Page:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, Page)
        return found

    def error(self) -> StorageError:
        found = self._found.get(timeout=WAIT)
        assert isinstance(found, StorageError)
        return found

    @property
    def is_empty(self) -> bool:
        return self._found.empty()


class Slow:
    """A history that does nothing until it may, and tells what it does."""

    def __init__(self) -> None:
        self.may = Event()
        self.did: SimpleQueue[str] = SimpleQueue()
        self.chores = 0
        self.history = MemoryStore(PLENTY)

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        self.did.put("append")
        self.may.wait(WAIT)
        return self.history.append(drafts, time)

    def read(self, query: Query) -> Page:
        self.did.put(f"read in {current_thread().name}")
        return self.history.read(query)

    def cancel_searches(self) -> None:
        """There is none."""

    def extent(self, room: RoomName) -> HistoryExtent:
        return self.history.extent(room)

    def maintain(self) -> bool:
        self.did.put("tend")
        self.chores -= 1
        return self.chores > 0

    def close(self) -> None:
        self.did.put("close")


class Broken(Slow):
    """A history that fails as *error* says."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        if any(draft.text == "bad" for draft in drafts):
            raise self.error
        return self.history.append(drafts, time)

    def read(self, _: Query) -> Page:
        raise self.error

    def maintain(self) -> bool:
        raise StorageError("storage_full", "the disk is full")


Make = Callable[[Store], Recorder]


@pytest.fixture(params=[InlineRecorder, ThreadedRecorder])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Recorder] = []

    def make(history: Store) -> Recorder:
        made.append(request.param(history))
        return made[-1]

    yield make
    for recorder in made:
        assert recorder.close(WAIT)


def test_recorded_messages_can_be_queried(make: Make, tmp_path: Path) -> None:
    recorder, answers = make(in_file(tmp_path / "chat.db")), Answers()

    recorder.record(drafts("ab"), NOW, answers)
    told = answers.outcomes()
    recorder.query(PendingQuery(before(), answers))

    assert sequences(told) == [1, 2]
    assert texts(answers.page()) == ["a", "b"]


def test_batches_are_recorded_in_order(make: Make) -> None:
    recorder, answers = make(MemoryStore(PLENTY)), Answers()

    for text in "abcdef":
        recorder.record(drafts(text), NOW, answers)

    assert [sequences(answers.outcomes()) for _ in "abcdef"] == [
        [number] for number in range(1, 7)
    ]


def test_an_error_is_reported_and_the_next_batch_is_recorded(make: Make) -> None:
    recorder, answers = make(Broken(StorageError("storage_full", "full"))), Answers()

    recorder.record(drafts(["bad"]), NOW, answers)
    recorder.query(PendingQuery(before(), answers))
    errors = {answers.error().code, answers.error().code}
    recorder.record(drafts(["good"]), NOW, answers)

    assert errors == {"storage_full"}
    assert sequences(answers.outcomes()) == [1]


def test_a_closed_recorder_refuses_batches_and_queries(make: Make) -> None:
    recorder, answers = make(MemoryStore(PLENTY)), Answers()

    assert recorder.close(WAIT)
    recorder.record(drafts("a"), NOW, answers)
    recorder.query(PendingQuery(before(), answers))

    assert [answers.error().code, answers.error().code] == ["stopping", "stopping"]
    assert answers.is_empty
    assert recorder.close(WAIT)


def test_an_inline_recorder_calls_back_before_it_returns() -> None:
    recorder, answers = InlineRecorder(MemoryStore(PLENTY)), Answers()

    recorder.record(drafts("a"), NOW, answers)

    assert not answers.is_empty


def test_a_slow_store_blocks_no_caller() -> None:
    slow, answers = Slow(), Answers()
    recorder = ThreadedRecorder(slow)

    recorder.record(drafts("a"), NOW, answers)
    recorder.record(drafts("b"), NOW, answers)
    recorder.query(PendingQuery(before(), answers))

    assert texts(answers.page()) == []  # a reader does not wait for the writer
    assert not recorder.close(0.0)
    slow.may.set()
    assert recorder.close(WAIT)
    assert sequences(answers.outcomes()) == [1]
    assert sequences(answers.outcomes()) == [2]


def test_closing_records_every_accepted_batch() -> None:
    slow, answers = Slow(), Answers()
    recorder = ThreadedRecorder(slow)
    for text in "abc":
        recorder.record(drafts(text), NOW, answers)

    slow.may.set()

    assert recorder.close(WAIT)
    assert [sequences(answers.outcomes()) for _ in range(3)] == [[1], [2], [3]]
    done = [slow.did.get(timeout=WAIT) for _ in range(slow.did.qsize())]
    assert [each for each in done if each != "tend"] == ["append"] * 3 + ["close"]


def test_an_idle_store_is_maintained_until_nothing_is_left() -> None:
    slow, answers = Slow(), Answers()
    slow.may.set()
    slow.chores = 3
    recorder = ThreadedRecorder(slow)

    recorder.record(drafts("a"), NOW, answers)

    assert [slow.did.get(timeout=WAIT) for _ in range(4)] == ["append"] + ["tend"] * 3
    assert recorder.close(WAIT)


def test_a_busy_store_is_maintained_after_many_drafts() -> None:
    slow, answers = Slow(), Answers()
    recorder = ThreadedRecorder(slow)

    recorder.record([draft("a")] * 600, NOW, answers)
    slow.may.set()

    assert [slow.did.get(timeout=WAIT) for _ in range(2)] == ["append", "tend"]
    assert recorder.close(WAIT)


def test_failed_maintenance_does_not_stop_recording() -> None:
    recorder, answers = ThreadedRecorder(Broken(StorageError("x", "x"))), Answers()

    for _ in range(3):
        recorder.record([draft("a")] * 600, NOW, answers)

    assert [len(answers.outcomes()) for _ in range(3)] == [600] * 3
    assert recorder.close(WAIT)


def test_a_bug_is_raised_and_every_caller_gets_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loud: SimpleQueue[threading.ExceptHookArgs] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", loud.put)
    recorder, answers = ThreadedRecorder(Broken(ZeroDivisionError("a bug"))), Answers()

    recorder.record(drafts(["bad"]), NOW, answers)
    error = answers.error()
    assert recorder.close(WAIT)
    recorder.record(drafts(["good"]), NOW, answers)

    assert (error.code, error.is_outcome_unknown) == ("history_failed", True)
    assert answers.error().code == "stopping"
    assert loud.get(timeout=WAIT).exc_type is ZeroDivisionError


def test_queries_run_while_batches_are_recorded(tmp_path: Path) -> None:
    history = in_file(tmp_path / "chat.db")
    recorder, recorded, answered = ThreadedRecorder(history), Answers(), Answers()

    def ask() -> None:
        found = Answers()
        for _ in range(100):  # each asks one thing at a time, as a session does
            for query in (before(limit=10), search("sun", limit=10)):
                recorder.query(PendingQuery(query, found))
                answered(found.page())

    askers = [Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for _ in range(100):
        recorder.record(drafts(["sun", "moon"]), NOW, recorded)
    for asker in askers:
        asker.join()

    assert [len(recorded.outcomes()) for _ in range(100)] == [2] * 100
    pages = [answered.page() for _ in range(600)]
    for page in pages:
        found = [message.sequence for message in page.messages]
        assert found == sorted(set(found))
        assert all(isinstance(each, Message) for each in page.messages)
    recorder.query(PendingQuery(search("sun", limit=1000), answered))
    assert answered.page().total == 100
    assert kept(history) == ["sun", "moon"] * 100
    assert recorder.close(WAIT)
