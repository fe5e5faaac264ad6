"""Counting messages where sequences have holes."""

import pytest

from parlour.journal.holes import MAX_OLD_HOLES, Holes


@pytest.fixture
def holes() -> Holes:
    """Return the holes of a room with the messages 1, 2, 5, 6, 10."""
    holes = Holes()
    holes.add(5, 2)
    holes.add(10, 3)
    return holes


@pytest.mark.parametrize(
    ("sequence", "count"),
    [
        *((-1, 0), (0, 0), (1, 1), (2, 2)),
        *((3, 2), (4, 2), (5, 3), (6, 4)),
        *((7, 4), (9, 4), (10, 5), (11, 6)),
    ],
)
def test_unused_sequences_are_not_counted(
    holes: Holes, sequence: int, count: int
) -> None:
    assert holes.messages_until(sequence) == count


def test_without_holes_every_sequence_is_counted() -> None:
    assert Holes().messages_until(7) == 7


def test_only_the_newest_old_holes_are_stored() -> None:
    holes = Holes()
    for number in range(1, 3 * MAX_OLD_HOLES):
        holes.add(2 * number, 1)  # messages 2, 4, 6, ...
    last = 2 * (3 * MAX_OLD_HOLES - 1)

    holes.forget(last)

    assert holes.messages_until(last) == last // 2
    newest = last - 2 * (MAX_OLD_HOLES - 1)
    assert holes.messages_until(newest) == newest // 2
    assert holes.messages_until(newest - 200) == newest // 2 - 199  # each counts


def test_holes_of_stored_messages_are_never_forgotten(holes: Holes) -> None:
    for number in range(11, 3 * MAX_OLD_HOLES):
        holes.add(2 * number, 1)

    holes.forget(10)

    assert holes.messages_until(2) == 2
