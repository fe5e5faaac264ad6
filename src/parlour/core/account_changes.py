"""What entries change in an account: the rules of the state, and of the stores.

The state judges first whether an entry has an effect.
"""

from collections.abc import Callable, Container
from typing import assert_never

from .entries import (
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    PasswordSet,
    ReadUpTo,
    Registered,
    RoleSet,
)
from .events import AccountNumber, RoomName
from .limits import MAX_DEVICES
from .storage import StoredAccount, StoredDevice

AccountChange = (
    (PasswordSet | DeviceAdded | DeviceRevoked | AccountEnabled | RoleSet)
    | (AccountEntered | AccountLeft | AccountDirectOpened | DirectShown | ReadUpTo)
    | (AccountIgnored | AccountUnignored)
)
"""The entries about an account that exists."""

Heads = Callable[[RoomName], int]
"""Returns the sequence of the last message of a room; 0 if there was none."""


def registered_account(
    entry: Registered, number: AccountNumber, time: float, heads: Heads
) -> StoredAccount:
    """Return the account that *entry* creates, at the wall time *time*.

    It has read its rooms up to now.
    """
    rooms = tuple(dict.fromkeys(entry.rooms))
    account = StoredAccount(
        number,
        entry.name,
        entry.password,
        entry.role,
        time,
        rooms=rooms,
        ignored=tuple(dict(entry.ignored).items()),
        reads=tuple((room, heads(room)) for room in rooms),
    )
    if not entry.device:
        return account
    return _with_device(account, entry.device, entry.label, time)


def changed_account(
    account: StoredAccount, entry: AccountChange, time: float, heads: Heads
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
        case AccountEntered() | AccountDirectOpened() | DirectShown():
            return _with_room(account, entry.room, heads(entry.room))
        case ReadUpTo():
            return _with_read(account, entry, heads(entry.room))
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
    reads = tuple(each for each in account.reads if each[0] not in rooms)
    return account.replace(rooms=left, reads=reads)


def _with_room(account: StoredAccount, room: RoomName, head: int) -> StoredAccount:
    """Return *account* in *room*, which it has read up to now if it is new there."""
    if room in account.rooms:
        return account
    reads = (*account.reads, (room, head))
    return account.replace(rooms=(*account.rooms, room), reads=reads)


def _with_read(account: StoredAccount, entry: ReadUpTo, head: int) -> StoredAccount:
    """Return *account* after it has read a room further, or itself."""
    sequence, old = min(entry.sequence, head), account.read(entry.room)
    if entry.room not in account.rooms or sequence <= (old or 0):
        return account
    reads = dict(account.reads) | {entry.room: sequence}
    ordered = [(each, reads[each]) for each in account.rooms if each in reads]
    return account.replace(reads=tuple(ordered))


def _with_device(
    account: StoredAccount, key: str, label: str, time: float
) -> StoredAccount:
    """Return *account* with one more device, and with the newest ones at most."""
    number = account.last_device + 1
    devices = (*account.devices, StoredDevice(number, key, label, time))
    return account.replace(last_device=number, devices=devices[-MAX_DEVICES:])
