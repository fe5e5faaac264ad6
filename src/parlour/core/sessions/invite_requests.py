"""The invitations that commands ask for, list, or take back."""

from itertools import islice
from typing import Final

from ..entries import Invited
from ..events import InvitationInfo, InvitationList, Refused
from ..names.folding import fold_key
from ..protocol.commands import ListInvitations, Uninvite
from ..state import refusals
from ..state.state import State
from ..storage import Invitation

LISTED: Final = 100  # invitations in one answer
ANY_CODE: Final = "a code"  # stands for the hash of one that is not chosen yet


def invitation_of(
    state: State, entry: Invited, name: str, wall: float
) -> Invited | Refused:
    """Return *entry* for the user called *name*, or why nobody can be invited.

    Without a name, it is for a code that is still to be chosen. The entry is judged,
    at the wall time *wall*, before anybody learns whether there is such a user.
    """
    coded = entry.replace(code=ANY_CODE)
    if (why := state.judge(coded, wall).why) is not None:
        return why
    if not name:
        return coded
    owner = state.sessions.names.owner((fold_key(name),))
    if owner is None:
        return refusals.no_such_user()
    if account := state.accounts.of(owner):
        return entry.replace(name=account.name, account=account.number)
    (guest,) = state.sessions.of(owner)
    return entry.replace(name=guest.name, session=guest.id)


def invitations_to(
    state: State, command: ListInvitations, wall: float
) -> InvitationList:
    """Return the first invitations that a command means, at the wall time *wall*."""
    found = state.invitations.to(command.room, wall)
    later = (each for each in found if each.number > command.after)
    page = tuple(
        InvitationInfo(each.number, state.invited_name(each), each.by, each.until)
        for each in islice(later, LISTED)
    )
    return InvitationList(command.room, page, next(later, None) is not None)


def meant_invitations(state: State, command: Uninvite, wall: float) -> list[Invitation]:
    """Return the invitations that a command means, by a name or a number."""
    found = state.invitations.to(command.room, wall)
    if command.number:
        return [each for each in found if each.number == command.number]
    name, key = state.invited_name, fold_key(command.name)
    return [each for each in found if fold_key(name(each)) == key]
