"""The drain: which clients hold up a shutdown, and how long."""

from parlour.core.sessions.closing import Ended
from parlour.server.drain import Drain


class Waiting:
    """A transport with bytes that its peer has not taken."""

    address = "192.0.2.1:5000"

    def __init__(self, unsent: int) -> None:
        self.unsent = unsent

    def write(self, data: bytes) -> None: ...

    def set_reading(self, *, on: bool) -> None: ...

    def close_with(self, ended: Ended) -> None: ...

    def abort(self) -> None: ...


def test_a_client_that_takes_nothing_is_aborted_after_two_seconds() -> None:
    drain, transport = Drain(10.0), Waiting(100)
    drain.begin(50.0)

    found = {
        after: drain.stalled([transport], 50.0 + after) for after in (0.0, 1.75, 2.0)
    }

    assert found == {0.0: [], 1.75: [], 2.0: [transport]}


def test_a_client_that_takes_something_is_waited_for_until_the_deadline() -> None:
    drain, transport = Drain(10.0), Waiting(100)
    drain.begin(50.0)

    for second in range(10):
        transport.unsent -= 1
        assert drain.stalled([transport], 50.0 + second) == []

    assert drain.next_check == 59.25
    assert drain.stalled([transport], 60.0) == [transport]


def test_a_client_that_has_taken_everything_is_not_aborted_before_the_deadline() -> (
    None
):
    drain, transport = Drain(10.0), Waiting(0)
    drain.begin(50.0)

    assert [drain.stalled([transport], 50.0 + after) for after in range(9)] == [[]] * 9


def test_progress_is_checked_four_times_a_second_and_at_the_deadline() -> None:
    drain = Drain(0.4)
    drain.begin(50.0)
    checks = []
    for _ in range(3):
        checks.append(drain.next_check)
        drain.stalled([], drain.next_check)

    assert checks == [50.0, 50.25, 50.4]
