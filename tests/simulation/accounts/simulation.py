"""One simulated run with accounts, several devices of each, guests and sanctions.

The server, loop, network and disk are those of `tests.simulation.simulation`. What is
recorded is compared with the model of the state, and what the clients receive with what
is recorded.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from tests.proof.violation import Violation
from tests.simulation.client_connection import Surroundings
from tests.simulation.run import Outcome, SeededRun, ignore
from tests.simulation.settings import Settings

from .client_check import check_client, check_texts
from .clients import SimulatedDevice
from .law import Law
from .operator import Operator
from .population import Population
from .stream_check import StreamCheck
from .world import AccountServer

LENGTH: Final = (3.0, 10.0, 20.0)  # seconds with faults
ACTS: Final = (10, 20, 40)  # random acts of each client, about
OPERATED: Final = (0, 5, 15, 30)  # random acts of the operator, about
SANCTIONS_END: Final = 45.0  # seconds until those have ended that do
GUESTS_END: Final = 20.0  # seconds until the sessions of guests who left have ended
PATIENCE: Final = 60.0  # seconds for everything to recover afterwards
CHECK_EVERY: Final = 0.5  # seconds
COMPARED: Final = 10.0  # seconds until all answers have arrived


class AccountSimulation:
    """The server, the clients and the operator of one run."""

    def __init__(self, seed: int, note: Callable[[str], None]) -> None:
        self._run = run = SeededRun(seed, note)
        self._loop, self._rng, self._faults = run.loop, run.rng, run.faults
        self._settings = Settings.unpruned(run.rng)
        world = AccountServer(run.loop, run.rng, run.faults, self._settings)
        self._world = world
        around = Surroundings(run.loop, world, run.rng, run.faults)
        population = Population(around, world, run.rng)
        self._clients = population.clients
        people = [each.device for each in self._clients]
        self._operator = Operator(
            world, run.rng, list(zip(people, population.acts, strict=True)), run.faults
        )

    def run(self) -> Outcome:
        """Run everything, and check the result."""
        self._run.play(self._play())
        law = Law(self._world.ledger, self._settings.numbering)
        transcripts = [each.device.transcript for each in self._clients]
        return self._run.outcome(
            [*law.problems, *self._check(law)],
            sum(map(len, law.rooms.values())),
            sum(
                line.kind == "message" and not line.is_sent
                for each in transcripts
                for line in each.lines
            ),
        )

    def _check(self, law: Law) -> list[Violation]:
        """Check what all clients have received."""
        found = list[Violation]()
        transcripts = [each.device.transcript for each in self._clients]
        for each in transcripts:
            may_miss = self._faults["failed reads"] > 0
            stream = StreamCheck(each, law, may_miss=may_miss)
            found += stream.check(is_settled=not self._run.problems)
            found += check_client(each, law)
        found += check_texts(transcripts, law)
        return found

    # -- the run ----------------------------------------------------------------

    async def _play(self) -> None:
        length = self._rng.choice(LENGTH)
        supervisor = self._loop.create_task(self._world.run())
        async with asyncio.TaskGroup() as group:
            for each in self._clients:
                group.create_task(self._run.act(each.act, ACTS, length))
            group.create_task(self._operate(length))
            group.create_task(self._cause_faults(length))
        self._world.repair()
        self._run.trace("all faults have ended")
        self._operator.restore_some()
        await asyncio.sleep(SANCTIONS_END)
        if not await self._settle():
            self._run.problem("everything recovers", self._describe_unsettled())
        elif not await self._speak():
            self._run.problem("everybody can speak again", self._describe_unsettled())
        else:
            await self._compare()
        self._world.end()
        await supervisor

    async def _operate(self, length: float) -> None:
        end = self._loop.time() + length
        count = self._rng.choice(OPERATED)
        while count and (now := self._loop.time()) < end:
            await asyncio.sleep(
                min(self._rng.random() * 2.0 * length / count, end - now)
            )
            self._operator.act()

    async def _cause_faults(self, length: float) -> None:
        """Cause faults in the server and its disk."""
        rng, end = self._rng, self._loop.time() + length
        faults = self._world.faults()
        faults = rng.sample(faults, rng.randint(0, len(faults)))
        while faults and (now := self._loop.time()) < end:
            await asyncio.sleep(min(rng.random() * length / 2, end - now))
            rng.choice(faults)()

    # -- the end ------------------------------------------------------------------

    async def _settle(self) -> bool:
        """Wait until all who may are here, and nothing is under way."""
        for check in range(int(PATIENCE / CHECK_EVERY)):
            if check % 4 == 0:
                self._operator.forgive()
            for each in self._clients:
                each.repair()
            await asyncio.sleep(CHECK_EVERY)
            if self._world.is_quiet and all(map(self._is_settled, self._clients)):
                return True
        return False

    async def _speak(self) -> bool:
        """Have everybody who is here speak in the lobby, after entering it."""
        here = [each for each in self._clients if each.is_here]
        for each in here:
            each.write(each.device.write("join", {"room": "lobby"}))
            each.write(each.device.send(f"{each.device.name} is here", "lobby"))
        return await self._settle() and all(self._has_spoken(each) for each in here)

    def _has_spoken(self, each: SimulatedDevice) -> bool:
        transcript = each.device.transcript
        number = str(len(transcript.sent) - 1)
        return any(
            line.kind == "stored" and line.data.get("id") == number
            for line in transcript.lines
        )

    async def _compare(self) -> None:
        """Compare what the devices know with each other, and states with the model."""
        for each in self._clients:
            if each.is_here:
                each.write(each.device.compare())
        await asyncio.sleep(max(COMPARED, GUESTS_END))
        for each in self._clients:
            each.device.transcript.is_here = each.is_here
            self._compare_reads(each)
        self._compare_devices()
        law = Law(self._world.ledger, self._settings.numbering)
        self._compare_views("the state is that of the rules", law, self._world.view())
        self._world.end()
        law.restart()
        stored = self._world.stored_view()
        self._compare_views("a restart changes nothing", law, stored)

    def _compare_views(self, promise: str, law: Law, view: dict[str, object]) -> None:
        for name, table in law.model.view().items():
            if view[name] != table:
                self._run.problem(promise, f"{name}: {view[name]} and {table}")

    def _compare_reads(self, each: SimulatedDevice) -> None:
        for room, known, told in each.device.compared:
            if known != told.get("read"):
                details = f"{each.device.name} has read #{room} to {known}, not {told}"
                self._run.problem("devices know what is read", details)
            if "read" in told:
                unread = min(max(told["sequence"] - told["read"], 0), 1000)
                if told["unread"] != unread:
                    self._run.problem("unread messages are counted", str(told))

    def _compare_devices(self) -> None:
        """Check that all devices of an account have read their rooms as far."""
        reads = dict[tuple[int, str], dict[str, object]]()
        for each in self._clients:
            device = each.device
            for room, known, _ in device.compared:
                account = device.transcript.account
                if account:
                    reads.setdefault((account, room), {})[device.name] = known
        for place, by_device in reads.items():
            if len({*by_device.values()}) > 1:
                details = f"{place}: {by_device}"
                self._run.problem("devices agree on what is read", details)

    def _is_settled(self, each: SimulatedDevice) -> bool:
        if not self._world.may_sign_in(each.device.key):
            return not each.is_here
        device = each.device
        if not each.is_here or device.unanswered:
            return False
        heads = self._world.heads()
        return all(device.cursors[room][1] == heads.get(room) for room in device.open)

    def _describe_unsettled(self) -> str:
        unsettled = [each for each in self._clients if not self._is_settled(each)]
        quiet = "quiet" if self._world.is_quiet else "not quiet"
        return f"{self._world.heads()}, {quiet}: " + "; ".join(
            f"{each.device.name} is {'' if each.is_here else 'not '}here, at "
            f"{each.device.cursors}, unanswered {each.device.unanswered}"
            for each in unsettled
        )


def simulate_accounts(seed: int, note: Callable[[str], None] = ignore) -> Outcome:
    """Run *seed* with accounts; *note* receives the trace."""
    return AccountSimulation(seed, note).run()
