"""The clients of a simulation, which sometimes misbehave."""

from collections.abc import Callable
from typing import Final

from tests.proof.plain_client import PlainClient
from tests.proof.records import LOBBY
from tests.proof.session_client import SessionClient

from .client_connection import ClientConnection, Surroundings
from .room_acts import RoomActs

# The rate applies to the last one.
HOSTS: Final = ("127.0.0.1", "127.0.0.1", "192.0.2.7")
GONE_SHARE: Final = 0.06  # of the faults of clients are for ever
LATE_SHARE: Final = 0.2  # of the connections send hello after they were admitted
MAX_HELLO_DELAY: Final = 1.5  # seconds until they do
PATIENCE: Final = 2.0  # seconds without a welcome or an answer, in a repair


class SimulatedClient:
    """A client that sends, stalls, disconnects and reconnects at random."""

    def __init__(
        self,
        client: SessionClient | PlainClient,
        acts: RoomActs | None,
        around: Surroundings,
        size: int,
    ) -> None:
        self.client = client
        self._acts, self._around = acts, around
        self._loop, self._rng = around.loop, around.rng
        self._faults = around.faults
        self._size = size  # characters of a text, at most
        self._host = self._rng.choice(HOSTS)
        self._connection = ClientConnection(around, self._host, self.receive)
        self._count = self._renames = 0
        self.is_gone = False
        """Whether it never returns."""
        self._unsent: bytearray | None = None  # a late hello, and everything after it

    @property
    def is_connected(self) -> bool:
        return self._connection.is_open

    @property
    def faults(self) -> list[str]:
        """Descriptions of received lines that the server must never send."""
        return self.client.faults if isinstance(self.client, SessionClient) else []

    @property
    def rooms_to_send_to(self) -> list[str]:
        """The rooms in which it may say something, if it is connected."""
        if not self.is_connected:
            return []
        return [LOBBY] if self._acts is None else self._acts.rooms_to_send_to

    def receive(self, data: bytes) -> None:
        """Process *data*; if the server refuses the dialect, forget the connection."""
        self._write(self.client.receive(data))
        if isinstance(self.client, SessionClient) and self.client.has_refused_hello:
            self._connection.forget()

    def connect(self) -> None:
        """Open a new connection to any server, and drop the old one."""
        if not self._connection.open():
            return
        self._unsent = None
        log = len(self._around.world.histories) - 1
        if isinstance(self.client, SessionClient):
            if self._rng.random() < LATE_SHARE:
                self._faults["late hellos"] += 1
                self._unsent = bytearray()
                late = self._rng.random() * MAX_HELLO_DELAY
                self._loop.call_later(late, self._send_hello, self._connection.port)
            self._write(self.client.connect(log))
        else:
            address = f"{self._host}:{self._connection.port}"
            self._write(self.client.connect(log, address))

    def _send_hello(self, port: int) -> None:
        """Send the late hello and all data after it, as a slow tunnel would."""
        if self._connection.port == port and self._unsent is not None:
            data, self._unsent = bytes(self._unsent), None
            self._write(data)

    def send_some(self) -> None:
        """Send a few messages."""
        client = self.client
        is_busy = isinstance(client, SessionClient) and client.outbox.unanswered > 200
        for _ in range(0 if is_busy else self._rng.choice((1, 1, 2, 4, 15))):
            self._count += 1
            padding = "x" * self._rng.randrange(self._size)
            text = f"{client.record.name} {self._count} {padding}"
            once = self._rng.random() < 0.05
            if isinstance(client, SessionClient) and client.is_welcome and once:
                self._write(client.outbox.send_without_id(text))
            elif self._acts is not None:
                self._write(self._acts.send(text))
            else:
                self.send(text)

    def send(self, text: str) -> None:
        """Send *text* to the lobby, if there is a connection."""
        if self.is_connected:
            self._write(self.client.send(text))

    def act(self) -> None:
        """Do something random, usually correct."""
        if self.is_gone:
            return
        is_watching = isinstance(self.client, SessionClient) and self.client.is_watching
        if not self.is_connected:
            self.connect()
        elif self._rng.random() < 0.6 and not is_watching:
            self.send_some()
        elif self._acts is not None and self._rng.random() < 0.6:
            self._write(self._acts.act())
        else:
            self._rng.choice(self._faulty_acts())()

    def repair(self) -> None:
        """Behave correctly, until everything is sent and received."""
        connection = self._connection
        connection.abort_replaced()
        if self.is_gone:
            return
        is_late = not self._is_welcomed and connection.waited > PATIENCE
        if connection.is_lost or is_late:
            self.connect()
        if connection.is_open:
            connection.repair()
            if isinstance(self.client, SessionClient) and connection.waited > PATIENCE:
                connection.wait_again()
                self._write(self.client.outbox.retry())

    def compare_users(self) -> None:
        """Compare the user lists of the client with those of the server."""
        if self.is_connected and isinstance(self.client, SessionClient):
            self._write(self.client.compare_users())

    def describe(self) -> str:
        """Return a description for an error message."""
        client = self.client
        where = "connected" if self.is_connected else "not connected"
        if isinstance(client, SessionClient):
            where += f" ({client.bye})" if client.bye else ""
            where += (
                f", {client.outbox.unanswered} unanswered, at {client.rooms.cursors}"
            )
            where += f", missing {client.rooms.missing}"
        return f"{client.record.name} is {where}, last port {self._connection.port}"

    @property
    def _is_welcomed(self) -> bool:
        return not isinstance(self.client, SessionClient) or self.client.is_welcome

    def _faulty_acts(self) -> list[Callable[[], None]]:
        net = self._connection
        acts = [net.stall, net.cut, net.reset, net.lose, self._rename]
        if isinstance(self.client, SessionClient):
            acts += [self._linger, self._leave, net.stall, net.finish]
        if self._rng.random() < GONE_SHARE:
            acts = [self._vanish]
        return acts

    def _vanish(self) -> None:
        """Lose the connection, and never return; maybe the server is killed soon."""
        self._faults["vanished clients"] += 1
        connection = self._connection
        self._rng.choice((connection.cut, connection.reset, connection.lose))()
        connection.forget()
        self.is_gone = True
        self.client.give_up()
        if connection.listener is not None and self._rng.random() < 0.5:
            kill = self._around.world.kill
            self._loop.call_later(5.0 * self._rng.random(), kill, connection.listener)

    def _linger(self) -> None:
        self._faults["lingering connections"] += 1
        self.connect()

    def _leave(self) -> None:
        if isinstance(self.client, SessionClient):
            self._write(self.client.leave())

    def _rename(self) -> None:
        """Take a name that nobody had before."""
        self._renames += 1
        self.take_name(f"{self.client.record.name}.{self._renames}")

    def take_name(self, name: str) -> None:
        """Ask for a name, if there is a connection."""
        self.client.record.names.add(name)
        self._write(self.client.rename(name))

    def _write(self, data: bytes) -> None:
        if not data or not self._connection.is_writable:
            return
        if self._unsent is not None:
            self._unsent += data
            return
        if self._rng.random() < 0.1:
            half = self._rng.randrange(len(data))
            parts = [part for part in (data[:half], data[half:]) if part]
        else:
            parts = [data]
        for part in parts:
            self._connection.write(part)
