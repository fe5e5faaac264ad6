"""Several hubs over one list of batches, which each of them applies in order."""

from parlour.core.entries import Batch, Entry, Said
from parlour.core.events import Message
from parlour.core.hub import Hub
from parlour.core.state.state import State
from parlour.core.storage import StoredState
from tests.core.fake_server import ROOMY, WALL, FakeServer

EPOCH = "e"


class FakeNode(FakeServer):
    """One hub of a cluster, with its own peers.

    While it *is_behind*, it applies no batch: neither its own nor those of others.
    """

    def __init__(self, number: int, journal: list[Batch]) -> None:
        self.number, self._journal = number, journal
        self.is_behind = False
        self.applied = 0
        """The number of batches that it has applied."""
        super().__init__()

    def restart(self, snapshot: bytes | None = None) -> None:
        """Start a new hub, from a snapshot of a node that has applied as much."""
        super().restart()
        state = State(StoredState(EPOCH))
        if snapshot is not None:
            state = State.restore(snapshot)
        self.hub = Hub(ROOMY, state, node=self.number)

    def _collect(self) -> None:
        batch = self.hub.proposals(WALL + len(self._journal))
        if batch is not None:
            self._journal.append(batch)
        self.questions += self.hub.questions()

    def _record(self) -> None:
        while self.applied < len(self._journal) and not self.is_behind:
            batch = self._journal[self.applied]
            self.applied += 1
            self.history.append(self._valid(batch))
            self.hub.committed(batch, self.now)

    def _valid(self, batch: Batch) -> Batch:
        """Return a batch without its void messages, which are not stored."""
        state, valid = State.restore(self.hub.state.snapshot()), list[Entry]()
        state.advance(batch.time)
        for entry in batch.entries:
            effects = state.apply(entry, batch.time)
            is_void = not any(isinstance(each, Message) for each in effects)
            if not (isinstance(entry, Said) and is_void):
                valid.append(entry)
        return batch.replace(entries=tuple(valid))


class FakeCluster:
    """Nodes that propose batches to one journal."""

    def __init__(self, count: int = 2) -> None:
        self.journal: list[Batch] = []
        self.nodes = [FakeNode(number, self.journal) for number in range(1, count + 1)]

    def append(self, *entries: Entry) -> None:
        """Append a batch that none of the nodes has proposed."""
        self.journal.append(Batch(WALL + len(self.journal), entries, 0))
        self.settle()

    def settle(self) -> None:
        """Let every node take turns until all have applied all that they may."""
        before = -1
        while before != self._progress():
            before = self._progress()
            for node in self.nodes:
                node.turn()

    def wait(self, seconds: float) -> None:
        """Advance the clocks of all nodes."""
        for node in self.nodes:
            node.wait(seconds)
        self.settle()
        for node in self.nodes:
            node.wait(0.1)

    def catch_up(self) -> None:
        """Let all nodes apply everything."""
        for node in self.nodes:
            node.is_behind = False
        self.wait(0.1)

    def snapshots(self) -> set[bytes]:
        """Return the different states that the nodes have."""
        return {node.hub.state.snapshot() for node in self.nodes}

    def _progress(self) -> int:
        return len(self.journal) + sum(node.applied for node in self.nodes)
