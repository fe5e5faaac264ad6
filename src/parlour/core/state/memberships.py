"""Memberships: sessions enter and leave rooms, alone or as those of an account."""

from ..entries import AccountDirectOpened, AccountEntered, DirectShown
from ..events import RoomName
from ..limits import MAX_ROOMS_EACH
from ..storage import StoredAccount
from . import refusals
from .effects import Effect, RoomEnded, RoomEntered, RoomLeft, RoomShown, Void
from .restrictions import Restrictions
from .room import Room
from .sessions import Session
from .slow_mode import note_entered
from .tables import Tables


class Memberships:
    """Which sessions are in which rooms: both sides change together."""

    def __init__(self, tables: Tables, restrictions: Restrictions) -> None:
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._accounts = tables.accounts
        self._restrictions, self._invitations = restrictions, tables.invitations

    def leave_others(
        self, session: Session, wanted: tuple[RoomName, ...]
    ) -> list[Effect]:
        """Let a session leave the rooms that are not *wanted*.

        A direct room that its client does not ask for was opened while it was away.
        """
        effects: list[Effect] = []
        for name in [each for each in session.rooms if each not in wanted]:
            room = self._rooms[name]
            if room.is_kept or not session.knows_rooms:
                effects += self.end(session, name, refusals.LEFT)
            elif session.person in room.shown:
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
        """Make a session a member of an open room, a public one or its account's."""
        room = self._rooms.get_open(name)
        if name in session.rooms:
            return [RoomEntered(session.id, name, session.name, is_new=False)]
        if room is None or (room.is_direct and not self._is_of_account(room, session)):
            return [Void(refusals.no_such_room(name))]
        if why := self._restrictions.refusal_to_enter(session, room, time):
            return [Void(why)]
        public = [each for each in session.rooms if not self._rooms[each].is_direct]
        if not room.is_direct and len(public) >= MAX_ROOMS_EACH:
            return [Void(refusals.too_many_rooms(name))]
        is_first = not room.is_present(session.person, self._sessions)
        self._add(session, room, time)
        self._invitations.entered(session, name)
        return [RoomEntered(session.id, name, session.name, is_first=is_first)]

    def _is_of_account(self, room: Room, session: Session) -> bool:
        """Return whether a direct room is one of the rooms of a session's account."""
        account = self._accounts.get(session.account)
        return room.is_kept and account is not None and room.name in account.rooms

    def enter_direct_rooms(self, session: Session, time: float) -> list[Effect]:
        """Let a new session of an account enter the direct rooms of the others.

        Those that are kept are rooms of the account.
        """
        if not session.knows_rooms:
            return []
        effects: list[Effect] = []
        names = [
            name for each in self._sessions.of(session.person) for name in each.rooms
        ]
        for name in dict.fromkeys(names):
            room = self._rooms[name]
            if room.is_kept or session.id in room.members:
                continue
            self._add(session, room, time)
            if session.person in room.shown:
                effects.append(RoomShown(session.id, name, 0, room.sequence))
        return effects

    def enter_account(
        self,
        account: StoredAccount,
        entry: AccountEntered | AccountDirectOpened | DirectShown,
        time: float,
    ) -> list[Effect]:
        """Let the sessions of an account that know rooms enter one of its rooms.

        Of the refusals, only that of the session which asked for it is returned.
        """
        name, asking = entry.room, entry.attachment
        effects: list[Effect] = []
        for session in self._sessions.of(account.person):
            is_asking = session.attachment == asking
            if is_asking or session.knows_rooms or name in session.rooms:
                entered = self.enter(session, name, time)
                effects += [
                    each for each in entered if is_asking or not isinstance(each, Void)
                ]
        return effects

    def leave_account(
        self, account: StoredAccount, name: RoomName, reason: str
    ) -> list[Effect]:
        """Let all sessions of an account leave a room."""
        effects: list[Effect] = []
        for session in self._sessions.of(account.person):
            if name in session.rooms:
                effects += self.leave(session, name, reason)
        return effects

    def leave(self, session: Session, name: RoomName, reason: str) -> list[Effect]:
        """End a membership; a direct room that is not kept ends with it."""
        room = self._rooms.get_open(name)
        if room is None or name not in session.rooms:
            return [Void(refusals.not_in_room(name))]
        if not room.is_kept:
            return self._end_direct(room, f"{session.name} has left the conversation")
        self._remove(session, room)
        is_last = not room.is_present(session.person, self._sessions)
        return [RoomLeft(session.id, name, session.name, reason, is_last)]

    def end(self, session: Session, name: RoomName, reason: str) -> list[Effect]:
        """End a membership of a session that is over, or not for direct rooms any more.

        A direct room that is not kept ends with the last session of one of the two.
        """
        room = self._rooms[name]
        if room.is_kept:
            return self.leave(session, name, reason)
        others = self._sessions.of(session.person)
        if all(each is session or each.id not in room.members for each in others):
            return self.leave(session, name, reason)
        self._remove(session, room)
        return []

    def shut(self, room: Room, reason: str) -> list[Effect]:
        """Close a room that is not direct, which all of its members leave."""
        members = tuple(sorted(room.members))
        for each in members:
            self._remove(self._sessions[each], room)
        self._rooms.close(room)
        return [RoomEnded(room.name, members, reason)]

    def end_direct_rooms(self, session: Session, reason: str) -> list[Effect]:
        """End all direct rooms of the session of a guest."""
        effects: list[Effect] = []
        for name in session.rooms:
            room = self._rooms[name]
            if not room.is_kept:
                effects += self._end_direct(room, reason)
        return effects

    def _add(self, session: Session, room: Room, time: float) -> None:
        session.enter_room(room.name)
        room.add(session.id, time)
        note_entered(session, room, time)

    def _remove(self, session: Session, room: Room) -> None:
        session.leave_room(room.name)
        room.remove(session.id)

    def _end_direct(self, room: Room, reason: str) -> list[Effect]:
        members = tuple(sorted(room.members))
        for each in members:
            self._sessions[each].leave_room(room.name)
        self._rooms.close(room)
        return [RoomEnded(room.name, members, reason)]
