"""What the entries about rooms change."""

from typing import assert_never

from ..entries import RoomClosed, RoomOpened, TopicSet
from ..events import LOBBY, Refused, TopicChanged, is_direct_room
from ..limits import MAX_KNOWN_ROOMS, MAX_OPEN_ROOMS
from ..roles import Role
from . import refusals
from .effects import Effect, RoomEnded, RoomMade, Told, Void
from .restrictions import Restrictions, person_facts
from .roles_of_people import Roles
from .room import Room
from .room_bounds import RoomBounds
from .tables import Tables
from .verdicts import NO_EFFECT, Verdict, void

RoomEntry = RoomOpened | RoomClosed | TopicSet


class RoomEntries:
    """Opens and closes rooms, and sets their topics."""

    def __init__(
        self, tables: Tables, roles: Roles, restrictions: Restrictions
    ) -> None:
        self._restrictions, self._sanctions = restrictions, tables.sanctions
        self._invitations = tables.invitations
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._accounts, self._roles = tables.accounts, roles
        self._bounds = RoomBounds(tables.rooms, tables.sanctions)

    def judge(self, entry: RoomEntry, time: float) -> Verdict:
        """Return whether an entry at the wall time *time* changes anything."""
        room = self._rooms.get(entry.room)
        is_open = room is not None and room.is_open
        match entry:
            case RoomOpened(name):
                if room is not None and room.is_open:
                    is_other = entry.is_private and room.is_public
                    return void(refusals.room_exists(name)) if is_other else NO_EFFECT
                if is_direct_room(name):
                    return void(refusals.no_such_room(name))
                why = self._opening_refusal(entry, room, time)
                return Verdict(has_effect=why is None, why=why)
            case RoomClosed():
                if room is None or self.is_lasting(room):
                    return NO_EFFECT
                return Verdict(has_effect=is_open and not room.members)
            case TopicSet():
                return self._judge_topic(entry, time)
            case _:
                assert_never(entry)

    def is_lasting(self, room: Room) -> bool:
        """Return whether a room stays open even if nobody is in it.

        It is the lobby or private, belongs to somebody, or is a direct room of an
        account.
        """
        if room.pair is not None:
            return self._accounts.have(room.name, room.pair)
        return room.name == LOBBY or room.is_private or room.is_owned

    def _judge_topic(self, entry: TopicSet, time: float) -> Verdict:
        actor = self._sessions.at(entry.attachment) if entry.attachment else None
        room = self._restrictions.room_to_act_in(actor, entry.room, time)
        is_in = actor is not None and (
            entry.room in actor.rooms
            or self._accounts.is_in(actor.account, entry.room)  # it is for a form
        )
        if isinstance(room, Refused):
            is_told = not entry.attachment or room.code == refusals.BANNED
            return void(room if is_told else refusals.not_in_room(entry.room))
        if entry.attachment and not is_in:
            return void(refusals.not_in_room(entry.room))
        assert room is not None, "it names a room"
        role = self._roles.of(actor, room)
        if why := self._restrictions.refusal_to_set_topic(role, room):
            return void(why)
        if actor is not None and (
            why := self._restrictions.refusal_to_write(actor, room, time)
        ):
            return void(why)
        return Verdict(has_effect=room.topic != entry.topic)

    def _opening_refusal(
        self, entry: RoomOpened, room: Room | None, time: float
    ) -> Refused | None:
        """Return why nobody opens a room by *entry*; *room* is the closed one, if any.

        Names like those of private rooms are refused as names that no room can have.
        """
        if why := self._person_refusal(entry, room, time):
            return why
        if entry.owner and self._accounts.get(entry.owner) is None:
            return refusals.no_such_account()
        if similar := self._rooms.conflicting(entry.room, entry.keys):
            if all(each.is_private for each in similar):
                return refusals.room_unavailable(entry.room)
            return refusals.room_name_taken(entry.room)
        owner = entry.owner if room is None else room.owner
        if owner and (why := self._bounds.owner_refusal(entry.room, owner)):
            return why
        is_full = room is None and self._rooms.known_count >= MAX_KNOWN_ROOMS
        if is_full or self._rooms.open_count >= MAX_OPEN_ROOMS:
            return refusals.rooms_full(entry.room)
        return None

    def _person_refusal(
        self, entry: RoomOpened, room: Room | None, time: float
    ) -> Refused | None:
        """Return why this person does not open a room that is closed, or a new one."""
        session = self._sessions.at(entry.attachment)
        if session is not None and (  # everybody would read the name
            why := self._restrictions.refusal_to_write(session, None, time)
        ):
            return why
        if room is not None and room.is_private:
            if session is None:
                return refusals.room_unavailable(entry.room)
            return self._restrictions.refusal_to_enter(session, room, time)
        if entry.is_private and not entry.owner:
            return refusals.private_needs_account(entry.room)
        if entry.is_private and room is not None:
            return refusals.room_exists(entry.room)
        if room is None or session is None:
            return None
        return self._restrictions.ban(person_facts(session), time, None, room.name)

    def change(self, entry: RoomEntry, time: float) -> list[Effect]:
        """Apply an entry, at the wall time *time*, unless it changes nothing."""
        verdict = self.judge(entry, time)
        if not verdict.has_effect:
            return [] if verdict.why is None else [Void(verdict.why)]
        match entry:
            case RoomOpened():
                self._open(entry)
                return [RoomMade(entry.room)]
            case RoomClosed(name):
                self._rooms.close(self._rooms[name])
                if self._rooms.get(name) is None:  # nothing was ever said in it
                    self._accounts.forget_room(name)
                    self._sanctions.forget_room(name)
                    self._invitations.forget_room(name)
                return [RoomEnded(name)]
            case TopicSet(name, attachment, topic):
                self._rooms[name].topic = topic
                actor = self._sessions.at(attachment) if attachment else None
                by = "" if actor is None else actor.name
                return [Told(name, TopicChanged(name, topic, by))]
            case _:
                assert_never(entry)

    def _open(self, entry: RoomOpened) -> None:
        room = self._rooms.get(entry.room)
        if room is not None:
            self._rooms.open(room, entry.keys)
            return
        room = Room(entry.room, self._rooms.next_number())
        if entry.owner:
            room.roles[entry.owner] = Role.OWNER
        room.keys, room.is_private = entry.keys, entry.is_private
        self._rooms.add(room)
