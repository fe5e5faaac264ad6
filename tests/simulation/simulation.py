"""One simulated run: servers, their storage, clients and faults, driven by a seed.

The hub and the asyncio driver are real; the loop, the network and the storage are
simulated.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

from tests.proof.checker import check
from tests.proof.plain_client import PlainClient
from tests.proof.records import ANYBODY, DIRECT, LOBBY, Run
from tests.proof.session_client import SessionClient

from .client_connection import Surroundings
from .clients import SimulatedClient
from .loop import SimulatedLoop
from .population import Population
from .run import Outcome, SeededRun, ignore
from .settings import Settings
from .single_server import SingleServer
from .world import World

LENGTH: Final = (3.0, 10.0, 30.0)  # seconds with faults
LONG_PAUSE: Final = 700.0  # seconds in which nobody does anything, now and then
SESSIONS_END: Final = 120.0  # seconds until sessions without a client have ended
USERS_LISTED: Final = 10.0  # seconds until all users of all rooms are listed
PATIENCE: Final = 120.0  # seconds for everything to recover afterwards
ACTS: Final = (5, 15, 40)  # random actions of each client, about
CHECK_EVERY: Final = 0.25  # seconds
FENCE_EVERY: Final = 20  # checks

MakeWorld = Callable[[SimulatedLoop, Random, Counter[str], Settings], World]


class Simulation:
    """The world and the clients of one run."""

    def __init__(
        self, seed: int, note: Callable[[str], None], make_world: MakeWorld
    ) -> None:
        self._run = run = SeededRun(seed, note)
        self._loop, self._rng, self._faults = run.loop, run.rng, run.faults
        settings = Settings.any(run.rng)
        self._world = make_world(run.loop, run.rng, run.faults, settings)
        around = Surroundings(run.loop, self._world, run.rng, run.faults)
        self._population = Population(around, run.rng, settings.recv_size)
        self._clients = self._population.clients
        self._fences = 0

    def run(self) -> Outcome:
        """Run everything, and check the result."""
        self._run.play(self._play())
        histories = self._world.histories
        run = Run(
            clients=[each.client.record for each in self._clients],
            histories=histories,
            refused_texts=self._world.refused_texts,
            is_settled=not self._run.problems,
        )
        for promise, details in self._world.problems():
            self._run.problem(promise, details)
        for each in self._clients:
            for fault in each.faults:
                self._run.problem("the server follows the protocol", fault)
        return self._run.outcome(
            check(run),
            sum(len(room) for log in histories for room in log.rooms.values()),
            sum(len(view.events) for each in run.clients for view in each.views),
        )

    # -- the run ----------------------------------------------------------------

    async def _play(self) -> None:
        length = self._rng.choice(LENGTH)
        supervisor = self._loop.create_task(self._world.run())
        async with asyncio.TaskGroup() as group:
            for each in self._clients:
                group.create_task(self._run.act(each.act, ACTS, length))
            group.create_task(self._cause_faults(length))
        if self._rng.random() < 0.1:
            self._faults["long pauses"] += 1
            await asyncio.sleep(LONG_PAUSE)
        self._world.repair()
        self._run.trace("all faults have ended")
        is_well = await self._settle(self._has_settled)
        if is_well and self._senders:
            is_well = await self._settle(self._has_received_all)
        if not is_well:
            self._run.problem("everything recovers", self._describe_unsettled())
        await self._check_vanished()
        for each in self._clients:
            each.compare_users()
        await asyncio.sleep(USERS_LISTED)
        self._world.end()
        await supervisor

    async def _cause_faults(self, length: float) -> None:
        """Cause faults in the servers and their storage, and races for names."""
        rng, end = self._rng, self._loop.time() + length
        faults = self._world.faults()
        faults = rng.sample(faults, rng.randint(0, len(faults)))
        while (now := self._loop.time()) < end:
            await asyncio.sleep(min(rng.random() * length / 2, end - now))
            if self._loop.time() < end:
                self._population.contest_name()
                if faults:
                    rng.choice(faults)()

    # -- the end ---------------------------------------------------------------------

    async def _settle(self, is_settled: Callable[[SimulatedClient], bool]) -> bool:
        """Wait until *is_settled* is true for all clients; return whether it is."""
        for check_number in range(int(PATIENCE / CHECK_EVERY)):
            if is_settled == self._has_received_all and check_number % FENCE_EVERY == 0:
                self._fence()
            for each in self._clients:
                each.repair()
            await asyncio.sleep(CHECK_EVERY)
            if self._world.is_quiet and all(map(is_settled, self._clients)):
                return True
        return False

    def _fence(self) -> None:
        """Have one client send a message that all clients have to receive last."""
        self._fences += 1
        if self._senders:
            self._rng.choice(self._senders).send(f"fence {self._fences}")

    @property
    def _senders(self) -> list[SimulatedClient]:
        """The clients that can send messages to the lobby now."""
        return [each for each in self._clients if LOBBY in each.rooms_to_send_to]

    async def _check_vanished(self) -> None:
        """Check that the sessions of clients that do not return end."""
        gone = [each for each in self._clients if each.is_gone]
        if gone:
            await asyncio.sleep(SESSIONS_END)
        for each in gone:
            name = each.client.record.name
            for user in self._world.users():
                if user.partition(".")[0] == name:
                    self._run.problem("sessions end", user)

    def _has_settled(self, each: SimulatedClient) -> bool:
        client = each.client
        if each.is_gone:
            return True
        if not each.is_connected or not client.is_idle:
            return False
        if isinstance(client, PlainClient):
            return True
        heads, cursors = self._world.heads(), client.rooms.cursors
        return client.is_welcome and all(
            cursors[room].sequence == heads.get(room) or self._may_miss(client, room)
            for room in client.rooms.entered
        )

    def _has_received_all(self, each: SimulatedClient) -> bool:
        """Return whether the last message was a fence and this client received it."""
        messages = self._world.histories[-1].rooms.get(LOBBY)
        last = messages[-1].text if messages else ""
        client = each.client
        if each.is_gone:
            return last.startswith("fence")
        has_received = isinstance(client, SessionClient) or client.last_text == last
        return last.startswith("fence") and has_received and self._has_settled(each)

    def _describe_unsettled(self) -> str:
        unsettled = [each for each in self._clients if not self._has_received_all(each)]
        quiet = "quiet" if self._world.is_quiet else "not quiet"
        clients = "; ".join(each.describe() for each in unsettled)
        return f"{self._world.heads()}, {quiet}: {clients}"

    def _may_miss(self, client: SessionClient, room: str) -> bool:
        """Return whether *client* may miss messages: if one of two ignores somebody."""
        pair = {client.record.name, client.rooms.partners.get(room)}
        clients = [each.client for each in self._clients]
        return room.startswith(DIRECT) and any(
            not pair.isdisjoint({each.record.name, ANYBODY})
            and each.record.ever_ignored
            for each in clients
        )


def simulate(seed: int, note: Callable[[str], None] = ignore) -> Outcome:
    """Run *seed* with one server; *note* receives the trace."""
    return Simulation(seed, note, SingleServer).run()
