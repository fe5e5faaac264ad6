"""The model's rules of invitations."""

from parlour.core.entries import (
    MAX_TIME,
    InvitationEntry,
    Invited,
    InviteUsed,
    Uninvited,
)
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from tests.core.state.model_order import OrderRules
from tests.core.state.model_restrictions import BAN
from tests.core.state.model_tables import InvitationRow


class InvitationRules(OrderRules):
    """What the entries about invitations change."""

    def change_invitations(self, entry: InvitationEntry) -> list[str]:
        """Apply an entry about an invitation."""
        match entry:
            case Invited():
                return self.invite(entry)
            case InviteUsed():
                return self.use_code(entry)
            case Uninvited():
                return self.take_back(entry)

    def invite(self, entry: Invited) -> list[str]:
        actor, room = self.at(entry.attachment), entry.room
        if entry.attachment and actor is None:
            return []
        if refused := self.why_not_inviting(actor, room):
            return refused
        if actor is not None and (muted := self.why_no_writing(actor, None)):
            return muted
        codes = self.why_not_invited(entry)
        if codes != []:
            return codes or []
        valid = [k for k, row in self.invitations.items() if self.time < row.until]
        to_room = [each for each in valid if each[0] == room]
        if len(to_room) >= self.bounds.room_invitations:
            return ["too_many_invitations"]
        if room is not None:
            to_rooms = [self.invitations[each] for each in valid if each[0] is not None]
            sent = [row for row in to_rooms if entry.by and row.by == entry.by]
            if len(sent) >= self.bounds.sent_invitations:
                return ["too_many_invitations"]
            if len(to_rooms) >= self.bounds.invitations:
                return ["too_many_invitations"]
        if self.time < entry.until <= MAX_TIME:
            self.add_invitation(entry)
        return []

    def why_not_inviting(self, actor: int | None, room: str | None) -> list[str]:
        if codes := self.why_not_acting(actor, room):
            return codes
        role = Role.OPERATOR if actor is None else self.role_of(actor, room)
        is_allowed = role >= (Role.ADMIN if room is None else Role.OWNER)
        return [] if is_allowed else ["not_allowed"]

    def take_back(self, entry: Uninvited) -> list[str]:
        actor, room = self.at(entry.attachment), entry.room
        if entry.attachment and actor is None:
            return []
        if refused := self.why_not_inviting(actor, room):
            return refused
        for key, row in self.invitations.items():
            if key[0] == room and row.number == entry.number and self.time < row.until:
                del self.invitations[key]
                return []
        return ["no_such_invitation"]

    def ignored_by_invited(self, entry: Invited) -> dict[str, str]:
        """Return the names that the one who is invited ignores; none for a code."""
        guest = self.sessions.get(entry.session)
        if account := guest.account if guest is not None else entry.account:
            return self.accounts[account].ignored
        return guest.ignored if guest is not None else {}

    def why_not_invited(self, entry: Invited) -> list[str] | None:
        """Return why somebody cannot be invited; None if there is nobody to tell."""
        if entry.code:
            key = (entry.room, 0, 0, entry.code)
            is_new = not (entry.account or entry.session or key in self.invitations)
            return [] if is_new else None
        if entry.room is None:
            return None
        if entry.account:
            account = self.accounts.get(entry.account)
            if account is None or entry.session:
                return ["no_such_account"]
            return ["already_in_room"] if entry.room in account.rooms else []
        guest = self.sessions.get(entry.session)
        if guest is None:
            return ["no_such_user"]
        if entry.room in guest.rooms:
            return ["already_in_room"]
        return [] if guest.knows_rooms else ["cannot_invite"]

    def add_invitation(self, entry: Invited) -> None:
        key = entry.room, int(entry.account), int(entry.session), entry.code
        self.last_invitation += 1
        is_ignored = fold_key(entry.by) in self.ignored_by_invited(entry)
        old = self.invitations.get(key)
        if is_ignored and old and not old.is_ignored and self.time < old.until:
            return
        self.invitations.pop(key, None)
        if len(self.invitations) >= self.bounds.invitations:
            rows = self.invitations.items()
            self.invitations = {k: row for k, row in rows if self.time < row.until}
        self.invitations[key] = InvitationRow(
            entry.until, entry.by, self.last_invitation, is_ignored
        )

    def use_code(self, entry: InviteUsed) -> list[str]:
        session, room = self.at(entry.attachment), entry.room
        if session is None or self.sessions[session].account != entry.account:
            return []
        if not self.is_public(room) or not self.has_code(room, entry.code):
            return ["invalid_invite"]
        if self.has_sanction(BAN, room, session):
            return ["banned"]
        row = self.invitations.pop((room, 0, 0, entry.code))
        self.last_invitation = row.number = self.last_invitation + 1
        key = room, int(entry.account), 0 if entry.account else session, ""
        self.invitations.pop(key, None)
        self.invitations[key] = row
        return []
