"""The clients of a simulation with accounts, which lose their connections at random."""

from collections.abc import Callable
from typing import Final

from tests.simulation.client_connection import ClientConnection, Surroundings

from .acts import Acts
from .device import Device

PATIENCE: Final = 5.0  # seconds without a welcome, or without an answer


class SimulatedDevice:
    """A client at *host*, which speaks, acts, and has trouble with its network."""

    def __init__(
        self, device: Device, acts: Acts, around: Surroundings, host: str
    ) -> None:
        self.device = device
        self._acts, self._rng, self._faults = acts, around.rng, around.faults
        self._connection = ClientConnection(around, host, self.receive)

    @property
    def is_here(self) -> bool:
        """Whether it has a session."""
        device = self.device
        return self._connection.is_open and device.is_welcome and not device.is_over

    def receive(self, data: bytes) -> None:
        self.write(self.device.receive(data))

    def write(self, data: bytes) -> None:
        """Send what the device wants, if it has a connection."""
        self._connection.write(data)

    def connect(self) -> None:
        """Open a new connection to the server, and ignore the old one."""
        if self._connection.open():
            self.write(self.device.connect())

    def act(self) -> None:
        """Do something random."""
        if not self._connection.is_open:
            self.connect()
        elif not self.device.is_welcome:
            if self._connection.waited > PATIENCE or self.device.is_refused:
                self.connect()
        elif self._rng.random() < 0.85:
            self.write(self._acts.act())
        else:
            self._rng.choice(self._misfortunes())()

    def repair(self) -> None:
        """Behave well, until everything is sent and received."""
        connection = self._connection
        connection.abort_replaced()
        is_late = not self.device.is_welcome and connection.waited > PATIENCE
        if (connection.is_lost and connection.waited > 1.0) or is_late:
            self.connect()
        if connection.is_open:
            connection.repair()
            if self.device.unanswered and connection.waited > PATIENCE:
                connection.wait_again()
                self.write(self.device.retry())

    def _misfortunes(self) -> list[Callable[[], None]]:
        net = self._connection
        return [
            *(net.stall, net.cut, net.reset, net.lose, self._linger),
            *(net.stall, net.finish),
        ]

    def _linger(self) -> None:
        self._faults["lingering connections"] += 1
        self.connect()
