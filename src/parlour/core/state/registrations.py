"""Registrations: who may create an account, and what it has from the start."""

from ..account_changes import registered_account
from ..entries import Registered
from ..events import AccountNumber, Refused, RoomName
from ..limits import MAX_ACCOUNTS, MAX_IGNORED
from ..roles import SERVER_ROLES
from . import refusals
from .effects import Effect, IgnoredChanged, SessionSignedIn
from .memberships import Memberships
from .restrictions import Restrictions
from .sessions import Session
from .sign_ins import SignIns
from .tables import Tables
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class Registrations:
    """Creates accounts, for guests of their own names and for the operator."""

    def __init__(
        self,
        tables: Tables,
        memberships: Memberships,
        sign_ins: SignIns,
        restrictions: Restrictions,
    ) -> None:
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._rooms, self._invitations = tables.rooms, tables.invitations
        self._memberships, self._sign_ins = memberships, sign_ins
        self._restrictions = restrictions

    def judge(self, entry: Registered, time: float) -> Verdict:
        """Return whether an entry at the wall time *time* creates an account."""
        names = self._sessions.names
        if len(self._accounts) >= MAX_ACCOUNTS:
            return void(refusals.accounts_full())
        owners = [names.owner((key,)) for key in entry.keys]
        if any(owner is not None and owner < 0 for owner in owners):
            return void(refusals.name_registered(entry.name))
        if entry.role not in SERVER_ROLES:
            return NO_EFFECT
        if len(entry.ignored) > MAX_IGNORED:
            return void(refusals.too_many_ignored())
        if self._accounts.device(entry.device) is not None:
            return void(refusals.auth_failed())
        session = self._sessions.at(entry.attachment)
        if why := self._room_refusal(entry.rooms, session, time):
            return void(why)
        invite = entry.invite
        if invite and not self._invitations.has_code(None, invite, time):
            return void(refusals.invalid_invite())
        return self._judge_registrant(entry, session, time)

    def _room_refusal(
        self, rooms: tuple[RoomName, ...], session: Session | None, time: float
    ) -> Refused | None:
        """Return why a new account, that of *session*, cannot be in *rooms*."""
        for name in rooms:
            room = self._restrictions.room_to_act_in(session, name, time)
            if isinstance(room, Refused):
                return room
        return None

    def _judge_registrant(
        self, entry: Registered, session: Session | None, time: float
    ) -> Verdict:
        """Judge who registers: a session, its own name, unless it is the operator."""
        names = self._sessions.names
        if not entry.attachment:
            return EFFECT
        if session is None or session.name != entry.name:
            return NO_EFFECT
        if session.account:
            return void(refusals.already_signed_in())
        if why := self._restrictions.refusal_to_speak(session, None, time):
            return void(why)  # it would be somebody else, on other devices
        if not names.is_free(session.person, entry.keys):
            return void(refusals.name_taken(entry.name))
        return EFFECT

    def register(self, entry: Registered, time: float) -> list[Effect]:
        """Create an account, as *entry*, which was judged, says."""
        number = AccountNumber(self._accounts.last_number + 1)
        account = registered_account(entry, number, time, self._rooms.head)
        self._invitations.register(entry)
        if not entry.attachment:
            guests = self._sign_ins.release_names(entry.keys)
            self._accounts.add(account, entry.keys)
            return self._sign_ins.rename_unchosen(guests)
        session = self._sessions.at(entry.attachment)
        assert session is not None, "it was judged"
        reason = f"{session.name} has registered"
        effects = self._memberships.end_direct_rooms(session, reason)
        effects.append(SessionSignedIn(session.id))
        if session.ignored or account.ignored:
            effects.append(IgnoredChanged(session.id))
        device = account.last_device
        self._sign_ins.add_session(session, number, entry.name, device)
        self._accounts.add(account, entry.keys)
        return effects
