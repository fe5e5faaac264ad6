"""Restrictions: what sanctions and settings forbid to whom, and who knows of rooms."""

from collections.abc import Iterable

from ..entries import (
    Announced,
    Kicked,
    OrderEntry,
    Sanctioned,
    SanctionKind,
    SessionOpened,
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
        return self.ban_from(session, room, time)

    def ban_from(self, session: Session, room: Room, time: float) -> Refused | None:
        """Return why the user of a session is banned from a room, or None."""
        return self._ban(person_facts(session), (room.name,), time)

    def room_to_act_in(
        self, session: Session | None, name: RoomName | None, time: float
    ) -> Room | Refused | None:
        """Return the open room called *name*, unless it is direct; None is the server.

        It is refused to those who may not know of it, and to those who are banned. A
        *session* of None is the operator.
        """
        room = None
        if name is not None:
            room = self._rooms.get_open(name)
            if room is None or room.is_direct or not self.knows(session, room):
                return refusals.no_such_room(name)
        return self.ban_of(session, room, time) or room

    def ban_of(
        self, session: Session | None, room: Room | None, time: float
    ) -> Refused | None:
        """Return why somebody is banned from a room or from the server, or None.

        Whoever is banned cannot act there, whatever the role, nor read what only those
        may who keep order. A *session* of None is the operator.
        """
        if session is None:
            return None
        places = (None,) if room is None else (None, room.name)
        return self._ban(person_facts(session), places, time)

    def knows(self, session: Session | None, room: Room) -> bool:
        """Return whether somebody may know of a room; None is the operator.

        Of a private one, these are its members, its owner and administrators.
        """
        if not room.is_private or session is None or session.id in room.members:
            return True
        return self.is_known_to(session.account, room)

    def is_known_to(self, number: AccountNumber, room: Room) -> bool:
        """Return whether an account, 0 for none, may know of a room."""
        if not room.is_private or self._accounts.is_in(number, room.name):
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

    def refusal_to_be_here(
        self, entry: SessionOpened, account: AccountNumber, time: float
    ) -> Refused | None:
        """Return why nobody may open a session by *entry*, or None.

        It would be one of *account*. A client that knows no rooms could be in no other
        than those of the entry.
        """
        places = (None,) if entry.knows_rooms else (None, *entry.rooms)
        return self._ban(Person(account, 0, entry.token, entry.network), places, time)

    def account_ban(
        self, number: AccountNumber, room: Room | None, time: float
    ) -> Refused | None:
        """Return why an account is banned from a room or from the server, or None."""
        places = (None,) if room is None else (None, room.name)
        return self._ban(Person(number, 0, "", ""), places, time)

    def ban(
        self,
        account: int,
        token: str,
        network: str,
        room: RoomName | None,
        time: float,
    ) -> Refused | None:
        """Return why somebody is banned, from a room or from the server, or None."""
        return self._ban(Person(account, 0, token, network), (room,), time)

    def _ban(
        self, person: Person, places: Iterable[RoomName | None], time: float
    ) -> Refused | None:
        """Return what bans somebody from the first of *places* where anything does."""
        for place in places:
            ban = self._sanctions.find(SanctionKind.BAN, place, person, time)
            if ban is not None:
                return refusals.banned(ban)
        return None


def person_facts(session: Session) -> Person:
    """Return what identifies the user of a session to `Sanctions`."""
    return Person(session.account, session.id, session.token, session.network)
