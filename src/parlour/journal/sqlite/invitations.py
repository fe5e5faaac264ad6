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
SELECT id, room, actor, until, name, account, code, is_ignored, checksum
FROM invitation ORDER BY id
"""
INSERT_INVITATION: Final = """
INSERT INTO invitation (id, room, actor, until, name, account, code, is_ignored,
checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
DELETE_INVITATION: Final = "DELETE FROM invitation WHERE id = ?"
SELECT_NUMBERS: Final = "SELECT invitations, last_invitation FROM about"
SET_NUMBERS: Final = "UPDATE about SET invitations = ?, last_invitation = ?"


class InvitationRow(NamedTuple):
    """A row of the table `invitation`; `schema-3.sql` describes the columns."""

    id: int
    room: str | None
    actor: str
    until: int
    name: str
    account: int
    code: str
    is_ignored: int
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
            number=self.id,
            is_ignored=bool(self.is_ignored),
        )


def load_invitations(
    db: sqlite3.Connection, on_damage: OnDamage = refuse
) -> Invitations:
    """Return the invitations.

    *on_damage* is called with each problem, and raises StorageError by default. If it
    returns, damaged invitations are left out.
    """
    invitations: list[Invitation] = []
    count = last = 0
    for fields in db.execute(SELECT_INVITATIONS):
        row = InvitationRow(*fields)
        if is_intact(row):
            invitations.append(row.invitation)
        else:
            on_damage(f"the record of invitation {row.id} was changed")
        count, last = count + 1, row.id
    stored_count, last_number = db.execute(SELECT_NUMBERS).fetchone() or (None, None)
    if count != (stored_count or 0) or last > (last_number or 0):
        on_damage("an invitation is missing")
    return Invitations(invitations, last_number or 0)


def write_invitations(db: sqlite3.Connection, changes: InvitationChanges) -> None:
    """Store the *changes* of a batch."""
    for number in changes.removed:
        db.execute(DELETE_INVITATION, (number,))
    for invitation in changes.added:
        db.execute(INSERT_INVITATION, invitation_row(invitation))
    db.execute(SET_NUMBERS, (changes.count, changes.last_number))


def invitation_row(invitation: Invitation) -> InvitationRow:
    """Return the row for *invitation*, with its checksum."""
    fields = (
        invitation.number,
        invitation.room,
        invitation.by,
        to_microseconds(invitation.until),
        invitation.name,
        invitation.account,
        invitation.code,
        int(invitation.is_ignored),
    )
    return InvitationRow(*fields, checksum(*fields))
