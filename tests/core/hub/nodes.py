"""Several hubs behind drivers without I/O, which share one log."""

from parlour.core.entries import Batch
from parlour.core.events import Refused
from parlour.core.hub import Hub
from parlour.core.state.state import State
from parlour.core.storage import StoredState
from tests.core.fake_server import ROOMY, WALL, FakeServer

FULL = Refused("storage_full", "the disk is full")


class FakeNode(FakeServer):
    """A node, whose batches wait until `FakeLog.deliver`."""

    def __init__(self, number: int, log: "FakeLog") -> None:
        super().__init__()
        self.hub = Hub(ROOMY, State(StoredState("epoch")), node=number)
        self._log, self._applied = log, 0

    def apply(self) -> bool:
        """Apply the next batch of the log; return whether there was one."""
        if self._applied == len(self._log.batches):
            return False
        self._applied += 1
        self.hub.committed(self._log.batches[self._applied - 1], self.now)
        self.turn()
        return True

    def _collect(self) -> None:
        batch = self.hub.proposals(WALL + self.now)
        if batch is not None:
            self._log.proposed.append((self, batch))
        self.questions += self.hub.questions()


class FakeLog:
    """The log of several nodes, in the order in which they proposed the batches."""

    def __init__(self, count: int = 2) -> None:
        self.proposed: list[tuple[FakeNode, Batch]] = []
        self.batches: list[Batch] = []
        self.nodes = [FakeNode(number, self) for number in range(1, count + 1)]

    def deliver(self) -> None:
        """Append what was proposed, and have all nodes apply it, until all is done."""
        is_new = True
        while is_new or self.proposed:
            self.append()
            is_new = any(node.apply() for node in self.nodes)

    def append(self) -> None:
        """Append what was proposed."""
        self.batches += [batch for _, batch in self.proposed]
        self.proposed.clear()

    def reject(self) -> None:
        """Reject what was proposed."""
        proposed, self.proposed = self.proposed, []
        for node, batch in proposed:
            node.hub.rejected(batch, FULL)
            node.turn()

    def wait(self, seconds: float) -> None:
        """Advance the clocks of all nodes."""
        for node in self.nodes:
            node.wait(seconds)
        self.deliver()
