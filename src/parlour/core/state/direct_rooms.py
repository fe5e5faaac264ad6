"""What the entries about direct rooms change."""

from ..entries import DirectOpened, Whispered
from ..events import DIRECT_PREFIX, Message, Refused, SessionId
from ..limits import MAX_ALL_DIRECT_ROOMS, MAX_DIRECT_ROOMS
from ..storage import Numbering
from . import refusals
from .effects import AlreadySaid, Effect, RoomEntered, RoomShown, Void, Whisper
from .idempotency import IdempotencyKeys
from .passed_time import PassedTime
from .rooms import Room, Rooms
from .sessions import Session, Sessions


class DirectRooms:
    """Opens direct rooms, and adds what is said in them.

    A session knows of at most `MAX_DIRECT_ROOMS`, so that a hello can name all of its
    rooms. One that others have opened, and in which it has heard nothing, does not
    count: nobody can use up the bound of somebody else unseen.
    """

    def __init__(
        self,
        sessions: Sessions,
        rooms: Rooms,
        keys: IdempotencyKeys,
        passed_time: PassedTime,
        numbering: Numbering,
    ) -> None:
        self._sessions, self._rooms, self._keys = sessions, rooms, keys
        self._passed_time, self._number = passed_time, numbering

    def open(self, opener: Session, entry: DirectOpened, time: float) -> list[Effect]:
        """Open the room of two sessions, or find it."""
        session, other = opener.id, entry.other
        if other not in self._sessions:
            return [Void(refusals.no_such_user())]
        found = self._rooms.of_pair(session, other)
        if found is not None:
            if session in found.shown:
                return [RoomEntered(session, found.name, opener.name, is_new=False)]
            if self._is_full(session):
                return [Void(refusals.too_many_direct())]
            self._rooms.show(found, session)
            last = found.sequence
            return [RoomShown(session, found.name, last, last)]
        if why := self._refusal(session, other):
            return [Void(why)]
        name = entry.room
        if not name.startswith(DIRECT_PREFIX) or self._rooms.get(name) is not None:
            return [Void(refusals.room_name_taken(name))]
        room = Room(entry.room, 0)
        room.pair, room.shown = (session, other), (session,)
        self._rooms.add(room)
        for each in room.pair:
            room.add(each, time)
            self._sessions[each].enter_room(room.name)
        return [RoomShown(session, room.name, 0, 0)]

    def _refusal(self, session: SessionId, other: SessionId) -> Refused | None:
        if session == other:
            return refusals.direct_self()
        if not self._sessions[other].knows_rooms:
            return refusals.no_direct(self._sessions[other].name)
        if self._rooms.direct_count >= MAX_ALL_DIRECT_ROOMS:
            return refusals.direct_full()
        if self._is_full(session):
            return refusals.too_many_direct()
        return refusals.other_too_many_direct() if self._is_full(other) else None

    def _is_full(self, session: SessionId) -> bool:
        """Return whether a session knows of as many direct rooms as it may."""
        return self._rooms.direct_count_of(session) >= MAX_DIRECT_ROOMS

    def whisper(self, sender: Session, entry: Whispered, time: float) -> list[Effect]:
        """Add a message, which the other one hears unless it ignores the sender."""
        room = self._rooms.get_open(entry.room)
        if room is None or not room.is_direct or sender.id not in room.members:
            return [Void(refusals.no_such_room(entry.room))]
        key, passed = entry.key, self._passed_time.seconds
        if key and (first := self._keys.find(entry.token, key, passed)) is not None:
            return [AlreadySaid(first)]
        other = self._sessions[room.partner(sender.id)]
        keys = self._sessions.names.keys(sender.id)
        is_ignored = any(each in keys for each in other.ignored or ())
        is_first = not is_ignored and other.id not in room.shown
        if is_first and self._is_full(other.id):
            return [Void(refusals.other_too_many_direct())]
        before = room.sequence
        room.sequence = self._number(before)
        if key:
            self._keys.add(entry.token, key, room.sequence, passed)
        message = Message(room.name, room.sequence, time, sender.name, entry.text)
        effects: list[Effect] = []
        if is_first:
            self._rooms.show(room, other.id)
            effects.append(RoomShown(other.id, room.name, before, before))
        effects.append(Whisper(sender.id, message, is_ignored))
        return effects
