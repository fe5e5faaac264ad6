"""What the entries about accounts change."""

from collections.abc import Iterable
from typing import Final, assert_never

from ..account_changes import changed_account
from ..entries import (
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountEntry,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    PasswordSet,
    ReadUpTo,
    Registered,
    TextsErased,
)
from ..events import (
    Bye,
    SessionId,
    is_direct_room,
)
from ..limits import MAX_IGNORED, MAX_ROOMS_EACH
from ..order_rules import changed_roles
from ..roles import Role
from ..storage import StoredAccount
from . import refusals
from .effects import (
    DeviceMade,
    Effect,
    IgnoredChanged,
    ReadFurther,
    SessionSignedIn,
    Void,
)
from .kept_direct_rooms import KeptDirectRooms
from .memberships import Memberships
from .registrations import Registrations
from .restrictions import Restrictions
from .session_entries import SessionEntries
from .sessions import Session
from .tables import Tables
from .text_erasures import TextErasures
from .verdicts import EFFECT, NO_EFFECT, Verdict, void

NEW_PASSWORD: Final = Bye("revoked", "the password of the account was changed")
REVOKED_DEVICE: Final = Bye("revoked", "the device was revoked")
ERASED: Final = Bye("revoked", "the account was erased")
DISABLED: Final = Bye("revoked", "the account was disabled")


class AccountEntries:
    """Creates accounts, and changes what belongs to them."""

    def __init__(
        self,
        tables: Tables,
        memberships: Memberships,
        session_entries: SessionEntries,
        registrations: Registrations,
        restrictions: Restrictions,
        direct_rooms: KeptDirectRooms,
        text_erasures: TextErasures,
    ) -> None:
        self._restrictions, self._sanctions = restrictions, tables.sanctions
        self._invitations, self._direct_rooms = tables.invitations, direct_rooms
        self._registrations, self._text_erasures = registrations, text_erasures
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._rooms = tables.rooms
        self._memberships, self._session_entries = memberships, session_entries

    def judge(  # noqa: C901 -- a row per entry
        self, entry: AccountEntry, time: float
    ) -> Verdict:
        """Return whether an entry at the wall time *time* changes anything."""
        if isinstance(entry, Registered):
            return self._registrations.judge(entry, time)
        account = self._accounts.get(entry.account)
        if account is None:
            return void(refusals.no_such_account())
        match entry:
            case PasswordSet():
                is_current = entry.generation == account.generation
                return EFFECT if is_current else void(refusals.auth_failed())
            case DeviceAdded():
                return self._judge_device(account, entry)
            case DeviceRevoked(_, device):
                is_known = account.has_device(device)
                return EFFECT if is_known else void(refusals.no_such_device())
            case AccountErased():
                return EFFECT
            case AccountEnabled(_, is_enabled):
                return Verdict(account.is_enabled != is_enabled)
            case AccountEntered() | AccountLeft() | AccountIgnored():
                return self._judge_own(account, entry, time)
            case AccountDirectOpened():
                is_own = self._is_own(account, entry.attachment)
                judge = self._direct_rooms.judge_opening
                return judge(account, entry) if is_own else NO_EFFECT
            case DirectShown():
                return self._direct_rooms.judge_showing(account, entry)
            case TextsErased():
                return self._text_erasures.judge(entry)
            case ReadUpTo(room=name, sequence=sequence):
                if name not in account.rooms:
                    return NO_EFFECT
                last = min(sequence, self._rooms.head(name))
                return Verdict(last > (account.read(name) or 0))
            case AccountUnignored(attachment, _, key):
                is_own = self._is_own(account, attachment)
                return Verdict(is_own and key in dict(account.ignored))
            case _:
                assert_never(entry)

    def _judge_device(self, account: StoredAccount, entry: DeviceAdded) -> Verdict:
        is_current = entry.generation == account.generation
        if not is_current or self._accounts.device(entry.key) is not None:
            return void(refusals.auth_failed())
        if not account.is_enabled:
            return void(refusals.account_disabled())
        return EFFECT

    def _judge_own(
        self,
        account: StoredAccount,
        entry: AccountEntered | AccountLeft | AccountIgnored,
        time: float,
    ) -> Verdict:
        """Judge what an account does by one of its sessions."""
        if not self._is_own(account, entry.attachment):
            return NO_EFFECT
        match entry:
            case AccountEntered(room=name):
                room = self._rooms.get_open(name)
                if room is None or room.is_direct:
                    return void(refusals.no_such_room(name))
                if name in account.rooms:
                    return NO_EFFECT
                session = self._sessions.at(entry.attachment)
                assert session is not None, "it is one of the account"
                if why := self._restrictions.refusal_to_enter(session, room, time):
                    return void(why)
                direct = sum(is_direct_room(each) for each in account.rooms)
                is_full = len(account.rooms) - direct >= MAX_ROOMS_EACH
                return void(refusals.too_many_rooms(name)) if is_full else EFFECT
            case AccountLeft(room=name):
                is_in = name in account.rooms
                return EFFECT if is_in else void(refusals.not_in_room(name))
            case AccountIgnored(name=name, key=key):
                ignored = dict(account.ignored)
                is_full = key not in ignored and len(ignored) >= MAX_IGNORED
                if is_full:
                    return void(refusals.too_many_ignored())
                return Verdict(ignored.get(key) != name)
            case _:
                assert_never(entry)

    def _is_own(self, account: StoredAccount, attachment: int) -> bool:
        return any(
            each.attachment == attachment for each in self._sessions.of(account.person)
        )

    def change(  # noqa: C901 -- a row per entry
        self, entry: AccountEntry, time: float
    ) -> list[Effect]:
        """Apply an entry, at the wall time *time*, unless it changes nothing."""
        verdict = self.judge(entry, time)
        if not verdict.has_effect:
            return [] if verdict.why is None else [Void(verdict.why)]
        if isinstance(entry, Registered):
            return self._registrations.register(entry, time)
        old = self._accounts.get(entry.account)
        assert old is not None, "it was judged"
        if isinstance(entry, AccountErased):
            return self._erase(old)
        if isinstance(entry, TextsErased):
            return self._text_erasures.change(entry, time)
        if isinstance(entry, AccountDirectOpened):
            self._direct_rooms.open(entry)
        account = changed_account(old, entry, time, self._rooms.head)
        self._accounts.replace(account)
        sessions = self._sessions.of(account.person)
        match entry:
            case PasswordSet(attachment):
                return self._renew(account, attachment)
            case DeviceAdded():
                made = DeviceMade(account.number, account.last_device)
                return [*self._expel_revoked(account), made]
            case DeviceRevoked():
                return self._expel_revoked(account)
            case AccountEnabled(_, is_enabled):
                return self._expel(() if is_enabled else sessions, DISABLED)
            case AccountEntered() | AccountDirectOpened() | DirectShown():
                self._invitations.account_entered(account.number, entry.room)
                return self._memberships.enter_account(account, entry, time)
            case ReadUpTo(number, room, _):
                return [ReadFurther(number, room)]
            case AccountLeft(room=room, reason=reason):
                return self._memberships.leave_account(account, room, reason)
            case AccountIgnored() | AccountUnignored():
                return [IgnoredChanged(each.id) for each in sessions]
            case _:
                assert_never(entry)

    def _erase(self, account: StoredAccount) -> list[Effect]:
        """Remove an account, and what is about it in rooms, sanctions and invitations.

        A room that it owned belongs to nobody.
        """
        effects = self._expel(self._sessions.of(account.person), ERASED)
        self._accounts.remove(account)
        self._sanctions.forget_account(account.number)
        self._invitations.forget_account(account)
        for room in self._rooms.named:
            if account.number in room.roles:
                roles = changed_roles(room.roles, account.number, Role.MEMBER)
                self._rooms.set_roles(room, roles)
            room.spoke.pop(account.person, None)
        return effects

    def _renew(self, account: StoredAccount, kept: SessionId) -> list[Effect]:
        """End all sessions but that at the attachment *kept*: the password is new."""
        effects: list[Effect] = []
        others: list[Session] = []
        for each in self._sessions.of(account.person):
            if each.attachment != kept:
                others.append(each)
                continue
            if not account.has_device(each.device):
                each.device = 0  # it goes on without the one that was revoked
            effects.append(SessionSignedIn(each.id))
        return effects + self._expel(others, NEW_PASSWORD)

    def _expel_revoked(self, account: StoredAccount) -> list[Effect]:
        """End the sessions by devices that the account no longer has."""
        by_device = [each for each in self._sessions.of(account.person) if each.device]
        revoked = [each for each in by_device if not account.has_device(each.device)]
        return self._expel(revoked, REVOKED_DEVICE)

    def _expel(self, sessions: Iterable[Session], bye: Bye) -> list[Effect]:
        effects: list[Effect] = []
        for each in sessions:
            effects += self._session_entries.expel(each, bye)
        return effects
