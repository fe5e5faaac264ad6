"""A TCP proxy between clients and a server that carries out a plan of faults.

Each link has a port of its own. The proxy forwards bytes and knows nothing of what they
mean, so it works with TLS and pages, too.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final, Self

from tests.programs.sockets import RESET

from .direction import END, Direction
from .faults import Fault, Kind, Plan, Way

CHUNK: Final = 16 << 10  # bytes read at once
LATER: Final = 1e9  # seconds, of a loop: after the start of any plan


class Half:
    """One direction of a connection, from a reader to a writer."""

    def __init__(
        self,
        direction: Direction,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.direction = direction
        self.reader, self.writer = reader, writer
        self.has_room, self.has_piece = asyncio.Event(), asyncio.Event()
        self.has_room.set()
        self.has_ended = False
        """Whether its receiver has received an end, which no byte may follow."""

    def end(self) -> None:
        """Let the stream end for its receiver, although its sender goes on."""
        if not self.has_ended and not self.direction.is_dead:
            self.has_ended = True
            with suppress(OSError):
                self.writer.write_eof()


class Connection:
    """A connection of a client, and the one to the server."""

    def __init__(self, halves: dict[Way, Half]) -> None:
        self.halves = halves

    @property
    def is_dead(self) -> bool:
        """Whether a direction is cut, so that neither peer notices anything."""
        return any(half.direction.is_dead for half in self.halves.values())

    def kill(self) -> None:
        """Let nothing arrive any more, in either direction."""
        for half in self.halves.values():
            half.direction.is_dead = True
            half.has_piece.set()

    def reset(self) -> None:
        """Reset both sides."""
        for half in self.halves.values():
            sock = half.writer.get_extra_info("socket")
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            half.writer.transport.abort()


class ChaosProxy:
    """Listens at a port for each link, and forwards to *targets*."""

    def __init__(self, plan: Plan, targets: list[int], seed: int) -> None:
        self.plan = plan
        self.ports = list[int]()
        self.done = Counter[Kind]()
        """How many connections were broken by each kind of fault."""
        self.cut = 0
        """How many directions of connections went dead."""
        self._targets, self._seed = targets, seed
        self._connections: dict[int, set[Connection]] = {
            link: set() for link in range(len(targets))
        }
        self._numbers = Counter[int]()
        self._servers = list[asyncio.Server]()
        self._group = asyncio.TaskGroup()
        self._began: float | None = None
        self._is_over = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        for link in range(len(self._targets)):
            server = await asyncio.start_server(
                self._accepted(link), "127.0.0.1", 0, limit=CHUNK
            )
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_over.set()
        for server in self._servers:
            server.close()
        for connections in self._connections.values():
            for connection in list(connections):
                connection.reset()
        await self._group.__aexit__(None, None, None)

    @property
    def now(self) -> float:
        """Seconds since the plan began; negative before that, without any fault."""
        now = asyncio.get_running_loop().time()
        return now - (LATER if self._began is None else self._began)

    def connections(self, link: int) -> list[Connection]:
        """Return the connections of a link that are not over."""
        return list(self._connections[link])

    async def carry_out(self) -> None:
        """Begin the plan, and return when its last fault has ended."""
        self._began = asyncio.get_running_loop().time()
        for fault in self.plan.at_once():
            await asyncio.sleep(max(fault.start - self.now, 0.0))
            self._carry_out(fault)
        await asyncio.sleep(max(self.plan.end - self.now, 0.0))

    def _carry_out(self, fault: Fault) -> None:
        for link in fault.links:
            for connection in self.connections(link):
                if connection.is_dead:
                    continue
                self.done[fault.kind] += 1
                if fault.kind is Kind.HALF_CLOSE:
                    connection.halves[fault.way].end()
                else:
                    connection.reset()

    def _accepted(
        self, link: int
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._group.create_task(self._forward(link, reader, writer))

        return accept

    async def _forward(
        self, link: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            back, forth = await asyncio.open_connection(
                "127.0.0.1", self._targets[link], limit=CHUNK
            )
        except OSError:
            writer.transport.abort()
            return
        self._numbers[link] += 1
        rng = Random(f"{self._seed} {link} {self._numbers[link]}")
        halves = {
            Way.TO_SERVER: Half(Direction(rng), reader, forth),
            Way.TO_CLIENT: Half(Direction(rng), back, writer),
        }
        connection = Connection(halves)
        self._connections[link].add(connection)
        try:
            async with asyncio.TaskGroup() as group:
                for way, half in halves.items():
                    group.create_task(self._read(link, way, connection))
                    group.create_task(self._write(half))
            if connection.is_dead:  # its peers never see an end
                await self._is_over.wait()
        finally:
            self._connections[link].discard(connection)
            forth.close()
            writer.close()

    async def _read(self, link: int, way: Way, connection: Connection) -> None:
        half, data = connection.halves[way], b"-"
        direction = half.direction
        while data != END:
            await half.has_room.wait()
            try:
                data = await half.reader.read(CHUNK)
            except OSError:
                data = END
                if not connection.is_dead:
                    connection.reset()
            was_dead = direction.is_dead
            now = self.now
            conditions = self.plan.conditions(link, way, now)
            direction.feed(data, now, conditions)
            if conditions.is_hole:
                connection.kill()
            if direction.is_dead and not was_dead:
                self.cut += 1
            if direction.is_full:
                half.has_room.clear()
            half.has_piece.set()

    async def _write(self, half: Half) -> None:
        direction = half.direction
        while not direction.is_dead and not half.has_ended:
            piece = direction.take(self.now)
            if piece is None:
                half.has_piece.clear()
                at = direction.next_at
                wait = None if at is None else max(at - self.now, 0.0)
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await half.has_piece.wait()
                continue
            if not direction.is_full:
                half.has_room.set()
            if piece == END:
                half.end()
                return
            half.writer.write(piece)
            try:
                await half.writer.drain()
            except OSError:
                break
        half.has_room.set()
