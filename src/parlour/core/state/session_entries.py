"""What the entries about sessions change."""

from typing import Final

from ..entries import SessionOpened
from ..events import Bye, Refused, RoomName, SessionId
from ..limits import MAX_IGNORED
from ..storage import StoredAccount
from . import refusals
from .accounts import NO_ACCOUNT
from .effects import (
    Effect,
    IgnoredChanged,
    InvitationsShown,
    NameChanged,
    SessionEnded,
    SessionExpelled,
    SessionSignedIn,
    SessionStarted,
    SessionSuspended,
    Void,
)
from .memberships import Memberships
from .restrictions import Restrictions, person_facts
from .sanctions import Person
from .sessions import Session
from .sign_ins import SignIns
from .tables import Tables

RESUMED: Final = "came_back"  # a session left because its client resumed another one
NODE_BITS: Final = 32  # of a session's id: its number within a node


class SessionEntries:
    """Opens, holds, closes and renames sessions, and keeps whom guests ignore."""

    def __init__(
        self,
        tables: Tables,
        memberships: Memberships,
        sign_ins: SignIns,
        restrictions: Restrictions,
    ) -> None:
        self._restrictions, self._invitations = restrictions, tables.invitations
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._memberships, self._accounts = memberships, tables.accounts
        self._sign_ins = sign_ins

    def open(self, entry: SessionOpened, time: float) -> list[Effect]:
        """Open a session, or resume the one with the same token."""
        if entry.attachment <= 0:
            return []  # it would be the id of an account's person, or of nobody
        effects: list[Effect] = []
        own = self._sessions.at(entry.attachment)
        known = self._sessions.with_token(entry.token)
        if known is not None and known.account and not entry.is_secure:
            known, entry = None, entry.replace(token="")
        usable = [each for each in (known, own) if _continues(entry, each)]
        session = usable[0] if usable else None
        number = session.account if session is not None else NO_ACCOUNT
        number = entry.account or number
        person = Person(number, 0, entry.token, entry.network)
        # A client that knows no rooms could be in no others than those of the entry.
        places = (None,) if entry.knows_rooms else (None, *entry.rooms)
        why = self._restrictions.ban(person, time, *places)
        why = why or self._opening_refusal(entry, session, (own, known), time)
        if why is not None:
            return [Void(why)]
        with_id = self._sessions.get(entry.attachment)
        if session is None and with_id is not None and with_id is not own:
            return []  # ids are unique: that connection's session is elsewhere now
        for each in dict.fromkeys((known, own)):
            if each is not None and each is not session:
                effects += self.close(each, RESUMED)
        if session is None:
            session, previous = self._new_session(entry), SessionId(0)
        else:
            previous = session.attachment
            self._sessions.attach(session, entry.attachment)
            self._sessions.set_token(session, entry.token)
        session.knows_rooms, session.network = entry.knows_rooms, entry.network
        session.is_brief, session.is_plain = entry.is_brief, entry.is_plain
        effects.append(
            SessionStarted(session.id, entry.attachment, previous, session.rooms)
        )
        return effects + self._place(session, entry, previous, time)

    def _place(
        self,
        session: Session,
        entry: SessionOpened,
        previous: SessionId,
        time: float,
    ) -> list[Effect]:
        """Give a session that has started its account or name, and its rooms."""
        effects: list[Effect] = []
        account = self._accounts.get(entry.account or session.account)
        if account is not None:
            session.device = entry.device or session.device
            effects.append(SessionSignedIn(session.id))
            if not session.account:  # before its client receives these rooms again
                effects += self._sign_ins.end_direct_rooms(session, account)
        # Rooms that it leaves hear the old name, and those that it enters the new one.
        wanted = _wanted_rooms(entry, account)
        if account is None:
            effects += self._leave_banned(session, time)
        effects += self._memberships.leave_others(session, wanted)
        if account is None:
            renamed = self._take_name(session, entry, previous, time)
        elif session.account:
            renamed = []
        else:
            device = entry.device
            renamed = self._sign_ins.become(session, account, device, time)
        void = [each for each in renamed if isinstance(each, Void)]
        effects += [each for each in renamed if each not in void]
        effects += self._memberships.enter_all(session, wanted, time)
        if account is not None and not session.is_brief:
            effects += self._memberships.enter_direct_rooms(session, time)
            if self._invitations.of(session, time):
                effects.append(InvitationsShown(session.id))
        return effects + void

    def _leave_banned(self, session: Session, time: float) -> list[Effect]:
        """Let a guest leave rooms from which it is banned where it comes from now."""
        effects: list[Effect] = []
        for room in session.rooms:
            if self._restrictions.ban(person_facts(session), time, room):
                effects += self._memberships.leave(session, room, refusals.BANNED)
        return effects

    def _take_name(
        self, session: Session, entry: SessionOpened, previous: SessionId, time: float
    ) -> list[Effect]:
        """Give a session that was resumed, or whose hello was late, the wanted name."""
        if not entry.name or session.name == entry.name:
            return []
        names, old = self._sessions.names, session.name
        if not (previous and names.is_free(session.person, entry.keys)):
            return [Void(self._sign_ins.taken(entry.name, entry.keys))]
        if why := self._restrictions.refusal_to_rename(session, time):
            return [Void(why)]
        self._give_name(session, entry.name, entry.keys)
        is_at_start = previous != entry.attachment
        rooms = session.rooms
        return [NameChanged(session.id, old, entry.name, rooms, is_at_start)]

    def _opening_refusal(
        self,
        entry: SessionOpened,
        session: Session | None,
        replaced: tuple[Session | None, ...],
        time: float,
    ) -> Refused | None:
        """Return why *session* cannot be resumed, or a new one opened; or None.

        The sessions *replaced* end, or are that one.
        """
        gone = [each for each in replaced if each is not None]
        if entry.account:
            return self._sign_ins.refusal(
                entry.account,
                entry.generation,
                entry.device,
                {each.id for each in gone},
                time,
                is_brief=entry.is_brief,
            )
        if entry.must_resume and (session is None or not session.account):
            return refusals.sign_in_required()
        if not entry.must_have_name:
            return None
        if session is not None and session.account:
            is_its_name = session.name == entry.name
            return None if is_its_name else refusals.account_name(session.name)
        if not self._is_name_free(entry, gone):
            return self._sign_ins.taken(entry.name, entry.keys)
        return None

    def expel(self, session: Session, bye: Bye) -> list[Effect]:
        """Close a session, and tell its client why."""
        expelled = SessionExpelled(session.id, session.attachment, bye)
        return [expelled, *self.close(session, bye.code)]

    def _is_name_free(self, entry: SessionOpened, gone: list[Session]) -> bool:
        """Return whether nobody has the name but the sessions that it replaces."""
        replaced = [each.person for each in gone]
        owners = [self._sessions.names.owner((key,)) for key in entry.keys]
        return all(each is None or each in replaced for each in owners)

    def _new_session(self, entry: SessionOpened) -> Session:
        session = Session(entry.attachment, entry.address)
        names = self._sessions.names
        if account := self._accounts.get(entry.account):
            session.sign_in(account.number, account.name, entry.device)
        elif entry.name and names.claim(session.person, entry.keys):
            session.name = entry.name
        else:
            session.name = names.claim_unchosen(session.person, entry.address)
        session.token, session.network = entry.token, entry.network
        self._sessions.add(session)
        return session

    def hold(self, attachment: SessionId) -> list[Effect]:
        """Hold a session for its client to return, if it has a token; else close it."""
        session = self._sessions.at(attachment)
        if session is None or session.is_held:
            return []
        if not session.token:
            return self.close(session, refusals.LOST)
        session.is_held = True
        return [SessionSuspended(session.id, attachment)]

    def close(self, session: Session, reason: str) -> list[Effect]:
        """Close a session, which leaves all of its rooms."""
        effects: list[Effect] = []
        for room in session.rooms:
            effects += self._memberships.end(session, room, reason)
        self._sessions.remove(session)
        self._invitations.forget_session(session.id)
        effects.append(SessionEnded(session.id, session.attachment, session.name))
        return effects

    def rename(
        self, session: Session, name: str, keys: tuple[str, ...], time: float
    ) -> list[Effect]:
        """Give the session of a guest another name, if it is free."""
        if session.name == name:
            return []
        if session.account:
            return [Void(refusals.account_name(session.name))]
        if why := self._restrictions.refusal_to_rename(session, time):
            return [Void(why)]
        return self._give_name(session, name, keys)

    def _give_name(
        self, session: Session, name: str, keys: tuple[str, ...]
    ) -> list[Effect]:
        if not self._sessions.names.claim(session.person, keys):
            return [Void(self._sign_ins.taken(name, keys))]
        old, session.name = session.name, name
        self._rooms.forget_users_with(session)
        return [NameChanged(session.id, old, name, session.rooms)]

    def ignore(self, session: Session, name: str, key: str) -> list[Effect]:
        """Let a guest ignore *name*, by its conflict key."""
        if session.account:
            return []
        ignored = session.ignored or {}
        if key not in ignored and len(ignored) >= MAX_IGNORED:
            return [Void(refusals.too_many_ignored())]
        session.ignored = {**ignored, key: name}
        return [IgnoredChanged(session.id)]

    def unignore(self, session: Session, key: str) -> list[Effect]:
        """Let a guest no longer ignore a name."""
        if session.account:
            return []
        ignored = dict(session.ignored or {})
        ignored.pop(key, None)
        session.ignored = ignored or None
        return [IgnoredChanged(session.id)]

    def lose_node(self, node: int) -> list[Effect]:
        """Hold or close each session whose connection was at *node*.

        Those that it held already are orphans as well: another node has to close them.
        """
        lost = [each for each in self._sessions if each.attachment >> NODE_BITS == node]
        effects: list[Effect] = []
        for session in sorted(lost, key=lambda each: each.id):
            if session.token:
                session.is_held = True
                effects.append(
                    SessionSuspended(session.id, session.attachment, is_orphan=True)
                )
            else:
                effects += self.close(session, refusals.LOST)
        return effects


def _continues(entry: SessionOpened, session: Session | None) -> bool:
    """Return whether an opening may continue a session: not that of another person.

    One that is brief is only continued by another form: otherwise it would last, and
    not count.
    """
    if session is None or session.is_brief != entry.is_brief:
        return False
    return not entry.account or session.account in {0, entry.account}


def _wanted_rooms(
    entry: SessionOpened, account: StoredAccount | None
) -> tuple[RoomName, ...]:
    """Return the rooms that a session is to be in: those of its account, too."""
    if account is None or not entry.knows_rooms or entry.is_brief:
        return entry.rooms
    return tuple(dict.fromkeys((*entry.rooms, *account.rooms)))
