"""Bugs to plant in every node, to check that the simulation of several finds them."""

import time

import pytest

from parlour.core.delivery.delivery import Delivery
from parlour.core.entries import Batch, Entry, Renamed
from parlour.core.events import PersonId, SessionId
from parlour.core.sessions.connection import Connection
from parlour.core.sessions.holds import Holds
from parlour.core.sessions.proposals import Proposals
from parlour.core.sessions.settling import Settling
from parlour.core.state import state
from parlour.core.state.effects import Effect
from parlour.core.state.idempotency import IdempotencyKeys
from parlour.core.state.room import Room
from parlour.core.state.session_entries import SessionEntries
from parlour.core.state.snapshot import Snapshot, snapshot_tables
from parlour.core.state.tables import Tables

from .planted_bugs import PlantBug, apply_before_commit


def read_a_clock(patch: pytest.MonkeyPatch) -> None:
    """Have apply read the clock of its node."""
    add = Room.add

    def add_now(self: Room, session: SessionId, _since: float) -> None:
        add(self, session, time.time())

    patch.setattr(Room, "add", add_now)


def reserve_names(patch: pytest.MonkeyPatch) -> None:
    """Reserve a name on one node when a rename is proposed."""
    propose = Proposals.propose

    def reserve(
        self: Proposals, entry: Entry, origin: Connection | None = None
    ) -> None:
        if isinstance(entry, Renamed) and origin is not None:
            self._state.sessions.names.claim(PersonId(origin.session), entry.keys)
        propose(self, entry, origin)

    patch.setattr(Proposals, "propose", reserve)


def forget_retries_in_snapshots(patch: pytest.MonkeyPatch) -> None:
    """Start a node without the idempotency keys of its snapshot."""

    def forget(snapshot: Snapshot) -> Tables:
        return snapshot_tables(snapshot)._replace(keys=IdempotencyKeys())

    patch.setattr(state, "snapshot_tables", forget)


def ignore_lost_nodes(patch: pytest.MonkeyPatch) -> None:
    """Keep the sessions of a lost node as if it were alive."""

    def lose(_: SessionEntries, node: int) -> list[Effect]:
        assert node
        return []

    patch.setattr(SessionEntries, "lose_node", lose)


def hold_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Hold the sessions of other nodes for ever."""
    hold = Holds.hold

    def hold_own(
        self: Holds, attachment: SessionId, now: float, *, is_orphan: bool = False
    ) -> None:
        if not is_orphan:
            hold(self, attachment, now)

    patch.setattr(Holds, "hold", hold_own)


def deliver_only_own_messages(patch: pytest.MonkeyPatch) -> None:
    """Do not deliver the messages of other nodes."""
    apply_other = Settling.apply_other

    def apply(self: Settling, batch: Batch) -> None:
        with pytest.MonkeyPatch.context() as meanwhile:
            meanwhile.setattr(Delivery, "extend", lambda *_: None)
            apply_other(self, batch)

    patch.setattr(Settling, "apply_other", apply)


BUGS: list[PlantBug] = [
    read_a_clock,
    reserve_names,
    apply_before_commit,
    forget_retries_in_snapshots,
    ignore_lost_nodes,
    hold_for_ever,
    deliver_only_own_messages,
]
