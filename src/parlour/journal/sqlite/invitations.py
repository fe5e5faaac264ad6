"""Loads and writes the invitations; the writer keeps them in memory, as the rooms."""

import sqlite3
from typing import Final, NamedTuple

from parlour.core.events import AccountNumber, RoomName
from parlour.core.storage import Invitation

from ..invitations import InvitationChanges, Invitations
from ..timestamps import from_microseconds, to_microseconds
from .checksums import checksum, is_intact
from .errors import OnDamage, refuse

SELECT_INVITATIONS: Final = """
SELECT id, room, actor, until, name, account, code, checksum FROM invitation ORDER BY id
"""
SELECT_LAST: Final = "SELECT max(id) FROM invitation"
INSERT_INVITATION: Final = """
INSERT INTO invitation (id, room, actor, until, name, account, code, checksum)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
DELETE_INVITATION: Final = """
DELETE FROM invitation WHERE room IS ? AND account = ? AND code = ?
"""
SELECT_COUNT: Final = "SELECT invitations FROM about"
SET_COUNT: Final = "UPDATE about SET invitations = ?"


class InvitationRow(NamedTuple):
    """A row of the table `invitation`; `schema-3.sql` describes the columns."""

    id: int
    room: str | None
    actor: str
    until: int
    name: str
    account: int
    code: str
    checksum: int

    @property
    def invitation(self) -> Invitation:
        """The invitation as `load` returns it; the row is intact."""
        return Invitation(
            None if self.room is None else RoomName(self.room),
            self.actor,
            from_microseconds(self.until),
            self.name,
            AccountNumber(self.account),
            code=self.code,
        )


def load_invitations(
    db: sqlite3.Connection, on_damage: OnDamage = refuse
) -> Invitations:
    """Return the invitations.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, damaged invitations are left out.
    """
    invitations: list[Invitation] = []
    count = 0
    for fields in db.execute(SELECT_INVITATIONS):
        row = InvitationRow(*fields)
        if is_intact(row):
            invitations.append(row.invitation)
        else:
            on_damage(f"the record of invitation {row.id} was changed")
        count += 1
    (stored_count,) = db.execute(SELECT_COUNT).fetchone() or (None,)
    if count != (stored_count or 0):
        on_damage("an invitation is missing")
    return Invitations(invitations)


def write_invitations(db: sqlite3.Connection, changes: InvitationChanges) -> None:
    """Store the *changes* of a batch."""
    for room, account, _, code in changes.removed:
        db.execute(DELETE_INVITATION, (room, account, code))
    (last,) = db.execute(SELECT_LAST).fetchone()
    for id_, invitation in enumerate(changes.added, (last or 0) + 1):
        db.execute(INSERT_INVITATION, invitation_row(id_, invitation))
    db.execute(SET_COUNT, (changes.count,))


def invitation_row(id_: int, invitation: Invitation) -> InvitationRow:
    """Return the row for *invitation*, with its checksum."""
    fields = (
        id_,
        invitation.room,
        invitation.by,
        to_microseconds(invitation.until),
        invitation.name,
        invitation.account,
        invitation.code,
    )
    return InvitationRow(*fields, checksum(*fields))
