"""One incarnation of a node: a server process that folds a log which others share."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import NamedTuple

from parlour.core.entries import Batch, NodeLost
from parlour.core.hub import Hub
from parlour.history.query_queue import PendingQuery
from parlour.journal.recorder import RecordedCallback, WaitingQueries
from tests.proof.records import Rooms

from .archive import Archive
from .folded_state import FoldedState
from .journal import Feed, SimulatedJournal
from .loop import SimulatedLoop
from .server import ServerProcess
from .settings import Settings
from .storage import FULL


class NodeSnapshot(NamedTuple):
    """What a node had when so many batches, *position*, were applied."""

    position: int
    state: bytes
    said: Rooms
    archived: list[Batch]


class Node:
    """The hub, the archive and the process of a node, until that ends.

    It starts from a snapshot, and knows the whole log when it starts to serve. It ends
    when it hears of its loss.
    """

    def __init__(
        self,
        number: int,
        journal: SimulatedJournal,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        settings: Settings,
        start: NodeSnapshot,
    ) -> None:
        self.number, self._journal, self._loop = number, journal, loop
        state = FoldedState.restore(start.state, settings.numbering)
        assert isinstance(state, FoldedState)
        self.state, self._applied = state, start.position
        state.said = {room: list(said) for room, said in start.said.items()}
        self.archive = Archive(loop, rng, faults, settings, state.epoch)
        self._archived = list[Batch]()
        for batch in start.archived:
            self._archive(batch)
        self._hub = Hub(settings.limits, state, node=number)
        self._report: RecordedCallback | None = None  # for the batch under way
        for batch in journal.batches[start.position :]:
            self._apply(batch)
        self.feed = Feed(journal, loop, rng, len(journal.batches), self._deliver)
        note = partial(loop.note, f"node {number} listens")
        self.server = ServerProcess(loop, self._hub, self, settings.recv_size, note)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is under way in this node."""
        return (
            self.server.is_alive and not self._hub.unsettled and self.archive.is_quiet
        )

    def snapshot(self) -> NodeSnapshot:
        """Return what another incarnation can start from."""
        said = {room: list(said) for room, said in self.state.said.items()}
        state, archived = self.state.snapshot(), list(self._archived)
        return NodeSnapshot(self._applied, state, said, archived)

    def accuse(self, other: int) -> None:
        """Propose that another node is lost."""
        self.server.call(lambda: self._hub.lose_node(other))

    def end(self) -> None:
        """Cut the node off from the log, once its process has ended."""
        self.feed.end()
        self._journal.cut(self.number)

    # -- the recorder of the server ------------------------------------------------

    def record(self, batch: Batch, on_recorded: RecordedCallback) -> None:
        assert self._report is None, "one batch is under way at a time"
        self._report = on_recorded
        self._journal.propose(batch, self._refuse)

    def query(self, pending: PendingQuery) -> None:
        self.archive.query(pending)

    @property
    def waiting(self) -> WaitingQueries:
        return WaitingQueries(0, 0)

    def cancel_searches(self) -> None:
        """Do nothing: the clients do not search."""

    def close(self, timeout: float) -> bool:  # noqa: ARG002
        return True

    def _refuse(self) -> None:
        self.server.call(lambda: self._take_report()(FULL))

    def _take_report(self) -> RecordedCallback:
        report, self._report = self._report, None
        assert report is not None, "the batch is reported once"
        return report

    # -- the log --------------------------------------------------------------------

    def _deliver(self, batch: Batch) -> None:
        self.server.call(lambda: self._apply(batch))
        if any(_is_loss(entry, self.number) for entry in batch.entries):
            self.server.kill()

    def _apply(self, batch: Batch) -> None:
        now = self._loop.time()
        commit: Callable[[], None] = partial(self._hub.committed, batch, now)
        if batch.node == self.number:
            report = self._take_report()
            commit = partial(report, None)
        commit()
        self._applied += 1
        self._archive(batch.replace(entries=self.state.take_stored()))

    def _archive(self, batch: Batch) -> None:
        if batch.entries:
            self._archived.append(batch)
            self.archive.add(batch)


def _is_loss(entry: object, node: int) -> bool:
    return isinstance(entry, NodeLost) and entry.node == node
