"""Questions wait in bounded queues, and nobody waits for another's search."""

import threading
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from parlour.core.storage import Page, Query, Search
from parlour.history.query_queue import (
    MAX_SEARCHES,
    MAX_SEARCHES_EACH,
    PendingQuery,
    always_wanted,
)
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder, Recorder, ThreadedRecorder
from tests.journal.helpers import (
    NOW,
    PLENTY,
    before,
    drafts,
    search,
    texts,
)
from tests.journal.test_recorder import WAIT, Answers


class HeldSearches(MemoryStore):
    """A history in which searches take until they may end, or are cancelled."""

    def __init__(self) -> None:
        super().__init__(PLENTY)
        self.has_begun, self.may_end = Event(), Event()
        self.searched: list[str] = []

    def read(self, query: Query) -> Page:
        if isinstance(query, Search):
            self.has_begun.set()
            assert self.may_end.wait(WAIT)
            self.searched.append(query.words)
        return super().read(query)

    def cancel_searches(self) -> None:
        super().cancel_searches()
        self.may_end.set()


Make = Callable[[HeldSearches], Recorder]


@pytest.fixture
def history() -> HeldSearches:
    return HeldSearches()


@pytest.fixture(params=[InlineRecorder, ThreadedRecorder])
def recorder(
    request: pytest.FixtureRequest, history: HeldSearches
) -> Iterator[Recorder]:
    history.append(drafts(["sun"]), NOW)
    recorder = request.param(history)
    yield recorder
    history.may_end.set()
    assert recorder.close(WAIT)


def test_a_page_does_not_wait_for_a_search(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, page = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert history.has_begun.wait(WAIT)

    recorder.query(PendingQuery(before(), page))

    assert texts(page.page()) == ["sun"]
    assert found.is_empty
    history.may_end.set()
    assert texts(found.page()) == ["sun"]


def test_a_batch_does_not_wait_for_a_search(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, kept = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert history.has_begun.wait(WAIT)

    recorder.record(drafts(["moon"]), NOW, kept)

    assert len(kept.outcomes()) == 1
    assert found.is_empty


def test_a_search_is_refused_when_the_queue_is_full(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, late = Answers(), Answers()
    recorder.query(PendingQuery(search("sun"), found))
    assert history.has_begun.wait(WAIT)
    for number in range(MAX_SEARCHES):
        recorder.query(PendingQuery(search("sun"), found, always_wanted, f"{number}"))

    recorder.query(PendingQuery(search("sun"), late))

    assert late.error().code == "busy"
    history.may_end.set()
    assert [texts(found.page()) for _ in range(MAX_SEARCHES + 1)] == (
        [["sun"]] * (MAX_SEARCHES + 1)
    )


def test_a_busy_requester_does_not_delay_others(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, late = Answers(), Answers()
    recorder.query(PendingQuery(search("first"), found, always_wanted, "much"))
    assert history.has_begun.wait(WAIT)
    for _ in range(MAX_SEARCHES_EACH):
        recorder.query(PendingQuery(search("again"), found, always_wanted, "much"))

    recorder.query(PendingQuery(search("late"), late, always_wanted, "much"))
    recorder.query(PendingQuery(search("other"), found, always_wanted, "other"))
    recorder.query(PendingQuery(search("third"), found, always_wanted, "third"))
    recorder.query(PendingQuery(search("other again"), found, always_wanted, "other"))

    assert late.error().code == "busy"
    history.may_end.set()
    for _ in range(MAX_SEARCHES_EACH + 4):
        found.page()
    assert history.searched[:6] == [
        "first",
        "again",
        "other",
        "third",
        "again",
        "other again",
    ]


def test_a_search_is_refused_while_no_thread_can_start(
    recorder: Recorder, history: HeldSearches, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Answers()
    history.may_end.set()

    with monkeypatch.context() as patch:
        patch.setattr(threading, "_start_new_thread", no_thread)
        recorder.query(PendingQuery(search("sun"), found))
    assert found.error().code == "busy"

    recorder.query(PendingQuery(search("sun"), found))
    assert texts(found.page()) == ["sun"]
    assert found.is_empty


def no_thread(*_: object) -> None:
    """Fail as the system does if it has no thread for this process."""
    raise RuntimeError("can't start new thread")


def test_an_unwanted_search_is_dropped(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, unheard = Answers(), Answers()
    recorder.query(PendingQuery(search("first"), found))
    assert history.has_begun.wait(WAIT)
    for number in range(MAX_SEARCHES):
        recorder.query(
            PendingQuery(search("unwanted"), unheard, lambda: False, f"{number}")
        )

    recorder.query(PendingQuery(search("last"), found))  # has the place of those
    history.may_end.set()
    assert [found.page().total, found.page().total] == [0, 0]

    assert history.searched == ["first", "last"]
    assert unheard.is_empty


def test_an_unwanted_page_is_not_read(recorder: Recorder) -> None:
    unheard, page = Answers(), Answers()

    recorder.query(PendingQuery(before(), unheard, lambda: False))
    recorder.query(PendingQuery(before(), page))

    assert texts(page.page()) == ["sun"]
    assert unheard.is_empty


def test_cancelling_ends_searches_but_not_pages(
    recorder: Recorder, history: HeldSearches
) -> None:
    found, page = Answers(), Answers()
    for _ in range(3):
        recorder.query(PendingQuery(search("sun"), found))
    assert history.has_begun.wait(WAIT)

    recorder.cancel_searches()
    recorder.query(PendingQuery(search("sun"), found))
    recorder.query(PendingQuery(before(), page))

    assert {found.error().code for _ in range(4)} == {"stopping"}
    assert texts(page.page()) == ["sun"]
