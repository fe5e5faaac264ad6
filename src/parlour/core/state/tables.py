"""The tables of the state: everything that entries change."""

from typing import NamedTuple

from ..events import LOBBY
from ..storage import StoredState
from .accounts import Accounts
from .idempotency import UNKNOWN, IdempotencyKeys
from .invitations import Invitations
from .passed_time import PassedTime
from .room import Room
from .rooms import Rooms
from .sanctions import Sanctions
from .sessions import Sessions


class Tables(NamedTuple):
    """What the state knows; those that change the state share these objects."""

    sessions: Sessions
    rooms: Rooms
    accounts: Accounts
    sanctions: Sanctions
    invitations: Invitations
    keys: IdempotencyKeys
    passed_time: PassedTime


def empty_tables(passed_time: PassedTime) -> Tables:
    """Return tables without anything, not even the lobby."""
    sessions = Sessions()
    return Tables(
        sessions,
        Rooms(),
        Accounts(sessions.names),
        Sanctions(),
        Invitations(),
        IdempotencyKeys(),
        passed_time,
    )


def load_tables(stored: StoredState) -> Tables:
    """Return the tables with which a server starts."""
    tables = empty_tables(PassedTime())
    rooms, accounts = tables.rooms, tables.accounts
    for each in stored.rooms:
        rooms.add(Room.from_stored(each))
    if rooms.get(LOBBY) is None:
        rooms.add(Room.lobby())
    rooms.last_number = max(rooms.last_number, stored.last_number)
    for account in stored.accounts:
        accounts.load(account)
    accounts.last_number = max(accounts.last_number, stored.last_account)
    _load_sanctions(tables, stored)
    _load_invitations(tables, stored)
    for key in stored.keys:
        tables.keys.add(key.token or UNKNOWN, key.key, key.sequence, 0.0)
    return tables


def _load_sanctions(tables: Tables, stored: StoredState) -> None:
    sanctions = tables.sanctions
    for each in stored.sanctions:
        if each.room is None or tables.rooms.get(each.room) is not None:
            sanctions.add(each)
    sanctions.last_number = max(sanctions.last_number, stored.last_sanction)


def _load_invitations(tables: Tables, stored: StoredState) -> None:
    invitations = tables.invitations
    for each in stored.invitations:
        if each.room is None or tables.rooms.get(each.room) is not None:
            invitations.load(each)
    last = max(invitations.last_number, stored.last_invitation)
    invitations.last_number = last
