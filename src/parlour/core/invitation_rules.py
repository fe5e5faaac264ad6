"""What entries change in invitations: rules of the state and of every store.

Both apply the same entries, and so have the same invitations; but only the state has
those of guests, who are gone after a restart.
"""

from collections.abc import Container

from .entries import Invited, InviteUsed, Uninvited, batch_time
from .events import AccountNumber, RoomName, SessionId
from .limits import MAX_INVITATIONS
from .names.folding import fold_key
from .storage import Invitation, InvitationKey

InvitationTable = dict[InvitationKey, Invitation]
"""Invitations in the order of inviting."""

NOBODY = AccountNumber(0), SessionId(0)


def is_ignored(entry: Invited, ignored: Container[str]) -> bool:
    """Return whether an invitation has no effect, as the inviter must not notice.

    *ignored* are the conflict keys of the names that the one who is meant ignores.
    """
    return not entry.code and fold_key(entry.by) in ignored


def new_invitation(entry: Invited, number: int, *, is_ignored: bool) -> Invitation:
    """Return the invitation of *entry*; its end is in whole microseconds, as stored."""
    return Invitation(
        entry.room,
        entry.by,
        batch_time(entry.until),
        entry.name,
        entry.account,
        entry.session,
        entry.code,
        number,
        is_ignored,
    )


def add_invitation(
    table: InvitationTable, invitation: Invitation, time: float
) -> Invitation:
    """Add an *invitation* at the wall time *time*; return the one that there is then.

    It takes the place of an earlier one of the same person to the same room; but one
    that is ignored takes the place of none that is in force. Those that have ended are
    removed, but none while there are fewer than `MAX_INVITATIONS`.
    """
    old = table.get(invitation.key)
    if invitation.is_ignored and old and not (old.is_ignored or old.is_over(time)):
        return old
    table.pop(invitation.key, None)
    if len(table) >= MAX_INVITATIONS:
        for each in [key for key, value in table.items() if value.is_over(time)]:
            del table[each]
    table[invitation.key] = invitation
    return invitation


def use_code(
    table: InvitationTable, entry: InviteUsed, session: SessionId, number: int
) -> None:
    """Invite the one who has shown a code, and has *session* if it is a guest.

    The invitation is by whoever made the code, and ends when the code would have; it
    has a *number* of its own.
    """
    found = table.pop((entry.room, *NOBODY, entry.code))
    guest = SessionId(0) if entry.account else session
    invited = found.replace(
        account=entry.account, session=guest, code="", number=number
    )
    table.pop(invited.key, None)
    table[invited.key] = invited


def remove_code(table: InvitationTable, room: RoomName | None, code: str) -> None:
    """Remove the code with this hash, which is used up."""
    table.pop((room, *NOBODY, code), None)


def find_number(
    table: InvitationTable, room: RoomName | None, number: int
) -> Invitation | None:
    """Return the invitation to *room* with this number, or None."""
    found = (each for each in table.values() if each.number == number)
    return next((each for each in found if each.room == room), None)


def take_back(table: InvitationTable, entry: Uninvited) -> Invitation | None:
    """Remove the invitation that *entry* means, and return it, or None."""
    found = find_number(table, entry.room, entry.number)
    if found is not None:
        del table[found.key]
    return found


def remove_of_account(
    table: InvitationTable, room: RoomName, account: AccountNumber
) -> None:
    """Remove the invitation of an account that has entered *room*."""
    table.pop((room, account, SessionId(0), ""), None)


def of_erased(
    table: InvitationTable, account: AccountNumber, name: str
) -> list[InvitationKey]:
    """Return which invitations are of an account called *name*, which is erased.

    They are those that it has, and those that it has sent.
    """
    return [key for key, each in table.items() if key[1] == account or each.by == name]


def remove_erased(table: InvitationTable, account: AccountNumber, name: str) -> None:
    """Remove the invitations `of_erased`."""
    for each in of_erased(table, account, name):
        del table[each]


def remove_of_room(table: InvitationTable, room: RoomName) -> None:
    """Remove the invitations to a room that no longer exists, or was closed."""
    for each in [key for key in table if key[0] == room]:
        del table[each]
