"""The accounts: names that belong to somebody, and what their owners have chosen."""

from collections.abc import Iterator
from typing import Final

from ..events import AccountNumber, PersonId, RoomName
from ..storage import StoredAccount, StoredDevice
from .names import Names, name_keys

NO_ACCOUNT: Final = AccountNumber(0)
"""The number of no account: that of guests."""


def person_of(account: AccountNumber) -> PersonId:
    """Return the person who has an account, among the sessions that are guests."""
    return PersonId(-account)


class Account:
    """One account. *password* is a hash, and *generation* counts the passwords."""

    __slots__ = (
        "created",
        "devices",
        "generation",
        "ignored",
        "is_enabled",
        "last_device",
        "name",
        "number",
        "password",
        "role",
        "rooms",
    )

    def __init__(self, stored: StoredAccount) -> None:
        self.number, self.name = stored.number, stored.name
        self.password, self.generation = stored.password, stored.generation
        self.role, self.created = stored.role, stored.created
        self.is_enabled = stored.is_enabled
        self.devices = {each.number: each for each in stored.devices}
        self.last_device = stored.last_device
        self.rooms: tuple[RoomName, ...] = stored.rooms
        self.ignored: dict[str, str] = dict(stored.ignored)  # names by key

    @property
    def person(self) -> PersonId:
        """The person who has the account."""
        return person_of(self.number)

    def stored(self) -> StoredAccount:
        """Return the account as the store has it."""
        return StoredAccount(
            self.number,
            self.name,
            self.password,
            self.role,
            self.created,
            is_enabled=self.is_enabled,
            generation=self.generation,
            last_device=self.last_device,
            devices=tuple(self.devices.values()),
            rooms=self.rooms,
            ignored=tuple(self.ignored.items()),
        )


class Accounts:
    """All accounts by number, and their devices by the hashes of the keys."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_number: dict[AccountNumber, Account] = {}
        self._devices: dict[str, tuple[Account, int]] = {}
        self.last_number = 0

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_number.values())

    def get(self, number: AccountNumber) -> Account | None:
        """Return the account with this number; None if there is none, or for 0."""
        return self._by_number.get(number)

    def named(self, key: str) -> Account | None:
        """Return the account whose name has the conflict key *key*, or None."""
        owner = self._names.owner((key,))
        return None if owner is None else self.of(owner)

    def of(self, person: PersonId) -> Account | None:
        """Return the account of a person; None if it is a guest."""
        return self._by_number.get(AccountNumber(-person))

    def device(self, key: str) -> tuple[Account, int] | None:
        """Return the account and the number of the device whose key has this hash."""
        return self._devices.get(key)

    def load(self, stored: StoredAccount) -> None:
        """Add an account that was stored.

        Its name may look like that of an earlier one to this version of Unicode. It
        has those of its keys that are free.
        """
        wanted = name_keys(stored.name)
        free = tuple(each for each in wanted if self._names.owner((each,)) is None)
        self.add(stored, free)

    def add(self, stored: StoredAccount, keys: tuple[str, ...]) -> Account:
        """Add an account that nobody else's name conflicts with."""
        account = Account(stored)
        self._names.claim(account.person, keys)
        self._by_number[account.number] = account
        self.last_number = max(self.last_number, account.number)
        for device in account.devices.values():
            self._devices[device.key] = account, device.number
        return account

    def forget_room(self, name: RoomName) -> None:
        """Take a room that no longer exists from all accounts."""
        for account in self:
            if name in account.rooms:
                account.rooms = tuple(each for each in account.rooms if each != name)

    def add_device(self, account: Account, key: str, label: str, time: float) -> int:
        """Add a device with the next number, and return that."""
        account.last_device += 1
        number = account.last_device
        account.devices[number] = StoredDevice(number, key, label, time)
        self._devices[key] = account, number
        return number

    def remove_device(self, account: Account, number: int) -> None:
        """Remove a device, whose key no longer signs in."""
        self._devices.pop(account.devices.pop(number).key, None)
