"""The rows of the tables for accounts; `schema-3.sql` describes the columns."""

from collections.abc import Mapping
from typing import NamedTuple

from parlour.core.events import AccountNumber, RoomName
from parlour.core.roles import Role
from parlour.core.storage import StoredAccount, StoredDevice

from ..timestamps import from_microseconds, to_microseconds
from .checksums import checksum, is_intact


class AccountRow(NamedTuple):
    """A row of the table `account`."""

    id: int
    name: str
    password: str
    generation: int
    role: int
    created: int
    is_enabled: int
    last_device: int
    devices: int
    rooms: int
    ignored: int
    checksum: int


class DeviceRow(NamedTuple):
    """A row of the table `device`."""

    account: int
    number: int
    key: str
    label: str
    added: int
    checksum: int


class MembershipRow(NamedTuple):
    """A row of the table `membership`."""

    account: int
    position: int
    room: int
    read: int | None
    checksum: int


class IgnoredRow(NamedTuple):
    """A row of the table `ignored`."""

    account: int
    position: int
    key: str
    name: str
    checksum: int


class StoredRows(NamedTuple):
    """The row of an account, and its rows in the other tables, in order."""

    account: AccountRow
    devices: list[DeviceRow]
    memberships: list[MembershipRow]
    ignored: list[IgnoredRow]

    def problem(self, rooms: Mapping[int, RoomName]) -> str:
        """Return what is wrong with the rows, if anything; *rooms* are those by id."""
        row = self.account
        if not is_intact(row):
            return "the record of the account was changed"
        if not all(map(is_intact, (*self.devices, *self.memberships, *self.ignored))):
            return "the record of a device, a room or an ignored name was changed"
        expected = row.devices, row.rooms, row.ignored
        if (len(self.devices), len(self.memberships), len(self.ignored)) != expected:
            return "a device, a room or an ignored name is missing"
        if not all(each.room in rooms for each in self.memberships):
            return "one of its rooms is missing"
        return ""

    def stored_account(self, rooms: Mapping[int, RoomName]) -> StoredAccount:
        """Return the account as `load` returns it; the rows have no problem."""
        row = self.account
        return StoredAccount(
            AccountNumber(row.id),
            row.name,
            row.password,
            Role(row.role),
            from_microseconds(row.created),
            bool(row.is_enabled),
            row.generation,
            row.last_device,
            tuple(
                StoredDevice(
                    each.number, each.key, each.label, from_microseconds(each.added)
                )
                for each in self.devices
            ),
            tuple(rooms[each.room] for each in self.memberships),
            tuple((each.key, each.name) for each in self.ignored),
            tuple(
                (rooms[each.room], each.read)
                for each in self.memberships
                if each.read is not None
            ),
        )


def account_row(account: StoredAccount) -> AccountRow:
    """Return the row for *account*, with its checksum."""
    fields = (
        account.number,
        account.name,
        account.password,
        account.generation,
        int(account.role),
        to_microseconds(account.created),
        int(account.is_enabled),
        account.last_device,
        len(account.devices),
        len(account.rooms),
        len(account.ignored),
    )
    return AccountRow(*fields, checksum(*fields))


def device_row(account: int, device: StoredDevice) -> DeviceRow:
    """Return the row for a *device*, with its checksum."""
    added = to_microseconds(device.added)
    fields = account, device.number, device.key, device.label, added
    return DeviceRow(*fields, checksum(*fields))
