"""The model's rules of accounts."""

from parlour.core.entries import (
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
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from tests.core.state.model_sessions import SessionRules
from tests.core.state.model_tables import AccountRow, Place


class AccountRules(SessionRules):
    """What the entries about accounts change."""

    def change_account(  # noqa: C901 -- a row per entry
        self, entry: AccountEntry
    ) -> list[str]:
        """Apply an entry about an account."""
        if isinstance(entry, Registered):
            return self.register(entry)
        account = self.accounts.get(entry.account)
        if account is None:
            return ["no_such_account"]
        match entry:
            case PasswordSet():
                return self.set_password(account, entry)
            case DeviceAdded():
                return self.add_device(account, entry)
            case DeviceRevoked(number, device):
                if device not in account.devices:
                    return ["no_such_device"]
                self.revoke(number, account, device)
            case AccountEnabled(number, is_enabled):
                account.is_enabled = is_enabled
                if not is_enabled:
                    self.close_all(self.sessions_of(-number))
            case AccountErased(number):
                self.erase_account(number)
            case TextsErased(_, _, room, targets):
                place = self.places.get(room)
                is_kept = place and (place.pair is None or max(place.pair) < 0)
                if place is None or not is_kept:
                    return ["no_such_room"]
                if not 1 <= len(targets) <= 64:
                    return []
                if min(targets) < 1 or max(targets) > place.sequence:
                    return ["no_such_message"]
                for _ in targets:
                    place.sequence = self.number(place.sequence)
            case DirectShown():
                return self.show(account, entry)
            case ReadUpTo(_, room, sequence):
                if room in account.rooms:
                    last = min(sequence, self.places[room].sequence)
                    account.reads[room] = max(account.reads[room], last)
            case _ if self.at(entry.attachment) in self.sessions_of(-entry.account):
                return self.act_as(account, entry)
        return []

    def erase_account(self, number: int) -> None:
        self.close_all(self.sessions_of(-number))
        name = self.accounts.pop(number).name
        for place in self.places.values():
            place.roles.pop(number, None)
            place.spoke.pop(-number, None)
        rows = self.sanctions.items()
        kept = {n: row for n, row in rows if row.target.account != number}
        self.sanctions = kept
        invited = self.invitations.items()
        self.invitations = {
            key: row for key, row in invited if key[1] != number and row.by != name
        }

    def act_as(self, account: AccountRow, entry: AccountEntry) -> list[str]:
        """Apply what an account does by one of its sessions."""
        match entry:
            case AccountEntered():
                return self.enter_account(account, entry)
            case AccountDirectOpened():
                return self.open_kept(account, entry)
            case AccountLeft(_, number, room):
                if room not in account.rooms:
                    return ["not_in_room"]
                account.rooms.remove(room)
                for each in self.sessions_of(-number):
                    self.leave(each, room)
            case AccountIgnored(_, _, name, key):
                is_known = key in account.ignored
                if not is_known and len(account.ignored) >= self.bounds.ignored:
                    return ["too_many_ignored"]
                account.ignored[key] = name
            case AccountUnignored(_, _, key):
                account.ignored.pop(key, None)
        return []

    def open_kept(self, account: AccountRow, entry: AccountDirectOpened) -> list[str]:
        """Open the direct room of two accounts."""
        other, room = self.accounts.get(entry.other), entry.room
        person, partner = -entry.account, -entry.other
        if other is None:
            return ["no_such_user"]
        if other is account:
            return ["direct_self"]
        found = self.direct_room_of(person, partner)
        if found is not None and (found != room or room in account.rooms):
            return []
        if not other.is_enabled:
            return ["no_direct"]
        if self.knows_enough(person):
            return ["too_many_direct"]
        has_room = found is not None and room in other.rooms
        if not has_room and self.knows_enough(partner):
            return ["other_too_many_direct"]
        if found is None:
            kept = [each for each in self.places if self.is_kept(each)]
            if not room.startswith("direct:") or room in self.places:
                return ["room_name_taken"]
            if len(kept) >= self.bounds.kept_direct_rooms:
                return ["rooms_full"]
            self.places[room] = Place(pair=frozenset({person, partner}))
        self.places[room].is_open = True
        return self.add_room(account, entry)

    def show(self, account: AccountRow, entry: DirectShown) -> list[str]:
        """Let an account hear of a direct room, if the other one is about to write."""
        room, session = entry.room, self.at(entry.attachment)
        if session not in self.members(room) or not self.is_kept(room):
            return []
        assert session is not None
        if account is not self.other_account(room, session):
            return []
        if not self.must_show(room, session):
            return []
        if self.knows_enough(-entry.account):
            return ["other_too_many_direct"]
        return self.add_room(account, entry)

    def register(self, entry: Registered) -> list[str]:  # noqa: C901 -- a row per reason
        keys, session = {*entry.keys}, self.at(entry.attachment)
        known_keys = [
            k for each in self.accounts.values() for k in each.devices.values()
        ]
        if len(self.accounts) >= self.bounds.accounts:
            return ["accounts_full"]
        if any(keys & each.keys for each in self.accounts.values()):
            return ["name_registered"]
        if entry.role not in {Role.MEMBER, Role.MODERATOR, Role.ADMIN}:
            return []
        if len(entry.ignored) > self.bounds.ignored:
            return ["too_many_ignored"]
        if entry.device and entry.device in known_keys:
            return ["auth_failed"]
        if codes := self.why_no_entry(entry, session):
            return codes
        if entry.attachment:
            if session is None or self.name_of(session) != entry.name:
                return []
            if codes := self.why_no_account(session, keys):
                return codes
        number = self.last_account = self.last_account + 1
        self.invitations.pop((None, 0, 0, entry.invite), None)
        rooms: list[str] = list(dict.fromkeys(entry.rooms))
        account = AccountRow(entry.name, keys, entry.password, entry.role, [])
        account.ignored = dict(entry.ignored)
        for room in rooms:
            account.enter(room, self.places[room].sequence)
        if entry.device:
            account.devices, account.last_device = {1: entry.device}, 1
        if session is not None:
            self.end_direct_rooms(session)
            self.accounts[number] = account
            self.become(session, number, account.last_device)
        else:
            self.free_name(number, account, entry.keys)
        return []

    def why_no_entry(self, entry: Registered, session: int | None) -> list[str]:
        """Return why the rooms or the invitation of a new account are refused."""
        for each in entry.rooms:
            if codes := self.why_not_acting(session, each):
                return codes
        if entry.invite and not self.has_code(None, entry.invite):
            return ["invalid_invite"]
        return []

    def why_no_account(self, session: int, keys: set[str]) -> list[str]:
        """Return why a session cannot register its name; nothing if it can."""
        if self.sessions[session].account:
            return ["already_signed_in"]
        if codes := self.why_no_writing(session, None):
            return codes
        return [] if self.is_name_free(keys, session) else ["name_taken"]

    def free_name(
        self, number: int, account: AccountRow, keys: tuple[str, ...]
    ) -> None:
        """Give guests whose name is that of a new account their address as name."""
        guests = [
            each
            for key in keys
            for each, row in self.sessions.items()
            if key in row.keys
        ]
        self.accounts[number] = account
        for each in guests:
            self.sessions[each].keys = set()
        for each in dict.fromkeys(guests):
            row = self.sessions[each]
            row.name = self.unchosen_name(row.address)
            row.keys = {*name_keys(row.name)}

    def set_password(self, account: AccountRow, entry: PasswordSet) -> list[str]:
        if entry.generation != account.generation:
            return ["auth_failed"]
        account.generation += 1
        account.password = entry.password
        kept = {n: key for n, key in account.devices.items() if n == entry.device}
        account.devices = kept
        for each in self.sessions_of(-entry.account):
            row = self.sessions[each]
            if row.attachment != entry.attachment:
                self.close(each)
            elif row.device not in kept:
                row.device = 0
        return []

    def add_device(self, account: AccountRow, entry: DeviceAdded) -> list[str]:
        rows = self.accounts.values()
        if entry.generation != account.generation:
            return ["auth_failed"]
        if any(entry.key in each.devices.values() for each in rows):
            return ["auth_failed"]
        if not account.is_enabled:
            return ["account_disabled"]
        if len(account.devices) >= self.bounds.devices:
            self.revoke(entry.account, account, min(account.devices))
        account.last_device += 1
        account.devices[account.last_device] = entry.key
        return []

    def revoke(self, number: int, account: AccountRow, device: int) -> None:
        del account.devices[device]
        sessions = self.sessions_of(-number)
        self.close_all([n for n in sessions if self.sessions[n].device == device])

    def close_all(self, sessions: list[int]) -> None:
        for each in sessions:
            self.close(each)

    def enter_account(self, account: AccountRow, entry: AccountEntered) -> list[str]:
        if not self.is_public(entry.room):
            return ["no_such_room"]
        if entry.room in account.rooms:
            return []
        session = self.at(entry.attachment)
        assert session is not None
        if codes := self.why_not_entered(session, entry.room):
            return codes
        if len(self.public(account.rooms)) >= self.bounds.rooms_each:
            return ["too_many_rooms"]
        self.invitations.pop((entry.room, entry.account, 0, ""), None)
        return self.add_room(account, entry)

    def add_room(
        self,
        account: AccountRow,
        entry: AccountEntered | AccountDirectOpened | DirectShown,
    ) -> list[str]:
        """Let an account enter a room, with its sessions."""
        account.enter(entry.room, self.places[entry.room].sequence)
        codes: list[str] = []
        for each in self.sessions_of(-entry.account):
            is_proposer = self.sessions[each].attachment == entry.attachment
            if is_proposer or self.sessions[each].knows_rooms:
                void = self.enter(each, entry.room)
                codes += void if is_proposer else []
        return codes
