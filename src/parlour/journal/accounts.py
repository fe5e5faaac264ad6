"""The accounts of a store, and the changes of a batch to them.

Both stores use this; the contract is `Journal.append`.
"""

from collections.abc import Collection, Iterable

from parlour.core.account_changes import (
    Heads,
    changed_account,
    registered_account,
    without_rooms,
)
from parlour.core.entries import (
    AccountDirectOpened,
    AccountEntered,
    AccountEntry,
    AccountErased,
    AccountIgnored,
    DeviceAdded,
    PasswordSet,
    ReadUpTo,
    Registered,
    RoleSet,
    TextsErased,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.storage import StoredAccount
from parlour.history.retention import utf8_size


class Accounts:
    """Accounts by number, in order, and the number after which new ones are numbered.

    It changes only in `AccountChanges.apply`.
    """

    def __init__(
        self, accounts: Iterable[StoredAccount] = (), last_number: int = 0
    ) -> None:
        self.by_number = {account.number: account for account in accounts}
        self.last_number = last_number
        self._in_rooms: dict[RoomName, set[AccountNumber]] = {}  # but the lobby
        for account in self.by_number.values():
            self._enter(account.number, account.rooms)

    def stored(self) -> tuple[StoredAccount, ...]:
        """Return the accounts as `load` returns them."""
        return tuple(self.by_number.values())

    def in_rooms(self, rooms: Iterable[RoomName]) -> set[AccountNumber]:
        """Return the numbers of the accounts that are in one of *rooms*.

        None of them is the lobby, which is never deleted.
        """
        return {each for room in rooms for each in self._in_rooms.get(room, ())}

    def put(self, account: StoredAccount) -> None:
        """Add an account, or put it in the place of the one with its number."""
        number = account.number
        old = self.by_number.get(number)
        self.by_number[number] = account
        if old is not None and old.rooms is account.rooms:
            return
        before, after = set(old.rooms if old is not None else ()), set(account.rooms)
        self._leave(number, before - after)
        self._enter(number, after - before)

    def remove(self, number: AccountNumber) -> None:
        """Remove the account with this number."""
        self._leave(number, {*self.by_number.pop(number).rooms})

    def _enter(self, number: AccountNumber, rooms: Iterable[RoomName]) -> None:
        for room in rooms:
            if room != LOBBY:
                self._in_rooms.setdefault(room, set()).add(number)

    def _leave(self, number: AccountNumber, rooms: Iterable[RoomName]) -> None:
        for room in rooms:
            if room != LOBBY:
                self._in_rooms[room].remove(number)
                if not self._in_rooms[room]:
                    del self._in_rooms[room]


class AccountChanges:
    """The changes of one batch, recorded at the wall time *time*, to *accounts*.

    *heads* returns the last sequence of a room, within the batch. `changed` are the
    accounts as they are after the batch, new ones included; in those of `read`, only
    the read positions in these rooms changed. `erased` are the numbers of stored ones
    that are not there any more.
    """

    def __init__(self, accounts: Accounts, time: float, heads: Heads) -> None:
        self.erased: set[AccountNumber] = set()
        self._accounts, self._time, self._heads = accounts, time, heads
        self.read: dict[AccountNumber, set[RoomName]] = {}
        self._last_number = accounts.last_number
        self.changed: dict[AccountNumber, StoredAccount] = {}

    @property
    def has_changes(self) -> bool:
        """Whether the batch changes, creates or erases accounts."""
        return bool(self.changed or self.erased) or self._has_new_number

    @property
    def _has_new_number(self) -> bool:
        return self._last_number != self._accounts.last_number

    @property
    def numbers(self) -> tuple[int, int]:
        """How many accounts there are after the batch, and the last number."""
        stored = self._accounts.by_number
        new = sum(number not in stored for number in self.changed)
        return len(stored) - len(self.erased) + new, self._last_number

    def add(self, entry: AccountEntry | RoleSet) -> None:
        """Add what *entry* changes. The caller has created its rooms.

        *entry* is not about a role in a room. Raises ValueError if there is no such
        account, or if a text contains a lone surrogate.
        """
        utf8_size(_texts(entry))
        if isinstance(entry, Registered):
            self._last_number += 1
            number = AccountNumber(self._last_number)
            self.changed[number] = registered_account(
                entry, number, self._time, self._heads
            )
            return
        account = self.require(entry.account)
        if isinstance(entry, AccountErased):
            self._erase(account.number)
            return
        if isinstance(entry, TextsErased):
            return  # it changes messages
        if isinstance(entry, AccountDirectOpened):
            self.require(entry.other)
        changed = changed_account(account, entry, self._time, self._heads)
        if not isinstance(entry, ReadUpTo):
            self._change(changed)
        elif changed is not account:
            if account.number in self.read or account.number not in self.changed:
                self.read.setdefault(account.number, set()).add(entry.room)
            self.changed[account.number] = changed

    def _change(self, account: StoredAccount) -> None:
        self.changed[account.number] = account
        self.read.pop(account.number, None)  # all of it has changed

    def get(self, number: AccountNumber) -> StoredAccount | None:
        """Return the account with this number as it is after the batch, or None."""
        if number in self.erased:
            return None
        return self.changed.get(number) or self._accounts.by_number.get(number)

    def require(self, number: AccountNumber) -> StoredAccount:
        """Return the account with this number; raises ValueError if there is none."""
        account = self.get(number)
        if account is None:
            raise ValueError(f"there is no account {number}")
        return account

    def leave(self, number: AccountNumber, room: RoomName) -> None:
        """Let an account leave *room*, if there is one and it is there."""
        account = self.get(number)
        if account is not None and room in account.rooms:
            self._change(without_rooms(account, (room,)))

    def delete_rooms(self, rooms: Collection[RoomName]) -> None:
        """Remove *rooms*, which are deleted, from all accounts."""
        for number in sorted(self._accounts.in_rooms(rooms) | self.changed.keys()):
            account = self.get(number)
            if account is not None and account is not (
                left := without_rooms(account, rooms)
            ):
                self._change(left)

    def _erase(self, number: AccountNumber) -> None:
        self.changed.pop(number, None)
        if number in self._accounts.by_number:
            self.erased.add(number)

    def apply(self) -> None:
        """Change the accounts, after the batch was stored."""
        for number in self.erased:
            self._accounts.remove(number)
        for account in self.changed.values():
            self._accounts.put(account)
        self._accounts.last_number = self._last_number


def entered_rooms(entry: AccountEntry) -> tuple[RoomName, ...]:
    """Return the rooms that an account enters by *entry*."""
    match entry:
        case Registered():
            return entry.rooms
        case AccountEntered() | AccountDirectOpened():
            return (entry.room,)
        case _:
            return ()


def _texts(entry: AccountEntry | RoleSet) -> str:
    """Return the texts of *entry* that are stored, but for the names of rooms."""
    match entry:
        case Registered():
            ignored = "".join(map("".join, entry.ignored))
            return entry.name + entry.password + entry.device + entry.label + ignored
        case PasswordSet():
            return entry.password
        case DeviceAdded():
            return entry.key + entry.label
        case AccountIgnored():
            return entry.name + entry.key
        case TextsErased():
            return entry.name
        case _:
            return ""
