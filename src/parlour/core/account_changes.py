"""What entries change in an account: the rules of the state, and of the stores.

The state judges first whether an entry has an effect.
"""

from collections.abc import Container
from typing import assert_never

from .entries import (
    AccountEnabled,
    AccountEntered,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    PasswordSet,
    Registered,
    RoleSet,
)
from .events import AccountNumber, RoomName
from .limits import MAX_DEVICES
from .storage import StoredAccount, StoredDevice

AccountChange = (PasswordSet | DeviceAdded | DeviceRevoked | AccountEnabled) | (
    RoleSet | AccountEntered | AccountLeft | AccountIgnored | AccountUnignored
)
"""The entries about an account that exists."""


def registered_account(
    entry: Registered, number: AccountNumber, time: float
) -> StoredAccount:
    """Return the account that *entry* creates, at the wall time *time*."""
    account = StoredAccount(
        number,
        entry.name,
        entry.password,
        entry.role,
        time,
        rooms=tuple(dict.fromkeys(entry.rooms)),
        ignored=tuple(dict(entry.ignored).items()),
    )
    if not entry.device:
        return account
    return _with_device(account, entry.device, entry.label, time)


def changed_account(
    account: StoredAccount, entry: AccountChange, time: float
) -> StoredAccount:
    """Return *account* after *entry*, at the wall time *time*."""
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
            return without_rooms(account, {entry.room})
        case AccountIgnored():
            names = dict(account.ignored) | {entry.key: entry.name}
            return account.replace(ignored=tuple(names.items()))
        case AccountUnignored():
            ignored = tuple(each for each in account.ignored if each[0] != entry.key)
            return account.replace(ignored=ignored)
        case _:
            assert_never(entry)


def without_rooms(account: StoredAccount, rooms: Container[RoomName]) -> StoredAccount:
    """Return *account*, itself if it is in none of *rooms*, without them."""
    if not any(room in rooms for room in account.rooms):
        return account
    left = tuple(room for room in account.rooms if room not in rooms)
    return account.replace(rooms=left)


def _with_device(
    account: StoredAccount, key: str, label: str, time: float
) -> StoredAccount:
    """Return *account* with one more device, and with the newest ones at most."""
    number = account.last_device + 1
    devices = (*account.devices, StoredDevice(number, key, label, time))
    return account.replace(last_device=number, devices=devices[-MAX_DEVICES:])
