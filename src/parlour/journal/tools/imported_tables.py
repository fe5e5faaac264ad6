"""What an import contains besides rooms and messages."""

import sqlite3
from collections.abc import Mapping
from typing import Final, assert_never

from parlour.core.account_changes import Heads
from parlour.core.events import AccountNumber, Act, RoomName
from parlour.core.limits import (
    MAX_ACCOUNTS,
    MAX_ALL_ROOM_SANCTIONS,
    MAX_INVITATIONS,
    MAX_MODERATORS,
    MAX_SANCTIONS,
)
from parlour.core.names.folding import fold_key
from parlour.core.order_rules import changed_roles
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from parlour.core.storage import (
    Invitation,
    InvitationKey,
    Sanction,
    StoredAccount,
)

from ..order import RoomSettings
from ..sqlite import accounts as account_tables
from ..sqlite import acts as act_table
from ..sqlite import invitations as invitation_table
from ..sqlite import sanctions as sanction_table
from ..sqlite.room_roles import write_roles
from ..sqlite.rows import RoomRow, update_room
from .account_lines import RoleLine

MAX_IMPORTED: Final = MAX_SANCTIONS + MAX_ALL_ROOM_SANCTIONS  # also ended ones


class ImportedTables:
    """Accounts and what belongs to them, for the empty history that *db* writes.

    Accounts keep their numbers, which the messages of their owners have. Invitations,
    sanctions and acts are numbered anew, in their order.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._owners: dict[str, str] = {}  # names by conflict key
        self._roles: dict[RoomName, dict[AccountNumber, Role]] = {}
        self._sanctions: list[Sanction] = []
        self._invitations: dict[InvitationKey, Invitation] = {}
        self._acts = 0
        self._last_account = 0
        self.accounts: dict[AccountNumber, StoredAccount] = {}
        self.look_alikes: list[str] = []
        """The names of accounts that look like that of an earlier one."""

    def note_author(self, account: AccountNumber) -> None:
        """Give no new account the number of an author, who may have been erased."""
        self._last_account = max(self._last_account, account)

    def add(self, line: StoredAccount | RoleLine | Invitation | Sanction | Act) -> None:
        """Add what is in a line. Raises ValueError if earlier lines contradict it."""
        match line:
            case StoredAccount():
                self._add_account(line)
            case RoleLine():
                self._add_role(line)
            case Invitation():
                self._add_invitation(line)
            case Sanction():
                self._add_sanction(line)
            case Act():
                if self._acts >= act_table.MAX_ACTS:
                    raise ValueError(f"there are more than {act_table.MAX_ACTS:,} acts")
                self._acts += 1
                row = act_table.act_row(line.replace(number=self._acts))
                self._db.execute(act_table.INSERT_ACT, row)
            case _:
                assert_never(line)

    def write(self, rooms: Mapping[RoomName, RoomRow], heads: Heads) -> None:
        """Write everything; *rooms* are the rows of all rooms, which are written.

        Raises ValueError if an account is in a direct room of others.
        """
        db = self._db
        for account in self.accounts.values():
            placed = _placed(account, rooms, heads)
            account_tables.write_account(db, placed, lambda name: rooms[name].id)
        if self._last_account:
            count = len(self.accounts)
            account_tables.set_numbers(db, count, self._last_account)
        for name, found in self._roles.items():
            row, roles = rooms[name], tuple(found.items())
            is_locked, is_private = bool(row.is_locked), bool(row.is_private)
            settings = RoomSettings(roles, is_locked, row.slow or 0, is_private)
            update_room(db, row.with_settings(settings))
            write_roles(db, row.id, roles)
        for number, invitation in enumerate(self._invitations.values(), 1):
            numbered = invitation.replace(number=number)
            fields = invitation_table.invitation_row(numbered)
            db.execute(invitation_table.INSERT_INVITATION, fields)
        if count := len(self._invitations):
            db.execute(invitation_table.SET_NUMBERS, (count, count))
        if self._sanctions:
            count = len(self._sanctions)
            sanction_table.write_sanctions(db, self._sanctions, ())
            sanction_table.set_numbers(db, count, count)
        if self._acts:
            db.execute(act_table.SET_NUMBERS, (self._acts, self._acts))

    def _add_account(self, account: StoredAccount) -> None:
        number, name = account.number, account.name
        if len(self.accounts) >= MAX_ACCOUNTS:
            raise ValueError(f"there are more than {MAX_ACCOUNTS:,} accounts")
        if number <= next(reversed(self.accounts), 0):
            raise ValueError(f"the account {number} does not follow the one before it")
        keys = name_keys(name)
        if fold_key(name) in self._owners:
            earlier = self._owners[fold_key(name)]
            raise ValueError(f"there is an earlier account {earlier}")
        if any(key in self._owners for key in keys):
            self.look_alikes.append(name)
        for key in keys:
            self._owners.setdefault(key, name)
        self.accounts[number] = account
        self.note_author(number)

    def _add_role(self, line: RoleLine) -> None:
        self._require_account(line.account)
        roles = self._roles.get(line.room, {})
        if line.account in roles:
            raise ValueError(
                f"account {line.account} has a role in {line.room} already"
            )
        if line.role is Role.OWNER and Role.OWNER in roles.values():
            raise ValueError(f"{line.room} has an owner already")
        if len(roles) > MAX_MODERATORS:
            raise ValueError(f"{line.room} has more than {MAX_MODERATORS} moderators")
        self._roles[line.room] = changed_roles(roles, line.account, line.role)

    def _add_invitation(self, invitation: Invitation) -> None:
        if len(self._invitations) >= MAX_INVITATIONS:
            raise ValueError(f"there are more than {MAX_INVITATIONS:,} invitations")
        self._require_account(invitation.account)
        if invitation.key in self._invitations:
            raise ValueError(
                f"account {invitation.account} is invited to {invitation.room} already"
            )
        self._invitations[invitation.key] = invitation

    def _add_sanction(self, sanction: Sanction) -> None:
        if len(self._sanctions) >= MAX_IMPORTED:
            raise ValueError(f"there are more than {MAX_IMPORTED:,} sanctions")
        if sanction.target.account:
            self._require_account(sanction.target.account)
        number = len(self._sanctions) + 1
        self._sanctions.append(sanction.replace(number=number))

    def _require_account(self, number: AccountNumber) -> None:
        if number not in self.accounts:
            raise ValueError(f"no earlier line is about the account {number}")


def _placed(
    account: StoredAccount, rooms: Mapping[RoomName, RoomRow], heads: Heads
) -> StoredAccount:
    """Return *account*, which has read its rooms up to their last messages at most.

    Some of these may be expired, and so not be in the export. Raises ValueError if it
    is in a direct room of others.
    """
    for name in account.rooms:
        row = rooms[name]
        if row.is_direct and account.number not in (row.one, row.other):
            raise ValueError(f"account {account.name} is in a direct room of others")
    reads = tuple((name, min(read, heads(name))) for name, read in account.reads)
    return account.replace(reads=reads)
