"""What the entries about invitations change."""

from collections.abc import Collection
from typing import assert_never

from ..entries import MAX_TIME, InvitationEntry, Invited, InviteUsed, Uninvited
from ..invitation_rules import is_ignored
from . import refusals
from .effects import Effect, InvitationMade, InvitationTakenBack, Void
from .restrictions import Restrictions, person_facts
from .room import Room
from .sessions import Session
from .tables import Tables
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class InvitationEntries:
    """Invites people, takes that back, and lets them use the codes of invitations."""

    def __init__(self, tables: Tables, restrictions: Restrictions) -> None:
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._rooms, self._invitations = tables.rooms, tables.invitations
        self._restrictions = restrictions

    def judge(self, entry: InvitationEntry, time: float) -> Verdict:
        """Return whether an entry at the wall time *time* changes anything."""
        if isinstance(entry, InviteUsed):
            return self._judge_use(entry, time)
        actor = self._sessions.at(entry.attachment) if entry.attachment else None
        if entry.attachment and actor is None:
            return NO_EFFECT
        if why := self._restrictions.refusal_to_invite(actor, entry.room, time):
            return void(why)
        if isinstance(entry, Invited):
            return self._judge_invitation(entry, actor, time)
        found = self._invitations.find(entry.room, entry.number, time)
        return EFFECT if found else void(refusals.no_such_invitation())

    def _judge_invitation(
        self, entry: Invited, actor: Session | None, time: float
    ) -> Verdict:
        if actor is not None and (
            why := self._restrictions.refusal_to_write(actor, None, time)
        ):
            return void(why)
        room = self._rooms.get_open(entry.room) if entry.room is not None else None
        verdict = self._judge_person(entry, room)
        if not verdict.has_effect:
            return verdict
        if self._invitations.are_full(entry.by, entry.room, time):
            return void(refusals.too_many_invitations())
        return Verdict(time < entry.until <= MAX_TIME)

    def _judge_person(self, entry: Invited, room: Room | None) -> Verdict:
        """Judge who is invited: by a code, or by name to a room."""
        if entry.code:
            is_named = bool(entry.account or entry.session)
            is_known = self._invitations.knows_code(entry.room, entry.code)
            return Verdict(not (is_named or is_known))
        if room is None:
            return NO_EFFECT
        if entry.account:
            account = self._accounts.get(entry.account)
            if account is None or entry.session:
                return void(refusals.no_such_account())
            name, is_in = account.name, room.name in account.rooms
            return void(refusals.already_in_room(name, room.name)) if is_in else EFFECT
        guest = self._sessions.get(entry.session)
        if guest is None:
            return void(refusals.no_such_user())
        if guest.id in room.members:
            return void(refusals.already_in_room(guest.name, room.name))
        return EFFECT if guest.knows_rooms else void(refusals.cannot_invite(guest.name))

    def _ignored_by(self, entry: Invited) -> Collection[str]:
        """Return the conflict keys of the names that the one who is meant ignores.

        A guest who is meant may have signed in to an account meanwhile.
        """
        guest = self._sessions.get(entry.session)
        number = entry.account if guest is None else guest.account
        if (account := self._accounts.get(number)) is not None:
            return dict(account.ignored)
        return (guest.ignored or ()) if guest is not None else ()

    def _judge_use(self, entry: InviteUsed, time: float) -> Verdict:
        session = self._user(entry)
        if session is None:
            return NO_EFFECT
        room = self._rooms.get_open(entry.room)
        if room is None or not self._invitations.has_code(room.name, entry.code, time):
            return void(refusals.invalid_invite(entry.room))
        why = self._restrictions.ban(person_facts(session), time, room.name)
        return EFFECT if why is None else void(why)

    def _user(self, entry: InviteUsed) -> Session | None:
        """Return the session that shows a code, if its user is who it was."""
        session = self._sessions.at(entry.attachment)
        is_same = session is not None and session.account == entry.account
        return session if is_same else None

    def change(self, entry: InvitationEntry, time: float) -> list[Effect]:
        """Apply an entry, at the wall time *time*, unless it changes nothing."""
        verdict = self.judge(entry, time)
        if not verdict.has_effect:
            return [] if verdict.why is None else [Void(verdict.why)]
        match entry:
            case Invited():
                is_unheard = is_ignored(entry, self._ignored_by(entry))
                added = self._invitations.add(entry, time, is_ignored=is_unheard)
                return [InvitationMade(added)]
            case InviteUsed():
                session = self._user(entry)
                assert session is not None, "it was judged"
                self._invitations.use(entry, session)
                return []
            case Uninvited(by=by):
                found = self._invitations.take_back(entry)
                return [InvitationTakenBack(found, by)]
            case _:
                assert_never(entry)
