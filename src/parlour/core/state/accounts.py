"""The accounts: names that belong to somebody, and what their owners have chosen."""

from collections.abc import Iterator
from typing import Final

from ..account_changes import without_rooms
from ..events import LOBBY, AccountNumber, PersonId, RoomName
from ..storage import StoredAccount
from .names import Names, name_keys

NO_ACCOUNT: Final = AccountNumber(0)
"""The number of no account: that of guests."""


class Accounts:
    """All accounts by number, and their devices by the hashes of the keys."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_number: dict[AccountNumber, StoredAccount] = {}
        self._devices: dict[str, tuple[AccountNumber, int]] = {}
        self._in_rooms: dict[RoomName, set[AccountNumber]] = {}  # but the lobby
        self.last_number = 0

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[StoredAccount]:
        return iter(self._by_number.values())

    def get(self, number: AccountNumber) -> StoredAccount | None:
        """Return the account with this number; None if there is none, or for 0."""
        return self._by_number.get(number)

    def named(self, key: str) -> StoredAccount | None:
        """Return the account whose name has the conflict key *key*, or None."""
        owner = self._names.owner((key,))
        return None if owner is None else self.of(owner)

    def of(self, person: PersonId) -> StoredAccount | None:
        """Return the account of a person; None if it is a guest."""
        return self._by_number.get(AccountNumber(-person))

    def device(self, key: str) -> tuple[StoredAccount, int] | None:
        """Return the account and the number of the device whose key has this hash."""
        found = self._devices.get(key)
        if found is None:
            return None
        number, device = found
        return self._by_number[number], device

    def load(self, stored: StoredAccount) -> None:
        """Add an account that was stored.

        Its name may look like that of an earlier one to this version of Unicode. It
        has those of its keys that are free.
        """
        wanted = name_keys(stored.name)
        free = tuple(each for each in wanted if self._names.owner((each,)) is None)
        self.add(stored, free)

    def add(self, account: StoredAccount, keys: tuple[str, ...]) -> None:
        """Add an account that nobody else's name conflicts with."""
        self._names.claim(account.person, keys)
        self.last_number = max(self.last_number, account.number)
        self._put(account)

    def replace(self, account: StoredAccount) -> None:
        """Put *account* in the place of the one with its number."""
        self._take(self._by_number[account.number])
        self._put(account)

    def remove(self, account: StoredAccount) -> None:
        """Remove an account that has no sessions, and free its name."""
        self._take(account)
        del self._by_number[account.number]
        self._names.release(account.person)

    def is_in(self, number: AccountNumber, room: RoomName) -> bool:
        """Return whether an account, 0 for none, is in a room."""
        account = self.get(number)
        return account is not None and room in account.rooms

    def have(self, room: RoomName, pair: tuple[PersonId, PersonId]) -> bool:
        """Return whether one of the two accounts of a direct room is in it."""
        accounts = map(self.of, pair)
        return any(each is not None and room in each.rooms for each in accounts)

    def forget_room(self, name: RoomName) -> None:
        """Take a room that no longer exists from all accounts."""
        for number in self._in_rooms.pop(name, ()):
            account = self._by_number[number]
            self._by_number[number] = without_rooms(account, {name})

    def _put(self, account: StoredAccount) -> None:
        self._by_number[account.number] = account
        for device in account.devices:
            self._devices[device.key] = account.number, device.number
        for room in account.rooms:
            if room != LOBBY:  # it is never forgotten
                self._in_rooms.setdefault(room, set()).add(account.number)

    def _take(self, account: StoredAccount) -> None:
        """Undo what `_put` adds to the indexes."""
        for device in account.devices:
            del self._devices[device.key]
        for room in account.rooms:
            if room != LOBBY:
                self._in_rooms[room].remove(account.number)
                if not self._in_rooms[room]:
                    del self._in_rooms[room]
