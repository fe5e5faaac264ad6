"""Bugs of accounts and order to plant in a server, which the simulation has to find."""

from collections.abc import Callable
from typing import Final, NamedTuple

import pytest

from parlour.core.entries import InviteUsed
from parlour.core.events import AccountNumber, Bye, Message, RoomName, SessionId
from parlour.core.invitation_rules import InvitationTable, use_code
from parlour.core.sessions.closing import Closing
from parlour.core.sessions.connection import Connection
from parlour.core.sessions.openings import Openings
from parlour.core.sessions.read_positions import ReadPositions
from parlour.core.state import invitations, restrictions
from parlour.core.state.account_entries import AccountEntries
from parlour.core.state.effects import Effect
from parlour.core.state.room import Room
from parlour.core.state.sanctions import Person, Sanctions
from parlour.core.state.sessions import Session
from parlour.core.state.targets import Targets
from parlour.core.storage import Sanction, StoredAccount, StoredState
from parlour.journal.memory import MemoryStore
from tests.simulation.planted_bugs import hear_rooms_after_leaving

PlantBug = Callable[[pytest.MonkeyPatch], None]


def keep_revoked_devices(patch: pytest.MonkeyPatch) -> None:
    """Let a device that is revoked go on speaking."""

    def keep(_: AccountEntries, account: StoredAccount) -> list[Effect]:
        assert account
        return []

    patch.setattr(AccountEntries, "_expel_revoked", keep)


def never_end_sanctions(patch: pytest.MonkeyPatch) -> None:
    """Ignore the end of a sanction."""
    find = Sanctions.find

    def find_first(
        self: Sanctions, kind: object, room: RoomName | None, person: Person, _: float
    ) -> Sanction | None:
        return find(self, kind, room, person, 0.0)  # type: ignore[arg-type]

    patch.setattr(Sanctions, "find", find_first)


def forget_bans_of_networks(patch: pytest.MonkeyPatch) -> None:
    """Forget after a restart who is banned by a network."""
    load = MemoryStore.load

    def forget(self: MemoryStore) -> StoredState:
        state = load(self)
        kept = [each for each in state.sanctions if not each.target.network]
        return state.replace(sanctions=tuple(kept))

    patch.setattr(MemoryStore, "load", forget)


def use_codes_again(patch: pytest.MonkeyPatch) -> None:
    """Let a code be used by several people."""

    def keep(
        table: InvitationTable, entry: InviteUsed, session: SessionId, number: int
    ) -> None:
        before = dict(table)
        use_code(table, entry, session, number)
        table.update(before)

    patch.setattr("parlour.core.state.invitations.use_code", keep)


def read_backwards(patch: pytest.MonkeyPatch) -> None:
    """Let a read position go back."""

    def advance(
        self: ReadPositions, account: StoredAccount, name: RoomName, sequence: int
    ) -> bool:
        room = self._state.rooms.get(name)
        if room is None or name not in account.rooms:
            return False
        self._note((account.number, name), min(sequence, room.sequence))
        return True

    patch.setattr(ReadPositions, "_advance", advance)


def forget_what_was_said(patch: pytest.MonkeyPatch) -> None:
    """Count what an account says itself as unread."""

    def said(
        _: ReadPositions, account: AccountNumber, room: RoomName, sequence: int
    ) -> None:
        assert account, (room, sequence)

    patch.setattr(ReadPositions, "said", said)


def replay_erased_texts(patch: pytest.MonkeyPatch) -> None:
    """Send erased texts to whoever returns, or asks for the history."""

    def intact(self: Message) -> Message:
        return self

    patch.setattr(Message, "erased", intact)


def remove_one_session(patch: pytest.MonkeyPatch) -> None:
    """Remove somebody with one of its devices only."""
    find = Targets.sessions_of

    def find_one(self: Targets, target: object) -> list[Session]:
        return find(self, target)[:1]  # type: ignore[arg-type]

    patch.setattr(Targets, "sessions_of", find_one)


def unmute_resumed_sessions(patch: pytest.MonkeyPatch) -> None:
    """Let somebody who is muted speak after a resume."""
    facts = restrictions.person_facts

    def forget(user: Session | AccountNumber) -> Person:
        person = facts(user)
        is_resumed = isinstance(user, Session) and user.id != user.attachment
        return person.replace(account=0, token="") if is_resumed else person

    patch.setattr(restrictions, "person_facts", forget)


def drop_direct_messages(patch: pytest.MonkeyPatch) -> None:
    """Do not deliver the direct messages that were sent while somebody was away."""

    def now(_: Openings, connection: Connection, room: Room) -> int:
        assert connection
        return room.sequence

    patch.setattr(Openings, "_first_unread", now)


def expel_in_turn(patch: pytest.MonkeyPatch) -> None:
    """End a session that is expelled after its own entries are settled."""

    def replace(self: Closing, connection: Connection, bye: Bye) -> None:
        self.replace(connection, bye)

    patch.setattr(Closing, "expel", replace)


def invite_everybody(patch: pytest.MonkeyPatch) -> None:
    """Let everybody enter private rooms."""

    def includes(_: invitations.Invitations, *__: object) -> bool:
        return True

    patch.setattr(invitations.Invitations, "includes", includes)


class Planted(NamedTuple):
    """A bug, and the first seed that is tried; the seeds before it come last."""

    plant: PlantBug
    first: int = 0


BUGS: Final = [
    Planted(keep_revoked_devices, 3),
    Planted(never_end_sanctions),
    Planted(forget_bans_of_networks),
    Planted(use_codes_again),
    Planted(read_backwards, 3),
    Planted(forget_what_was_said),
    Planted(replay_erased_texts),
    Planted(remove_one_session, 6),
    Planted(unmute_resumed_sessions, 12),
    Planted(drop_direct_messages),
    Planted(expel_in_turn, 10),
    Planted(invite_everybody, 1),
    Planted(hear_rooms_after_leaving, 2),
]
