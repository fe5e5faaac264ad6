"""Loads and writes the roles in rooms; `rooms` keeps them in memory."""

import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

from parlour.core.events import AccountNumber
from parlour.core.roles import Role

from ..order import StoredRoles
from .checksums import is_intact
from .errors import OnDamage, refuse
from .lists import ListTable, rows_by_owner, write_list
from .rows import RoomRow

SELECT_ROLES: Final = """
SELECT room, position, account, role, checksum FROM room_role ORDER BY room, position
"""
DELETE_ROLES: Final = "DELETE FROM room_role WHERE room = ?"
ROLES: Final = ListTable(
    "SELECT position, account, role FROM room_role WHERE room = ? ORDER BY position",
    "DELETE FROM room_role WHERE room = ? AND position = ?",
    "INSERT INTO room_role (room, position, account, role, checksum) "
    "VALUES (?, ?, ?, ?, ?)",
)


class RoleRow(NamedTuple):
    """A row of the table `room_role`; `schema-3.sql` describes the columns."""

    room: int
    position: int
    account: int
    role: int
    checksum: int


def load_roles(
    db: sqlite3.Connection, rooms: Iterable[RoomRow], on_damage: OnDamage = refuse
) -> dict[int, StoredRoles]:
    """Return the roles in those of *rooms* that have any, by the id of the room.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, rooms with damaged roles are left out.
    """
    stored = rows_by_owner(db, SELECT_ROLES, RoleRow._make)
    found: dict[int, StoredRoles] = {}
    for room in rooms:
        rows = stored.pop(room.id, [])
        if not all(map(is_intact, rows)):
            on_damage(f"{room.name}: the record of a role was changed")
        elif len(rows) != (room.roles or 0):
            on_damage(f"{room.name}: a role is missing")
        elif rows:
            found[room.id] = tuple(
                (AccountNumber(row.account), Role(row.role)) for row in rows
            )
    if stored:
        on_damage("a role belongs to no room")
    return found


def write_roles(db: sqlite3.Connection, room: int, roles: StoredRoles) -> None:
    """Store the *roles* in a room; only those rows that differ are written."""
    wanted = [(account, int(role)) for account, role in roles]
    write_list(db, ROLES, room, wanted)


def delete_roles(db: sqlite3.Connection, room: int) -> None:
    """Delete all roles in a room."""
    db.execute(DELETE_ROLES, (room,))
