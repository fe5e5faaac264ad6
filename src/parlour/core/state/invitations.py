"""Invitations: who may enter private rooms, and who may make an account."""

from collections.abc import Collection, Iterator, Sequence

from ..entries import Invited, InviteUsed, Registered, Uninvited
from ..events import AccountNumber, PersonId, RoomName, SessionId, person_of
from ..invitation_rules import (
    NOBODY,
    InvitationTable,
    add_invitation,
    find_number,
    new_invitation,
    remove_code,
    remove_erased,
    remove_of_account,
    remove_of_room,
    take_back,
    use_code,
)
from ..limits import (
    MAX_INVITATIONS,
    MAX_ROOM_INVITATIONS,
    MAX_SENT_INVITATIONS,
    MAX_TOLD_INVITATIONS,
)
from ..names.folding import fold_key
from ..storage import Invitation, StoredAccount
from .sessions import Session


class Invitations:
    """The invitations in the order of inviting, which is that of their numbers.

    Those that have ended remain until there are too many.
    """

    def __init__(self) -> None:
        self.last_number = 0
        self._table: InvitationTable = {}
        self._people: dict[PersonId, list[Invitation]] | None = None  # made when needed

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[Invitation]:
        return iter(self._table.values())

    # -- questions ----------------------------------------------------------------

    def has_code(self, room: RoomName | None, code: str, time: float) -> bool:
        """Return whether the code with the hash *code* can be used at a wall time."""
        found = self._table.get((room, *NOBODY, code)) if code else None
        return found is not None and not found.is_over(time)

    def knows_code(self, room: RoomName | None, code: str) -> bool:
        """Return whether there is a code with this hash, even if it has ended."""
        return (room, *NOBODY, code) in self._table

    def find(
        self, room: RoomName | None, number: int, time: float
    ) -> Invitation | None:
        """Return the invitation to *room* with a number, or None if it has ended."""
        found = find_number(self._table, room, number)
        return None if found is None or found.is_over(time) else found

    def to(self, room: RoomName | None, time: float) -> list[Invitation]:
        """Return the invitations to *room*, or to make an account, at a wall time."""
        return [each for each in self if each.room == room and not each.is_over(time)]

    def includes(self, session: Session, room: RoomName, time: float) -> bool:
        """Return whether the user of a session is invited to *room* at a wall time."""
        return any(each.room == room for each in self.of(session, time))

    def of(self, session: Session, time: float) -> list[Invitation]:
        """Return the invitations of the user of a session, at the wall time *time*.

        Somebody who has signed in may have been invited as a guest.
        """
        if not self._table:
            return []
        people = dict.fromkeys((session.person, PersonId(session.id)))
        return [each for person in people for each in self.of_person(person, time)]

    def of_person(self, person: PersonId, time: float) -> list[Invitation]:
        """Return the invitations of an account, or a guest, at the wall time *time*.

        Those that are ignored are left out.
        """
        found = self._by_person().get(person, ()) if self._table else ()
        return [each for each in found if not (each.is_ignored or each.is_over(time))]

    def _by_person(self) -> dict[PersonId, list[Invitation]]:
        """Return the invitations of each person, found once until one changes."""
        if self._people is None:
            self._people = {}
            for each in self:
                if person := _person(each):
                    self._people.setdefault(person, []).append(each)
        return self._people

    def are_full(self, by: str, room: RoomName | None, time: float) -> bool:
        """Return whether somebody called *by* can invite nobody else to *room*.

        There are too many to this room, or to all rooms by this account, or to all
        rooms. The codes to make an account, of a room of None, are counted apart, and
        those that have ended not at all.
        """
        if len(self._table) < MAX_SENT_INVITATIONS:
            return False
        valid = [each for each in self if not each.is_over(time)]
        if sum(each.room == room for each in valid) >= MAX_ROOM_INVITATIONS:
            return True
        if room is None:
            return False
        to_rooms = [each.by for each in valid if each.room is not None]
        if by and to_rooms.count(by) >= MAX_SENT_INVITATIONS:
            return True
        return len(to_rooms) >= MAX_INVITATIONS

    # -- changes ------------------------------------------------------------------

    def load(self, invitation: Invitation) -> None:
        """Add an invitation that was stored."""
        self._table[invitation.key] = invitation
        self.last_number = max(self.last_number, invitation.number)
        self._people = None

    def add(self, entry: Invited, time: float, *, is_ignored: bool) -> Invitation:
        """Add an invitation, and return it.

        If there is another one in its place, it has the number of that.
        """
        self._people = None
        self.last_number += 1
        added = new_invitation(entry, self.last_number, is_ignored=is_ignored)
        found = add_invitation(self._table, added, time)
        return added.replace(number=found.number)

    def take_back(self, entry: Uninvited) -> Invitation:
        """Remove an invitation that somebody takes back, and return it."""
        self._people = None
        found = take_back(self._table, entry)
        assert found is not None, "it was judged"
        return found

    def use(self, entry: InviteUsed, session: Session) -> None:
        """Invite the user of *session*, who has shown a code."""
        self._people = None
        self.last_number += 1
        use_code(self._table, entry, session.id, self.last_number)

    def register(self, entry: Registered) -> None:
        """Remove the code that somebody needed to make an account, if any."""
        if entry.invite:
            remove_code(self._table, None, entry.invite)

    def entered(self, session: Session, room: RoomName) -> None:
        """Remove the invitations of somebody who has entered *room* for good.

        That of an account remains until the account is in the room.
        """
        if self._table.pop((room, AccountNumber(0), session.id, ""), None):
            self._people = None

    def account_entered(self, account: AccountNumber, room: RoomName) -> None:
        """Remove the invitation of an account that has entered *room*."""
        if self._table:
            remove_of_account(self._table, room, account)
            self._people = None

    def forget_session(self, session: SessionId) -> None:
        """Remove the invitations of a session that is over."""
        if self._table:
            for each in self._by_person().get(PersonId(session), ()):
                del self._table[each.key]
                self._people = None

    def forget_account(self, account: StoredAccount) -> None:
        """Remove the invitations that an erased account has, or has sent."""
        if self._table:
            remove_erased(self._table, account.number, account.name)
            self._people = None

    def forget_room(self, room: RoomName) -> None:
        """Remove the invitations to a room that no longer exists, or was closed."""
        if self._table:
            remove_of_room(self._table, room)
            self._people = None


def newest_heard(
    found: Sequence[Invitation], ignored: Collection[str]
) -> list[Invitation]:
    """Return the newest invitations by people whose names are not *ignored*.

    *ignored* are conflict keys.
    """
    heard = [each for each in found if fold_key(each.by) not in ignored]
    return heard[-MAX_TOLD_INVITATIONS:]


def _person(invitation: Invitation) -> PersonId | None:
    """Return who is invited, or None for a code."""
    if invitation.account:
        return person_of(invitation.account)
    return PersonId(invitation.session) if invitation.session else None
