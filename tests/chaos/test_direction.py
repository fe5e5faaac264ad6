"""Bytes arrive late, in pieces or never, and always in their order."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from .direction import END, HIGH_WATER, Direction
from .faults import Conditions

CONDITIONS = st.builds(
    Conditions,
    delay=st.sampled_from([0.0, 0.1, 3.0]),
    rate=st.sampled_from([0.0, 100.0]),
    is_single=st.booleans(),
    is_cut=st.just(False),
)


def pieces(direction: Direction, now: float = 1e9) -> list[bytes]:
    """Return everything that has arrived."""
    return list(iter(lambda: direction.take(now), None))


@given(st.lists(st.tuples(st.binary(min_size=1), CONDITIONS)), st.integers())
def test_nothing_is_lost_or_moved_by_delays_and_pieces(
    sent: list[tuple[bytes, Conditions]], seed: int
) -> None:
    direction = Direction(Random(seed))

    for now, (data, conditions) in enumerate(sent):
        direction.feed(data, float(now), conditions)
    direction.feed(END, float(len(sent)), Conditions())

    arrived = pieces(direction)
    assert b"".join(arrived) == b"".join(data for data, _ in sent)
    assert arrived[-1] == END
    assert direction.size == 0


def test_a_delay_is_at_least_its_amount_and_at_most_twice_that() -> None:
    direction = Direction(Random(7))

    direction.feed(b"hello", 10.0, Conditions(delay=0.5))

    assert direction.next_at is not None
    assert 10.5 <= direction.next_at <= 11.0
    assert direction.take(10.4) is None


def test_bytes_travel_alone() -> None:
    direction = Direction(Random(7))

    direction.feed(b"abc", 0.0, Conditions(is_single=True))

    assert pieces(direction) == [b"a", b"b", b"c"]


def test_a_slow_link_takes_its_time() -> None:
    direction = Direction(Random(7))

    direction.feed(b"x" * 640, 0.0, Conditions(rate=64.0))

    assert len(pieces(direction, 4.9)) == 4
    assert len(pieces(direction, 10.0)) == 6


def test_nothing_arrives_after_a_cut_not_even_the_end() -> None:
    direction = Direction(Random(7))
    direction.feed(b"late", 0.0, Conditions(delay=1.0))

    direction.feed(b"lost", 0.5, Conditions(is_cut=True))
    direction.feed(b"lost, too", 9.0, Conditions())
    direction.feed(END, 9.0, Conditions())

    assert pieces(direction) == []


def test_a_full_direction_is_not_fed() -> None:
    direction = Direction(Random(7))

    direction.feed(b"x" * (HIGH_WATER + 1), 0.0, Conditions(delay=1.0))
    assert direction.is_full
    pieces(direction)

    assert not direction.is_full
