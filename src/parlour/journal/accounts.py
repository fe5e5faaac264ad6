"""The accounts of a store, and what the entries about accounts change in them.

Both stores use these rules; the contract is `Journal.append`.
"""

from collections.abc import Collection, Iterable
from typing import assert_never

from parlour.core.entries import (
    AccountEnabled,
    AccountEntered,
    AccountEntry,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    PasswordSet,
    Registered,
    RoleSet,
)
from parlour.core.events import AccountNumber, RoomName
from parlour.core.limits import MAX_DEVICES
from parlour.core.storage import StoredAccount, StoredDevice
from parlour.history.retention import utf8_size

_Change = (PasswordSet | DeviceAdded | DeviceRevoked | AccountEnabled | RoleSet) | (
    AccountEntered | AccountLeft | AccountIgnored | AccountUnignored
)
"""The entries about an account that exists."""


class Accounts:
    """Accounts by number, in order, and the number after which new ones are numbered.

    It changes only in `AccountChanges.apply`.
    """

    def __init__(
        self, accounts: Iterable[StoredAccount] = (), last_number: int = 0
    ) -> None:
        self.by_number = {account.number: account for account in accounts}
        self.last_number = last_number

    def stored(self) -> tuple[StoredAccount, ...]:
        """Return the accounts as `load` returns them."""
        return tuple(self.by_number.values())


class AccountChanges:
    """The changes of one batch, recorded at the wall time *time*, to *accounts*.

    `changed` are the accounts as they are after the batch, new ones included.
    """

    def __init__(self, accounts: Accounts, time: float) -> None:
        self._accounts, self._time = accounts, time
        self._last_number = accounts.last_number
        self.changed: dict[AccountNumber, StoredAccount] = {}

    @property
    def numbers(self) -> tuple[int, int]:
        """How many accounts there are after the batch, and the last number."""
        new = self._last_number - self._accounts.last_number
        return len(self._accounts.by_number) + new, self._last_number

    def add(self, entry: AccountEntry | RoleSet) -> None:
        """Add what *entry* changes. The caller has created its rooms.

        *entry* is not about a role in a room. Raises ValueError if there is no such
        account, or if a text contains a lone surrogate.
        """
        utf8_size(_texts(entry))
        if isinstance(entry, Registered):
            self._last_number += 1
            number = AccountNumber(self._last_number)
            self.changed[number] = _registered(entry, number, self._time)
            return
        account = self.require(entry.account)
        self.changed[account.number] = _changed(account, entry, self._time)

    def get(self, number: AccountNumber) -> StoredAccount | None:
        """Return the account with this number as it is after the batch, or None."""
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
            others = tuple(each for each in account.rooms if each != room)
            self.changed[number] = account.replace(rooms=others)

    def delete_rooms(self, rooms: Collection[RoomName]) -> None:
        """Remove *rooms*, which are deleted, from all accounts."""
        for account in (self._accounts.by_number | self.changed).values():
            left = tuple(room for room in account.rooms if room not in rooms)
            if left != account.rooms:
                self.changed[account.number] = account.replace(rooms=left)

    def apply(self) -> None:
        """Change the accounts, after the batch was stored."""
        self._accounts.by_number.update(self.changed)
        self._accounts.last_number = self._last_number


def entered_rooms(entry: AccountEntry) -> tuple[RoomName, ...]:
    """Return the rooms that an account enters by *entry*."""
    match entry:
        case Registered():
            return entry.rooms
        case AccountEntered():
            return (entry.room,)
        case _:
            return ()


def _texts(entry: AccountEntry | RoleSet) -> str:
    """Return the texts of *entry* that are stored, but for the names of rooms."""
    match entry:
        case Registered():
            return entry.name + entry.password + entry.device + entry.label
        case PasswordSet():
            return entry.password
        case DeviceAdded():
            return entry.key + entry.label
        case AccountIgnored():
            return entry.name + entry.key
        case _:
            return ""


def _registered(entry: Registered, number: AccountNumber, time: float) -> StoredAccount:
    account = StoredAccount(
        number,
        entry.name,
        entry.password,
        entry.role,
        time,
        rooms=tuple(dict.fromkeys(entry.rooms)),
    )
    if not entry.device:
        return account
    return _with_device(account, entry.device, entry.label, time)


def _changed(account: StoredAccount, entry: _Change, time: float) -> StoredAccount:
    devices = account.devices
    match entry:
        case PasswordSet():
            return account.replace(
                password=entry.password,
                generation=account.generation + 1,
                devices=tuple(each for each in devices if each.number == entry.device),
            )
        case DeviceAdded():
            return _with_device(account, entry.key, entry.label, time)
        case DeviceRevoked():
            left = tuple(each for each in devices if each.number != entry.device)
            return account.replace(devices=left)
        case AccountEnabled():
            return account.replace(is_enabled=entry.is_enabled)
        case RoleSet():
            return account.replace(role=entry.role)
        case AccountEntered():
            rooms = dict.fromkeys((*account.rooms, entry.room))
            return account.replace(rooms=tuple(rooms))
        case AccountLeft():
            others = tuple(each for each in account.rooms if each != entry.room)
            return account.replace(rooms=others)
        case AccountIgnored():
            names = dict(account.ignored) | {entry.key: entry.name}
            return account.replace(ignored=tuple(names.items()))
        case AccountUnignored():
            ignored = tuple(each for each in account.ignored if each[0] != entry.key)
            return account.replace(ignored=ignored)
        case _:
            assert_never(entry)


def _with_device(
    account: StoredAccount, key: str, label: str, time: float
) -> StoredAccount:
    """Return *account* with one more device, and with the newest ones at most."""
    number = account.last_device + 1
    devices = (*account.devices, StoredDevice(number, key, label, time))
    return account.replace(last_device=number, devices=devices[-MAX_DEVICES:])
