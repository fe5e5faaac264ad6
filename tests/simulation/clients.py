"""The clients of a simulation, which sometimes misbehave."""

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Final

from tests.proof.plain_client import PlainClient
from tests.proof.records import LOBBY
from tests.proof.session_client import SessionClient

from .loop import SimulatedListener, SimulatedLoop
from .network import Link, SimulatedTransport, connect
from .room_acts import RoomActs
from .world import World

# The rate applies to the last one.
HOSTS: Final = ("127.0.0.1", "127.0.0.1", "192.0.2.7")
GONE_SHARE: Final = 0.06  # of the faults of clients are for ever
LATE_SHARE: Final = 0.2  # of the connections send hello after they were admitted
MAX_HELLO_DELAY: Final = 1.5  # seconds until they do
WELCOME_TIMEOUT: Final = 20.0  # seconds without a welcome


class Surroundings:
    """What all clients of a run share."""

    def __init__(
        self, loop: SimulatedLoop, world: World, rng: Random, faults: Counter[str]
    ) -> None:
        self.loop, self.world, self.rng, self.faults = loop, world, rng, faults
        self.ports = count(1)


class ClientProtocol(asyncio.Protocol):
    """One connection of a client, which drops it when it opens another."""

    def __init__(self, owner: "SimulatedClient") -> None:
        self._owner = owner
        self.transport: SimulatedTransport | None = None
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._owner.protocol is self and self._owner.receive(data):
            self._owner.protocol = None

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.is_open = False


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
        self.protocol: ClientProtocol | None = None
        self._acts, self._around = acts, around
        self._loop, self._rng = around.loop, around.rng
        self._faults = around.faults
        self._size = size  # characters of a text, at most
        self._host = self._rng.choice(HOSTS)
        self._count = self._renames = 0
        self.is_gone = False
        """Whether it never returns."""
        self._since, self._port = 0.0, 0
        self._listener: SimulatedListener | None = None  # of its last server
        self._unsent: bytearray | None = None  # a late hello, and everything after it
        self._dropped: list[SimulatedTransport] = []  # which may still deliver data

    @property
    def is_connected(self) -> bool:
        return self.protocol is not None and self.protocol.is_open

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

    @property
    def _transport(self) -> SimulatedTransport:
        assert self.protocol is not None
        assert self.protocol.transport is not None
        return self.protocol.transport

    def receive(self, data: bytes) -> bool:
        """Process *data*; return whether the server has refused the dialect."""
        self._write(self.client.receive(data))
        return isinstance(self.client, SessionClient) and self.client.has_refused_hello

    def connect(self) -> None:
        """Open a new connection to any server, and drop the old one."""
        listener = self._around.world.listener()
        if listener is None:
            return
        protocol, port = ClientProtocol(self), next(self._around.ports)
        link, address = Link.any(self._rng), (self._host, port)
        protocol.transport = connect(self._loop, link, protocol, address, listener)
        if protocol.transport is None:
            return
        if self.is_connected:
            self._dropped.append(self._transport)
        self.protocol, self._since, self._port = protocol, self._loop.time(), port
        self._listener = listener
        self._unsent = None
        log = len(self._around.world.histories) - 1
        if isinstance(self.client, SessionClient):
            if self._rng.random() < LATE_SHARE:
                self._faults["late hellos"] += 1
                self._unsent = bytearray()
                late = self._rng.random() * MAX_HELLO_DELAY
                self._loop.call_later(late, self._send_hello, protocol)
            self._write(self.client.connect(log))
        else:
            self._write(self.client.connect(log, f"{self._host}:{port}"))

    def _send_hello(self, protocol: ClientProtocol) -> None:
        """Send the late hello and all data after it, as a slow tunnel would."""
        if self.protocol is protocol and self._unsent is not None:
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
        for dropped in self._dropped:
            dropped.abort()
        self._dropped.clear()
        if self.is_gone:
            return
        patience = WELCOME_TIMEOUT if self._is_welcomed else 2.0
        is_lost = not self.is_connected or self._transport.is_down
        if is_lost or (not self._is_welcomed and self._waited > patience):
            self.connect()
        if self.is_connected:
            self._transport.repair()
            self._transport.resume_reading()
            if isinstance(self.client, SessionClient) and self._waited > 2.0:
                self._since = self._loop.time()
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
        return f"{client.record.name} is {where}, last port {self._port}"

    @property
    def _waited(self) -> float:
        return self._loop.time() - self._since

    @property
    def _is_welcomed(self) -> bool:
        return not isinstance(self.client, SessionClient) or self.client.is_welcome

    def _faulty_acts(self) -> list[Callable[[], None]]:
        acts = [self._stall, self._cut, self._reset, self._lose, self._rename]
        if isinstance(self.client, SessionClient):
            acts += [self._linger, self._leave, self._stall, self._finish]
        if self._rng.random() < GONE_SHARE:
            acts = [self._vanish]
        return acts

    def _stall(self) -> None:
        self._faults["stalled readers"] += 1
        end = self._transport
        end.pause_reading()
        self._loop.call_later(self._rng.random() * 15.0, end.resume_reading)

    def _cut(self) -> None:
        self._faults["closed connections"] += 1
        self._transport.close()

    def _vanish(self) -> None:
        """Lose the connection, and never return; maybe the server is killed soon."""
        self._faults["vanished clients"] += 1
        self._rng.choice((self._cut, self._reset, self._lose))()
        self.is_gone, self.protocol = True, None
        self.client.give_up()
        if self._listener is not None and self._rng.random() < 0.5:
            kill = self._around.world.kill
            self._loop.call_later(5.0 * self._rng.random(), kill, self._listener)

    def _finish(self) -> None:
        self._faults["half-closed connections"] += 1
        self._transport.write_eof()

    def _reset(self) -> None:
        self._faults["reset connections"] += 1
        self._transport.abort()

    def _lose(self) -> None:
        self._faults["dead connections"] += 1
        self._transport.lose_all()

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
        if not data or not self.is_connected or self._transport.is_finished:
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
            self._transport.write(part)
