"""Checks the file of a history: everything that is stored in it, and the index."""

import sqlite3
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Final

from parlour.core.events import RoomName

from ..accounts import Accounts
from ..sqlite import search_index
from ..sqlite.accounts import load_accounts
from ..sqlite.acts import check_acts
from ..sqlite.direct_rooms import check_direct_rooms
from ..sqlite.invitations import load_invitations
from ..sqlite.opening import prepare_to_read, read_header
from ..sqlite.room_roles import load_roles
from ..sqlite.rooms import SELECT_NUMBERS
from ..sqlite.rows import SELECT_ROOMS, RoomRow
from ..sqlite.sanctions import load_sanctions
from .inspection import connect_to_inspect, require_damage
from .message_check import MessageCheck
from .progress import Progress, no_progress
from .report import MAX_PROBLEMS, Report, VerifiedRoom

INDEXED_PLACES: Final = "SELECT id FROM word_docsize ORDER BY id"
STORED_PLACES: Final = """
SELECT place FROM message WHERE place BETWEEN ? AND ? ORDER BY place
"""
LAST_KEYS: Final = """
SELECT place >> 40, max(place) & 1099511627775, count(*) FROM key GROUP BY place >> 40
"""


def verify(path: Path, progress: Progress = no_progress) -> Report:
    """Return a report on the file *path*, which a server may be using.

    Raises FileError if the file is not a history, is newer than this program, or cannot
    be read.
    """
    read_header(path)
    report = Report()
    try:
        db = connect_to_inspect(path)
    except sqlite3.Error as exc:
        require_damage(path, exc)
        report.add(f"SQLite: {exc}")
        return report
    with closing(db):
        try:
            prepare_to_read(db, path)
            for (line,) in db.execute(f"PRAGMA integrity_check({MAX_PROBLEMS})"):
                if line != "ok":
                    report.add(f"SQLite: {line}")
            _check_content(db, report, progress)
        except sqlite3.Error as exc:
            require_damage(path, exc)
            report.add(f"SQLite: {exc}")
        except TypeError:  # a column that is never NULL, or has another type
            report.add("a value has the wrong type")
    return report


def _check_content(db: sqlite3.Connection, report: Report, progress: Progress) -> None:
    db.execute("BEGIN")
    epoch = db.execute("SELECT epoch FROM about").fetchone()
    if epoch is None:
        report.add("the epoch is missing")
    else:
        (report.epoch,) = epoch
    rooms = [RoomRow(*row) for row in db.execute(f"{SELECT_ROOMS} ORDER BY id")]
    _check_rooms(db, report, rooms)
    accounts = load_accounts(db, {row.id: row.name for row in rooms}, report.add)
    check_direct_rooms(rooms, accounts, report.add)
    report.accounts = len(accounts.by_number)
    report.sanctions = len(load_sanctions(db, report.add).by_number)
    report.invitations = len(load_invitations(db, report.add).table)
    report.acts = check_acts(db, report.add)
    last_keys = list(db.execute(LAST_KEYS))
    check = MessageCheck(report, rooms)
    check.run(db, progress)
    _check_reads(report, accounts)
    _check_keys(report, {row.id: row.name for row in check.rooms}, last_keys)
    _check_index(db, report, check.rooms)


def _check_rooms(db: sqlite3.Connection, report: Report, rooms: list[RoomRow]) -> None:
    ids = [row.id for row in rooms]
    count, last = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    if count is None or last is None:
        is_complete = ids == list(range(1, len(ids) + 1))
    else:
        is_complete = len(ids) == count and max(ids, default=0) <= last
    if not is_complete:
        report.add("a room is missing")
    for row in rooms:
        report.rooms[row.name] = VerifiedRoom(
            row.floor + 1, row.floor, is_open=not row.is_closed
        )
        if not row.is_intact:
            report.add(f"{row.name}: the record of the room was changed")
    load_roles(db, rooms, report.add)


def _check_reads(report: Report, accounts: Accounts) -> None:
    """Check that no account has read further than its rooms go."""
    for account in accounts.by_number.values():
        if any(read > report.rooms[name].head for name, read in account.reads):
            report.add(f"account {account.name}: messages that it has read are missing")


def _check_keys(
    report: Report, names: dict[int, RoomName], last: list[tuple[int, int, int]]
) -> None:
    """Check the *last* keyed message and the number of keys of each room."""
    for number, sequence, keys in last:
        report.keys += keys
        name = names.get(number)
        if name is None:
            report.add(f"{keys:,} idempotency keys belong to no room")
        elif sequence > report.rooms[name].head:
            report.add(f"{name}: messages at the end are missing")


def _check_index(db: sqlite3.Connection, report: Report, rooms: list[RoomRow]) -> None:
    actual = (place for (place,) in db.execute(INDEXED_PLACES))
    expected = (
        place
        for row in rooms
        for (place,) in db.execute(
            STORED_PLACES, (row.place(row.floor + 1), row.place(row.indexed))
        )
    )
    if any(one != other for one, other in zip_longest(actual, expected)):
        report.add("the search index does not match the stored messages")
    elif not all(search_index.is_consistent(db, row) for row in rooms):
        report.add(
            "the search index for scripts without spaces does not match the stored "
            "messages"
        )
    for row in rooms:
        if row.indexed > report.rooms[row.name].head:
            report.add(f"{row.name}: messages at the end are missing")
