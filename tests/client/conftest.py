"""Clients in processes of their own, which end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from tests.client.client_process import ClientProcess
from tests.client.listener import Listener
from tests.client.terminal.screen import Screen

StartClient = Callable[..., ClientProcess]
StartTerminal = Callable[..., Screen]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with closing(Listener()) as listener:
        yield listener


@pytest.fixture(params=["async", "threads"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start_client(listener: Listener, engine: str) -> Iterator[StartClient]:
    """Return a function that starts a client of the engine in a pipe."""
    with ExitStack() as stack:

        def start_client(options: str = "", stdin: int | None = None) -> ClientProcess:
            client = ClientProcess(
                listener.port, f"engine={engine!r}, {options}", stdin
            )
            stack.callback(client.end)
            return client

        yield start_client


@pytest.fixture
def start_terminal(listener: Listener, engine: str) -> Iterator[StartTerminal]:
    """Return a function that starts a client of the engine on a terminal."""
    with ExitStack() as stack:

        def start_terminal(
            options: str = "", term: str = "xterm", before: str = ""
        ) -> Screen:
            options = f"engine={engine!r}, {options}"
            screen = Screen(listener.port, options, term, before)
            stack.callback(screen.clean_up)
            return screen

        yield start_terminal
