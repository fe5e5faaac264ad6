"""What the tests of the client start, and end again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.client.helpers import Client, Listener
from tests.client.terminal.screen import Screen

Start = Callable[..., Client]
Sit = Callable[..., Screen]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with closing(Listener()) as listener:
        yield listener


@pytest.fixture(params=["async", "threads"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(listener: Listener, engine: str) -> Iterator[Start]:
    """Start a client of the engine in a pipe."""
    with ExitStack() as stack:

        def start(options: str = "", stdin: int | None = None) -> Client:
            client = Client(listener.port, f"engine={engine!r}, {options}", stdin)
            stack.callback(client.end)
            return client

        yield start


@pytest.fixture
def sit(listener: Listener, engine: str) -> Iterator[Sit]:
    """Start a client of the engine on a terminal."""
    with ExitStack() as stack:

        def sit(options: str = "", term: str = "xterm", before: str = "") -> Screen:
            options = f"engine={engine!r}, {options}"
            screen = Screen(listener.port, options, term, before)
            stack.callback(screen.end)
            return screen

        yield sit
