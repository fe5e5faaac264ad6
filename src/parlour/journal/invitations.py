"""The invitations of a store, and the changes of a batch to them.

Both stores use this; the contract is `Journal.append`.
"""

from collections.abc import Collection, Iterable

from parlour.core.entries import (
    AccountEntered,
    AccountEntry,
    AccountErased,
    InvitationEntry,
    Invited,
    InviteUsed,
    Registered,
    Uninvited,
)
from parlour.core.events import RoomName, SessionId
from parlour.core.invitation_rules import (
    NOBODY,
    InvitationTable,
    add_invitation,
    is_ignored,
    new_invitation,
    of_erased,
    remove_code,
    remove_erased,
    remove_of_account,
    remove_of_room,
    take_back,
    use_code,
)
from parlour.core.storage import Invitation
from parlour.history.retention import utf8_size

from .accounts import AccountChanges

NO_SESSION = SessionId(0)


class Invitations:
    """Invitations by what identifies them, and the number of the last one that was.

    They are in order of their numbers. It changes only by `InvitationChanges`.
    """

    def __init__(
        self, invitations: Iterable[Invitation] = (), last_number: int = 0
    ) -> None:
        self.table: InvitationTable = {each.key: each for each in invitations}
        self.last_number = last_number

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
        self.last_number = invitations.last_number

    @property
    def has_any(self) -> bool:
        """Whether the batch changes invitations, or uses up a number."""
        is_numbered = self.last_number > self._stored.last_number
        return self._changed is not None or is_numbered

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
    def removed(self) -> list[int]:
        """The numbers of the stored ones that the batch removes or replaces."""
        new = self._table
        old = self._stored.table.items()
        return [each.number for key, each in old if new.get(key) is not each]

    def add(self, entry: InvitationEntry) -> None:
        """Add what *entry* changes.

        The invitation of a guest has a number, but is not stored.

        Raises ValueError if there is no such code, or if a text contains a lone
        surrogate.
        """
        match entry:
            case Invited(session=session):
                utf8_size("".join((entry.by, entry.room or "", entry.name, entry.code)))
                self.last_number += 1
                if not session:
                    added = new_invitation(
                        entry, self.last_number, is_ignored=self._is_ignored(entry)
                    )
                    add_invitation(self._change(), added, self._time)
            case InviteUsed(_, room, code, account):
                if (room, *NOBODY, code) not in self._table:
                    raise ValueError(f"there is no such code for {room}")
                self.last_number += 1
                if account:
                    use_code(self._change(), entry, NO_SESSION, self.last_number)
                else:
                    remove_code(self._change(), room, code)
            case Uninvited(by=by, name=name):
                utf8_size(by + (entry.room or "") + name)
                take_back(self._change(), entry)

    def _is_ignored(self, entry: Invited) -> bool:
        account = self._accounts.get(entry.account)
        ignored = dict(account.ignored) if account is not None else {}
        return is_ignored(entry, ignored)

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

    def delete_rooms(self, rooms: Collection[RoomName]) -> None:
        """Remove the invitations to *rooms*, which are deleted or shut."""
        for room in {key[0] for key in self._table if key[0] in rooms}:
            if room is not None:
                remove_of_room(self._change(), room)

    def apply(self) -> None:
        """Change the invitations, after the batch was stored."""
        self._stored.table = self._table
        self._stored.last_number = self.last_number

    def _change(self) -> InvitationTable:
        if self._changed is None:
            self._changed = dict(self._stored.table)
        return self._changed
