"""Items of several owners, who take turns."""

import pytest

from parlour.system.turns import Turns


def anybody(_: str) -> bool:
    return True


@pytest.fixture
def turns() -> Turns[str]:
    """Items of three owners; most of them are of one."""
    turns: Turns[str] = Turns()
    for item in ("a1", "a2", "a3", "b1", "b2", "c1"):
        turns.add(item[0], item)
    return turns


def served(turns: Turns[str], without: str = "") -> list[str]:
    """Return all items in the order in which they are served."""
    items = []
    while (found := turns.pop(lambda owner: owner not in without)) is not None:
        owner, item = found
        assert item.startswith(owner)
        items.append(item)
    return items


def test_owners_take_turns(turns: Turns[str]) -> None:
    assert served(turns) == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert len(turns) == 0


def test_an_owner_that_may_not_run_keeps_its_turn(turns: Turns[str]) -> None:
    assert served(turns, without="a") == ["b1", "c1", "b2"]
    assert served(turns) == ["a1", "a2", "a3"]


def test_an_owner_that_comes_back_is_last(turns: Turns[str]) -> None:
    turns.pop(anybody)
    turns.pop(anybody)
    turns.pop(anybody)
    turns.add("c", "c2")

    assert served(turns) == ["a2", "b2", "c2", "a3"]


def test_removed_items_are_not_served(turns: Turns[str]) -> None:
    assert turns.remove(lambda item: item in {"a1", "c1"}) == ["a1", "c1"]
    assert (len(turns), turns.count("a"), turns.count("c")) == (4, 2, 0)
    assert list(turns) == ["a2", "a3", "b1", "b2"]
    assert served(turns) == ["a2", "b1", "a3", "b2"]


def test_the_owner_with_most_items_loses_its_last_one(turns: Turns[str]) -> None:
    assert turns.longest == 3
    assert [turns.pop_last_of_longest() for _ in range(3)] == ["a3", "a2", "b2"]
    assert (len(turns), turns.longest) == (3, 1)
    assert served(turns) == ["a1", "b1", "c1"]


def test_nobody_is_served_if_nothing_waits() -> None:
    turns: Turns[str] = Turns()

    assert turns.pop(anybody) is None
    assert (len(turns), turns.longest, turns.count("a")) == (0, 0, 0)
