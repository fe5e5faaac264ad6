"""The invitations of a store, and the changes of a batch to them.

Both stores use this; the contract is `Journal.append`.
"""

from collections.abc import Iterable

from parlour.core.entries import (
    AccountEntered,
    AccountEntry,
    AccountErased,
    InvitationEntry,
    Invited,
    InviteUsed,
    Registered,
)
from parlour.core.events import RoomName, SessionId
from parlour.core.invitation_rules import (
    NOBODY,
    InvitationTable,
    add_invitation,
    is_dropped,
    of_erased,
    remove_code,
    remove_erased,
    remove_of_account,
    remove_of_room,
    use_code,
)
from parlour.core.storage import Invitation, InvitationKey
from parlour.history.retention import utf8_size

from .accounts import AccountChanges

NO_SESSION = SessionId(0)


class Invitations:
    """Invitations in the order of inviting; it changes only by `InvitationChanges`."""

    def __init__(self, invitations: Iterable[Invitation] = ()) -> None:
        self.table: InvitationTable = {each.key: each for each in invitations}

    def stored(self) -> tuple[Invitation, ...]:
        """Return the invitations as `load` returns them."""
        return tuple(self.table.values())


class InvitationChanges:
    """The changes of one batch, recorded at the wall time *time*, to *invitations*.

    *accounts* are the changes of the same batch to accounts.
    """

    def __init__(
        self, invitations: Invitations, accounts: AccountChanges, time: float
    ) -> None:
        self._stored, self._accounts, self._time = invitations, accounts, time
        self._changed: InvitationTable | None = None  # all, after the batch

    @property
    def has_any(self) -> bool:
        """Whether the batch changes invitations."""
        return self._changed is not None

    @property
    def _table(self) -> InvitationTable:
        return self._stored.table if self._changed is None else self._changed

    @property
    def count(self) -> int:
        """How many invitations there are after the batch."""
        return len(self._table)

    @property
    def added(self) -> list[Invitation]:
        """The invitations that are new after the batch, in order."""
        old = self._stored.table
        return [each for key, each in self._table.items() if old.get(key) is not each]

    @property
    def removed(self) -> list[InvitationKey]:
        """What identifies the stored ones that the batch removes or replaces."""
        new = self._table
        old = self._stored.table.items()
        return [key for key, each in old if new.get(key) is not each]

    def add(self, entry: InvitationEntry) -> None:
        """Add what *entry* changes. The invitation of a guest is not stored.

        Raises ValueError if there is no such code, or if a text contains a lone
        surrogate.
        """
        match entry:
            case Invited(session=session):
                utf8_size("".join((entry.by, entry.room or "", entry.name, entry.code)))
                if not (session or self._is_dropped(entry)):
                    add_invitation(self._change(), entry, self._time)
            case InviteUsed(_, room, code, account):
                if (room, *NOBODY, code) not in self._table:
                    raise ValueError(f"there is no such code for {room}")
                if account:
                    use_code(self._change(), entry, NO_SESSION)
                else:
                    remove_code(self._change(), room, code)

    def _is_dropped(self, entry: Invited) -> bool:
        account = self._accounts.get(entry.account)
        ignored = dict(account.ignored) if account is not None else {}
        return is_dropped(entry, ignored)

    def add_account_entry(self, entry: AccountEntry) -> None:
        """Remove the invitations that end with *entry*, if there are any.

        `AccountChanges` does not have it yet.
        """
        if not self._table:
            return
        match entry:
            case Registered(invite=code) if code:
                remove_code(self._change(), None, code)
            case AccountErased(number):
                account = self._accounts.get(number)
                name = account.name if account is not None else ""
                if account and of_erased(self._table, number, name):
                    remove_erased(self._change(), number, name)
            case AccountEntered(_, number, room):
                if (room, number, NO_SESSION, "") in self._table:
                    remove_of_account(self._change(), room, number)

    def delete_room(self, room: RoomName) -> None:
        """Remove the invitations to a room that is deleted or shut."""
        if any(key[0] == room for key in self._table):
            remove_of_room(self._change(), room)

    def apply(self) -> None:
        """Change the invitations, after the batch was stored."""
        self._stored.table = self._table

    def _change(self) -> InvitationTable:
        if self._changed is None:
            self._changed = dict(self._stored.table)
        return self._changed
