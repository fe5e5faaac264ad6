"""Entries that give accounts roles, in a room or on the server."""

from collections.abc import Iterable

from ..account_changes import without_rooms
from ..entries import RoleSet
from ..events import AccountNumber, RoleChanged, RoomName
from ..order_rules import changed_roles, lost_rooms
from ..roles import ROOM_ROLES, SERVER_ROLES, Role, role_name
from ..storage import StoredAccount
from . import refusals
from .effects import Effect, SessionSignedIn, Told
from .memberships import Memberships
from .permissions import Action, action_in, may
from .roles_of_people import Roles
from .room import Room
from .room_bounds import RoomBounds
from .room_settings import told_in
from .sessions import Session
from .tables import Tables
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class RoleEntries:
    """Gives accounts roles, if the user who asks for it may do so."""

    def __init__(
        self,
        tables: Tables,
        roles: Roles,
        bounds: RoomBounds,
        memberships: Memberships,
    ) -> None:
        self._memberships = memberships
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._rooms, self._roles, self._bounds = tables.rooms, roles, bounds

    def judge(
        self,
        actor: Session | None,
        role: Role,
        entry: RoleSet,
        room: Room | None,
        time: float,
    ) -> Verdict:
        """Return whether an entry of *actor*, who has *role*, changes a role."""
        action = action_in(room, Action.APPOINT)
        if why := may(role, action):
            return void(why)
        account = self._accounts.get(entry.account)
        if account is None:
            return void(refusals.no_such_account())
        allowed = SERVER_ROLES if room is None else ROOM_ROLES
        if entry.role not in allowed:
            return NO_EFFECT
        target = self._roles.of_account(account.number, room)
        if actor is not None and actor.account == account.number:
            return void(refusals.own_role())
        if why := may(role, action, target):
            return void(why)
        if entry.role > role:
            return void(refusals.role_too_high(role_name(entry.role)))
        now = account.role if room is None else room.roles.get(account.number)
        if (now or Role.MEMBER) == entry.role:
            return NO_EFFECT
        if room is None:
            return EFFECT
        is_new_owner = entry.role is Role.OWNER and room.name not in account.rooms
        if is_new_owner and may(role, Action.APPOINT_ON_SERVER):
            return void(refusals.not_there(room.name))
        why = self._bounds.role_refusal(room, entry, time)
        return EFFECT if why is None else void(why)

    def change(self, entry: RoleSet) -> list[Effect]:
        """Apply an entry, which changes something.

        A room announces it if a role in its list of users changes.
        """
        account = self._accounts.get(entry.account)
        assert account is not None, "it was judged"
        sessions = self._sessions.of(account.person)
        if entry.room is not None:
            return self._set_in_room(entry, account, self._rooms[entry.room])
        names = dict.fromkeys(name for each in sessions for name in each.rooms)
        rooms = [self._rooms[name] for name in names]
        before = [self._roles.of_account(account.number, room) for room in rooms]
        lost = self._lost_rooms(account, entry.role, (*account.rooms, *names))
        changed = without_rooms(account.replace(role=entry.role), lost)
        self._accounts.replace(changed)
        effects: list[Effect] = [SessionSignedIn(each.id) for each in sessions]
        for name in lost:
            effects += self._memberships.leave_account(changed, name, refusals.LEFT)
        for room, role in zip(rooms, before, strict=True):
            effects += self._seen(room, account.number, role)
        return effects

    def _lost_rooms(
        self, account: StoredAccount, role: Role, names: Iterable[RoomName]
    ) -> list[RoomName]:
        def is_foreign(name: RoomName) -> bool:
            room = self._rooms[name]
            return room.is_private and account.number not in room.roles

        return lost_rooms(account.role, role, names, is_foreign)

    def _set_in_room(
        self, entry: RoleSet, account: StoredAccount, room: Room
    ) -> list[Effect]:
        numbers = [account.number]
        if entry.role is Role.OWNER and room.is_owned:
            numbers.append(room.owner)  # becomes a moderator
        before = [self._roles.of_account(each, room) for each in numbers]
        roles = changed_roles(room.roles, account.number, entry.role)
        self._rooms.set_roles(room, roles)
        effects = told_in(room.name, role_name(entry.role), entry.by, account.name)
        for number, role in zip(numbers, before, strict=True):
            effects += self._seen(room, number, role)
        return effects

    def _seen(self, room: Room, number: AccountNumber, before: Role) -> list[Effect]:
        """Tell the members of a room if the role of an account is not as *before*."""
        account, role = self._accounts.get(number), self._roles.of_account(number, room)
        if account is None or role == before:
            return []
        if not room.is_present(account.person, self._sessions):
            return []
        room.forget_users()
        return [Told(room.name, RoleChanged(room.name, account.name, role))]
