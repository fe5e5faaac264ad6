"""Output that is handed over to a gateway's loop, and which of it counts as unsent."""

from collections.abc import Callable

import pytest

from parlour.core.events import ConnectionId
from parlour.core.sessions.closing import Ended
from parlour.server.threaded_driver.gateway_transport import (
    HIGH_WATER,
    GatewayTransport,
    Mailbox,
)

KILOBYTE = b"x" * 1023 + b"\n"


class ManualLoop:
    """A loop that makes its calls when a test runs it."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.wakes = 0

    def call_soon(self, call: Callable[[], None]) -> None:
        self.waiting.append(call)
        self.wakes += 1

    def run(self) -> None:
        """Make all the calls that wait."""
        waiting, self.waiting = self.waiting, []
        for call in waiting:
            call()


class Page:
    """A gateway's transport that records the calls of its methods."""

    address = "127.0.0.1:1"
    unsent = unacknowledged = 0

    def __init__(self) -> None:
        self.calls: list[object] = []

    def write(self, data: bytes) -> None:
        self.calls.append(len(data))

    def set_reading(self, *, on: bool) -> None:
        self.calls.append(on)

    def close_with(self, ended: Ended) -> None:
        self.calls.append(ended.code)

    def abort(self) -> None:
        self.calls.append("abort")


class Setup:
    """A page, its transport in the main thread, and the loop between them."""

    def __init__(self) -> None:
        self.loop, self.page = ManualLoop(), Page()
        self.paused: list[int] = []
        self.resumed: list[ConnectionId] = []
        self.mailbox = Mailbox(self.loop.call_soon)
        self.transport = GatewayTransport(
            self.page,
            self.mailbox,
            lambda _, unsent: self.paused.append(unsent),
            self.resumed.append,
        )

    def fill(self) -> None:
        """Write until the transport reports that it is full."""
        while not self.paused:
            self.transport.write(KILOBYTE)


@pytest.fixture
def setup() -> Setup:
    return Setup()


def test_the_loop_is_woken_once_for_all_waiting_calls(setup: Setup) -> None:
    for _ in range(10):
        setup.transport.write(KILOBYTE)
    setup.loop.run()

    assert setup.loop.wakes == 1
    assert setup.page.calls == [1024] * 10
    assert setup.transport.unsent == 0


def test_the_loop_is_woken_again_for_later_output(setup: Setup) -> None:
    setup.transport.write(KILOBYTE)
    setup.loop.run()
    setup.transport.write(KILOBYTE)
    setup.loop.run()

    assert setup.loop.wakes == 2
    assert setup.page.calls == [1024] * 2


def test_calls_reach_the_page_in_order(setup: Setup) -> None:
    setup.transport.write(KILOBYTE)
    setup.transport.set_reading(on=False)
    setup.transport.close_with(Ended(ConnectionId(1), "bye", "x"))
    setup.transport.abort()
    setup.loop.run()

    assert setup.page.calls == [1024, False, "bye", "abort"]


def test_a_call_that_fails_does_not_stop_later_ones(setup: Setup) -> None:
    def fail() -> None:
        raise RuntimeError

    setup.mailbox.post(fail)
    setup.transport.write(KILOBYTE)
    setup.loop.run()

    assert setup.page.calls == [1024]
    assert setup.transport.unsent == 0


def test_a_loop_that_stalls_makes_its_pages_lag(setup: Setup) -> None:
    setup.fill()

    assert setup.paused == [HIGH_WATER + len(KILOBYTE)]
    assert setup.resumed == []


def test_a_page_no_longer_lags_when_the_loop_has_caught_up(setup: Setup) -> None:
    setup.fill()
    setup.loop.run()

    assert setup.transport.unsent == 0
    assert setup.resumed == [setup.transport.connection]


def test_bytes_in_a_full_transport_count_as_unsent(setup: Setup) -> None:
    setup.transport.block()
    setup.fill()
    setup.loop.run()
    assert setup.resumed == []
    assert setup.transport.unsent == HIGH_WATER + len(KILOBYTE)

    setup.transport.unblock()

    assert setup.transport.unsent == 0
    assert setup.resumed == [setup.transport.connection]


def test_a_page_that_was_not_full_is_not_resumed(setup: Setup) -> None:
    setup.transport.write(KILOBYTE)
    setup.loop.run()

    assert setup.resumed == []
