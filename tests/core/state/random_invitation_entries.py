"""Random entries about invitations, and rooms that are private or closed."""

from collections.abc import Callable

from parlour.core.entries import Entry, Invited, InviteUsed, RoomSet, Shut, Uninvited
from parlour.core.events import AccountNumber, RoomName, SessionId
from tests.core.state.random_order_entries import RandomOrderEntries

CODES = ["", "c", "d", "e"]
TERMS = [5.0, 20.0, 20.0, 20.0, 0.0, -1.0]  # seconds from now


class RandomInvitationEntries(RandomOrderEntries):
    """Draws entries about invitations, also those that no node would propose."""

    def private_room(self) -> RoomName:
        """Return a room, usually a private one if there is any."""
        private = [each.name for each in self._state.rooms if each.is_private]
        return self.mostly(private, [self.room()])

    def code(self) -> str:
        codes = [each.code for each in self._state.invitations if each.code]
        return self.mostly(codes, CODES)

    def invitation(self) -> Invited:
        """Return an invitation of an account, of a guest or by a code."""
        room = None if self.is_rare() else self.private_room()
        actor, until = self.actor(), self.time + self.one(TERMS)
        entry = Invited(actor, self.one(["", "Ann", "Cat"]), room, until)
        match self.one(["account", "guest", "code", "any"]):
            case "account":
                return entry.replace(account=self.account())
            case "guest":
                return entry.replace(session=self.session())
            case "code":
                return entry.replace(code=self.one(CODES))
        return entry.replace(
            account=self.one([AccountNumber(0), self.account()]),
            session=self.one([SessionId(0), self.session()]),
            code=self.one(CODES),
        )

    def use(self) -> InviteUsed:
        """Return the use of a code, usually by whoever has the session."""
        session = self._state.sessions.get(self.session())
        account = AccountNumber(0) if session is None else session.account
        if self.is_rare():
            account = self.account()
        attachment = self.attachment() if session is None else session.attachment
        found = [each for each in self._state.invitations if each.code and each.room]
        if not found or self.is_rare():
            return InviteUsed(attachment, self.room(), self.code(), account)
        chosen = self.one(found)
        assert chosen.room is not None
        return InviteUsed(attachment, chosen.room, chosen.code, account)

    def taking_back(self) -> Uninvited:
        """Return that an invitation is taken back, usually one that there is."""
        actor, invitations = self.actor(), list(self._state.invitations)
        if not invitations or self.is_rare():
            number = self.one([0, 1, self._state.invitations.last_number, 99])
            return Uninvited(actor, "Ann", self.private_room(), number)
        found = self.one(invitations)
        room = self.one([found.room, found.room, None])
        return Uninvited(actor, "Ann", room, found.number, found.name)

    def privacy(self) -> RoomSet:
        room = self.private_room() if self.is_rare() else self.member()[1]
        is_private = self.one([True, True, False, None])
        return RoomSet(self.actor(), "", room, is_private=is_private)

    def shutting(self) -> Shut:
        return Shut(self.actor(), "", self.one([self.room(), self.private_room()]))


INVITATION_MAKERS: list[Callable[[RandomInvitationEntries], Entry]] = [
    RandomInvitationEntries.invitation,
    RandomInvitationEntries.invitation,
    RandomInvitationEntries.invitation,
    RandomInvitationEntries.use,
    RandomInvitationEntries.use,
    RandomInvitationEntries.taking_back,
    RandomInvitationEntries.privacy,
    RandomInvitationEntries.privacy,
    RandomInvitationEntries.shutting,
]
