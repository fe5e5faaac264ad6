"""The clients of a simulation: what they do, well and badly."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from tests.proof.clients import PlainClient, SessionClient

from .loop import SimulatedLoop
from .network import Link, SimulatedTransport, connect

HOSTS: Final = (
    "127.0.0.1",
    "127.0.0.1",
    "192.0.2.7",
)  # the rate applies to the last one
LATE_SHARE: Final = 0.2  # of the connections send hello after they were admitted
MAX_HELLO_DELAY: Final = 1.5  # seconds until they do
WELCOME_TIMEOUT: Final = 20.0  # seconds without a welcome


class ClientProtocol(asyncio.Protocol):
    """One connection of a client, which drops it when it opens another."""

    def __init__(self, person: "SimulatedClient") -> None:
        self._person = person
        self.end: SimulatedTransport | None = None
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._person.line is self and self._person.hear(data):
            self._person.line = None

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.is_open = False


class SimulatedClient:
    """Somebody with a client, who speaks, stalls, goes and comes back."""

    def __init__(
        self,
        client: SessionClient | PlainClient,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        size: int,
    ) -> None:
        self.client = client
        self.line: ClientProtocol | None = None
        self._loop, self._rng, self._faults = loop, rng, faults
        self._size = size  # characters of a text at most
        self._host = rng.choice(HOSTS)
        self._said = 0
        self._since, self._port = 0.0, 0
        self._unsent: bytearray | None = None  # a hello that comes late, and the rest

    @property
    def is_connected(self) -> bool:
        return self.line is not None and self.line.is_open

    @property
    def faults(self) -> list[str]:
        """What the server said that it must never say."""
        return self.client.faults if isinstance(self.client, SessionClient) else []

    @property
    def _end(self) -> SimulatedTransport:
        assert self.line is not None
        assert self.line.end is not None
        return self.line.end

    def hear(self, data: bytes) -> bool:
        """Hear *data*; tell whether the server has not understood the dialect."""
        self._write(self.client.receive(data))
        return isinstance(self.client, SessionClient) and self.client.has_refused_hello

    def connect(self, log: int, port: int) -> None:
        """Take a new connection, and forget the old one."""
        line = ClientProtocol(self)
        address = self._host, port
        line.end = connect(self._loop, Link.any(self._rng), line, address)
        if line.end is None:
            return
        self.line, self._since, self._port = line, self._loop.time(), port
        self._unsent = None
        if isinstance(self.client, SessionClient):
            if self._rng.random() < LATE_SHARE:
                self._faults["late hellos"] += 1
                self._unsent = bytearray()
                late = self._rng.random() * MAX_HELLO_DELAY
                self._loop.call_later(late, self._greet, line)
            self._write(self.client.connect(log))
        else:
            self._write(self.client.connect(log, f"{self._host}:{port}"))

    def _greet(self, line: ClientProtocol) -> None:
        """Send what was kept back, as a tunnel does."""
        if self.line is line and self._unsent is not None:
            data, self._unsent = bytes(self._unsent), None
            self._write(data)

    def say(self) -> None:
        """Say a few things."""
        many = isinstance(self.client, SessionClient) and self.client.unanswered > 200
        for _ in range(0 if many else self._rng.choice((1, 1, 2, 4, 15))):
            self._said += 1
            filling = "x" * self._rng.randrange(self._size)
            text = f"{self.client.record.name} {self._said} {filling}"
            client, once = self.client, self._rng.random() < 0.05
            if isinstance(client, SessionClient) and client.is_welcome and once:
                self._write(client.send_without_id(text))
            else:
                self.send(text)

    def send(self, text: str) -> None:
        """Say *text*, if there is a connection."""
        if self.is_connected:
            self._write(self.client.say(text))

    def act(self, log: int, port: int) -> None:
        """Do something, mostly sensible."""
        if not self.is_connected:
            self.connect(log, port)
        elif self._rng.random() < 0.75:
            self.say()
        else:
            self._rng.choice(self._whims(log, port))()

    def repair(self, log: int, port: int) -> None:
        """Be in order, and see to it that everything is said and heard."""
        patience = WELCOME_TIMEOUT if self._is_welcome else 2.0
        is_lost = not self.is_connected or self._end.is_down
        if is_lost or (not self._is_welcome and self._waited > patience):
            self.connect(log, port)
        if self.is_connected:
            self._end.repair()
            self._end.resume_reading()
            if isinstance(self.client, SessionClient) and self._waited > 2.0:
                self._since = self._loop.time()
                self._write(self.client.retry())

    def describe(self) -> str:
        """Return how the person is, for one who wonders."""
        client = self.client
        where = "connected" if self.is_connected else "not connected"
        if isinstance(client, SessionClient):
            where += f" ({client.bye})" if client.bye else ""
            where += f", {client.unanswered} unanswered, at {client.cursor}"
        return f"{client.record.name} is {where}, last by {self._port}"

    @property
    def _waited(self) -> float:
        return self._loop.time() - self._since

    @property
    def _is_welcome(self) -> bool:
        return not isinstance(self.client, SessionClient) or self.client.is_welcome

    def _whims(self, log: int, port: int) -> list[Callable[[], None]]:
        whims = [self._stall, self._cut, self._reset, self._lose, self._rename]
        if isinstance(self.client, SessionClient):
            whims += [lambda: self._linger(log, port), self._read, self._leave]
            whims += [self._stall, self._finish]
        return whims

    def _stall(self) -> None:
        self._faults["stalled readers"] += 1
        end = self._end
        end.pause_reading()
        self._loop.call_later(self._rng.random() * 15.0, end.resume_reading)

    def _cut(self) -> None:
        self._faults["closed connections"] += 1
        self._end.close()

    def _finish(self) -> None:
        self._faults["half-closed connections"] += 1
        self._end.write_eof()

    def _reset(self) -> None:
        self._faults["reset connections"] += 1
        self._end.abort()

    def _lose(self) -> None:
        self._faults["dead connections"] += 1
        self._end.lose_all()

    def _linger(self, log: int, port: int) -> None:
        self._faults["lingering connections"] += 1
        self.connect(log, port)

    def _read(self) -> None:
        if isinstance(self.client, SessionClient):
            rng, place = self._rng, self._rng.randrange(1, 300)
            whichever: dict[str, int] = rng.choice(
                ({}, {"before": place}, {"after": place})
            )
            self._write(self.client.read_history(rng.choice((1, 20, 500)), **whichever))

    def _leave(self) -> None:
        if isinstance(self.client, SessionClient):
            self._write(self.client.leave())

    def _rename(self) -> None:
        name = f"{self.client.record.name.partition('.')[0]}.{self._rng.randrange(9)}"
        self.client.record.names.add(name)
        self._write(self.client.rename(name))

    def _write(self, data: bytes) -> None:
        if not data or not self.is_connected or self._end.is_finished:
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
            self._end.write(part)


def steps() -> Iterator[int]:
    """Return the steps of a run."""
    return iter(range(1 << 62))
