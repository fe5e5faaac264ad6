"""What the entries about direct rooms that are not kept change."""

from collections.abc import Iterable

from ..entries import DirectErased, DirectOpened, Whispered
from ..events import Erased, Message, PersonId, Refused, is_direct_room
from ..limits import MAX_ALL_DIRECT_ROOMS, MAX_DIRECT_ROOMS
from ..storage import Numbering
from . import refusals
from .effects import (
    AlreadySaid,
    Effect,
    MessageErased,
    RoomEntered,
    RoomShown,
    Void,
    Whisper,
)
from .kept_direct_rooms import KeptDirectRooms
from .restrictions import Restrictions
from .room import Room
from .sessions import Session
from .tables import Tables


class DirectRooms:
    """Opens direct rooms, and adds what is said in them.

    One of the two, at least, is a guest. A room has all sessions of both people whose
    clients know rooms. With an account, it also has the guest whose client speaks the
    plain dialect: that one hears what is said, and cannot answer. A person knows of at
    most `MAX_DIRECT_ROOMS`, with those that are kept, so that a hello can name all of
    its rooms. One that others have opened, and in which it has heard nothing, does not
    count: nobody can use up the bound of somebody else unseen.
    """

    def __init__(
        self,
        tables: Tables,
        restrictions: Restrictions,
        kept: KeptDirectRooms,
        numbering: Numbering,
    ) -> None:
        self._restrictions, self._kept = restrictions, kept
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._keys, self._accounts = tables.keys, tables.accounts
        self._passed_time, self._number = tables.passed_time, numbering

    def open(self, opener: Session, entry: DirectOpened, time: float) -> list[Effect]:
        """Open the room of two people, or find it."""
        person, other = opener.person, entry.other
        if not self._sessions.of(other):
            return [Void(refusals.no_such_user())]
        if person != other and max(person, other) < 0:  # their room is kept
            return [Void(refusals.no_such_user())]
        found = self._rooms.of_pair(person, other)
        if found is not None:
            return self._find(opener, found, time)
        if why := self._refusal(person, other):
            return [Void(why)]
        name = entry.room
        if not is_direct_room(name) or self._rooms.get(name) is not None:
            return [Void(refusals.room_name_taken(name))]
        room = Room(entry.room, 0)
        room.pair = person, other
        self._rooms.add(room)
        for session in (*self._sessions.of(person), *self._sessions.of(other)):
            partner = room.partner(session.person)
            if _can_hear(session, partner) or session is opener:
                _add(session, room, time)
        return self._show(room, person, 0)

    def _find(self, opener: Session, room: Room, time: float) -> list[Effect]:
        """Show a room that there is to the one who opens it again.

        A session whose client knows no rooms is in it once it opens it itself.
        """
        person = opener.person
        is_known = person in room.shown
        if not is_known and self._is_full(person):
            return [Void(refusals.too_many_direct())]
        is_in = opener.id in room.members
        if not is_in:
            _add(opener, room, time)
        if not is_known:
            return self._show(room, person, room.sequence)
        if not is_in:
            return [RoomShown(opener.id, room.name, 0, room.sequence)]
        return [RoomEntered(opener.id, room.name, opener.name, is_new=False)]

    def _show(self, room: Room, person: PersonId, sequence: int) -> list[Effect]:
        """Let a person know of a room, whose messages after *sequence* follow."""
        self._rooms.show(room, person)
        return [
            RoomShown(session.id, room.name, sequence, sequence)
            for session in self._sessions.of(person)
            if session.id in room.members
        ]

    def _refusal(self, person: PersonId, other: PersonId) -> Refused | None:
        if person == other:
            return refusals.direct_self()
        others = self._sessions.of(other)
        if not any(_can_hear(each, person) for each in others):
            return refusals.no_direct(others[0].name)
        if self._rooms.direct_count >= MAX_ALL_DIRECT_ROOMS:
            return refusals.direct_full()
        if self._is_full(person):
            return refusals.too_many_direct()
        return refusals.other_too_many_direct() if self._is_full(other) else None

    def _is_full(self, person: PersonId) -> bool:
        """Return whether a person knows of as many direct rooms as it may."""
        if account := self._accounts.of(person):
            return self._kept.is_full(account)
        return self._rooms.direct_count_of(person) >= MAX_DIRECT_ROOMS

    def _ignored_by(self, person: PersonId) -> Iterable[str]:
        """Return the conflict keys of the names that a person ignores."""
        if account := self._accounts.of(person):
            return (key for key, _ in account.ignored)
        return self._sessions.of(person)[0].ignored or ()

    def whisper(self, sender: Session, entry: Whispered, time: float) -> list[Effect]:
        """Add a message, which the other one hears unless it ignores the sender."""
        room = self._rooms.get_open(entry.room)
        if room is None or room.is_kept or sender.id not in room.members:
            return [Void(refusals.no_such_room(entry.room))]
        key, passed = entry.key, self._passed_time.seconds
        if key and (first := self._keys.find(entry.token, key, passed)) is not None:
            return [AlreadySaid(first)]
        if why := self._restrictions.refusal_to_speak(sender, None, time):
            return [Void(why)]
        other = room.partner(sender.person)
        keys = self._sessions.names.keys(sender.person)
        is_ignored = any(each in keys for each in self._ignored_by(other))
        is_first = not is_ignored and other not in room.shown
        if is_first and self._is_full(other):
            return [Void(refusals.other_too_many_direct())]
        before = room.sequence
        room.sequence = self._number(before)
        if key:
            self._keys.add(entry.token, key, room.sequence, passed)
        name, sequence = room.name, room.sequence
        by, account = sender.name, sender.account
        message = Message(name, sequence, time, by, entry.text, account, sender.id)
        effects: list[Effect] = []
        if is_first:
            effects += self._show(room, other, before)
        effects.append(Whisper(sender.id, message, is_ignored))
        return effects

    def erase(self, author: Session, entry: DirectErased, time: float) -> list[Effect]:
        """Erase a message of *author*, whose user has said it."""
        room, target = self._rooms.get_open(entry.room), entry.target
        if room is None or room.is_kept or author.id not in room.members:
            return [Void(refusals.no_such_room(entry.room))]
        if not 0 < target <= room.sequence:
            return [Void(refusals.no_such_message(entry.room))]
        room.sequence = sequence = self._number(room.sequence)
        by = author.name
        return [MessageErased(Erased(room.name, sequence, time, target, by, by))]


def _can_hear(session: Session, partner: PersonId) -> bool:
    """Return whether a client shows what *partner* says in a direct room."""
    is_account = partner < 0
    return session.knows_rooms or (session.is_plain and is_account)


def _add(session: Session, room: Room, time: float) -> None:
    room.add(session.id, time)
    session.enter_room(room.name)
