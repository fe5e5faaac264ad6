"""An event loop on a clock of its own: when nothing is due, time passes at once.

What is ready at the same time runs in an order that the seed decides. Whatever holds
with such a loop does not hang on luck.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from random import Random
from socket import socket
from typing import Final, TypeVar

ProtocolFactory = Callable[[], asyncio.BaseProtocol]
T = TypeVar("T")

START: Final = 1000.0  # seconds: what the clock shows first
MAX_HURRY: Final = 100_000  # turns of the loop in which no time passes


class StuckError(Exception):
    """Nothing will ever happen any more, or the clock will never move."""


class Process:
    """Where a server runs: whatever it had in mind is not done once it is killed."""

    def __init__(self) -> None:
        self.is_alive = True

    def call(self, callback: Callable[..., object], *args: object) -> None:
        if self.is_alive:
            callback(*args)


PROCESS: ContextVar[Process | None] = ContextVar("PROCESS", default=None)


class ShuffledQueue(deque[T]):
    """What is ready: taken out in any order."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._random = rng.random

    def popleft(self) -> T:
        place = int(self._random() * len(self))
        self[0], self[place] = self[place], self[0]
        return super().popleft()


class Clock:
    """The time, and the selector that lets it pass."""

    def __init__(self) -> None:
        self.now = START
        self._hurry = 0

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise StuckError("nothing is due")
        self._hurry = 0 if timeout > 0 else self._hurry + 1
        if self._hurry > MAX_HURRY:
            raise StuckError("no time passes")
        self.now += timeout
        return []

    def close(self) -> None:
        """Do nothing: there is no file behind it."""


class SimulatedListener:
    """Where a server listens. It is open until somebody closes it."""

    def __init__(self, make: ProtocolFactory) -> None:
        self.make, self.context = make, copy_context()
        self.is_open = True
        self.crashes = list[Callable[[], None]]()
        """What the system does for each connection when the process is gone."""

    @property
    def is_listening(self) -> bool:
        process = self.context.get(PROCESS)
        return self.is_open and (process is None or process.is_alive)

    def close(self) -> None:
        self.is_open = False

    def crash(self) -> None:
        """Let the process be gone."""
        crashes, self.crashes = self.crashes, []
        for crash in crashes:
            crash()


class SimulatedLoop(asyncio.BaseEventLoop):
    """An event loop without files, threads or a wall clock."""

    def __init__(self, rng: Random, note: Callable[[str], None]) -> None:
        super().__init__()
        self.note = note
        """Writes down what happened."""
        self._selector = self._clock = Clock()
        self._ready: deque[asyncio.Handle] = ShuffledQueue(rng)
        self._clock_resolution = 1e-9
        self.doors = list[SimulatedListener]()
        """Of all servers that ever listened, the last of which counts."""
        self.failures = list[str]()
        """What went wrong in a callback."""

    def time(self) -> float:
        return self._clock.now

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.Handle:
        process = PROCESS.get() if context is None else context.get(PROCESS)
        if process is None or _is_step(callback):
            return super().call_soon(callback, *args, context=context)
        return super().call_soon(process.call, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        process = PROCESS.get() if context is None else context.get(PROCESS)
        if process is None:
            return super().call_at(when, callback, *args, context=context)
        return super().call_at(when, process.call, callback, *args, context=context)

    def call_soon_threadsafe(
        self,
        callback: Callable[..., object],
        *args: object,
        context: Context | None = None,
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    async def create_server(  # type: ignore[override]  # all that our server needs
        self, protocol_factory: ProtocolFactory, *, sock: socket, backlog: int
    ) -> SimulatedListener:
        assert sock.fileno() == -1
        assert backlog
        self.doors.append(SimulatedListener(protocol_factory))
        return self.doors[-1]

    def call_exception_handler(self, context: dict[str, object]) -> None:
        """Remember what went wrong; it is no part of any run."""
        self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _process_events(self, event_list: list[object]) -> None:
        assert not event_list


@contextmanager
def another_thread() -> Iterator[None]:
    """Let what is called seem to be in a thread that is not the loop's."""
    real, threading.get_ident = threading.get_ident, lambda: 0
    try:
        yield
    finally:
        threading.get_ident = real


def _is_step(callback: Callable[..., object]) -> bool:
    """Tell whether *callback* goes on with a task: a killed one is cancelled so."""
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)
