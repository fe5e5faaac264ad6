"""The clients of a simulation with accounts, which lose their connections at random."""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Final

from tests.simulation.clients import Surroundings
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Link, SimulatedTransport, connect

from .acts import Acts
from .device import Device

PATIENCE: Final = 5.0  # seconds without a welcome, or without an answer


class DeviceProtocol(asyncio.Protocol):
    """One connection of a client, which drops it when it opens another."""

    def __init__(self, owner: "SimulatedDevice") -> None:
        self._owner = owner
        self.transport: SimulatedTransport | None = None
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._owner.protocol is self:
            self._owner.receive(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.is_open = False


class SimulatedDevice:
    """A client at *host*, which speaks, acts, and has trouble with its network."""

    def __init__(
        self, device: Device, acts: Acts, around: Surroundings, host: str
    ) -> None:
        self.device = device
        self.protocol: DeviceProtocol | None = None
        self._acts, self._around, self._host = acts, around, host
        self._loop: SimulatedLoop = around.loop
        self._rng, self._faults = around.rng, around.faults
        self._since = 0.0
        self._dropped = list[SimulatedTransport]()
        self._ports: count[int] = around.ports

    @property
    def is_connected(self) -> bool:
        return self.protocol is not None and self.protocol.is_open

    @property
    def is_here(self) -> bool:
        """Whether it has a session."""
        device = self.device
        return self.is_connected and device.is_welcome and not device.is_over

    @property
    def _transport(self) -> SimulatedTransport:
        assert self.protocol is not None
        assert self.protocol.transport is not None
        return self.protocol.transport

    @property
    def _waited(self) -> float:
        return self._loop.time() - self._since

    def receive(self, data: bytes) -> None:
        self.write(self.device.receive(data))

    def write(self, data: bytes) -> None:
        """Send *data*, if there is a connection."""
        if data and self.is_connected and not self._transport.is_finished:
            self._transport.write(data)

    def connect(self) -> None:
        """Open a new connection to the server, and drop the old one."""
        listener = self._around.world.listener()
        if listener is None:
            return
        protocol = DeviceProtocol(self)
        link, address = Link.any(self._rng), (self._host, next(self._ports))
        protocol.transport = connect(self._loop, link, protocol, address, listener)
        if protocol.transport is None:
            return
        if self.is_connected:
            self._dropped.append(self._transport)
        self.protocol, self._since = protocol, self._loop.time()
        self.write(self.device.connect())

    def act(self) -> None:
        """Do something random."""
        if not self.is_connected:
            self.connect()
        elif not self.device.is_welcome:
            if self._waited > PATIENCE or self.device.is_refused:
                self.connect()
        elif self._rng.random() < 0.85:
            self.write(self._acts.act())
        else:
            self._rng.choice(self._misfortunes())()

    def repair(self) -> None:
        """Behave well, until everything is sent and received."""
        for dropped in self._dropped:
            dropped.abort()
        self._dropped.clear()
        is_lost = not self.is_connected or self._transport.is_down
        is_late = not self.device.is_welcome and self._waited > PATIENCE
        if (is_lost and self._waited > 1.0) or is_late:
            self.connect()
        if self.is_connected:
            self._transport.repair()
            self._transport.resume_reading()
            if self.device.unanswered and self._waited > PATIENCE:
                self._since = self._loop.time()
                self.write(self.device.retry())

    def _misfortunes(self) -> list[Callable[[], None]]:
        return [
            *(self._stall, self._cut, self._reset, self._lose, self._linger),
            *(self._stall, self._finish),
        ]

    def _stall(self) -> None:
        self._faults["stalled readers"] += 1
        end = self._transport
        end.pause_reading()
        self._loop.call_later(self._rng.random() * 15.0, end.resume_reading)

    def _cut(self) -> None:
        self._faults["closed connections"] += 1
        self._transport.close()

    def _reset(self) -> None:
        self._faults["reset connections"] += 1
        self._transport.abort()

    def _lose(self) -> None:
        self._faults["dead connections"] += 1
        self._transport.lose_all()

    def _linger(self) -> None:
        self._faults["lingering connections"] += 1
        self.connect()

    def _finish(self) -> None:
        self._faults["half-closed connections"] += 1
        self._transport.write_eof()
