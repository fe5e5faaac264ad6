"""One incarnation of a node: a server process that folds a log which others share."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from parlour.core.entries import Batch, NodeLost
from parlour.core.hub import Hub
from parlour.history.query_queue import PendingQuery
from parlour.journal.recorder import RecordedCallback

from .archive import Archive
from .folded_state import FoldedState
from .journal import Feed, SimulatedJournal
from .loop import SimulatedLoop
from .server import ServerProcess
from .settings import Settings
from .storage import FULL


class Node:
    """The hub, the archive and the process of a node, until that ends.

    It knows the whole log when it starts to serve. It ends when it hears of its loss.
    """

    def __init__(
        self,
        number: int,
        journal: SimulatedJournal,
        loop: SimulatedLoop,
        rng: Random,
        faults: Counter[str],
        settings: Settings,
        epoch: str,
    ) -> None:
        self.number, self._journal = number, journal
        self.state = FoldedState(epoch, settings.numbering)
        self.archive = Archive(loop, rng, faults, settings, epoch)
        self._hub = Hub(settings.limits, self.state, node=number)
        self._report: RecordedCallback | None = None  # for the batch under way
        for batch in journal.batches:
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
        commit: Callable[[], None] = partial(self._hub.committed, batch)
        if batch.node == self.number:
            report = self._take_report()
            commit = partial(report, None)
        commit()
        self.archive.add(batch.replace(entries=self.state.take_stored()))


def _is_loss(entry: object, node: int) -> bool:
    return isinstance(entry, NodeLost) and entry.node == node
