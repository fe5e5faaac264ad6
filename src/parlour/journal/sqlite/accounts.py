"""Loads and writes the accounts; the writer keeps them in memory, as the rooms."""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from typing import Final

from parlour.core.events import RoomName
from parlour.core.storage import StoredAccount

from ..accounts import Accounts
from .account_rows import (
    AccountRow,
    DeviceRow,
    IgnoredRow,
    MembershipRow,
    StoredRows,
    account_row,
    device_row,
)
from .checksums import checksum
from .errors import OnDamage, refuse
from .lists import ListTable, rows_by_owner, write_list

SELECT_ACCOUNTS: Final = """
SELECT id, name, password, generation, role, created, is_enabled, last_device,
devices, rooms, ignored, checksum FROM account ORDER BY id
"""
REPLACE_ACCOUNT: Final = """
INSERT OR REPLACE INTO account (id, name, password, generation, role, created,
is_enabled, last_device, devices, rooms, ignored, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT_DEVICES: Final = """
SELECT account, number, key, label, added, checksum FROM device
ORDER BY account, number
"""
SELECT_NUMBERS_OF_DEVICES: Final = "SELECT number FROM device WHERE account = ?"
INSERT_DEVICE: Final = """
INSERT INTO device (account, number, key, label, added, checksum)
VALUES (?, ?, ?, ?, ?, ?)
"""
DELETE_DEVICE: Final = "DELETE FROM device WHERE account = ? AND number = ?"
SELECT_MEMBERSHIPS: Final = """
SELECT account, position, room, read, checksum FROM membership
ORDER BY account, position
"""
SELECT_IGNORED: Final = """
SELECT account, position, key, name, checksum FROM ignored ORDER BY account, position
"""
DELETE_ACCOUNT: Final = (
    "DELETE FROM account WHERE id = ?",
    *(
        f"DELETE FROM {table} WHERE account = ?"  # noqa: S608 -- these are constants
        for table in ("device", "membership", "ignored")
    ),
)
SELECT_POSITION: Final = (
    "SELECT position FROM membership WHERE account = ? AND room = ?"
)
UPDATE_READ: Final = """
UPDATE membership SET read = ?, checksum = ? WHERE account = ? AND position = ?
"""
SELECT_NUMBERS: Final = "SELECT accounts, last_account FROM about"
SET_NUMBERS: Final = "UPDATE about SET accounts = ?, last_account = ?"

MEMBERSHIPS: Final = ListTable(
    "SELECT position, room, read FROM membership WHERE account = ? ORDER BY position",
    "DELETE FROM membership WHERE account = ? AND position = ?",
    "INSERT INTO membership (account, position, room, read, checksum) "
    "VALUES (?, ?, ?, ?, ?)",
)
IGNORED: Final = ListTable(
    "SELECT position, key, name FROM ignored WHERE account = ? ORDER BY position",
    "DELETE FROM ignored WHERE account = ? AND position = ?",
    "INSERT INTO ignored (account, position, key, name, checksum) "
    "VALUES (?, ?, ?, ?, ?)",
)


def load_accounts(
    db: sqlite3.Connection,
    rooms: Mapping[int, RoomName],
    on_damage: OnDamage = refuse,
) -> Accounts:
    """Return the accounts; *rooms* are the names of the rooms by id.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, damaged accounts are left out.
    """
    devices = rows_by_owner(db, SELECT_DEVICES, DeviceRow._make)
    memberships = rows_by_owner(db, SELECT_MEMBERSHIPS, MembershipRow._make)
    ignored = rows_by_owner(db, SELECT_IGNORED, IgnoredRow._make)
    accounts: list[StoredAccount] = []
    count = last = 0
    for fields in db.execute(SELECT_ACCOUNTS):
        row = AccountRow(*fields)
        rows = StoredRows(
            row,
            devices.pop(row.id, []),
            memberships.pop(row.id, []),
            ignored.pop(row.id, []),
        )
        if problem := rows.problem(rooms):
            on_damage(f"account {row.name}: {problem}")
        else:
            accounts.append(rows.stored_account(rooms))
        count, last = count + 1, row.id
    if devices or memberships or ignored:
        on_damage("a device, a room or an ignored name belongs to no account")
    stored_count, last_number = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    if count != (stored_count or 0) or last > (last_number or 0):
        on_damage("an account is missing")
    return Accounts(accounts, last_number or 0)


def write_account(
    db: sqlite3.Connection,
    account: StoredAccount,
    room_id: Callable[[RoomName], int],
) -> None:
    """Store *account*; only those of its rows that differ are written.

    *room_id* returns the id of a room.
    """
    db.execute(REPLACE_ACCOUNT, account_row(account))
    _write_devices(db, account)
    rooms = [(room_id(room), account.read(room)) for room in account.rooms]
    write_list(db, MEMBERSHIPS, account.number, rooms)
    write_list(db, IGNORED, account.number, account.ignored)


def delete_account(db: sqlite3.Connection, number: int) -> None:
    """Delete an account, with its devices, rooms and ignored names."""
    for statement in DELETE_ACCOUNT:
        db.execute(statement, (number,))


def write_reads(
    db: sqlite3.Connection,
    account: StoredAccount,
    rooms: Collection[RoomName],
    room_id: Callable[[RoomName], int],
) -> None:
    """Store how far *account* has read *rooms*; only these rows are written."""
    number = account.number
    for name in rooms:
        room, read = room_id(name), account.read(name)
        found = db.execute(SELECT_POSITION, (number, room)).fetchone()
        assert found is not None, "the account is in the room"
        crc = checksum(number, *found, room, read)
        db.execute(UPDATE_READ, (read, crc, number, *found))


def set_numbers(db: sqlite3.Connection, accounts: int, last_number: int) -> None:
    """Store how many accounts there are, and the last number that was used."""
    db.execute(SET_NUMBERS, (accounts, last_number))


def _write_devices(db: sqlite3.Connection, account: StoredAccount) -> None:
    rows = db.execute(SELECT_NUMBERS_OF_DEVICES, (account.number,)).fetchall()
    stored = {number for (number,) in rows}
    for number in stored - {each.number for each in account.devices}:
        db.execute(DELETE_DEVICE, (account.number, number))
    for device in account.devices:
        if device.number not in stored:
            db.execute(INSERT_DEVICE, device_row(account.number, device))
