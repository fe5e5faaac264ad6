"""The contract of the search deadline, for every store."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.history.search_deadline import SEARCH_TIMEOUT
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.journal.memory.search import MESSAGES_PER_CHECK
from parlour.journal.sqlite.store import SQLiteStore
from tests.journal.stores import (
    DEFAULT_RETENTION,
    NOW,
    before,
    maintain_fully,
    record,
    search,
)


class TickingClock:
    """A clock that advances by *step* each time it is read."""

    def __init__(self) -> None:
        self.now, self.step, self.reads = 0.0, 0.0, 0

    def __call__(self) -> float:
        self.reads += 1
        self.now += self.step
        return self.now


Make = Callable[[Path, TickingClock], Store]

MAKES: dict[str, Make] = {
    "memory": lambda _, clock: MemoryStore(
        DEFAULT_RETENTION, clock=lambda: NOW, steady=clock
    ),
    "file": lambda path, clock: SQLiteStore(
        path / "chat.db", DEFAULT_RETENTION, clock=lambda: NOW, steady=clock
    ),
}


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_search_ends_at_its_deadline(make: Make, tmp_path: Path) -> None:
    clock = TickingClock()
    with closing(make(tmp_path, clock)) as store:
        record(store, ["moon"] * MESSAGES_PER_CHECK * 20)
        clock.step = SEARCH_TIMEOUT / 5

        with pytest.raises(StorageError) as caught:
            store.read(search("sun"))

        assert caught.value.code == "search_timeout"
        clock.step = 0.0
        assert len(store.read(before(limit=10)).messages) == 10
        assert store.read(search("moon", limit=10)).has_more


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_search_fails_after_searches_are_cancelled(
    make: Make, tmp_path: Path
) -> None:
    with closing(make(tmp_path, TickingClock())) as store:
        record(store, ["sun"])

        store.cancel_searches()

        with pytest.raises(StorageError) as caught:
            store.read(search("sun"))
        assert caught.value.code == "stopping"
        assert store.read(before()).total == 1


def test_the_deadline_is_checked_while_long_messages_are_compared(
    tmp_path: Path,
) -> None:
    clock = TickingClock()
    with closing(MAKES["file"](tmp_path, clock)) as store:
        record(store, ["b " + "a " * 2000] * 500)
        maintain_fully(store)
        clock.step, reads = SEARCH_TIMEOUT / 20, clock.reads

        with pytest.raises(StorageError) as caught:
            store.read(search("a." * 90 + "b"))  # every word matches, but not in a row

        assert caught.value.code == "search_timeout"
        assert clock.reads - reads >= 20
