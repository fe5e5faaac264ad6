"""The times of batches are those of their oldest entries."""

from parlour.core.entries import Batch, Left, Said
from parlour.core.events import LOBBY, SessionId
from parlour.core.histogram import HistogramReading
from parlour.server.batch_times import BatchTimes

SAID = Batch(0.0, (Said(LOBBY, "romeo", "hi", SessionId(1)),))
LEFT = Batch(0.0, (Left(SessionId(1), LOBBY, "left"),))


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def seconds(reading: HistogramReading) -> tuple[int, float]:
    """Return the number of values, and their sum."""
    return reading.values, reading.total


def test_a_batch_that_is_formed_at_once_is_said_then() -> None:
    clock = Clock()
    times = BatchTimes(clock)

    clock.now = 1.0
    times.note(1)
    times.form(SAID, 0)
    times.commit(SAID, 1.25)
    clock.now = 1.5
    times.tell((1.0, 1.25))

    assert times.take_committed() == (1.0, 1.25)
    assert seconds(times.said_to_stored.read()) == (1, 0.25)
    assert seconds(times.stored_to_told.read()) == (1, 0.25)
    assert seconds(times.said_to_told.read()) == (1, 0.5)
    assert seconds(times.entries.read()) == (1, 1.0)


def test_a_batch_is_as_old_as_its_first_entry() -> None:
    clock = Clock()
    times = BatchTimes(clock)

    for clock.now, proposed in ((1.0, 2), (2.0, 2), (3.0, 5)):
        times.note(proposed)
    said = []
    for first in (0, 1, 2, 4):
        times.form(SAID, first)
        times.commit(SAID, 3.0)
        said.append(times.take_committed())

    assert said == [(1.0, 3.0), (1.0, 3.0), (3.0, 3.0), (3.0, 3.0)]


def test_batches_that_leave_something_under_load_do_not_grow_older() -> None:
    clock = Clock()
    times = BatchTimes(clock)
    times.note(1)

    ages = []
    for number in range(10):
        clock.now += 1.0
        times.note(number + 2)  # one more than the batches have taken
        times.form(SAID, number)
        times.commit(SAID, clock.now)
        said, stored = times.take_committed() or (0.0, 0.0)
        ages.append(stored - said)

    assert ages == [1.0] * 10


def test_a_batch_is_told_once() -> None:
    times = BatchTimes(Clock())

    times.commit(SAID, 0.0)

    assert times.take_committed() == (0.0, 0.0)
    assert times.take_committed() is None


def test_a_batch_that_is_not_stored_has_no_time() -> None:
    times = BatchTimes(Clock())

    times.commit(LEFT, 0.0)

    assert times.take_committed() is None
    assert times.said_to_stored.read().values == 0
