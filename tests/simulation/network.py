"""Simulated connections: two transports and the network between them.

In each direction, bytes go from the buffer of a transport through a *pipe* of limited
size to the protocol of the other side, with delays and in arbitrary fragments.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from random import Random
from socket import socket
from typing import Final

from .loop import SimulatedListener, SimulatedLoop

PIPE: Final = (64, 500, 1 << 12, 1 << 16)  # bytes that may be in transit
HIGH: Final = (200, 1 << 12, 1 << 18)  # bytes at which a buffer counts as full, at most
GRAIN: Final = (1, 3, 40, 1 << 16, 1 << 16, 1 << 16)  # bytes delivered at once, at most
CUTS: Final = 60  # fragments on one connection
PROMPT: Final = 0.95  # probability that the first bytes arrive with the connection
DELAY: Final = (0.0, 0.0, 0.001, 0.02, 0.3)  # seconds at most
ACK_TIMEOUT: Final = 30.0  # seconds until unacknowledged data breaks a connection
LOW: Final = 4  # the high-water mark divided by the low-water mark

NOBODY: Final = copy_context()
"""The context of the network, which belongs to no process."""


class FakeSocket(socket):
    """A socket without a file, for the driver."""

    def __init__(self) -> None:  # without a socket of the system
        self.backlog = 0

    def fileno(self) -> int:
        return -1

    def listen(self, backlog: int = 0, /) -> None:
        self.backlog = backlog

    def setsockopt(self, *_: object) -> None:
        """Do nothing."""


@dataclass
class Link:
    """The properties of one connection's network."""

    rng: Random
    pipe: int
    high: int
    grain: int
    delay: float
    cuts: int = CUTS
    is_down: bool = False
    """Whether all further data is lost silently."""

    @classmethod
    def any(cls, rng: Random) -> "Link":
        pipe, high = rng.choice(PIPE), rng.choice(HIGH)
        return cls(rng, pipe, high, rng.choice(GRAIN), rng.choice(DELAY))

    def random_delay(self) -> float:
        return self.rng.random() * self.delay

    def fragment(self, size: int) -> int:
        """Return how many of *size* bytes to deliver at once."""
        self.cuts -= 1
        if self.cuts == 0:  # otherwise a run would take too long
            self.pipe, self.grain = max(self.pipe, 1 << 14), 1 << 16
        return self.rng.randint(1, min(size, self.grain))


class SimulatedTransport(asyncio.Transport):
    """One side of a simulated connection."""

    other: "SimulatedTransport"

    def __init__(
        self,
        loop: SimulatedLoop,
        weather: Link,
        protocol: asyncio.Protocol | asyncio.BufferedProtocol,
        context: Context,
        address: tuple[str, int],
    ) -> None:
        super().__init__({"peername": address, "socket": FakeSocket()})
        self.name = f"{address[0]}:{address[1]}"
        self._loop, self._weather, self._protocol = loop, weather, protocol
        self._context = context
        self._buffer = bytearray()  # not in transit yet
        self._pipe = bytearray()  # in transit to the other side
        self._high = 64 << 10
        self._is_paused = False  # pause_writing was called
        self.reads = False
        self.is_finished = False  # write_eof was called
        self._eof_sent = False  # the other side has received the end of file
        self._is_closing = self._is_lost = False
        self._is_delivering = False

    # -- called by the protocol --------------------------------------------------

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert data
        if self.is_finished:
            raise RuntimeError("write after write_eof")
        if not self._is_closing:
            self._buffer += data
            self._move()
            if len(self._buffer) > self._high and not self._is_paused:
                self._is_paused = True
                self._protocol.pause_writing()

    def write_eof(self) -> None:
        if not self._is_closing:
            self.is_finished = True
            self._move()

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = self.is_finished = True
            self.reads = False
            self._move()

    def abort(self) -> None:
        self._is_closing = True
        self.lose(None)
        self.other.reset()

    def is_closing(self) -> bool:
        return self._is_closing

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        if not self._is_closing:
            self.reads = True
            self.other.deliver_soon()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        assert high is not None
        assert low is None
        self._high = min(high, self._weather.high)

    def get_write_buffer_size(self) -> int:
        return len(self._buffer)

    # -- the network ---------------------------------------------------

    def begin(self) -> None:
        """Call connection_made."""
        self.reads = True
        self._context.run(self._protocol.connection_made, self)

    def begin_unless_lost(self) -> None:
        """Call connection_made, unless the connection is already lost."""
        if not self._is_lost:
            self.begin()
            if self._weather.rng.random() < PROMPT and not self._weather.is_down:
                self.other.deliver()
            self.other.deliver_soon()

    def reset(self) -> None:
        """Break the connection after a delay."""
        if not self._weather.is_down:
            self._later(self.lose, ConnectionResetError("reset"))

    def lose(self, exc: Exception | None) -> None:
        """End this side of the connection."""
        if not self._is_lost:
            self._is_lost = self._is_closing = True
            self._buffer.clear()
            self._loop.note(f"{self.name} is lost: {exc}")
            call = self._protocol.connection_lost
            self._loop.call_soon(call, exc, context=self._context)
            self.other.deliver_soon()  # it is discarded

    def deliver_soon(self) -> None:
        """Schedule the delivery of data in transit."""
        is_due = self._pipe or (self.is_finished and not self._eof_sent)
        if is_due and not self._is_delivering and not self._weather.is_down:
            self._is_delivering = True
            self._later(self._deliver)

    def crash(self) -> None:
        """Crash the process: the system sends what it has, and an end of file."""
        self._is_lost = self._is_closing = self.is_finished = True
        self._buffer.clear()
        self.deliver_soon()
        self.other.deliver_soon()

    def lose_all(self) -> None:
        """Lose all further data in both directions."""
        self._weather.is_down = True
        self._move()
        self.other._move()  # noqa: SLF001 -- the same class

    def repair(self) -> None:
        """Deliver all further data soon and unfragmented."""
        self._weather.grain, self._weather.delay = 1 << 16, 0.001

    @property
    def is_down(self) -> bool:
        return self._weather.is_down

    def _expire(self) -> None:
        """Break a connection whose data is lost."""
        self.lose(TimeoutError("nothing is acknowledged"))

    def _later(self, call: Callable[..., object], *args: object) -> None:
        """Schedule a call of the network, which belongs to no process."""
        self._loop.call_later(self._weather.random_delay(), call, *args, context=NOBODY)

    def _move(self) -> None:
        """Move as many bytes from the buffer into the pipe as fit."""
        room = self._weather.pipe - len(self._pipe)
        self._pipe += self._buffer[:room]
        del self._buffer[:room]
        if self._weather.is_down and self._pipe:
            self._loop.call_later(ACK_TIMEOUT, self._expire, context=NOBODY)
        if self._is_paused and len(self._buffer) <= self._high // LOW:
            self._is_paused = False
            call = self._protocol.resume_writing
            self._loop.call_soon(self._unless_lost, call, context=self._context)
        if self._is_closing and not self._buffer:
            self.lose(None)  # data in transit still arrives
        self.deliver_soon()

    def _deliver(self) -> None:
        self.deliver(self._weather.fragment(len(self._pipe)) if self._pipe else 0)

    def deliver(self, most: int = 1 << 16) -> None:
        """Deliver at most *most* bytes in transit, or the end of file."""
        self._is_delivering = False
        other = self.other
        if self._weather.is_down:
            return
        if self._pipe and other.is_closing():
            self._pipe.clear()  # nobody reads it any more: answer with a reset
            self.reset()
        elif self._pipe and other.reads:
            size = other.take(bytes(self._pipe[:most]))
            del self._pipe[:size]
            self._move()
        elif not self._pipe and not self._buffer and self.is_finished:
            self._finish()

    def take(self, data: bytes) -> int:
        """Give *data* to the protocol; return how many bytes it accepted."""
        protocol = self._protocol
        self._loop.note(f"{self.name} receives {data!r}")
        if isinstance(protocol, asyncio.BufferedProtocol):
            buffer = memoryview(protocol.get_buffer(-1))
            size = min(len(buffer), len(data))
            buffer[:size] = data[:size]
            self._context.run(protocol.buffer_updated, size)
            return size
        self._context.run(protocol.data_received, data)
        return len(data)

    def take_end(self) -> None:
        """Call eof_received."""
        self._loop.note(f"{self.name} receives the end of file")
        if not self._context.run(self._protocol.eof_received):
            self.close()

    def _finish(self) -> None:
        """Deliver the end of file, once the other side reads."""
        if self._eof_sent:
            return  # once, as in every event loop
        if self.other.is_closing() or self.other.reads:
            self._eof_sent = True
            if not self.other.is_closing():
                self.other.take_end()

    def _unless_lost(self, call: Callable[[], None]) -> None:
        if not self._is_lost:
            call()


def connect(
    loop: SimulatedLoop,
    weather: Link,
    protocol: asyncio.Protocol,
    address: tuple[str, int],
    listener: SimulatedListener,
) -> SimulatedTransport | None:
    """Connect *protocol*, from *address*, to a server, if it listens."""
    if not listener.is_listening:
        return None
    there = listener.make()
    assert isinstance(there, asyncio.BufferedProtocol)
    near = SimulatedTransport(
        loop, weather, protocol, copy_context(), ("to", address[1])
    )
    far = SimulatedTransport(loop, weather, there, listener.context, address)
    near.other, far.other = far, near
    listener.crashes.append(far.crash)
    near.begin()
    loop.call_later(weather.random_delay(), far.begin_unless_lost, context=NOBODY)
    return near
