"""Memberships: sessions enter and leave rooms."""

from ..events import RoomName
from ..limits import MAX_ROOMS_EACH
from . import refusals
from .effects import Effect, RoomEnded, RoomEntered, RoomLeft, RoomShown, Void
from .rooms import Room, Rooms
from .sessions import Session, Sessions


class Memberships:
    """Which sessions are in which rooms: both sides change together."""

    def __init__(self, sessions: Sessions, rooms: Rooms) -> None:
        self._sessions, self._rooms = sessions, rooms

    def leave_others(
        self, session: Session, wanted: tuple[RoomName, ...]
    ) -> list[Effect]:
        """Let a session leave the rooms that are not *wanted*.

        A direct room that its client does not ask for was opened while it was away.
        """
        effects: list[Effect] = []
        for name in [each for each in session.rooms if each not in wanted]:
            room = self._rooms[name]
            if not (room.is_direct and session.knows_rooms):
                effects += self.leave(session, name, refusals.LEFT)
            elif session.id in room.shown:
                effects.append(RoomShown(session.id, name, 0, room.sequence))
        return effects

    def enter_all(
        self, session: Session, wanted: tuple[RoomName, ...], time: float
    ) -> list[Effect]:
        """Let a session enter the *wanted* rooms."""
        effects: list[Effect] = []
        for name in dict.fromkeys(wanted):
            effects += self.enter(session, name, time)
        return effects

    def enter(self, session: Session, name: RoomName, time: float) -> list[Effect]:
        """Make a session a member of an open room that is not direct."""
        room = self._rooms.get_open(name)
        if name in session.rooms:
            return [RoomEntered(session.id, name, session.name, is_new=False)]
        if room is None or room.is_direct:
            return [Void(refusals.no_such_room(name))]
        public = [each for each in session.rooms if not self._rooms[each].is_direct]
        if len(public) >= MAX_ROOMS_EACH:
            return [Void(refusals.too_many_rooms(name))]
        session.enter_room(name)
        room.add(session.id, time)
        return [RoomEntered(session.id, name, session.name)]

    def leave(self, session: Session, name: RoomName, reason: str) -> list[Effect]:
        """End a membership; a direct room ends when one of the two leaves it."""
        room = self._rooms.get_open(name)
        if room is None or name not in session.rooms:
            return [Void(refusals.not_in_room(name))]
        if room.is_direct:
            return self._end_direct(room, f"{session.name} has left the conversation")
        session.leave_room(name)
        room.remove(session.id)
        return [RoomLeft(session.id, name, session.name, reason)]

    def _end_direct(self, room: Room, reason: str) -> list[Effect]:
        members = room.pair or ()
        for each in members:
            self._sessions[each].leave_room(room.name)
        self._rooms.close(room)
        return [RoomEnded(room.name, members, reason)]
