"""A world with several nodes, which share a simulated journal."""

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Final

from parlour.core.entries import Batch
from parlour.core.state.session_entries import NODE_BITS
from parlour.core.storage import StoredState
from tests.proof.records import StoredHistory

from .folded_state import FoldedState
from .journal import SimulatedJournal
from .loop import SimulatedListener, SimulatedLoop
from .node import Node, NodeSnapshot
from .run import Outcome, ignore
from .settings import Settings
from .simulation import Simulation
from .state_dump import differences, dump

MAX_NODES: Final = 3
MAX_DOWN: Final = 4.0  # seconds until a node starts again
MAX_DETECTION: Final = 3.0  # seconds until another node proposes the loss of one
ACCUSE_AGAIN: Final = 1.0  # seconds until the next one does, if the loss is not known


class Cluster:
    """Nodes that end, are lost and start again, each time with another number."""

    def __init__(
        self,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        settings: Settings,
    ) -> None:
        self._loop, self._rng, self._faults = loop, rng, faults
        self._settings = settings
        self._journal = SimulatedJournal(loop, rng, faults, self._note_batch)
        self._reference = FoldedState(StoredState("epoch-0"), settings.numbering)
        """The fold of the log, before any node knows it."""
        self._start = NodeSnapshot(0, self._reference.snapshot(), {}, [])
        history = StoredHistory(self._reference.epoch, self._reference.said)
        history.is_pruned = settings.is_pruned
        self.histories = [history]
        self._numbers = count(1)
        self._nodes: list[Node | None] = [None] * rng.randint(2, MAX_NODES)
        self._ended = list[Node]()
        self._is_repaired = self._is_over = False
        self._problems = list[tuple[str, str]]()

    @property
    def refused_texts(self) -> set[str]:
        return self._journal.refused_texts

    def faults(self) -> list[Callable[[], None]]:
        return [
            self._kill,
            self._kill,
            self._stop,
            self._accuse_one,
            self._stall,
            self._refuse_batches,
            self._fail_reads,
        ]

    def repair(self) -> None:
        self._is_repaired = True
        self._journal.repair()
        for node in self._live:
            node.archive.repair()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for place in range(len(self._nodes)):
                group.create_task(self._keep(place))

    def end(self) -> None:
        self._is_over = True
        self._problems += self._compare()
        for node in self._live:
            node.server.kill()

    def listener(self) -> SimulatedListener | None:
        found = [node.server.listener for node in self._live]
        open_ = [each for each in found if each is not None and each.is_listening]
        return self._rng.choice(open_) if open_ else None

    def kill(self, listener: SimulatedListener) -> None:
        for node in self._live:
            if node.server.listener is listener:
                self._faults["killed nodes"] += 1
                node.server.kill()

    def heads(self) -> dict[str, int]:
        return {room.name: room.sequence for room in self._reference.rooms}

    def users(self) -> set[str]:
        return {session.name for session in self._reference.sessions}

    @property
    def is_quiet(self) -> bool:
        return self._journal.is_quiet and all(
            node is not None and node.is_quiet for node in self._nodes
        )

    def problems(self) -> list[tuple[str, str]]:
        return self._problems

    @property
    def _live(self) -> list[Node]:
        found = [node for node in self._nodes if node is not None]
        return [node for node in found if node.server.is_alive]

    def _note_batch(self, batch: Batch) -> None:
        self._loop.note(f"batch {len(self._journal.batches)} of node {batch.node}")
        self._reference.fold(batch)

    # -- nodes ----------------------------------------------------------------------

    async def _keep(self, place: int) -> None:
        """Start one node after another."""
        while not self._is_over:
            node = self._nodes[place] = self._new_node()
            await node.server.wait()
            self._loop.note(f"node {node.number} has ended")
            self._nodes[place] = None
            node.end()
            self._ended.append(node)
            late = self._rng.random() * MAX_DETECTION
            self._loop.call_later(late, self._accuse, node.number)
            down = 0.5 if self._is_repaired else MAX_DOWN
            await asyncio.sleep(self._rng.random() * down)

    def _new_node(self) -> Node:
        node = Node(
            next(self._numbers),
            self._journal,
            self._loop,
            self._rng,
            self._faults,
            self._settings,
            self._choose_start(),
        )
        if self._is_repaired:
            node.feed.repair()
            node.archive.repair()
        return node

    def _choose_start(self) -> NodeSnapshot:
        """Return a snapshot of any node, dead or alive, or of the empty log."""
        nodes = [*self._live, *self._ended[-1:]]
        if not nodes or self._rng.random() < 0.3:
            return self._start
        self._faults["restored snapshots"] += 1
        return self._rng.choice(nodes).snapshot()

    def _accuse(self, number: int) -> None:
        """Have a live node propose the loss of another, until that is in the log."""
        if number in self._journal.lost or self._is_over:
            return
        accusers = [node for node in self._live if node.number != number]
        if accusers:
            self._rng.choice(accusers).accuse(number)
        self._loop.call_later(ACCUSE_AGAIN, self._accuse, number)

    # -- faults ----------------------------------------------------------------------

    def _choose(self, kind: str) -> Node | None:
        if not self._live:
            return None
        self._faults[kind] += 1
        return self._rng.choice(self._live)

    def _kill(self) -> None:
        if node := self._choose("killed nodes"):
            self._loop.note(f"node {node.number} is killed")
            node.server.kill()

    def _stop(self) -> None:
        if node := self._choose("stopped nodes"):
            node.server.stop()

    def _accuse_one(self) -> None:
        """Have a node accused that is alive."""
        if node := self._choose("falsely lost nodes"):
            self._accuse(node.number)

    def _stall(self) -> None:
        if node := self._choose("stalled nodes"):
            node.feed.stall(self._rng.random() * 5.0)

    def _refuse_batches(self) -> None:
        self._journal.refusal_rate = 0.3
        self._loop.call_later(2.0 * self._rng.random(), self._end_refusals)

    def _end_refusals(self) -> None:
        self._journal.refusal_rate = 0.0

    def _fail_reads(self) -> None:
        if node := self._choose("nodes with failing reads"):
            node.archive.read_failure_rate = 0.5
            self.histories[0].is_pruned = True  # gaps are declared then
            self._loop.call_later(5.0 * self._rng.random(), node.archive.repair)

    # -- the end ---------------------------------------------------------------------

    def _compare(self) -> list[tuple[str, str]]:
        """Compare what all nodes said, and the states of those that are up to date."""
        found = list[tuple[str, str]]()
        said = self._reference.said
        for node in [*self._ended, *self._live]:
            for room, messages in node.state.said.items():
                if said.get(room, [])[: len(messages)] != messages:
                    details = f"node {node.number} in #{room}"
                    found.append(("all nodes say the same", details))
        for node in self._live:
            if node.feed.is_done:
                for each in self._differences(node)[:3]:
                    details = f"node {node.number}: {each}"
                    found.append(("all nodes have the same state", details))
        return found + self._lost_sessions()

    def _differences(self, node: Node) -> list[str]:
        reference, state = self._reference, node.state
        found = differences(dump(reference), dump(state))
        is_same = reference.snapshot() == state.snapshot()
        return found if found or is_same else ["its snapshot"]

    def _lost_sessions(self) -> list[tuple[str, str]]:
        """Return the sessions of lost nodes that are not held."""
        return [
            ("sessions of lost nodes are held", session.name)
            for session in self._reference.sessions
            if session.attachment >> NODE_BITS in self._journal.lost
            and not session.is_held
        ]


def simulate_cluster(seed: int, note: Callable[[str], None] = ignore) -> Outcome:
    """Run *seed* with several nodes; *note* receives the trace."""
    return Simulation(seed, note, Cluster).run()
