"""The rules of direct rooms between two accounts, which are kept."""

from ..entries import AccountDirectOpened, DirectShown
from ..events import PersonId, Refused, is_direct_room, person_of
from ..limits import MAX_DIRECT_ROOMS, MAX_KEPT_DIRECT_ROOMS
from ..storage import StoredAccount
from . import refusals
from .accounts import Accounts
from .room import Room
from .rooms import Rooms
from .sessions import Session, Sessions
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class KeptDirectRooms:
    """Says who may open a direct room with whom, and speak in it.

    A direct room is one of the rooms of each of the two accounts, from when it opens it
    or when the other one writes, until it leaves. The other one keeps it then.
    """

    def __init__(self, sessions: Sessions, rooms: Rooms, accounts: Accounts) -> None:
        self._sessions, self._rooms, self._accounts = sessions, rooms, accounts

    def judge_opening(
        self, account: StoredAccount, entry: AccountDirectOpened
    ) -> Verdict:
        """Return whether an account opens a direct room, by one of its sessions."""
        other = self._accounts.get(entry.other)
        if other is None:
            return void(refusals.no_such_user())
        if other is account:
            return void(refusals.direct_self())
        room = self._rooms.of_pair(account.person, other.person)
        if room is not None and (room.name != entry.room or room.name in account.rooms):
            return NO_EFFECT  # the proposer enters that one
        if not other.is_enabled:
            return void(refusals.no_direct(other.name))
        if self.is_full(account):
            return void(refusals.too_many_direct())
        has_room = room is not None and room.name in other.rooms
        if not has_room and self.is_full(other):
            return void(refusals.other_too_many_direct())
        if room is not None:
            return EFFECT
        name = entry.room
        if not is_direct_room(name) or self._rooms.get(name) is not None:
            return void(refusals.room_name_taken(name))
        if self._rooms.kept_direct_count >= MAX_KEPT_DIRECT_ROOMS:
            return void(refusals.direct_full(MAX_KEPT_DIRECT_ROOMS))
        return EFFECT

    def open(self, entry: AccountDirectOpened) -> None:
        """Open the room of two accounts, or add it. The entry was judged."""
        room = self._rooms.get(entry.room)
        if room is None:
            room = Room(entry.room, self._rooms.next_number())
            one, other = sorted((entry.account, entry.other))
            room.pair = person_of(one), person_of(other)
            self._rooms.add(room)
        elif not room.is_open:
            self._rooms.open(room, ())

    def judge_showing(self, account: StoredAccount, entry: DirectShown) -> Verdict:
        """Return whether an account hears of a direct room as the other one writes."""
        room, session = self._rooms.get_open(entry.room), None
        if room is not None and room.pair is not None and room.is_kept:
            session = self._sessions.at(entry.attachment)
        if room is None or session is None or session.id not in room.members:
            return NO_EFFECT
        if account.person != room.partner(session.person):
            return NO_EFFECT
        if not self.must_show(room, session.person):
            return NO_EFFECT
        is_full = self.is_full(account)
        return void(refusals.other_too_many_direct()) if is_full else EFFECT

    def must_show(self, room: Room, sender: PersonId) -> bool:
        """Return whether the other one has to hear of a room before *sender* writes."""
        other = self._accounts.of(room.partner(sender))
        if other is None or not other.is_enabled or room.name in other.rooms:
            return False
        return not self.is_ignored(room, sender)

    def refusal_to_speak(self, session: Session, room: Room) -> Refused | None:
        """Return why nobody hears what a member of a direct room says, or None.

        One who ignores the sender need not hear it.
        """
        other = self._accounts.of(room.partner(session.person))
        if other is None or not other.is_enabled:
            return refusals.no_direct(other.name if other is not None else "that user")
        if self.must_show(room, session.person):  # it is in too many, or has just left
            return refusals.other_too_many_direct()
        return None

    def is_ignored(self, room: Room, sender: PersonId) -> bool:
        """Return whether the other one of a direct room ignores *sender*."""
        other = self._accounts.of(room.partner(sender))
        if other is None or not other.ignored:
            return False
        keys = self._sessions.names.keys(sender)
        return any(key in keys for key, _ in other.ignored)

    def is_full(self, account: StoredAccount) -> bool:
        """Return whether an account knows of as many direct rooms as it may."""
        kept = sum(is_direct_room(each) for each in account.rooms)
        others = self._rooms.direct_count_of(account.person)
        return kept + others >= MAX_DIRECT_ROOMS
