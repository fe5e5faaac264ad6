"""Restrictions: what sanctions and settings forbid to whom, and who knows of rooms."""

from collections.abc import Iterable

from ..entries import (
    Announced,
    Kicked,
    OrderEntry,
    Sanctioned,
    SanctionKind,
)
from ..events import AccountNumber, Refused, RoomName
from ..roles import Role
from ..storage import Sanction
from . import refusals
from .permissions import Action, action_in, may
from .roles_of_people import Roles
from .room import Room
from .sanctions import Person
from .sessions import Session
from .slow_mode import waiting_time
from .tables import Tables

Actor = Session | AccountNumber | None
"""Who acts: a user, by a session or by an account alone, or None for the operator."""


class Restrictions:
    """Says who must not speak, invite, enter or be here. Times are wall times."""

    def __init__(self, tables: Tables, roles: Roles) -> None:
        self._sanctions, self._roles = tables.sanctions, roles
        self._rooms, self._accounts = tables.rooms, tables.accounts
        self._invitations = tables.invitations

    def refusal_to_speak(
        self, session: Session, room: Room | None, time: float
    ) -> Refused | None:
        """Return why somebody must not speak in a room now, or anywhere."""
        if why := self.refusal_to_write(session, room, time):
            return why
        if room is None or not room.slow or self._may_always_speak(session, room):
            return None
        left = waiting_time(session, room, time)
        return refusals.too_fast(room.name, room.slow, left) if left else None

    def refusal_to_write(
        self, session: Session, room: Room | None, time: float
    ) -> Refused | None:
        """Return why somebody must not write anything that the others see, or None."""
        places = (None,) if room is None else (None, room.name)
        if muted := self._mute(session, places, time):
            return refusals.muted(muted)
        if room is None or not room.is_locked or self._may_always_speak(session, room):
            return None
        return refusals.locked(room.name)

    def refusal_to_rename(self, session: Session, time: float) -> Refused | None:
        """Return why a guest must not take another name, which its rooms would read.

        Returns None if it may, or if it is called by its address and takes a first one.
        """
        if not session.has_chosen_name:
            return None
        muted = self._mute(session, (None, *session.rooms), time)
        return None if muted is None else refusals.muted_name(muted)

    def _mute(
        self, session: Session, places: Iterable[RoomName | None], time: float
    ) -> Sanction | None:
        """Return what mutes somebody in the first of *places* where anything does."""
        person = person_facts(session)
        for place in places:
            muted = self._sanctions.find(SanctionKind.MUTE, place, person, time)
            if muted is not None:
                return muted
        return None

    def refusal_to_act(
        self, session: Session, entry: OrderEntry, time: float
    ) -> Refused | None:
        """Return why somebody must not keep order by an *entry* with a text, or None.

        Without a reason that others hear, one who is muted keeps order as before.
        """
        match entry:
            case Kicked(room=name, reason=text) | Sanctioned(room=name, reason=text):
                room = self._rooms.get(name) if name is not None else None
            case Announced(text=text):
                room = None
            case _:
                return None
        return self.refusal_to_write(session, room, time) if text else None

    def _may_always_speak(self, session: Session, room: Room) -> bool:
        """Return whether a room that is locked or slow is not so for somebody."""
        role = self._roles.of(session, room)
        return may(role, Action.SPEAK_IN_LOCKED) is None

    def refusal_to_set_topic(self, role: Role, room: Room) -> Refused | None:
        """Return why somebody with a *role* must not set the topic of a room, or None.

        In a room that belongs to nobody, everybody may who is in it.
        """
        return may(role, Action.SET_TOPIC) if room.is_owned else None

    def refusal_to_invite(
        self, session: Session | None, name: RoomName | None, time: float
    ) -> Refused | None:
        """Return why somebody may not invite to a room, or to make an account, or None.

        Whoever may invite may also see and take back the invitations of others. A
        *session* of None is the operator.
        """
        room = self.room_to_act_in(session, name, time)
        if isinstance(room, Refused):
            return room
        action = action_in(room, Action.INVITE)
        return may(self._roles.of(session, room), action)

    def refusal_to_enter(
        self, session: Session, room: Room, time: float
    ) -> Refused | None:
        """Return why somebody must not enter a room, or None.

        Of a private one, only those who are invited learn of a ban.
        """
        if room.is_private and not (
            self.knows(session, room)
            or self._invitations.includes(session, room.name, time)
        ):
            return refusals.room_unavailable(room.name)
        return self.ban(person_facts(session), time, room.name)

    def room_to_act_in(
        self, actor: Actor, name: RoomName | None, time: float
    ) -> Room | Refused | None:
        """Return the open room called *name*, unless it is direct; None is the server.

        It is refused to those who may not know of it, and to those who are banned.
        """
        if name is None:
            return self._ban_of(actor, time, None)
        room = self._rooms.get_open(name)
        if room is None or room.is_direct:
            return refusals.no_such_room(name)
        return self.room_to_erase_in(actor, name, time)

    def room_to_erase_in(
        self, actor: Actor, name: RoomName, time: float
    ) -> Room | Refused:
        """Return the room called *name*, also one that is closed: it has a history.

        It is refused as by `room_to_act_in`.
        """
        room = self._rooms.get(name)
        if room is None or not self.knows(actor, room):
            return refusals.no_such_room(name)
        return self._ban_of(actor, time, None, name) or room

    def knows(self, actor: Actor, room: Room) -> bool:
        """Return whether somebody may know of a room.

        Of a private one, these are its members, its owner and administrators.
        """
        if not room.is_private or actor is None:
            return True
        if isinstance(actor, Session) and actor.id in room.members:
            return True
        number = actor.account if isinstance(actor, Session) else actor
        if self._accounts.is_in(number, room.name):
            return True
        role = self._roles.of_account(number, room)
        return may(role, Action.ENTER_PRIVATE) is None

    def restricts(self, room: Room, time: float) -> bool:
        """Return whether anybody may be unable to speak in a room.

        In a direct room, it depends on the other one (`KeptDirectRooms`).
        """
        if room.is_locked or room.slow or room.pair is not None:
            return True
        return self._sanctions.has_mutes(room.name, time)

    def all_of(self, session: Session, time: float) -> list[Sanction]:
        """Return the sanctions of the user of a session, in order of their numbers.

        Of several of one kind in one place, it is the one that ends last.
        """
        return self._sanctions.of(person_facts(session), time)

    def _ban_of(
        self, actor: Actor, time: float, *places: RoomName | None
    ) -> Refused | None:
        """Return what bans somebody from one of *places*, but never the operator.

        Whoever is banned cannot act there, whatever the role, nor read what only those
        may who keep order.
        """
        if actor is None:
            return None
        return self.ban(person_facts(actor), time, *places)

    def ban(
        self, person: Person, time: float, *places: RoomName | None
    ) -> Refused | None:
        """Return what bans somebody from the first of *places* where anything does.

        These are rooms, or None for the server.
        """
        for place in places:
            ban = self._sanctions.find(SanctionKind.BAN, place, person, time)
            if ban is not None:
                return refusals.banned(ban)
        return None


def person_facts(user: Session | AccountNumber) -> Person:
    """Return what identifies the user of a session, or an account, to `Sanctions`."""
    if isinstance(user, Session):
        return Person(user.account, user.id, user.token, user.network)
    return Person(user, 0, "", "")
