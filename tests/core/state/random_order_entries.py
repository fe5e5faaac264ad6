"""Random entries that keep order."""

from collections.abc import Callable

from parlour.core.entries import (
    Announced,
    Erased,
    Kicked,
    Lifted,
    OrderEntry,
    RoleSet,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Target,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.roles import SERVER_ROLES, Role
from tests.core.state.random_account_entries import RandomAccountEntries
from tests.core.state.random_choices import NETWORKS, PREFIXES, SESSIONS, TOKENS

KINDS = list(SanctionKind)
ENDS = [None, None, 5.0, 20.0, 20.0, 20.0, 0.0, -1.0]  # seconds from now


class RandomOrderEntries(RandomAccountEntries):
    """Draws entries that keep order, also those that no node would propose."""

    def actor(self) -> SessionId:
        """Return the connection of somebody, or the operator."""
        return SessionId(0) if self.one([True, True, False]) else self.attachment()

    def target(self) -> Target:
        """Return an account, a guest, a network, or several of them or nothing."""
        wanted = self.one(["account", "guest", "guest", "network", "any"])
        if wanted == "account":
            return Target("", account=self.account())
        if wanted == "network":
            return Target("", network=self.one(PREFIXES))
        if wanted == "guest":
            found = self._state.sessions.at(self.guest())
            if found is None:
                return Target("", session=self.one(SESSIONS))
            return Target(
                "", session=found.id, token=found.token, network=found.network
            )
        return Target(
            "",
            account=self.one([AccountNumber(0), self.account()]),
            session=self.one([SessionId(0), self.session()]),
            token=self.one(TOKENS),
            network=self.one(["", "", *PREFIXES]),
        )

    def place(self) -> RoomName | None:
        return None if self.one([True, False, False]) else self.room()

    def kick(self) -> Kicked:
        _, room = self.member()
        return Kicked(self.actor(), "", room, self.target(), self.reason())

    def sanction(self) -> Sanctioned:
        end, now = self.one(ENDS), self.time
        until = None if end is None else now + end
        kind, place, whom = self.one(KINDS), self.place(), self.target()
        return Sanctioned(self.actor(), "", kind, place, whom, until, self.reason())

    def reason(self) -> str:
        return self.one(["", "", "noise"])

    def lift(self) -> Lifted:
        """Return the end of a sanction, usually of one that there is."""
        number = self.mostly([each.number for each in self._state.sanctions], [1, 2, 9])
        found = self._state.sanctions.get(number)
        if found is None or self.is_rare():
            kind, room = self.one(KINDS), self.place()
        else:
            kind, room = found.kind, found.room
        return Lifted(self.actor(), "", kind, room, number, "")

    def settings(self) -> RoomSet:
        _, room = self.member()
        is_locked = self.one([None, None, False, True])
        slow = self.one([None, 3, 3, 8, 0, -1, 9999])
        return RoomSet(self.actor(), "", room, is_locked, slow)

    def role(self) -> RoleSet:
        room = self.place()
        likely = list(SERVER_ROLES)
        if room is not None:
            likely = [Role.MEMBER, Role.MODERATOR, Role.OWNER]
        role = self.mostly(likely, list(Role))
        return RoleSet(self.actor(), "", room, self.account(), "", role)

    def announcement(self) -> Announced:
        return Announced(self.actor(), "", "hi")

    def erased_message(self) -> Erased:
        """Return an erasure, usually of a message that there is."""
        _, room = self.member()
        found = self._state.rooms.get(room)
        last = found.sequence if found is not None else 0
        target = self.mostly(list(range(1, last + 1)), [-1, 0, last + 1])
        is_own = self.is_rare()
        return Erased(self.actor(), "", room, target, self.target(), is_own)

    def network(self) -> str:
        return self.one(NETWORKS)


ORDER_MAKERS: list[Callable[[RandomOrderEntries], OrderEntry]] = [
    RandomOrderEntries.kick,
    RandomOrderEntries.sanction,
    RandomOrderEntries.sanction,
    RandomOrderEntries.sanction,
    RandomOrderEntries.lift,
    RandomOrderEntries.settings,
    RandomOrderEntries.settings,
    RandomOrderEntries.role,
    RandomOrderEntries.role,
    RandomOrderEntries.announcement,
    RandomOrderEntries.erased_message,
    RandomOrderEntries.erased_message,
]
