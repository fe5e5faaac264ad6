"""Session clients and pages that chat through the proxy, in a thread of their own."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from itertools import count
from random import Random
from typing import Final, TypeVar

from tests.programs.secure_server import Ports
from tests.proof import meeting
from tests.proof.live_client import (
    Dial,
    LiveClient,
    any_certificate,
    dial_page,
    dial_stream,
)
from tests.proof.records import LOBBY
from tests.proof.session_client import SessionClient

from .faults import Plan
from .proxy import ChaosProxy

T = TypeVar("T")

ROOMS: Final = "chaos-1", "chaos-2"
PAUSE: Final = 0.15  # seconds between two messages of a client, on average
PATIENCE: Final = 3.0  # seconds of silence after which a client connects again
END_TIMEOUT: Final = 60.0  # seconds


class Sessions:
    """The session clients and pages; they run in a thread with a loop of its own."""

    def __init__(self, ports: Ports, each: int, seed: int) -> None:
        self._rng = Random(seed)
        self.steps = count()
        self._kinds = [kind for kind in ports._fields if getattr(ports, kind)] * each
        self.targets = [getattr(ports, kind) for kind in self._kinds]
        self.clients = list[LiveClient]()
        self.fences = dict[str, str]()
        """The last message of each room."""
        self._talking = True

    def create(self, proxy_ports: list[int]) -> None:
        context = any_certificate()
        for number, (kind, port) in enumerate(
            zip(self._kinds, proxy_ports, strict=True)
        ):
            secure = context if kind in {"tls", "secure_page"} else None
            dial: Dial = partial(
                dial_page if "page" in kind else dial_stream, port, "127.0.0.1", secure
            )
            token = f"{self._rng.getrandbits(128):032x}"
            rooms = (LOBBY, self._rng.choice(ROOMS))
            session = SessionClient(f"c{number}", token, self.steps, rooms)
            self.clients.append(LiveClient(session, dial, self._rng, PATIENCE))

    def start(self, group: asyncio.TaskGroup) -> None:
        for client in self.clients:
            group.create_task(client.run())
            group.create_task(self._talk(client))

    async def _talk(self, client: LiveClient) -> None:
        name, rng = client.session.record.name, self._rng
        for number in count(1):
            await asyncio.sleep(rng.expovariate(1 / PAUSE))
            if not self._talking:
                return
            session = client.session
            if session.outbox.unanswered < 16:
                room = rng.choice(list(session.rooms.wanted))
                client.send(session.send(f"{name} {number}", room))
            if client.is_ready and rng.random() < 0.03:
                other = rng.randrange(len(self.clients))
                client.send(session.open_direct(f"c{other}"))

    def stop_talking(self) -> None:
        self._talking = False

    @property
    def are_idle(self) -> bool:
        """Whether every message of them has been acknowledged."""
        return meeting.are_idle(self.clients)

    @property
    def have_everything(self) -> bool:
        """Whether all members of each room have the same cursor."""
        return meeting.have_everything(self.clients)

    def send_fences(self) -> None:
        """Say a last thing in each room."""
        self.fences = meeting.send_fences(self.clients)

    async def leave(self) -> None:
        for client in self.clients:
            await client.leave()


class Background:
    """An event loop in a thread, for the proxy and the session clients."""

    def __init__(
        self, ports: Ports, plan: Plan, seed: int, each: int, programs: int
    ) -> None:
        self.sessions = Sessions(ports, each, seed)
        targets = [*self.sessions.targets, *[ports.plain] * programs]
        self.proxy = ChaosProxy(plan, targets, seed)
        self.error: BaseException | None = None
        self.is_ready, self.are_faults_over = threading.Event(), threading.Event()
        self._may_begin, self._may_end = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="chaos", daemon=True)
        self._thread.start()
        assert self.is_ready.wait(END_TIMEOUT), self.error

    @property
    def program_ports(self) -> list[int]:
        return self.proxy.ports[len(self.sessions.clients) :]

    def begin(self) -> None:
        self.call(self._may_begin.set)

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in the loop, and return what it returned."""

        async def call() -> T:
            return function()

        called = asyncio.run_coroutine_threadsafe(call(), self._loop)
        return called.result(END_TIMEOUT)

    def end(self) -> None:
        """Let the session clients leave, and wait until the loop has ended."""
        if self.error is None:
            self.call(self._may_begin.set)
            self.call(self._may_end.set)
        self._thread.join(END_TIMEOUT)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as exc:  # noqa: BLE001 -- the main thread raises it
            self.error = exc
        finally:
            self._loop.close()
            self.is_ready.set()
            self.are_faults_over.set()

    async def _serve(self) -> None:
        async with self.proxy, asyncio.TaskGroup() as group:
            self.sessions.create(self.proxy.ports[: len(self.sessions.targets)])
            self.sessions.start(group)
            self.is_ready.set()
            await self._may_begin.wait()
            await self.proxy.carry_out()
            self.are_faults_over.set()
            await self._may_end.wait()
            await self.sessions.leave()
