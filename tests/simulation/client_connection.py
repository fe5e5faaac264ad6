"""The connection of a simulated client, with the faults of real ones."""

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random

from .loop import SimulatedListener, SimulatedLoop
from .network import Link, SimulatedTransport, connect
from .world import World


class Surroundings:
    """What all clients of a run share."""

    def __init__(
        self, loop: SimulatedLoop, world: World, rng: Random, faults: Counter[str]
    ) -> None:
        self.loop, self.world, self.rng, self.faults = loop, world, rng, faults
        self.ports = count(1)


class ClientProtocol(asyncio.Protocol):
    """The protocol of one connection; the client ignores it once it is replaced."""

    def __init__(self, owner: "ClientConnection") -> None:
        self._owner = owner
        self.transport: SimulatedTransport | None = None
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        self._owner.received(self, data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.is_open = False


class ClientConnection:
    """The current connection of a client at *host*, if it has one."""

    def __init__(
        self, around: Surroundings, host: str, receive: Callable[[bytes], None]
    ) -> None:
        self.port = 0
        """The port of the last connection; no two connections have the same."""
        self.listener: SimulatedListener | None = None
        """That of the last server."""
        self._around, self._host, self._receive = around, host, receive
        self._loop, self._rng, self._faults = around.loop, around.rng, around.faults
        self._protocol: ClientProtocol | None = None
        self._since = 0.0
        self._replaced: list[SimulatedTransport] = []  # which may still deliver data

    @property
    def is_open(self) -> bool:
        return self._protocol is not None and self._protocol.is_open

    @property
    def is_lost(self) -> bool:
        """Whether nothing arrives any more."""
        return not self.is_open or self._transport.is_down

    @property
    def is_writable(self) -> bool:
        return self.is_open and not self._transport.is_finished

    @property
    def waited(self) -> float:
        """Seconds since the connection was opened, or since `wait_again`."""
        return self._loop.time() - self._since

    @property
    def _transport(self) -> SimulatedTransport:
        assert self._protocol is not None
        assert self._protocol.transport is not None
        return self._protocol.transport

    def open(self) -> bool:
        """Connect to any server, replacing the connection; return whether it worked."""
        listener = self._around.world.listener()
        if listener is None:
            return False
        protocol, port = ClientProtocol(self), next(self._around.ports)
        link, address = Link.any(self._rng), (self._host, port)
        protocol.transport = connect(self._loop, link, protocol, address, listener)
        if protocol.transport is None:
            return False
        if self.is_open:
            self._replaced.append(self._transport)
        self._protocol, self.port, self.listener = protocol, port, listener
        self.wait_again()
        return True

    def forget(self) -> None:
        """Ignore the connection from now on, without closing it."""
        self._protocol = None

    def received(self, protocol: ClientProtocol, data: bytes) -> None:
        """Pass on what arrived, unless the connection is replaced."""
        if protocol is self._protocol:
            self._receive(data)

    def write(self, data: bytes) -> None:
        """Send *data*, if that is possible."""
        if data and self.is_writable:
            self._transport.write(data)

    def wait_again(self) -> None:
        self._since = self._loop.time()

    def abort_replaced(self) -> None:
        """Abort all connections but the current one."""
        for transport in self._replaced:
            transport.abort()
        self._replaced.clear()

    def repair(self) -> None:
        """End all faults of an open connection."""
        self._transport.repair()
        self._transport.resume_reading()

    # -- faults -------------------------------------------------------------------

    def stall(self) -> None:
        self._faults["stalled readers"] += 1
        end = self._transport
        end.pause_reading()
        self._loop.call_later(self._rng.random() * 15.0, end.resume_reading)

    def cut(self) -> None:
        self._faults["closed connections"] += 1
        self._transport.close()

    def reset(self) -> None:
        self._faults["reset connections"] += 1
        self._transport.abort()

    def lose(self) -> None:
        self._faults["dead connections"] += 1
        self._transport.lose_all()

    def finish(self) -> None:
        self._faults["half-closed connections"] += 1
        self._transport.write_eof()
