"""A search ends in time, in every history."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.history.search_deadline import SEARCH_TIMEOUT
from parlour.journal import Store
from parlour.journal.memory import MESSAGES_PER_CHECK, MemoryStore
from parlour.journal.sqlite.store import SQLiteStore
from tests.journal.helpers import NOW, PLENTY, before, drafts, search, tidy


class Ticking:
    """A clock that goes on by *step* whenever somebody looks at it."""

    def __init__(self) -> None:
        self.now, self.step, self.looks = 0.0, 0.0, 0

    def __call__(self) -> float:
        self.looks += 1
        self.now += self.step
        return self.now


Make = Callable[[Path, Ticking], Store]

MAKES: dict[str, Make] = {
    "memory": lambda _, clock: MemoryStore(PLENTY, clock=lambda: NOW, steady=clock),
    "file": lambda path, clock: SQLiteStore(
        path / "chat.db", PLENTY, clock=lambda: NOW, steady=clock
    ),
}


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_search_ends_at_its_deadline(make: Make, tmp_path: Path) -> None:
    clock = Ticking()
    with closing(make(tmp_path, clock)) as history:
        history.append(drafts(["moon"] * MESSAGES_PER_CHECK * 20), NOW)
        clock.step = SEARCH_TIMEOUT / 5

        with pytest.raises(StorageError) as caught:
            history.read(search("sun"))

        assert caught.value.code == "search_timeout"
        clock.step = 0.0
        assert len(history.read(before(limit=10)).messages) == 10
        assert history.read(search("moon", limit=10)).has_more


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_cancelled_search_ends(make: Make, tmp_path: Path) -> None:
    with closing(make(tmp_path, Ticking())) as history:
        history.append(drafts(["sun"]), NOW)

        history.cancel_searches()

        with pytest.raises(StorageError) as caught:
            history.read(search("sun"))
        assert caught.value.code == "stopping"
        assert history.read(before()).total == 1


def test_the_deadline_is_checked_while_long_messages_are_compared(
    tmp_path: Path,
) -> None:
    clock = Ticking()
    with closing(MAKES["file"](tmp_path, clock)) as history:
        history.append(drafts(["b " + "a " * 2000] * 500), NOW)
        tidy(history)
        clock.step, looks = SEARCH_TIMEOUT / 20, clock.looks

        with pytest.raises(StorageError) as caught:
            history.read(search("a." * 90 + "b"))  # all of it is there, elsewhere

        assert caught.value.code == "search_timeout"
        assert clock.looks - looks >= 20
