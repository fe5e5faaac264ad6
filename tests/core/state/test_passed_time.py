import pytest

from parlour.core.state.passed_time import MAX_STEP, PassedTime


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        ([100.0], 0.0),
        ([100.0, 100.0], 0.0),
        ([100.0, 103.5, 104.0], 4.0),
        ([100.0, 90.0, 91.0], 1.0),  # a step back counts nothing
        ([100.0, 1e9, 1e9 + 1.0], MAX_STEP + 1.0),  # a step ahead is cut
        ([1e9, 0.0, 1e9], MAX_STEP),
    ],
)
def test_time_passes_by_the_times_of_the_batches(
    times: list[float], seconds: float
) -> None:
    passed = PassedTime()

    for time in times:
        passed.advance(time)

    assert passed.seconds == seconds
    assert passed.last == times[-1]


def test_a_step_counts_an_hour_at_most() -> None:
    assert MAX_STEP == 3600.0
