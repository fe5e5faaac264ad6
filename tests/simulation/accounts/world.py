"""One server at a time, with accounts, an operator and a ledger of all entries."""

from collections.abc import Iterable

from parlour.core.entries import (
    Batch,
    Entry,
    OperatorEntry,
    batch_time,
)
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.protocol.tokens import hash_key
from parlour.core.state.state import State
from parlour.core.storage import Numbering
from tests.core.state.model import view_of
from tests.simulation.settings import WALL_AT_ZERO
from tests.simulation.single_server import SingleServer
from tests.simulation.storage import SimulatedDisk

from .ledger import Ledger


class LedgerDisk(SimulatedDisk):
    """A disk whose batches are in a ledger. Nothing of it is ever lost."""

    ledger: Ledger

    def commit(self, batch: Batch) -> None:
        self.store.append(batch)
        self.ledger.add(batch)


class LedgerHub(Hub):
    """A hub that notes in a ledger what it has applied."""

    def __init__(
        self, ledger: Ledger, limits: Limits, state: State, numbering: Numbering
    ) -> None:
        super().__init__(limits, state)
        self._ledger, self.numbering = ledger, numbering
        ledger.start()

    def committed(self, batch: Batch, now: float) -> None:
        self._ledger.apply(batch)
        super().committed(batch, now)


class AccountServer(SingleServer):
    """The servers of a run, one after another."""

    def make_disk(self) -> LedgerDisk:
        self.ledger = Ledger()
        disk = LedgerDisk(self._rng, self._faults, self._settings)
        disk.ledger = self.ledger
        return disk

    def make_hub(self) -> LedgerHub:
        settings = self._settings
        state = State(self._disk.load(), settings.numbering)
        return LedgerHub(self.ledger, settings.limits, state, settings.numbering)

    def damage(self) -> None:
        """Leave the disk as it is."""

    @property
    def state(self) -> State | None:
        """The state of the server that runs now, if one does."""
        return None if self._server is None else self._server.hub.state

    def may_sign_in(self, key: str) -> bool:
        """Return whether the server that runs accepts *key*; that of a guest is empty.

        The checks of what is recorded find out whether it is right.
        """
        if not key or self.state is None:
            return True
        found = self.state.accounts.device(hash_key(key))
        return found is not None and found[0].is_enabled

    @property
    def wall(self) -> float:
        """The wall time of the virtual clock."""
        return WALL_AT_ZERO + self._loop.time()

    def prepare(self, entries: Iterable[Entry]) -> None:
        """Record *entries* before the first server starts."""
        for each in entries:
            self._disk.commit(Batch(batch_time(self.wall), (each,)))

    def operate(self, entry: OperatorEntry) -> None:
        """Propose what the operator wants, if a server runs."""
        server = self._server
        if server is not None:
            server.call(lambda: server.hub.operate(entry))

    def view(self) -> dict[str, object]:
        """Return what the chat looks like to the server that runs now."""
        assert self.state is not None
        return view_of(self.state)

    def stored_view(self) -> dict[str, object]:
        """Return what the chat would look like to a server that started now."""
        return view_of(State(self._disk.load(), self._settings.numbering))
