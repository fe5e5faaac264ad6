"""The model's rules of order: kicks, mutes, bans, roles and settings."""

from collections.abc import Collection

from parlour.core.entries import (
    MAX_TIME,
    Announced,
    Erased,
    Kicked,
    Lifted,
    OrderEntry,
    RoleSet,
    RoomSet,
    Sanctioned,
    Shut,
    Target,
)
from parlour.core.limits import MAX_SLOW
from parlour.core.roles import Role
from tests.core.state.model_accounts import AccountRules
from tests.core.state.model_restrictions import BAN
from tests.core.state.model_tables import AccountRow, SanctionRow


class OrderRules(AccountRules):
    """What the entries that keep order change."""

    def keep_order(  # noqa: C901 -- a row per entry
        self, entry: OrderEntry
    ) -> list[str]:
        """Apply an entry that keeps order."""
        actor = self.at(entry.attachment)
        if entry.attachment and actor is None:
            return []
        if isinstance(entry, Erased):
            return self.erase(entry, actor)
        room = None if isinstance(entry, Announced) else entry.room
        if codes := self.why_not_acting(actor, room):
            return codes
        role = Role.OPERATOR if actor is None else self.role_of(actor, room)
        needed = Role.ADMIN if room is None else Role.MODERATOR
        match entry:
            case Announced():
                codes = [] if role >= needed else ["not_allowed"]
                return codes or self.why_no_text(actor, entry.text, None)
            case Kicked(room=name, target=target):
                if codes := self.why_not_done(role, needed, target, name):
                    return codes
                if not self.is_there(target, name):
                    return ["no_such_user"]
                if codes := self.why_no_text(actor, entry.reason, name):
                    return codes
                self.remove(target, name)
                return []
            case Sanctioned():
                if codes := self.why_not_done(role, needed, entry.target, room):
                    return codes
                return self.sanction(entry, actor)
            case Lifted():
                return self.lift(entry, role, needed)
            case RoomSet():
                return self.set_room(entry, role)
            case Shut(room=name):
                return self.shut(name, role)
            case RoleSet():
                number = 0 if actor is None else self.sessions[actor].account
                return self.set_role(entry, role, number)

    def erase(self, entry: Erased, actor: int | None) -> list[str]:
        """Erase a message, also in a room that is closed."""
        place = self.places.get(entry.room)
        is_kept = place is not None and (place.pair is None or max(place.pair) < 0)
        if place is None or not is_kept or not self.knows(actor, entry.room):
            return ["no_such_room"]
        if codes := self.why_banned(actor, entry.room):
            return codes
        role = Role.OPERATOR if actor is None else self.role_of(actor, entry.room)
        meant = max(self.roles_of(entry.author, entry.room))
        is_direct = place.pair is not None
        if not entry.is_own and (is_direct or role < Role.MODERATOR or role <= meant):
            return ["not_allowed"]
        if not 1 <= entry.target <= place.sequence:
            return ["no_such_message"]
        place.sequence = self.number(place.sequence)
        return []

    def roles_of(self, target: Target, room: str | None) -> list[Role]:
        """Return the roles of all who are meant."""
        meant = [self.role(target.account, room)]
        for each, row in self.sessions.items():
            if each == target.session or (row.token and row.token == target.token):
                meant.append(self.role(row.account, room))
        return meant

    def why_not_done(
        self, role: Role, needed: Role, target: Target, room: str | None
    ) -> list[str]:
        """Return why something must not be done to somebody."""
        if role < needed or role <= max(self.roles_of(target, room)):
            return ["not_allowed"]
        if target.account and target.account not in self.accounts:
            return ["no_such_account"]
        things = (target.account, target.session, target.token, target.network)
        return [] if any(things) else ["no_such_user"]

    def why_no_text(self, actor: int | None, text: str, room: str | None) -> list[str]:
        """Return why somebody must not say the reason of an act."""
        return self.why_no_writing(actor, room) if actor is not None and text else []

    def is_there(self, target: Target, room: str) -> bool:
        account = self.accounts.get(target.account)
        if account is not None and room in account.rooms:
            return True
        return bool({*self.meant(target)} & {*self.members(room)})

    def sanction(self, entry: Sanctioned, actor: int | None) -> list[str]:
        ended = [n for n, each in self.sanctions.items() if self.is_over(each)]
        if self.has_enough_sanctions(entry.room):
            return ["too_many_sanctions"]
        if len(self.sanctions) < self.bounds.sanctions:
            ended = []  # they remain for now
        until = entry.until
        if until is not None and not self.time < until <= MAX_TIME:
            return []
        if codes := self.why_no_text(actor, entry.reason, entry.room):
            return codes
        for each in ended:
            del self.sanctions[each]
        self.last_sanction += 1
        row = SanctionRow(entry.kind, entry.room, entry.target, until)
        self.sanctions[self.last_sanction] = row
        if entry.kind is BAN:
            self.remove(entry.target, entry.room)
        return []

    def has_enough_sanctions(self, room: str | None) -> bool:
        """Return whether nobody else can be muted or banned in a place."""
        if room is None:
            return self.count_sanctions({None}) >= self.bounds.sanctions
        owner = self.owner(room)
        rooms = self.owned_by(owner) if owner else {room}
        in_all = self.count_sanctions({*self.places})
        return (
            self.count_sanctions({*rooms}) >= self.bounds.room_sanctions
            or in_all >= self.bounds.all_room_sanctions
        )

    def count_sanctions(self, places: Collection[str | None]) -> int:
        valid = [row for row in self.sanctions.values() if not self.is_over(row)]
        return sum(row.room in places for row in valid)

    def remove(self, target: Target, room: str | None) -> None:
        """Remove somebody from a room, or from the server."""
        for each in self.meant(target):
            row = self.sessions[each]
            if room is None or (room in row.rooms and not row.knows_rooms):
                self.close(each)
            elif room in row.rooms:
                self.leave(each, room)
        account = self.accounts.get(target.account)
        if account is not None and room in account.rooms:
            account.rooms.remove(room)

    def lift(self, entry: Lifted, role: Role, needed: Role) -> list[str]:
        if role < needed:
            return ["not_allowed"]
        row = self.sanctions.get(entry.number)
        if row is None or self.is_over(row):
            return ["no_such_sanction"]
        if (row.kind, row.room) != (entry.kind, entry.room):
            return ["no_such_sanction"]
        if role <= self.role(row.target.account, entry.room):
            return ["not_allowed"]
        del self.sanctions[entry.number]
        return []

    def set_room(self, entry: RoomSet, role: Role) -> list[str]:
        place = self.places[entry.room]
        is_something = entry.is_locked is not None or entry.slow is not None
        needed = Role.MODERATOR if is_something else Role.GUEST
        if entry.is_private is not None:
            needed = Role.OWNER
        if role < needed or (entry.is_private and entry.room == "lobby"):
            return ["not_allowed"]
        if entry.slow is not None and not 0 <= entry.slow <= MAX_SLOW:
            return []
        if entry.is_private is not None:
            place.is_private = entry.is_private
        if entry.is_locked is not None:
            place.is_locked = entry.is_locked
        if entry.slow is not None:
            place.slow = entry.slow
        if not place.slow:
            place.spoke = {}
        return []

    def shut(self, room: str, role: Role) -> list[str]:
        if room == "lobby" or role < Role.OWNER:
            return ["not_allowed"]
        for each in self.members(room):
            del self.sessions[each].rooms[room]
        for account in self.accounts.values():
            account.rooms = [each for each in account.rooms if each != room]
        self.places[room].is_open = False
        owner = self.owner(room)
        self.sanctions = {
            number: row
            for number, row in self.sanctions.items()
            if row.room != room or (owner and row.target.account == owner)
        }
        self.forget_invitations(room)
        if not self.places[room].sequence:
            self.forget_room(room)
        return []

    def leave_private(self, number: int, account: AccountRow) -> None:
        """Let an account leave the private rooms in which it has no role."""
        for name, place in self.places.items():
            if place.is_private and number not in place.roles:
                account.rooms = [each for each in account.rooms if each != name]
                for each in self.members(name):
                    if self.sessions[each].account == number:
                        self.leave(each, name)

    def why_no_role(self, number: int, room: str, new: Role, by: Role) -> list[str]:
        """Return why an account cannot have another role in a room."""
        is_away = room not in self.accounts[number].rooms
        if new is Role.OWNER and is_away and by < Role.ADMIN:
            return ["no_such_user"]
        roles = {**self.places[room].roles, number: new}
        if new is Role.OWNER and (old := self.owner(room)):
            roles[old] = Role.MODERATOR
        moderators = list(roles.values()).count(Role.MODERATOR)
        if new is not Role.MEMBER and moderators > self.bounds.moderators:
            return ["too_many_moderators"]
        if new is not Role.OWNER:
            return []
        if self.owns_enough(number, room):
            return ["too_many_rooms"]
        count = self.count_sanctions({*self.owned_by(number), room})
        return ["too_many_sanctions"] if count > self.bounds.room_sanctions else []

    def set_role(self, entry: RoleSet, role: Role, actor: int) -> list[str]:
        number, new = entry.account, entry.role
        needed = Role.ADMIN if entry.room is None else Role.OWNER
        if role < needed:
            return ["not_allowed"]
        account = self.accounts.get(number)
        if account is None:
            return ["no_such_account"]
        in_room = {Role.MEMBER, Role.MODERATOR, Role.OWNER}
        on_server = {Role.MEMBER, Role.MODERATOR, Role.ADMIN}
        if new not in (on_server if entry.room is None else in_room):
            return []
        target = self.role(number, entry.room)
        if actor == number or role < new or role <= target:
            return ["not_allowed"]
        if entry.room is None:
            if account.role is Role.ADMIN and new is not Role.ADMIN:
                self.leave_private(number, account)
            account.role = new
            return []
        roles = self.places[entry.room].roles
        if roles.get(number, Role.MEMBER) is new:
            return []
        if codes := self.why_no_role(number, entry.room, new, role):
            return codes
        if new is Role.OWNER:
            for each in [n for n, old in roles.items() if old is Role.OWNER]:
                roles[each] = Role.MODERATOR
        roles[number] = new
        if new is Role.MEMBER:
            del roles[number]
        return []
