"""What the entries that keep order change."""

from typing import Final, assert_never

from ..account_changes import without_rooms
from ..entries import (
    MAX_TIME,
    Announced,
    Erased,
    Kicked,
    Lifted,
    OrderEntry,
    RoleSet,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Shut,
    Target,
)
from ..events import LOBBY, Acted, Announcement, Bye, Refused, RoomName
from ..events import Erased as ErasedEvent
from ..order_rules import new_sanction
from ..roles import Role
from ..storage import Numbering, Sanction
from . import refusals
from .effects import (
    Banned,
    Effect,
    MessageErased,
    Restricted,
    Told,
    Void,
)
from .memberships import Memberships
from .permissions import Action, action_in, may
from .restrictions import Restrictions
from .role_entries import RoleEntries
from .roles_of_people import Roles
from .room import Room
from .room_bounds import RoomBounds
from .room_settings import RoomSettings, told_in
from .session_entries import SessionEntries
from .sessions import Session
from .tables import Tables
from .targets import Targets
from .verdicts import EFFECT, NO_EFFECT, Verdict, void

ACTIONS: Final = {SanctionKind.MUTE: Action.MUTE, SanctionKind.BAN: Action.BAN}


class OrderEntries:
    """Kicks, mutes, bans, announcements and erasures.

    `RoleEntries` has the roles, and `RoomSettings` the settings of rooms.
    """

    def __init__(
        self,
        tables: Tables,
        memberships: Memberships,
        session_entries: SessionEntries,
        roles: Roles,
        restrictions: Restrictions,
        numbering: Numbering,
    ) -> None:
        self._restrictions = restrictions
        self._settings = RoomSettings(tables, memberships)
        self._number = numbering
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._rooms, self._sanctions = tables.rooms, tables.sanctions
        self._memberships, self._session_entries = memberships, session_entries
        self._roles = roles
        self._targets = Targets(tables.accounts, tables.sessions, roles)
        self._bounds = RoomBounds(tables.rooms, tables.sanctions)
        self._role_entries = RoleEntries(tables, roles, self._bounds, memberships)

    # -- may it be done? ----------------------------------------------------------

    def judge(self, entry: OrderEntry, time: float) -> Verdict:
        """Return whether an entry at the wall time *time* changes anything."""
        actor = self._sessions.at(entry.attachment) if entry.attachment else None
        if entry.attachment and actor is None:
            return NO_EFFECT
        if isinstance(entry, Erased):
            return self._judge_erasure(actor, entry, time)
        verdict = self._judge_other(actor, entry, time)
        if not verdict.has_effect or actor is None:
            return verdict
        silence = self._restrictions.refusal_to_act(actor, entry, time)
        return verdict if silence is None else void(silence)

    def _judge_other(
        self, actor: Session | None, entry: OrderEntry, time: float
    ) -> Verdict:
        """Judge an entry about a room that is open, or about the server."""
        assert not isinstance(entry, Erased), "it was judged"
        name = None if isinstance(entry, Announced) else entry.room
        room = self._restrictions.room_to_act_in(actor, name, time)
        if isinstance(room, Refused):
            return void(room)
        role = self._roles.of(actor, room)
        match entry:
            case Kicked(target=target):
                assert room is not None, "it names a room"
                verdict = self._judge_act(role, Action.KICK, target, room)
                is_in = not verdict.has_effect or self._targets.are_in(target, room)
                return verdict if is_in else void(refusals.not_there(room.name))
            case Sanctioned():
                return self._judge_sanction(role, entry, room, time)
            case Lifted(number=number):
                action = action_in(room, Action.LIFT)
                if why := may(role, action):
                    return void(why)
                found = self._sanctions.get(number)
                if found is None or found.is_over(time):
                    return void(refusals.no_such_sanction())
                if (found.kind, found.room) != (entry.kind, entry.room):
                    return void(refusals.no_such_sanction())
                meant = self._roles.of_account(found.target.account, room)
                why = may(role, action, meant)
                return EFFECT if why is None else void(why)
            case RoomSet() | Shut():
                assert room is not None, "it names a room"
                return self._settings.judge(entry, room, role)
            case Announced():
                why = may(role, Action.ANNOUNCE)
                return EFFECT if why is None else void(why)
            case RoleSet():
                return self._role_entries.judge(actor, role, entry, room, time)
            case _:
                assert_never(entry)

    def _judge_erasure(
        self, actor: Session | None, entry: Erased, time: float
    ) -> Verdict:
        """Judge an erasure, also in a room that is closed: its history remains."""
        room = self._restrictions.room_to_erase_in(actor, entry.room, time)
        if isinstance(room, Refused):
            return void(room)
        if not room.is_kept:
            return void(refusals.no_such_room(entry.room))
        why = self._erasure_refusal(actor, entry, room)
        if why is None and not 0 < entry.target <= room.sequence:
            why = refusals.no_such_message(entry.room)
        return EFFECT if why is None else void(why)

    def _erasure_refusal(
        self, actor: Session | None, entry: Erased, room: Room
    ) -> Refused | None:
        """Return why somebody may not erase a message, unless it is their own."""
        if entry.is_own:
            return None
        if room.is_direct:
            return refusals.not_author(room.name)
        role, target = self._roles.of(actor, room), entry.author
        return may(role, Action.ERASE, self._targets.role_of(target, room))

    def _judge_act(
        self, role: Role, action: Action, target: Target, room: Room | None
    ) -> Verdict:
        why = may(role, action, self._targets.role_of(target, room))
        why = why or self._targets.refusal(target)
        return EFFECT if why is None else void(why)

    def _judge_sanction(
        self, role: Role, entry: Sanctioned, room: Room | None, time: float
    ) -> Verdict:
        action = action_in(room, ACTIONS[entry.kind])
        verdict = self._judge_act(role, action, entry.target, room)
        until = entry.until
        if not verdict.has_effect:
            return verdict
        if why := self._bounds.sanction_refusal(room, time):
            return void(why)
        return Verdict(until is None or time < until <= MAX_TIME)

    # -- do it --------------------------------------------------------------------

    def change(self, entry: OrderEntry, time: float) -> list[Effect]:
        """Apply an entry, at the wall time *time*, unless it changes nothing."""
        verdict = self.judge(entry, time)
        if not verdict.has_effect:
            return [] if verdict.why is None else [Void(verdict.why)]
        match entry:
            case Kicked():
                return self._kick(entry)
            case Sanctioned():
                return self._sanction(entry, time)
            case Lifted(_, by, _, room, number, _):
                sanction = self._sanctions.remove(number)
                action = f"un{sanction.kind.value}"
                told = told_in(room, action, by, sanction.target.name)
                lifted = Acted(LOBBY, action, by, sanction.target.name)
                return told + self._restrict(sanction, lifted)
            case RoomSet() | Shut():
                return self._settings.change(entry, self._rooms[entry.room])
            case RoleSet():
                return self._role_entries.change(entry)
            case Announced(_, by, text):
                names = sorted(each.name for each in self._rooms.listable)
                return [Told(each, Announcement(each, by, text)) for each in names]
            case Erased():
                return self._erase(entry, time)
            case _:
                assert_never(entry)

    def _kick(self, entry: Kicked) -> list[Effect]:
        told = told_in(
            entry.room, "kick", entry.by, entry.target.name, reason=entry.reason
        )
        because = f": {entry.reason}" if entry.reason else ""
        bye = Bye("kicked", f"you were kicked{because}")
        return told + self._remove(entry.target, entry.room, bye)

    def _sanction(self, entry: Sanctioned, time: float) -> list[Effect]:
        sanction = new_sanction(entry, self._sanctions.last_number + 1, time)
        self._sanctions.add(sanction)
        told = told_in(
            entry.room,
            entry.kind.value,
            entry.by,
            entry.target.name,
            sanction.until,
            entry.reason,
        )
        if entry.kind is SanctionKind.MUTE:
            return told + self._restrict(sanction)
        bye = Bye("banned", refusals.banned(sanction).reason)
        removed = self._remove(entry.target, entry.room, bye)
        return [*told, *removed, Banned(sanction)]

    def _restrict(
        self, sanction: Sanction, lifted: Acted | None = None
    ) -> list[Effect]:
        """Report a mute on the whole server, or its end, to the sessions it is for."""
        if sanction.room is not None or sanction.kind is not SanctionKind.MUTE:
            return []
        found = self._targets.sessions_of(sanction.target)
        return [Restricted(each.id, lifted) for each in found]

    def _remove(self, target: Target, room: RoomName | None, bye: Bye) -> list[Effect]:
        """Remove somebody from a room, or from the server; *bye* says why.

        A client that knows no other room than the lobby ends with it.
        """
        effects: list[Effect] = []
        for session in self._targets.sessions_of(target):
            if room is None or (room in session.rooms and not session.knows_rooms):
                effects += self._session_entries.expel(session, bye)
            elif room in session.rooms:
                effects += self._memberships.leave(session, room, bye.code)
        account = self._accounts.get(target.account)
        if account is not None and room is not None:
            self._accounts.replace(without_rooms(account, (room,)))
            effects += self._memberships.leave_account(account, room, bye.code)
        return effects

    def _erase(self, entry: Erased, time: float) -> list[Effect]:
        room = self._rooms[entry.room]
        room.sequence = sequence = self._number(room.sequence)
        name, by, author = room.name, entry.by, entry.author.name
        event = ErasedEvent(name, sequence, time, entry.target, by, author)
        return [MessageErased(event)]
