"""Queries wait in bounded queues, and no search delays other requests."""

import threading
from collections.abc import Iterator
from threading import Event

import pytest

from parlour.core.storage import Page, Query, Search
from parlour.history.query_queue import (
    MAX_SEARCHES,
    MAX_SEARCHES_EACH,
    PendingQuery,
)
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from parlour.system.job_queue import always_wanted
from tests.journal.stores import (
    DEFAULT_RETENTION,
    WAIT,
    Answers,
    batch_of,
    before,
    record,
    search,
    texts,
)


class BlockedSearches(MemoryStore):
    """A store in which searches block until they are released or cancelled."""

    def __init__(self) -> None:
        super().__init__(DEFAULT_RETENTION)
        self.has_started, self.is_released = Event(), Event()
        self.searched: list[str] = []

    def read(self, query: Query) -> Page:
        if isinstance(query, Search):
            self.has_started.set()
            assert self.is_released.wait(WAIT)
            self.searched.append(query.words)
        return super().read(query)

    def cancel_searches(self) -> None:
        super().cancel_searches()
        self.is_released.set()


@pytest.fixture
def store() -> BlockedSearches:
    return BlockedSearches()


@pytest.fixture(params=[InlineRecorder, ThreadedRecorder])
def recorder(
    request: pytest.FixtureRequest, store: BlockedSearches
) -> Iterator[Recorder]:
    record(store, ["sun"])
    recorder = request.param(store)
    yield recorder
    store.is_released.set()
    assert recorder.close(WAIT)


def test_a_page_does_not_wait_for_a_search(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, page = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert store.has_started.wait(WAIT)

    recorder.query(PendingQuery(before(), page))

    assert texts(page.page()) == ["sun"]
    assert found.is_empty
    store.is_released.set()
    assert texts(found.page()) == ["sun"]


def test_a_batch_does_not_wait_for_a_search(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, recorded = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert store.has_started.wait(WAIT)

    recorder.record(batch_of(["moon"]), recorded)

    assert recorded.success()
    assert found.is_empty


def test_a_search_is_refused_when_the_queue_is_full(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, late = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert store.has_started.wait(WAIT)
    for number in range(MAX_SEARCHES):
        recorder.query(PendingQuery(search("sun"), found, always_wanted, f"{number}"))

    recorder.query(PendingQuery(search("sun"), late))

    assert late.error().code == "busy"
    store.is_released.set()
    assert [texts(found.page()) for _ in range(MAX_SEARCHES + 1)] == (
        [["sun"]] * (MAX_SEARCHES + 1)
    )


def test_a_busy_requester_does_not_delay_others(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, late = Answers(), Answers()
    recorder.query(PendingQuery(search("first"), found, always_wanted, "busy"))
    assert store.has_started.wait(WAIT)
    for _ in range(MAX_SEARCHES_EACH):
        recorder.query(PendingQuery(search("again"), found, always_wanted, "busy"))

    recorder.query(PendingQuery(search("late"), late, always_wanted, "busy"))
    recorder.query(PendingQuery(search("other"), found, always_wanted, "other"))
    recorder.query(PendingQuery(search("third"), found, always_wanted, "third"))
    recorder.query(PendingQuery(search("other again"), found, always_wanted, "other"))

    assert late.error().code == "busy"
    store.is_released.set()
    for _ in range(MAX_SEARCHES_EACH + 4):
        found.page()
    assert store.searched[:6] == [
        "first",
        "again",
        "other",
        "third",
        "again",
        "other again",
    ]


def test_a_search_is_refused_while_no_thread_can_start(
    recorder: Recorder, store: BlockedSearches, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Answers()
    store.is_released.set()

    with monkeypatch.context() as patch:
        patch.setattr(threading, "_start_new_thread", fail_to_start)
        recorder.query(PendingQuery(search("sun"), found))
    assert found.error().code == "busy"

    recorder.query(PendingQuery(search("sun"), found))
    assert texts(found.page()) == ["sun"]
    assert found.is_empty


def fail_to_start(*_: object) -> None:
    """Fail like a system that is out of threads."""
    raise RuntimeError("can't start new thread")


def test_an_unwanted_search_is_dropped(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, unwanted_answers = Answers(), Answers()
    recorder.query(PendingQuery(search("first"), found))
    assert store.has_started.wait(WAIT)
    for number in range(MAX_SEARCHES):
        recorder.query(
            PendingQuery(
                search("unwanted"), unwanted_answers, lambda: False, f"{number}"
            )
        )

    recorder.query(PendingQuery(search("last"), found))  # replaces an unwanted search
    store.is_released.set()
    assert [found.page().total, found.page().total] == [0, 0]

    assert store.searched == ["first", "last"]
    assert unwanted_answers.is_empty


def test_an_unwanted_page_is_not_read(recorder: Recorder) -> None:
    unwanted_answers, page = Answers(), Answers()

    recorder.query(PendingQuery(before(), unwanted_answers, lambda: False))
    recorder.query(PendingQuery(before(), page))

    assert texts(page.page()) == ["sun"]
    assert unwanted_answers.is_empty


def test_cancelling_searches_does_not_affect_pages(
    recorder: Recorder, store: BlockedSearches
) -> None:
    found, page = Answers(), Answers()
    for _ in range(3):
        recorder.query(PendingQuery(search("sun"), found))
    assert store.has_started.wait(WAIT)

    recorder.cancel_searches()
    recorder.query(PendingQuery(search("sun"), found))
    recorder.query(PendingQuery(before(), page))

    assert {found.error().code for _ in range(4)} == {"stopping"}
    assert texts(page.page()) == ["sun"]
