"""The audit log of a store: the acts that a batch adds, and how many are stored.

Both stores use these rules; the contract is `Journal.append`.
"""

from typing import Final, assert_never

from parlour.core.entries import (
    AccountEnabled,
    AccountEntry,
    AccountErased,
    DeviceRevoked,
    InvitationEntry,
    Invited,
    InviteUsed,
    PasswordSet,
    Registered,
    Uninvited,
    batch_time,
)
from parlour.core.events import Act, RoomName
from parlour.core.roles import Role, role_name

from .accounts import AccountChanges

OPENED: Final = "open"
"""The action of the act that somebody has opened a room, and owns it.

With it begin the acts of the room: there may have been another one of that name.
"""

MAX_ROOM_ACTS: Final = 2_000  # of one room
MAX_SERVER_ACTS: Final = 100_000  # of the whole server


class NewActs:
    """The acts of one batch, recorded at the wall time *time*, after *last_number*."""

    def __init__(self, last_number: int, time: float) -> None:
        self.added: list[Act] = []
        self._last_number, self._time = last_number, time

    def add(
        self,
        by: str,
        action: str,
        room: RoomName | None,
        name: str = "",
        until: float | None = None,
        reason: str = "",
    ) -> None:
        """Add an act."""
        number = self._last_number + len(self.added) + 1
        act = Act(number, self._time, by, action, room, name, until, reason)
        self.added.append(act)

    def add_account_entry(self, entry: AccountEntry, accounts: AccountChanges) -> None:
        """Add what an administrator does to an account, if it is that.

        *accounts* have the entry already. The act of an erasure does not have the name.
        """
        match entry:
            case AccountErased():
                self.add("", "erase-account", None)
                return
            case Registered(attachment=0, name=name, role=role):
                self.add("", "create", None, name)
                if role is not Role.MEMBER:
                    self.add("", role_name(role), None, name)
                return
            case AccountEnabled(is_enabled=is_enabled):
                action = "enable" if is_enabled else "disable"
            case PasswordSet(attachment=0):
                action = "passwd"
            case DeviceRevoked(is_by_operator=True):
                action = "revoke"
            case _:
                return
        self.add("", action, None, accounts.require(entry.account).name)

    def add_invitation_entry(self, entry: InvitationEntry) -> None:
        """Add that an invitation was made or taken back; one by a code has no name.

        The use of an invitation is not an act.
        """
        match entry:
            case Invited(_, by, room, until, name):
                self.add(by, "invite", room, name, batch_time(until))
            case Uninvited(_, by, room, _, name):
                self.add(by, "uninvite", room, name)
            case InviteUsed():
                pass
            case _:
                assert_never(entry)


def max_acts(place: RoomName | None) -> int:
    """Return how many acts of a room, or of the whole server, are stored at most."""
    return MAX_SERVER_ACTS if place is None else MAX_ROOM_ACTS
