"""What is handed over to the loop of a side door, and what counts as taken."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from parlour.core.events import SessionId
from parlour.core.sessions.closing import Ended
from parlour.server.threaded_driver.gateway_transport import (
    HIGH_WATER,
    GatewayTransport,
    Mailbox,
)

KILO = b"x" * 1023 + b"\n"


class IdleLoop:
    """A loop that runs what it was given when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.wakes = 0

    def call(self, do: Callable[[], None]) -> None:
        self.waiting.append(do)
        self.wakes += 1

    def go(self) -> None:
        """Run all of it."""
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            each()


class Page:
    """A carrier that notes what it is told."""

    address = "127.0.0.1:1"
    unsent = 0

    def __init__(self) -> None:
        self.told: list[object] = []

    def write(self, data: bytes) -> None:
        self.told.append(len(data))

    def set_reading(self, *, on: bool) -> None:
        self.told.append(on)

    def close_with(self, ended: Ended) -> None:
        self.told.append(ended.code)

    def abort(self) -> None:
        self.told.append("abort")


class Table:
    """A page, its carrier in the main thread, and the loop between them."""

    def __init__(self) -> None:
        self.loop, self.page = IdleLoop(), Page()
        self.drained: list[SessionId] = []
        self.mailbox = Mailbox(self.loop.call)
        self.side = GatewayTransport(self.page, self.mailbox, self.drained.append)

    def fill(self) -> int:
        """Write until it is full; return how many bytes wait then."""
        while not (waiting := self.side.write(KILO)):
            pass
        return waiting


@pytest.fixture
def table() -> Table:
    return Table()


def test_the_loop_is_woken_once_for_all_that_gathers(table: Table) -> None:
    for _ in range(10):
        table.side.write(KILO)
    table.loop.go()

    assert table.loop.wakes == 1
    assert table.page.told == [1024] * 10
    assert table.side.waiting == 0


def test_it_is_woken_again_for_what_comes_later(table: Table) -> None:
    table.side.write(KILO)
    table.loop.go()
    table.side.write(KILO)
    table.loop.go()

    assert table.loop.wakes == 2
    assert table.page.told == [1024] * 2


def test_all_that_is_asked_of_a_page_comes_in_order(table: Table) -> None:
    table.side.write(KILO)
    table.side.set_reading(on=False)
    table.side.close_with(Ended(SessionId(1), "bye", "x"))
    table.side.abort()
    table.loop.go()

    assert table.page.told == [1024, False, "bye", "abort"]


def test_what_fails_for_one_page_is_done_for_the_others(table: Table) -> None:
    def fail() -> None:
        raise RuntimeError

    table.mailbox.post(fail)
    table.side.write(KILO)
    table.loop.go()

    assert table.page.told == [1024]
    assert table.side.waiting == 0


def test_a_loop_that_stalls_makes_its_pages_lag(table: Table) -> None:
    waiting = table.fill()

    assert waiting == HIGH_WATER + len(KILO)
    assert table.side.is_full
    assert table.drained == []


def test_a_page_lags_no_more_when_the_loop_has_caught_up(table: Table) -> None:
    table.fill()
    table.loop.go()

    assert not table.side.is_full
    assert table.drained == [table.side.session]


def test_what_a_full_transport_was_given_still_waits(table: Table) -> None:
    table.side.is_blocked = True
    table.fill()
    table.loop.go()
    assert table.side.is_full
    assert table.side.waiting == HIGH_WATER + len(KILO)

    table.side.is_blocked = False
    table.side.settle()

    assert table.side.waiting == 0
    assert table.drained == [table.side.session]


def test_a_page_that_was_not_full_is_not_said_to_have_drained(table: Table) -> None:
    table.side.write(KILO)
    table.loop.go()

    assert table.drained == []


@pytest.mark.parametrize(
    ("engine", "unwanted"),
    [
        ("threaded_driver", {"asyncio", "uvloop", "flask", "uvicorn", "websockets"}),
        ("asyncio_driver", {"flask", "uvicorn", "websockets", "jinja2"}),
    ],
)
def test_a_server_without_a_page_imports_nothing_for_one(
    engine: str, unwanted: set[str]
) -> None:
    driver = f"parlour.server.{engine}.driver"
    probe = f"import parlour.cli, {driver}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, check=True, text=True
    )

    assert not set(done.stdout.split()) & unwanted
