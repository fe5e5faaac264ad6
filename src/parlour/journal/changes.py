"""What a batch changes in a store besides rooms and messages.

Both stores use this; the contract is `Journal.append`.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from parlour.core.account_changes import Heads
from parlour.core.entries import (
    AccountEntry,
    AccountErased,
    InvitationEntry,
    OrderEntry,
    Shut,
)
from parlour.core.events import RoomName
from parlour.core.storage import StoredKey, StoredRoom, StoredState

from .accounts import AccountChanges, Accounts
from .acts import NewActs
from .invitations import InvitationChanges, Invitations
from .order import OrderChanges, RoomSettings, Sanctions


class People(NamedTuple):
    """What a store knows of people: their accounts, sanctions and invitations."""

    accounts: Accounts
    sanctions: Sanctions
    invitations: Invitations

    def state(
        self,
        epoch: str,
        rooms: tuple[StoredRoom, ...],
        keys: tuple[StoredKey, ...],
        last_room: int,
    ) -> StoredState:
        """Return what a store loads; *last_room* is the last number of a room."""
        return StoredState(
            epoch,
            rooms,
            keys,
            last_room,
            self.accounts.stored(),
            self.accounts.last_number,
            self.sanctions.stored(),
            self.sanctions.last_number,
            self.invitations.stored(),
            self.invitations.last_number,
        )


class Changes:
    """The changes of one batch, recorded at the wall time *time*, to *people*.

    Within the batch, *heads* returns the last sequence of a room, and *settings* what
    keeps order in it. *last_act* is the number of the last act that is stored.
    """

    def __init__(
        self,
        people: People,
        heads: Heads,
        settings: Callable[[RoomName], RoomSettings],
        last_act: int,
        time: float,
    ) -> None:
        self.acts = NewActs(last_act, time)
        self.accounts = AccountChanges(people.accounts, time, heads)
        self.order = OrderChanges(
            people.sanctions, self.accounts, self.acts, settings, time
        )
        self.invitations = InvitationChanges(people.invitations, self.accounts, time)

    @property
    def has_any(self) -> bool:
        """Whether the batch changes anything, or uses up a number."""
        has_order = self.order.has_sanctions or bool(self.acts.added)
        return self.accounts.has_changes or has_order or self.invitations.has_any

    def add_account_entry(self, entry: AccountEntry) -> None:
        """Add what *entry* changes; raises ValueError as `AccountChanges.add` does."""
        self.invitations.add_account_entry(entry)
        self.accounts.add(entry)
        if isinstance(entry, AccountErased):
            self.order.erase_account(entry.account)
        self.acts.add_account_entry(entry, self.accounts)

    def add_order_entry(
        self, entry: OrderEntry, settings: RoomSettings
    ) -> RoomSettings:
        """Do what `OrderChanges.add` does. A room that is shut has no invitations."""
        settings = self.order.add(entry, settings)
        if isinstance(entry, Shut):
            self.invitations.delete_rooms((entry.room,))
        return settings

    def add_invitation_entry(self, entry: InvitationEntry) -> None:
        """Add what *entry* changes; raises ValueError as `InvitationChanges.add`."""
        self.invitations.add(entry)
        self.acts.add_invitation_entry(entry)

    def delete_rooms(self, rooms: Collection[RoomName]) -> None:
        """Remove what is about *rooms*, which are deleted."""
        self.accounts.delete_rooms(rooms)
        self.order.delete_rooms(rooms)
        self.invitations.delete_rooms(rooms)

    def apply(self) -> None:
        """Change the people, after the batch was stored."""
        self.accounts.apply()
        self.order.apply()
        self.invitations.apply()
