"""One run by a seed: a server, its disk, people, and everything that goes wrong.

The server is the real hub under the real asyncio driver. Only what it runs on is not
real: the loop, the connections and the disk.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from random import Random
from typing import Final

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.runtime import Runtime
from tests.proof.checker import check
from tests.proof.clients import PlainClient, SessionClient
from tests.proof.records import Run
from tests.proof.violation import Violation

from .clients import SimulatedClient, steps
from .loop import PROCESS, START, Process, SimulatedLoop, StuckError
from .network import FakeSocket
from .storage import WALL_AT_ZERO, SimulatedDisk, SimulatedRecorder

LENGTH: Final = (3.0, 10.0, 30.0)  # seconds of trouble
PATIENCE: Final = 120.0  # seconds in which all must be well afterwards
ACTS: Final = (5, 15, 40)  # of each person meanwhile, about
LOOK: Final = 0.25  # seconds between looks whether it is
FENCE_EVERY: Final = 20  # looks
PLAIN_SHARE: Final = 0.3


@dataclass(frozen=True)
class Outcome:
    """What has become of a seed."""

    seed: int
    violations: list[Violation]
    faults: Counter[str]
    messages: int
    received: int
    seconds: float
    """Of the virtual clock."""
    trace: str
    """A hash of everything that happened, in order."""


class Simulation:
    """All that there is in a run."""

    def __init__(self, seed: int, note: Callable[[str], None]) -> None:
        self._seed, self._note = seed, note
        self._hash = hashlib.sha256()
        self.rng = rng = Random(seed)
        self.faults = Counter[str]()
        self.loop = SimulatedLoop(rng, self._write_down)
        self.disk = SimulatedDisk(rng, self.faults)
        self._limits = Limits(
            log_bytes=rng.choice((300, 1 << 12, 4 << 20)),
            flush_bytes=rng.choice((500, 1 << 14, 256 << 10)),
            max_pending=rng.choice((1 << 10, 4 << 20)),
        )
        self._recv_size = rng.choice((5, 64, 65_536, 65_536, 65_536))
        self._steps = steps()
        self.clients = [self._person(number) for number in range(rng.randint(3, 7))]
        self._port = 0
        self._process = Process()
        self._recorder: SimulatedRecorder | None = None
        self._server: AsyncioDriver | None = None
        self._task: asyncio.Task[None] | None = None
        self.settled_in = 0.0
        self._fences = 0
        self._is_healed = self._is_over = False
        self._problems = list[Violation]()

    def run(self) -> Outcome:
        """Let it all happen, and judge it."""
        loop = self.loop
        try:
            loop.run_until_complete(self._play())
        except StuckError as exc:
            self._problem("time goes on", str(exc))
        finally:
            asyncio.set_event_loop(None)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
        run = Run(
            clients=[person.client.record for person in self.clients],
            histories=self.disk.histories,
            refused_texts=self.disk.refused_texts,
            is_settled=not self._problems,
        )
        for failure in loop.failures:
            self._problem("nothing fails within", failure)
        for person in self.clients:
            for fault in person.faults:
                self._problem("the wire is as it is told", fault)
        sights = [len(view.events) for each in run.clients for view in each.connections]
        return Outcome(
            self._seed,
            [*self._problems, *check(run)],
            self.faults,
            sum(len(log.messages) for log in run.histories),
            sum(sights),
            loop.time() - START,
            self._hash.hexdigest(),
        )

    # -- what happens ----------------------------------------------------------------

    async def _play(self) -> None:
        length = self.rng.choice(LENGTH)
        keeper = self.loop.create_task(self._keep_up())
        async with asyncio.TaskGroup() as group:
            for person in self.clients:
                group.create_task(self._live(person, length))
            group.create_task(self._torment(length))
        self._heal()
        is_well = await self._settle(self._is_calm)
        is_well = is_well and await self._settle(self._is_content)
        if not is_well:
            self._problem("all is well in the end", self._sorrows())
        self._is_over, self._recorder = True, None
        self._end_server()
        await keeper

    async def _live(self, person: SimulatedClient, length: float) -> None:
        end = self.loop.time() + length
        pace = 2.0 * length / self.rng.choice(ACTS)
        while (now := self.loop.time()) < end:
            person.act(len(self.disk.histories) - 1, self._next_port())
            await asyncio.sleep(min(self.rng.random() * pace, end - now))

    async def _torment(self, length: float) -> None:
        """Trouble the server and its disk."""
        rng, end = self.rng, self.loop.time() + length
        troubles = rng.sample(
            [self._kill, self._stop, self._fill_disk, self._break_disk, self._misread],
            rng.randint(0, 5),
        )
        while (now := self.loop.time()) < end:
            await asyncio.sleep(min(rng.random() * length / 2, end - now))
            if troubles and self.loop.time() < end:
                rng.choice(troubles)()

    def _kill(self) -> None:
        """Kill the server at once, or in the middle of its next commit."""
        if self._recorder is not None and self.rng.random() < 0.5:
            self._recorder.interrupt = self._kill_now
        else:
            self._kill_now()

    def _kill_now(self) -> None:
        self.faults["killed servers"] += 1
        self._write_down("the server is killed")
        self._end_server()

    def _stop(self) -> None:
        if self._server is not None:
            self.faults["stopped servers"] += 1
            self._server.stop()

    def _fill_disk(self) -> None:
        self.disk.refusal_rate = 0.5
        self.loop.call_later(2.0 * self.rng.random(), self._mend)

    def _break_disk(self) -> None:
        self.disk.failure_rate = 0.2
        self.loop.call_later(2.0 * self.rng.random(), self._mend)

    def _misread(self) -> None:
        self.disk.read_failure_rate = 0.2
        self.loop.call_later(2.0 * self.rng.random(), self._mend)

    def _mend(self) -> None:
        self.disk.refusal_rate = self.disk.failure_rate = (
            self.disk.read_failure_rate
        ) = 0.0

    # -- the server ------------------------------------------------------------------

    async def _keep_up(self) -> None:
        """Start one server after another."""
        while not self._is_over:
            await self._serve()
            await asyncio.sleep(self.rng.random() * 0.5)
            if not self._is_healed and self.rng.random() < 0.3:
                self.disk.truncate_or_recreate()

    async def _serve(self) -> None:
        """Start a server and wait for its end."""
        self._process = process = Process()
        context = copy_context()
        context.run(PROCESS.set, process)
        recorder = SimulatedRecorder(self.disk, self.loop, self.rng, self.faults)
        service = Runtime(
            hub=Hub(self._limits, self.disk.extent(), wall=WALL_AT_ZERO),
            recorder=recorder,
            listeners=[FakeSocket()],
            recv_size=self._recv_size,
            announce=lambda: self._write_down("a server listens"),
        )
        server = AsyncioDriver(service, self.loop)
        self._recorder, self._server = recorder, server
        self._task = self.loop.create_task(server.run(), context=context)
        await asyncio.wait([self._task])
        self._server = None
        process.is_alive = False
        for door in self.loop.listeners:
            door.crash()

    def _end_server(self) -> None:
        """Let the server be gone, and what it had in mind."""
        self._process.is_alive = False
        for door in self.loop.listeners:
            door.crash()
        if self._recorder is not None:
            self._recorder.crash()
            self._recorder = None
        if self._task is not None:
            self._task.cancel()

    # -- the end ---------------------------------------------------------------------

    def _heal(self) -> None:
        self._is_healed = True
        self._mend()
        self.disk.repair()
        self._write_down("all is healed")

    async def _settle(self, is_well: Callable[[SimulatedClient], bool]) -> bool:
        """Wait until all is well with everybody; tell if that came about."""
        start = self.loop.time()
        for look in range(int(PATIENCE / LOOK)):
            if is_well == self._is_content and look % FENCE_EVERY == 0:
                self._fence()
            for person in self.clients:
                person.repair(len(self.disk.histories) - 1, self._next_port())
            await asyncio.sleep(LOOK)
            if all(map(is_well, self.clients)):
                self.settled_in += self.loop.time() - start
                return True
        return False

    def _fence(self) -> None:
        """Let somebody say one thing more, which everybody is to hear in the end."""
        self._fences += 1
        self.rng.choice(self.clients).send(f"fence {self._fences}")

    def _is_calm(self, person: SimulatedClient) -> bool:
        client, log = person.client, self.disk.histories[-1]
        if not person.is_connected or not client.is_idle:
            return False
        if isinstance(client, SessionClient):
            return client.is_welcome and client.cursor == (log.epoch, self.disk.head)
        return True

    def _is_content(self, person: SimulatedClient) -> bool:
        """Tell whether the last that *person* has heard is a fence, and the last."""
        client, log = person.client, self.disk.histories[-1]
        last = log.messages[-1].text if log.messages else ""
        has_heard = isinstance(client, SessionClient) or client.last_text == last
        return last.startswith("fence") and has_heard and self._is_calm(person)

    def _sorrows(self) -> str:
        sad = [each for each in self.clients if not self._is_content(each)]
        head = self.disk.histories[-1].epoch, self.disk.head
        return f"{head}: " + "; ".join(person.describe() for person in sad)

    # -- small things ----------------------------------------------------------------

    def _person(self, number: int) -> SimulatedClient:
        client: SessionClient | PlainClient
        name = f"P{number}"
        if self.rng.random() < PLAIN_SHARE:
            client = PlainClient(name, self._steps)
        else:
            client = SessionClient(name, f"token-{number:020}", self._steps)
            client.abandons_refused = self.rng.random() < 0.3
        size = self.rng.choice((1, 20, self._recv_size // 30, self._recv_size // 30))
        return SimulatedClient(client, self.loop, self.rng, self.faults, max(size, 1))

    def _next_port(self) -> int:
        self._port += 1
        return self._port

    def _write_down(self, what: str) -> None:
        what = f"{self.loop.time():.6f} {what}"
        self._hash.update(what.encode())
        self._note(what)

    def _problem(self, promise: str, details: str) -> None:
        self._problems.append(Violation(promise, f"seed {self._seed}", details))


def ignore(_: str) -> None:
    """Write nothing down."""


def simulate(seed: int, note: Callable[[str], None] = ignore) -> Outcome:
    """Return what becomes of *seed*; tell *note* what happens meanwhile."""
    return Simulation(seed, note).run()
