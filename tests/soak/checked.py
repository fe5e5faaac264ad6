"""The clients of a soak whose every line the proof checker examines.

They come over TCP, over TLS and as pages, move between rooms, write to each other, lose
their connections in several ways, and resume. Some are clients of the assignment.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from random import Random
from typing import Final

from tests.proof import records
from tests.proof.live_client import (
    Dial,
    LiveClient,
    StreamWire,
    any_certificate,
    dial_page,
    dial_stream,
)
from tests.proof.meeting import are_idle, have_everything, judge, send_fences
from tests.proof.plain_client import PlainClient
from tests.proof.records import LOBBY
from tests.proof.session_client import SessionClient
from tests.proof.violation import Violation

from .server_process import SoakServer

ROOMS: Final = tuple(f"talk-{number}" for number in range(8))
ROOMS_EACH: Final = 3  # besides the lobby
LOBBY_SHARE: Final = 0.15  # of the messages
MOVE_SHARE: Final = 0.03  # of the messages are followed by a move to another room
DIRECT_SHARE: Final = 0.05  # of them by a request for a conversation
FAULT_SHARE: Final = 0.02  # of them by the loss of the connection
PAGE_SHARE: Final = 0.02  # of them by a look at the history
PAUSE: Final = 2.0  # seconds between two messages of a client, on average
SETTLE_TIMEOUT: Final = 120.0  # seconds


class CheckedClients:
    """All of these clients, in one event loop, so that their steps have one order."""

    def __init__(self, server: SoakServer, rng: Random, each: int) -> None:
        self._rng, self._server = rng, server
        self._steps = count()
        context = any_certificate()
        ways: list[Dial] = []
        for number in range(each):
            source = f"127.0.1.{number + 1}"
            ways += [
                partial(dial_stream, server.port, source, None),
                partial(dial_stream, server.tls_port, source, context),
                partial(dial_page, server.secure_page_port, source, context),
                partial(dial_page, server.page_port, "127.0.0.1", None),
            ]
        self.clients = [self._client(n, dial) for n, dial in enumerate(ways)]
        self.plain = [PlainUser(n, server, rng, self._steps) for n in range(each)]
        self._tasks = list[asyncio.Task[None]]()

    def _client(self, number: int, dial: Dial) -> LiveClient:
        token = f"{self._rng.getrandbits(128):032x}"
        rooms = (LOBBY, *self._rng.sample(ROOMS, ROOMS_EACH))
        session = SessionClient(f"c{number}", token, self._steps, rooms)
        return LiveClient(session, dial, self._rng)

    def start(self, group: asyncio.TaskGroup) -> None:
        """Connect, and begin to talk."""
        for client in self.clients:
            group.create_task(client.run())
            self._tasks.append(group.create_task(self._talk(client)))
        for user in self.plain:
            group.create_task(user.run())

    async def _talk(self, client: LiveClient) -> None:
        name = client.session.record.name
        for number in count(1):
            await asyncio.sleep(self._rng.expovariate(1 / PAUSE))
            if client.is_ready and client.session.outbox.unanswered < 16:
                self._say(client, f"{name} {number}")

    def _say(self, client: LiveClient, text: str) -> None:
        session, rng = client.session, self._rng
        others = [room for room in session.rooms.wanted if room != LOBBY]
        room = rng.choice(others) if rng.random() > LOBBY_SHARE and others else LOBBY
        client.send(session.send(text, room))
        entered = [room for room in session.rooms.entered if room in ROOMS]
        absent = [room for room in ROOMS if room not in session.rooms.wanted]
        if rng.random() < MOVE_SHARE and entered and not session.rooms.missing:
            client.send(session.leave_room(rng.choice(entered)))
            client.send(session.join(rng.choice(absent)))
        if rng.random() < DIRECT_SHARE:
            client.send(session.open_direct(f"c{rng.randrange(len(self.clients))}"))
        if rng.random() < PAGE_SHARE and entered:
            client.send(session.read_history(rng.choice(entered), 100))
        if rng.random() < FAULT_SHARE:
            (client.abandon if rng.random() < 0.3 else client.reset)()

    async def settle(self) -> None:
        """Stop talking, receive everything, and leave."""
        for task in self._tasks:
            task.cancel()
        for user in self.plain:
            user.is_talking = False
        async with asyncio.timeout(SETTLE_TIMEOUT):
            await self._wait_until(partial(are_idle, self.clients))
            send_fences(self.clients)
            await self._wait_until(self._has_everything)
            for client in self.clients:
                client.send(client.session.compare_users())
            await self._wait_until(self._has_compared)
        for client in self.clients:
            await client.leave()
        for user in self.plain:
            await user.leave()

    @staticmethod
    async def _wait_until(done: Callable[[], bool]) -> None:
        while not done():  # noqa: ASYNC110 -- many clients change it
            await asyncio.sleep(0.1)

    def _has_everything(self) -> bool:
        last = {user.client.last_text for user in self.plain}
        return len(last) == 1 and have_everything(self.clients)

    def _has_compared(self) -> bool:
        return all(each.session.record.rosters for each in self.clients)

    def violations(self, recorded: records.Rooms) -> list[Violation]:
        """Return every promise that was broken; *recorded* is what is stored."""
        checked = {room: said for room, said in recorded.items() if room in ALL_ROOMS}
        plain = [each.client.record for each in self.plain]
        return judge(self.clients, checked, plain)

    def figures(self) -> dict[str, int]:
        """Return what these clients did."""
        clients = [each.session.record for each in self.clients]
        sent = [message for client in clients for message in client.sent.values()]
        plain = [each.client.record for each in self.plain]
        views = [view for each in (*clients, *plain) for view in each.views]
        return {
            "clients that the checker follows": len(clients) + len(plain),
            "their connections": sum(each.connections for each in self.clients)
            + sum(each.connections for each in self.plain),
            "their messages": len(sent) + sum(len(each.sent) for each in plain),
            "acknowledged": sum(bool(each.stored) for each in sent),
            "repeated": sum(len(each.attempts) > 1 for each in sent),
            "received by all of them": sum(len(view.events) for view in views),
        }


ALL_ROOMS: Final = {LOBBY, *ROOMS}


class PlainUser:
    """A user of the assignment's client, who connects again now and then."""

    def __init__(
        self, number: int, server: SoakServer, rng: Random, steps: Iterator[int]
    ) -> None:
        self.client = PlainClient(f"p{number}", steps)
        self.connections = 0
        self.is_talking = True
        self._server, self._rng = server, rng
        self._source = f"127.0.2.{number + 1}"
        self._wire: StreamWire | None = None
        self._is_over = False

    async def run(self) -> None:
        while not self._is_over:
            try:
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", self._server.port, local_addr=(self._source, 0)
                )
            except OSError:
                await asyncio.sleep(PAUSE)
                continue
            self.connections += 1
            wire = self._wire = StreamWire(reader, writer)
            host, port = writer.get_extra_info("sockname")
            wire.send(self.client.connect(0, f"{host}:{port}"))
            async with asyncio.TaskGroup() as group:
                talking = group.create_task(self._talk(wire))
                while data := await wire.receive():
                    self.client.receive(data)
                talking.cancel()
            self.client.give_up()
            await wire.close()

    async def _talk(self, wire: StreamWire) -> None:
        for number in count(1):
            await asyncio.sleep(self._rng.expovariate(1 / PAUSE / 4))
            if not self.is_talking:
                return
            name = f"{self.client.record.name}.{self.connections}"
            wire.send(self.client.send(f"{name} {number}"))
            if self._rng.random() < FAULT_SHARE:
                wire.reset()

    async def leave(self) -> None:
        """Close the connection, and never return."""
        self._is_over = True
        if self._wire is not None:
            await self._wire.close()
