"""One simulated run: a server, its storage, clients and faults, driven by a seed.

The hub and the asyncio driver are real; the loop, the network and the storage are
simulated.
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

LENGTH: Final = (3.0, 10.0, 30.0)  # seconds with faults
PATIENCE: Final = 120.0  # seconds for everything to recover afterwards
ACTS: Final = (5, 15, 40)  # random actions of each client, about
CHECK_EVERY: Final = 0.25  # seconds
FENCE_EVERY: Final = 20  # checks
PLAIN_SHARE: Final = 0.3


@dataclass(frozen=True)
class Outcome:
    """The result of a seed."""

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
    """The server, the storage and the clients of one run."""

    def __init__(self, seed: int, note: Callable[[str], None]) -> None:
        self._seed, self._note = seed, note
        self._hash = hashlib.sha256()
        self.rng = rng = Random(seed)
        self.faults = Counter[str]()
        self.loop = SimulatedLoop(rng, self._trace)
        self.disk = SimulatedDisk(rng, self.faults)
        self._limits = Limits(
            recent_events_bytes=rng.choice((300, 1 << 12, 4 << 20)),
            flush_bytes=rng.choice((500, 1 << 14, 256 << 10)),
            max_pending=rng.choice((1 << 10, 4 << 20)),
        )
        self._recv_size = rng.choice((5, 64, 65_536, 65_536, 65_536))
        self._steps = steps()
        self.clients = [self._new_client(number) for number in range(rng.randint(3, 7))]
        self._port = 0
        self._process = Process()
        self._recorder: SimulatedRecorder | None = None
        self._server: AsyncioDriver | None = None
        self._task: asyncio.Task[None] | None = None
        self._fences = 0
        self._is_repaired = self._is_over = False
        self._problems = list[Violation]()

    def run(self) -> Outcome:
        """Run everything, and check the result."""
        loop = self.loop
        try:
            loop.run_until_complete(self._play())
        except StuckError as exc:
            self._problem("time advances", str(exc))
        finally:
            asyncio.set_event_loop(None)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
        run = Run(
            clients=[each.client.record for each in self.clients],
            histories=self.disk.histories,
            refused_texts=self.disk.refused_texts,
            is_settled=not self._problems,
        )
        for failure in loop.failures:
            self._problem("no callback fails", failure)
        for each in self.clients:
            for fault in each.faults:
                self._problem("the server follows the protocol", fault)
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

    # -- the run ----------------------------------------------------------------

    async def _play(self) -> None:
        length = self.rng.choice(LENGTH)
        supervisor = self.loop.create_task(self._supervise())
        async with asyncio.TaskGroup() as group:
            for each in self.clients:
                group.create_task(self._act(each, length))
            group.create_task(self._cause_faults(length))
        self._repair()
        is_well = await self._settle(self._has_settled)
        is_well = is_well and await self._settle(self._has_received_all)
        if not is_well:
            self._problem("everything recovers", self._describe_unsettled())
        self._is_over, self._recorder = True, None
        self._end_server()
        await supervisor

    async def _act(self, each: SimulatedClient, length: float) -> None:
        end = self.loop.time() + length
        pace = 2.0 * length / self.rng.choice(ACTS)
        while (now := self.loop.time()) < end:
            each.act(len(self.disk.histories) - 1, self._next_port())
            await asyncio.sleep(min(self.rng.random() * pace, end - now))

    async def _cause_faults(self, length: float) -> None:
        """Cause faults in the server and its storage."""
        rng, end = self.rng, self.loop.time() + length
        faults = rng.sample(
            [
                self._kill,
                self._stop,
                self._refuse_commits,
                self._fail_commits,
                self._fail_reads,
            ],
            rng.randint(0, 5),
        )
        while (now := self.loop.time()) < end:
            await asyncio.sleep(min(rng.random() * length / 2, end - now))
            if faults and self.loop.time() < end:
                rng.choice(faults)()

    def _kill(self) -> None:
        """Kill the server at once, or in the middle of its next commit."""
        if self._recorder is not None and self.rng.random() < 0.5:
            self._recorder.interrupt = self._kill_now
        else:
            self._kill_now()

    def _kill_now(self) -> None:
        self.faults["killed servers"] += 1
        self._trace("the server is killed")
        self._end_server()

    def _stop(self) -> None:
        if self._server is not None:
            self.faults["stopped servers"] += 1
            self._server.stop()

    def _refuse_commits(self) -> None:
        self.disk.refusal_rate = 0.5
        self.loop.call_later(2.0 * self.rng.random(), self._end_faults)

    def _fail_commits(self) -> None:
        self.disk.failure_rate = 0.2
        self.loop.call_later(2.0 * self.rng.random(), self._end_faults)

    def _fail_reads(self) -> None:
        self.disk.read_failure_rate = 0.2
        self.loop.call_later(2.0 * self.rng.random(), self._end_faults)

    def _end_faults(self) -> None:
        self.disk.refusal_rate = self.disk.failure_rate = (
            self.disk.read_failure_rate
        ) = 0.0

    # -- the server ------------------------------------------------------------------

    async def _supervise(self) -> None:
        """Start one server after another."""
        while not self._is_over:
            await self._serve()
            await asyncio.sleep(self.rng.random() * 0.5)
            if not self._is_repaired and self.rng.random() < 0.3:
                self.disk.truncate_or_recreate()

    async def _serve(self) -> None:
        """Start a server, and wait for its end."""
        self._process = process = Process()
        context = copy_context()
        context.run(PROCESS.set, process)
        recorder = SimulatedRecorder(self.disk, self.loop, self.rng, self.faults)
        runtime = Runtime(
            hub=Hub(self._limits, self.disk.extent(), wall=WALL_AT_ZERO),
            recorder=recorder,
            listeners=[FakeSocket()],
            recv_size=self._recv_size,
            announce=lambda: self._trace("a server listens"),
        )
        server = AsyncioDriver(runtime, self.loop)
        self._recorder, self._server = recorder, server
        self._task = self.loop.create_task(server.run(), context=context)
        await asyncio.wait([self._task])
        self._server = None
        process.is_alive = False
        for listener in self.loop.listeners:
            listener.crash()

    def _end_server(self) -> None:
        """End the server, and cancel its callbacks."""
        self._process.is_alive = False
        for listener in self.loop.listeners:
            listener.crash()
        if self._recorder is not None:
            self._recorder.crash()
            self._recorder = None
        if self._task is not None:
            self._task.cancel()

    # -- the end ---------------------------------------------------------------------

    def _repair(self) -> None:
        self._is_repaired = True
        self._end_faults()
        self.disk.repair()
        self._trace("all faults have ended")

    async def _settle(self, is_settled: Callable[[SimulatedClient], bool]) -> bool:
        """Wait until *is_settled* is true for all clients; return whether it is."""
        for check_number in range(int(PATIENCE / CHECK_EVERY)):
            if is_settled == self._has_received_all and check_number % FENCE_EVERY == 0:
                self._fence()
            for each in self.clients:
                each.repair(len(self.disk.histories) - 1, self._next_port())
            await asyncio.sleep(CHECK_EVERY)
            if all(map(is_settled, self.clients)):
                return True
        return False

    def _fence(self) -> None:
        """Have one client send a message that all clients have to receive last."""
        self._fences += 1
        self.rng.choice(self.clients).send(f"fence {self._fences}")

    def _has_settled(self, each: SimulatedClient) -> bool:
        client, log = each.client, self.disk.histories[-1]
        if not each.is_connected or not client.is_idle:
            return False
        if isinstance(client, SessionClient):
            return client.is_welcome and client.cursor == (log.epoch, self.disk.head)
        return True

    def _has_received_all(self, each: SimulatedClient) -> bool:
        """Return whether the last message was a fence and this client received it."""
        client, log = each.client, self.disk.histories[-1]
        last = log.messages[-1].text if log.messages else ""
        has_received = isinstance(client, SessionClient) or client.last_text == last
        return last.startswith("fence") and has_received and self._has_settled(each)

    def _describe_unsettled(self) -> str:
        unsettled = [each for each in self.clients if not self._has_received_all(each)]
        head = self.disk.histories[-1].epoch, self.disk.head
        return f"{head}: " + "; ".join(each.describe() for each in unsettled)

    # -- helpers ----------------------------------------------------------------

    def _new_client(self, number: int) -> SimulatedClient:
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

    def _trace(self, what: str) -> None:
        what = f"{self.loop.time():.6f} {what}"
        self._hash.update(what.encode())
        self._note(what)

    def _problem(self, promise: str, details: str) -> None:
        self._problems.append(Violation(promise, f"seed {self._seed}", details))


def ignore(_: str) -> None:
    """Discard a line of the trace."""


def simulate(seed: int, note: Callable[[str], None] = ignore) -> Outcome:
    """Run *seed* and return its result; *note* receives the trace."""
    return Simulation(seed, note).run()
