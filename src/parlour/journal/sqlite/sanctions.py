"""Loads and writes the sanctions; the writer keeps them in memory, as the rooms."""

import sqlite3
from collections.abc import Iterable
from typing import Final, NamedTuple

from parlour.core.entries import SanctionKind, Target
from parlour.core.events import AccountNumber, RoomName
from parlour.core.storage import Sanction

from ..order import Sanctions
from ..timestamps import from_microseconds, to_microseconds
from .checksums import checksum, is_intact
from .errors import OnDamage, refuse

SELECT_SANCTIONS: Final = """
SELECT id, kind, room, name, account, token, network, actor, since, until, reason,
checksum FROM sanction ORDER BY id
"""
INSERT_SANCTION: Final = """
INSERT INTO sanction (id, kind, room, name, account, token, network, actor, since,
until, reason, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DELETE_SANCTION: Final = "DELETE FROM sanction WHERE id = ?"
SELECT_NUMBERS: Final = "SELECT sanctions, last_sanction FROM about"
SET_NUMBERS: Final = "UPDATE about SET sanctions = ?, last_sanction = ?"


class SanctionRow(NamedTuple):
    """A row of the table `sanction`; `schema-3.sql` describes the columns."""

    id: int
    kind: str
    room: str | None
    name: str
    account: int
    token: str
    network: str
    actor: str
    since: int
    until: int | None
    reason: str
    checksum: int

    @property
    def sanction(self) -> Sanction:
        """The sanction as `load` returns it; the row is intact."""
        return Sanction(
            self.id,
            SanctionKind(self.kind),
            None if self.room is None else RoomName(self.room),
            Target(
                self.name,
                AccountNumber(self.account),
                token=self.token,
                network=self.network,
            ),
            self.actor,
            from_microseconds(self.since),
            None if self.until is None else from_microseconds(self.until),
            self.reason,
        )


def load_sanctions(db: sqlite3.Connection, on_damage: OnDamage = refuse) -> Sanctions:
    """Return the sanctions.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, damaged sanctions are left out.
    """
    sanctions: list[Sanction] = []
    count = last = 0
    for fields in db.execute(SELECT_SANCTIONS):
        row = SanctionRow(*fields)
        if is_intact(row):
            sanctions.append(row.sanction)
        else:
            on_damage(f"the record of sanction {row.id} was changed")
        count, last = count + 1, row.id
    stored_count, last_number = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    if count != (stored_count or 0) or last > (last_number or 0):
        on_damage("a sanction is missing")
    return Sanctions(sanctions, last_number or 0)


def write_sanctions(
    db: sqlite3.Connection, added: Iterable[Sanction], removed: Iterable[int]
) -> None:
    """Store the sanctions *added*, and delete those with the numbers *removed*."""
    for number in removed:
        db.execute(DELETE_SANCTION, (number,))
    for sanction in added:
        db.execute(INSERT_SANCTION, sanction_row(sanction))


def set_numbers(db: sqlite3.Connection, sanctions: int, last_number: int) -> None:
    """Store how many sanctions there are, and the last number that was used."""
    db.execute(SET_NUMBERS, (sanctions, last_number))


def sanction_row(sanction: Sanction) -> SanctionRow:
    """Return the row for *sanction*, with its checksum."""
    target, until = sanction.target, sanction.until
    fields = (
        sanction.number,
        sanction.kind.value,
        sanction.room,
        target.name,
        target.account,
        target.token,
        target.network,
        sanction.by,
        to_microseconds(sanction.since),
        None if until is None else to_microseconds(until),
        sanction.reason,
    )
    return SanctionRow(*fields, checksum(*fields))
