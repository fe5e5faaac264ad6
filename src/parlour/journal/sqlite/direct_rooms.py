"""Checks that the direct rooms of a file belong to two of its accounts each."""

from collections.abc import Iterable

from ..accounts import Accounts
from .errors import OnDamage, refuse
from .rows import RoomRow


def check_direct_rooms(
    rooms: Iterable[RoomRow], accounts: Accounts, on_damage: OnDamage = refuse
) -> None:
    """Check whose *rooms* the direct ones are; an account may have been erased.

    *on_damage* is called with each problem, and raises StorageError by default.
    """
    pairs = {row.name: (row.one or 0, row.other or 0) for row in rooms if row.is_direct}
    for name, (one, other) in pairs.items():
        if not 0 < one < other <= accounts.last_number:
            on_damage(f"{name}: one of its two accounts is missing")
    for number, account in accounts.by_number.items():
        if any(number not in pairs.get(each, (number,)) for each in account.rooms):
            on_damage(f"account {account.name}: it is in a direct room of others")
