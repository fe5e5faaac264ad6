"""Loads and writes the accounts; the writer keeps them in memory, as the rooms."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple, NoReturn, TypeVar

from parlour.core.events import RoomName
from parlour.core.storage import StoredAccount

from ..accounts import Accounts
from .account_rows import (
    AccountRow,
    DeviceRow,
    Field,
    IgnoredRow,
    MembershipRow,
    StoredRows,
    account_row,
    checksum,
    device_row,
)
from .errors import storage_error

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
SELECT_NUMBERS: Final = "SELECT accounts, last_account FROM about"
SET_NUMBERS: Final = "UPDATE about SET accounts = ?, last_account = ?"

Row = TypeVar("Row")


class _ListTable(NamedTuple):
    """The statements for a table that holds an ordered list for each account."""

    select: str
    delete: str
    insert: str


MEMBERSHIPS: Final = _ListTable(
    "SELECT position, room FROM membership WHERE account = ? ORDER BY position",
    "DELETE FROM membership WHERE account = ? AND position = ?",
    "INSERT INTO membership (account, position, room, checksum) VALUES (?, ?, ?, ?)",
)
IGNORED: Final = _ListTable(
    "SELECT position, key, name FROM ignored WHERE account = ? ORDER BY position",
    "DELETE FROM ignored WHERE account = ? AND position = ?",
    "INSERT INTO ignored (account, position, key, name, checksum) "
    "VALUES (?, ?, ?, ?, ?)",
)


def _refuse(problem: str) -> NoReturn:  # noqa: ARG001
    raise storage_error("history_damaged")


def load_accounts(
    db: sqlite3.Connection,
    rooms: Mapping[int, RoomName],
    on_damage: Callable[[str], None] = _refuse,
) -> Accounts:
    """Return the accounts; *rooms* are the names of the rooms by id.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, damaged accounts are left out.
    """
    devices = _by_account(db, SELECT_DEVICES, DeviceRow._make)
    memberships = _by_account(db, SELECT_MEMBERSHIPS, MembershipRow._make)
    ignored = _by_account(db, SELECT_IGNORED, IgnoredRow._make)
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
    rooms = [(room_id(room),) for room in account.rooms]
    _write_list(db, MEMBERSHIPS, account.number, rooms)
    _write_list(db, IGNORED, account.number, account.ignored)


def set_numbers(db: sqlite3.Connection, accounts: int, last_number: int) -> None:
    """Store how many accounts there are, and the last number that was used."""
    db.execute(SET_NUMBERS, (accounts, last_number))


def _by_account(
    db: sqlite3.Connection, select: str, row: Callable[[Sequence[Field]], Row]
) -> dict[int, list[Row]]:
    """Return the rows that *select* finds by their first field, the account."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for fields in db.execute(select):
        found[fields[0]].append(row(fields))
    return found


def _write_devices(db: sqlite3.Connection, account: StoredAccount) -> None:
    rows = db.execute(SELECT_NUMBERS_OF_DEVICES, (account.number,)).fetchall()
    stored = {number for (number,) in rows}
    for number in stored - {each.number for each in account.devices}:
        db.execute(DELETE_DEVICE, (account.number, number))
    for device in account.devices:
        if device.number not in stored:
            db.execute(INSERT_DEVICE, device_row(account.number, device))


def _write_list(
    db: sqlite3.Connection,
    table: _ListTable,
    account: int,
    wanted: Sequence[tuple[Field, ...]],
) -> None:
    """Make the list of *account* in *table* equal to *wanted*.

    Rows that continue the beginning of *wanted* remain; the others are deleted, and
    what follows is inserted after them.
    """
    kept = position = 0
    for position, *values in db.execute(table.select, (account,)).fetchall():
        if kept < len(wanted) and tuple(values) == wanted[kept]:
            kept += 1
        else:
            db.execute(table.delete, (account, position))
    for values in wanted[kept:]:
        position += 1
        fields = account, position, *values
        db.execute(table.insert, (*fields, checksum(*fields)))
