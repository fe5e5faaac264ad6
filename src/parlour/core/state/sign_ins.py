"""Signing in: the session of a guest becomes one of an account."""

from typing import Final

from ..entries import SignedIn
from ..events import AccountNumber, Left, Refused, RoomName, SessionId
from ..limits import MAX_ACCOUNT_SESSIONS
from ..storage import StoredAccount
from . import refusals
from .effects import (
    Effect,
    IgnoredChanged,
    InvitationsShown,
    NameChanged,
    SessionSignedIn,
    Told,
    Void,
)
from .memberships import Memberships
from .restrictions import Restrictions, person_facts
from .sanctions import Person
from .sessions import Session
from .tables import Tables

SIGNED_IN: Final = "signed_in"  # a guest left because it is that account now


class SignIns:
    """Gives accounts their sessions, and frees names that belong to an account."""

    def __init__(
        self, tables: Tables, memberships: Memberships, restrictions: Restrictions
    ) -> None:
        self._restrictions, self._invitations = restrictions, tables.invitations
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._memberships, self._accounts = memberships, tables.accounts

    def refusal(
        self,
        number: AccountNumber,
        generation: int,
        device: int,
        replaced: set[SessionId],
        time: float,
        *,
        is_brief: bool,
    ) -> Refused | None:
        """Return why somebody cannot sign in any more who could just now.

        The sessions *replaced* do not count: the new one takes their place. There can
        be any number of those that are brief.
        """
        account = self._accounts.get(number)
        if account is None:
            return refusals.auth_failed()
        if device:  # a new password revokes all devices that it does not spare
            is_current = account.has_device(device)
        else:
            is_current = account.generation == generation
        if not is_current:
            return refusals.auth_failed()
        if not account.is_enabled:
            return refusals.account_disabled()
        if why := self._restrictions.ban(person_facts(number), time, None):
            return why
        others = [
            each
            for each in self._sessions.of(account.person)
            if each.id not in replaced and not each.is_brief
        ]
        if not is_brief and len(others) >= MAX_ACCOUNT_SESSIONS:
            return refusals.too_many_sessions()
        return None

    def sign_in(self, session: Session, entry: SignedIn, time: float) -> list[Effect]:
        """Make the session of a guest one of an account."""
        if session.account:
            return [Void(refusals.already_signed_in())]
        number, generation = entry.account, entry.generation
        why = self.refusal(
            number, generation, entry.device, set(), time, is_brief=session.is_brief
        )
        if why is not None:
            return [Void(why)]
        account = self._accounts.get(number)
        assert account is not None, "there is no refusal"
        if not session.knows_rooms:
            for _, why in self._bans(session, account, time):
                return [Void(why)]  # it could not be in any other room
        effects: list[Effect] = [SessionSignedIn(session.id)]
        effects += self.end_direct_rooms(session, account)
        effects += self.become(session, account, entry.device, time)
        rooms = account.rooms if session.knows_rooms else ()
        new = tuple(each for each in rooms if each not in session.rooms)
        effects += self._memberships.enter_all(session, new, time)
        effects += self._memberships.enter_direct_rooms(session, time)
        if self._invitations.of(session, time):
            effects.append(InvitationsShown(session.id))
        return effects

    def end_direct_rooms(
        self, session: Session, account: StoredAccount
    ) -> list[Effect]:
        """End the direct rooms of a guest who signs in; they are not the account's."""
        reason = f"{session.name} has signed in as {account.name}"
        return self._memberships.end_direct_rooms(session, reason)

    def _bans(
        self, session: Session, account: StoredAccount, time: float
    ) -> list[tuple[RoomName, Refused]]:
        """Return the rooms of a guest from which *account* is banned."""
        person = Person(account.number, 0, session.token, session.network)
        bans = [
            (room, self._restrictions.ban(person, time, room)) for room in session.rooms
        ]
        return [(room, why) for room, why in bans if why is not None]

    def become(
        self, session: Session, account: StoredAccount, device: int, time: float
    ) -> list[Effect]:
        """Make the session of a guest one of *account*, in the rooms that it is in.

        It leaves those from which the account is banned, still under the name of the
        guest. It is in no direct rooms any more. The others hear that the guest is
        renamed, or has left, if the account was in the room already.
        """
        old, name = session.name, account.name
        effects: list[Effect] = []
        if session.ignored or account.ignored:
            effects.append(IgnoredChanged(session.id))
        for room, _ in self._bans(session, account, time):
            effects += self._memberships.leave(session, room, refusals.BANNED)
        present = [
            each
            for each in session.rooms
            if self._rooms[each].is_present(account.person, self._sessions)
        ]
        self.add_session(session, account.number, name, device)
        effects += [Told(room, Left(room, old, SIGNED_IN)) for room in present]
        others = tuple(each for each in session.rooms if each not in present)
        if old != name and others:
            effects.append(NameChanged(session.id, old, name, others, is_at_start=True))
        return effects

    def add_session(
        self, session: Session, account: AccountNumber, name: str, device: int
    ) -> None:
        """Make the session of a guest one of an account, which is called *name*.

        The account ignores others than the guest, and waits in slow rooms as the guest.
        """
        guest = session.person
        self._sessions.sign_in(session, account, name, device)
        for room in session.rooms:
            self._rooms[room].spoke_as(guest, session.person)
        self._rooms.forget_users_with(session)

    def release_names(self, keys: tuple[str, ...]) -> list[Session]:
        """Free the names of the guests that have one of *keys*; return these guests."""
        names = self._sessions.names
        owners = dict.fromkeys(names.owner((key,)) for key in keys)
        guests: list[Session] = []
        for owner in owners:
            if owner is not None:
                guests += self._sessions.of(owner)
                names.release(owner)
        return guests

    def rename_unchosen(self, guests: list[Session]) -> list[Effect]:
        """Call *guests*, whose names are free now, as if they had chosen none."""
        effects: list[Effect] = []
        for session in guests:
            old, names = session.name, self._sessions.names
            session.name = names.claim_unchosen(session.person, session.address)
            self._rooms.forget_users_with(session)
            rooms = session.rooms
            effects.append(NameChanged(session.id, old, session.name, rooms))
        return effects

    def taken(self, name: str, keys: tuple[str, ...]) -> Refused:
        """Return why somebody cannot have *name*: a person or an account has it."""
        owners = [self._sessions.names.owner((key,)) for key in keys]
        if any(each is not None and each < 0 for each in owners):
            return refusals.name_registered(name)
        return refusals.name_taken(name)
