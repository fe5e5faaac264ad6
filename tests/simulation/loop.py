"""An event loop with a virtual clock, which jumps to the next deadline.

The seed decides the order of callbacks that are ready at the same time, so that no
result depends on a lucky order.
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

START: Final = 1000.0  # seconds: the first time of the clock
MAX_TURNS: Final = 100_000  # turns of the loop without time passing


class StuckError(Exception):
    """No callback is due any more, or the clock does not advance."""


class Process:
    """A simulated process: its callbacks do not run once it is killed."""

    def __init__(self) -> None:
        self.is_alive = True

    def call(self, callback: Callable[..., object], *args: object) -> None:
        if self.is_alive:
            callback(*args)


PROCESS: ContextVar[Process | None] = ContextVar("PROCESS", default=None)


class ShuffledQueue(deque[T]):
    """A queue of ready callbacks that are taken out in random order."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._random = rng.random

    def popleft(self) -> T:
        place = int(self._random() * len(self))
        self[0], self[place] = self[place], self[0]
        return super().popleft()


class Clock:
    """The virtual clock, which is also the selector of the loop."""

    def __init__(self) -> None:
        self.now = START
        self._turns = 0

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise StuckError("no callback is due")
        self._turns = 0 if timeout > 0 else self._turns + 1
        if self._turns > MAX_TURNS:
            raise StuckError("the clock does not advance")
        self.now += timeout
        return []

    def close(self) -> None:
        """Do nothing: there is no file."""


class SimulatedListener:
    """The listening socket of a server."""

    def __init__(self, make: ProtocolFactory) -> None:
        self.make, self.context = make, copy_context()
        self.is_open = True
        self.crashes = list[Callable[[], None]]()
        """Called for each connection when the process crashes."""

    @property
    def process(self) -> Process | None:
        """The process that listens."""
        return self.context.get(PROCESS)

    @property
    def is_listening(self) -> bool:
        process = self.process
        return self.is_open and (process is None or process.is_alive)

    def close(self) -> None:
        self.is_open = False

    def crash(self) -> None:
        """Close the connections as the system does when a process crashes."""
        crashes, self.crashes = self.crashes, []
        for crash in crashes:
            crash()


class SimulatedLoop(asyncio.BaseEventLoop):
    """An event loop without files, threads or a wall clock."""

    def __init__(self, rng: Random, note: Callable[[str], None]) -> None:
        super().__init__()
        self.note = note
        """Adds a line to the trace."""
        self._selector = self._clock = Clock()
        self._ready: deque[asyncio.Handle] = ShuffledQueue(rng)
        self._clock_resolution = 1e-9
        self.listeners = list[SimulatedListener]()
        """The listeners of all servers so far."""
        self.failures = list[str]()
        """Errors of callbacks."""

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

    async def create_server(  # type: ignore[override]  # as far as the server needs it
        self, protocol_factory: ProtocolFactory, *, sock: socket, backlog: int
    ) -> SimulatedListener:
        assert sock.fileno() == -1
        assert backlog
        self.listeners.append(SimulatedListener(protocol_factory))
        return self.listeners[-1]

    def call_exception_handler(self, context: dict[str, object]) -> None:
        """Record an error, which no run may have."""
        self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    def _process_events(self, event_list: list[object]) -> None:
        assert not event_list


@contextmanager
def another_thread() -> Iterator[None]:
    """Pretend that the code runs in another thread than the loop's."""
    real, threading.get_ident = threading.get_ident, lambda: 0
    try:
        yield
    finally:
        threading.get_ident = real


def _is_step(callback: Callable[..., object]) -> bool:
    """Return whether *callback* is a step of a task, which may be its cancellation."""
    return isinstance(getattr(callback, "__self__", None), asyncio.Task)
