"""A model of the invitations of a store, and entries about them for the law tests."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from parlour.core.entries import (
    AccountEntered,
    AccountErased,
    Entry,
    Invited,
    InviteUsed,
    Registered,
    Shut,
    Uninvited,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.storage import Invitation
from tests.journal.stores import NOW, ROMEO

CODES = ["c", "d"]


@dataclass
class InvitationModel:
    """The invitations of a store; there are never too many."""

    invitations: list[Invitation] = field(default_factory=list)
    last: int = 0  # number

    def knows(self, entry: Entry) -> bool:
        """Return whether there is a code for *entry*, if it is about one."""
        if not isinstance(entry, InviteUsed):
            return True
        codes = [(each.room, each.code) for each in self.invitations if each.code]
        return (entry.room, entry.code) in codes

    def append(
        self, entry: Entry, erased: str | None, time: float, *, is_ignored: bool
    ) -> None:
        """Apply *entry*; *erased* is the name of the account that it erases.

        It is an invitation by somebody whom the account ignores if it *is_ignored*.
        """
        match entry:
            case Invited():
                self.last += 1
                if not entry.session:
                    self._put(
                        Invitation(
                            entry.room,
                            entry.by,
                            entry.until,
                            entry.name,
                            entry.account,
                            code=entry.code,
                            number=self.last,
                            is_ignored=is_ignored,
                        ),
                        time,
                    )
            case Uninvited(room=room, number=number):
                kept = [
                    e for e in self.invitations if (e.room, e.number) != (room, number)
                ]
                self.invitations = kept
            case InviteUsed(_, room, code, account):
                self.last += 1
                (found,) = [
                    e for e in self.invitations if (e.room, e.code) == (room, code)
                ]
                self.invitations.remove(found)
                if account:
                    used = found.replace(account=account, code="", number=self.last)
                    self._put(used, time)
            case Registered(invite=code) if code:
                self._drop(None, AccountNumber(0), code)
            case AccountErased(account):
                kept = [each for each in self.invitations if each.account != account]
                self.invitations = [each for each in kept if each.by != erased]
            case AccountEntered(_, account, room):
                self._drop(room, account, "")
            case Shut(room=room):
                self.delete_room(room)

    def delete_room(self, room: RoomName) -> None:
        self.invitations = [each for each in self.invitations if each.room != room]

    def _put(self, invitation: Invitation, time: float) -> None:
        if invitation.is_ignored and any(
            each.key == invitation.key and not each.is_ignored and time < each.until
            for each in self.invitations
        ):
            return
        self._drop(invitation.room, invitation.account, invitation.code)
        self.invitations.append(invitation)

    def _drop(self, room: RoomName | None, account: AccountNumber, code: str) -> None:
        key = room, account, code
        found = self.invitations
        self.invitations = [e for e in found if (e.room, e.account, e.code) != key]


def invitation_entries(
    rooms: st.SearchStrategy[RoomName], texts: st.SearchStrategy[str]
) -> st.SearchStrategy[Entry]:
    """Return a strategy for entries about few invitations, to some of *rooms*."""
    session, place = st.just(ROMEO), st.none() | rooms
    account = st.integers(1, 3).map(AccountNumber)
    until = st.sampled_from([NOW, NOW + 1.5])
    code = st.sampled_from(CODES)
    return st.one_of(
        st.builds(Invited, session, texts, rooms, until, texts, account),
        st.builds(Invited, session, texts, place, until, code=code),
        st.builds(
            Invited, session, texts, rooms, until, texts, session=st.just(SessionId(8))
        ),
        st.builds(Uninvited, session, texts, place, st.integers(1, 6), texts),
        st.builds(
            InviteUsed, session, rooms, code, st.integers(0, 3).map(AccountNumber)
        ),
    )
