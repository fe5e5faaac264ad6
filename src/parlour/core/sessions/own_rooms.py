"""The rooms and the invitations of an account, as a gateway shows them."""

from typing import NamedTuple

from ..events import InvitationHeard, ListedRoom, Reading
from ..names.folding import fold_key
from ..state.invitations import newest_heard
from ..state.state import State
from .read_positions import ReadPositions


class OwnRoom(NamedTuple):
    """A room of an account, and how far it has read it, if that is known."""

    listed: ListedRoom
    reading: Reading | None


class OwnRooms(NamedTuple):
    """The rooms of an account except direct ones, by name, and its invitations."""

    rooms: tuple[OwnRoom, ...] = ()
    invitations: tuple[InvitationHeard, ...] = ()


def own_rooms(
    state: State, reads: ReadPositions, account: str, wall: float
) -> OwnRooms:
    """Return the open rooms of an account, and its invitations at a wall time.

    Those of people whom it ignores are left out. There are none if there is no such
    account.
    """
    known = state.accounts.named(fold_key(account))
    if known is None:
        return OwnRooms()
    rooms = filter(None, map(state.rooms.get_open, sorted(known.rooms)))
    found = [
        OwnRoom(
            ListedRoom(
                each.name,
                each.topic,
                each.count_users(state.sessions),
                is_private=each.is_private,
            ),
            reads.reading(known, each),
        )
        for each in rooms
        if not each.is_direct
    ]
    invitations = state.invitations.of_person(known.person, wall)
    invited = [
        InvitationHeard(each.room, each.by, each.until)
        for each in newest_heard(invitations, dict(known.ignored))
        if each.room is not None and each.room not in known.rooms
    ]
    return OwnRooms(tuple(found), tuple(invited))
