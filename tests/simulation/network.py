"""Connections that are made of nothing: two transports, and what is between them.

Each way there is a transport's own buffer, then the *pipe*, which holds only so much,
and then the other side's protocol, which gets the bytes late and cut anywhere.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from random import Random
from socket import socket
from typing import Final

from .loop import SimulatedLoop

PIPE: Final = (64, 500, 1 << 12, 1 << 16)  # bytes that may be under way
HIGH: Final = (200, 1 << 12, 1 << 18)  # bytes in a buffer that make it full, at most
GRAIN: Final = (1, 3, 40, 1 << 16, 1 << 16, 1 << 16)  # bytes at most at once
CUTS: Final = 60  # deliveries in small parts, on one connection
PROMPT: Final = 0.95  # how likely the first bytes come with the connection
DELAY: Final = (0.0, 0.0, 0.001, 0.02, 0.3)  # seconds at most
GONE: Final = 30.0  # seconds after which what was not acknowledged breaks a connection
LOW: Final = 4  # the low water is so many times lower than the high one

NOBODY: Final = copy_context()
"""Where the network does its work: in no process."""


class FakeSocket(socket):
    """Stands where the driver wants a socket; it has no file."""

    def __init__(self) -> None:  # without one of the system's
        self.backlog = 0

    def fileno(self) -> int:
        return -1

    def listen(self, backlog: int = 0, /) -> None:
        self.backlog = backlog

    def setsockopt(self, *_: object) -> None:
        """Do nothing."""


@dataclass
class Link:
    """What becomes of bytes on one connection."""

    rng: Random
    pipe: int
    high: int
    grain: int
    delay: float
    cuts: int = CUTS
    is_down: bool = False
    """Whether everything that is sent is lost from now on, without a word."""

    @classmethod
    def any(cls, rng: Random) -> "Link":
        pipe, high = rng.choice(PIPE), rng.choice(HIGH)
        return cls(rng, pipe, high, rng.choice(GRAIN), rng.choice(DELAY))

    def lateness(self) -> float:
        return self.rng.random() * self.delay

    def part(self, size: int) -> int:
        """Return how many of *size* bytes come at once."""
        self.cuts -= 1
        if self.cuts == 0:  # or a run would never end
            self.pipe, self.grain = max(self.pipe, 1 << 14), 1 << 16
        return self.rng.randint(1, min(size, self.grain))


class SimulatedTransport(asyncio.Transport):
    """One end of a connection."""

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
        self._buffer = bytearray()  # ours, not under way yet
        self._pipe = bytearray()  # under way to the other end
        self._high = 64 << 10
        self._is_paused = False  # the protocol was told not to write
        self.reads = False
        self.is_finished = self._said_finished = False  # write_eof, and it is told
        self._is_closing = self._is_gone = False
        self._is_delivering = False

    # -- what a protocol does -----------------------------------------------------

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

    # -- what the network does ------------------------------------------------------

    def begin(self) -> None:
        """Tell the protocol of the connection."""
        self.reads = True
        self._context.run(self._protocol.connection_made, self)

    def begin_if_here(self) -> None:
        """Tell the protocol of the connection, if its process is there."""
        if not self._is_gone:
            self.begin()
            if self._weather.rng.random() < PROMPT and not self._weather.is_down:
                self.other.deliver()
            self.other.deliver_soon()

    def reset(self) -> None:
        """Let the connection break, as soon as that is known here."""
        if not self._weather.is_down:
            self._later(self.lose, ConnectionResetError("reset"))

    def lose(self, exc: Exception | None) -> None:
        """Let the connection be gone at this end."""
        if not self._is_gone:
            self._is_gone = self._is_closing = True
            self._buffer.clear()
            self._loop.note(f"{self.name} is gone: {exc}")
            call = self._protocol.connection_lost
            self._loop.call_soon(call, exc, context=self._context)
            self.other.deliver_soon()  # which nobody will read

    def deliver_soon(self) -> None:
        """See to it that what is under way arrives."""
        has_news = self._pipe or (self.is_finished and not self._said_finished)
        if has_news and not self._is_delivering and not self._weather.is_down:
            self._is_delivering = True
            self._later(self._deliver)

    def crash(self) -> None:
        """Let the process be gone: the system sends what it has, and an end."""
        self._is_gone = self._is_closing = self.is_finished = True
        self._buffer.clear()
        self.deliver_soon()
        self.other.deliver_soon()

    def go_down(self) -> None:
        """Let nothing arrive at either end from now on."""
        self._weather.is_down = True
        self._move()
        self.other._move()  # noqa: SLF001 -- the same class

    def clear_up(self) -> None:
        """Let what is sent arrive soon and whole from now on."""
        self._weather.grain, self._weather.delay = 1 << 16, 0.001

    @property
    def is_down(self) -> bool:
        return self._weather.is_down

    def _expire(self) -> None:
        """Break a connection on which nothing gets through any more."""
        self.lose(TimeoutError("nothing is acknowledged"))

    def _later(self, call: Callable[..., object], *args: object) -> None:
        """Call as the network, which belongs to no process."""
        self._loop.call_later(self._weather.lateness(), call, *args, context=NOBODY)

    def _move(self) -> None:
        """Let as much as there is room for be under way."""
        room = self._weather.pipe - len(self._pipe)
        self._pipe += self._buffer[:room]
        del self._buffer[:room]
        if self._weather.is_down and self._pipe:
            self._loop.call_later(GONE, self._expire, context=NOBODY)
        if self._is_paused and len(self._buffer) <= self._high // LOW:
            self._is_paused = False
            call = self._protocol.resume_writing
            self._loop.call_soon(self._if_here, call, context=self._context)
        if self._is_closing and not self._buffer:
            self.lose(None)  # what is under way still arrives
        self.deliver_soon()

    def _deliver(self) -> None:
        self.deliver(self._weather.part(len(self._pipe)) if self._pipe else 0)

    def deliver(self, part: int = 1 << 16) -> None:
        """Let a *part* of what is under way arrive, or the end."""
        self._is_delivering = False
        other = self.other
        if self._weather.is_down:
            return
        if self._pipe and other.is_closing():
            self._pipe.clear()  # nobody reads it any more: a reset is the answer
            self.reset()
        elif self._pipe and other.reads:
            size = other.take(bytes(self._pipe[:part]))
            del self._pipe[:size]
            self._move()
        elif not self._pipe and not self._buffer and self.is_finished:
            self._finish()

    def take(self, data: bytes) -> int:
        """Give *data* to the protocol; return how much of it had room."""
        protocol = self._protocol
        self._loop.note(f"{self.name} gets {data!r}")
        if isinstance(protocol, asyncio.BufferedProtocol):
            buffer = memoryview(protocol.get_buffer(-1))
            size = min(len(buffer), len(data))
            buffer[:size] = data[:size]
            self._context.run(protocol.buffer_updated, size)
            return size
        self._context.run(protocol.data_received, data)
        return len(data)

    def take_end(self) -> None:
        """Tell the protocol that nothing more comes."""
        self._loop.note(f"{self.name} gets the end")
        if not self._context.run(self._protocol.eof_received):
            self.close()

    def _finish(self) -> None:
        """Let the other end know that nothing more comes, once it reads."""
        if self.other.is_closing() or self.other.reads:
            self._said_finished = True
            if not self.other.is_closing():
                self.other.take_end()

    def _if_here(self, call: Callable[[], None]) -> None:
        if not self._is_gone:
            call()


def connect(
    loop: SimulatedLoop,
    weather: Link,
    protocol: asyncio.Protocol,
    address: tuple[str, int],
) -> SimulatedTransport | None:
    """Connect *protocol*, from *address*, to the server; None: nobody listens."""
    door = loop.doors[-1] if loop.doors else None
    if door is None or not door.is_listening:
        return None
    there = door.make()
    assert isinstance(there, asyncio.BufferedProtocol)
    near = SimulatedTransport(
        loop, weather, protocol, copy_context(), ("to", address[1])
    )
    far = SimulatedTransport(loop, weather, there, door.context, address)
    near.other, far.other = far, near
    door.crashes.append(far.crash)
    near.begin()
    loop.call_later(weather.lateness(), far.begin_if_here, context=NOBODY)
    return near
