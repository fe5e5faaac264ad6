"""Loads and writes what is known of people: accounts, sanctions and invitations."""

import sqlite3
from collections.abc import Callable, Mapping

from parlour.core.events import RoomName

from ..accounts import AccountChanges
from ..changes import Changes, People
from . import accounts, sanctions
from .invitations import load_invitations, write_invitations


def load_people(db: sqlite3.Connection, rooms: Mapping[int, RoomName]) -> People:
    """Return the people; *rooms* are the names of the rooms by id.

    Raises StorageError if something is damaged.
    """
    return People(
        accounts.load_accounts(db, rooms),
        sanctions.load_sanctions(db),
        load_invitations(db),
    )


def write_changes(
    db: sqlite3.Connection, changes: Changes, room_id: Callable[[RoomName], int]
) -> None:
    """Store the *changes* of a batch; *room_id* returns the id that a room has then.

    The acts are not stored.
    """
    if changes.accounts.has_changes:
        _write_accounts(db, changes.accounts, room_id)
    order = changes.order
    if order.has_sanctions:
        sanctions.write_sanctions(db, order.added, order.removed)
        sanctions.set_numbers(db, order.count, order.last_number)
    if changes.invitations.has_any:
        write_invitations(db, changes.invitations)


def _write_accounts(
    db: sqlite3.Connection,
    changes: AccountChanges,
    room_id: Callable[[RoomName], int],
) -> None:
    for number, account in changes.changed.items():
        if read := changes.read.get(number):
            accounts.write_reads(db, account, read, room_id)
        else:
            accounts.write_account(db, account, room_id)
    for number in sorted(changes.erased):
        accounts.delete_account(db, number)
    accounts.set_numbers(db, *changes.numbers)
