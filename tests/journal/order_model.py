"""A model of what keeps order in a store, and entries about it for the law tests."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from parlour.core.entries import (
    AccountErased,
    Announced,
    Entry,
    Kicked,
    Lifted,
    RoleSet,
    RoomOpened,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Shut,
    Target,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.roles import Role
from parlour.core.storage import Sanction
from tests.journal.stores import NOW, ROMEO


@dataclass
class Settings:
    """The settings of a room of the model."""

    roles: list[tuple[AccountNumber, Role]] = field(default_factory=list)
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False

    def set_role(self, account: AccountNumber, role: Role) -> None:
        if role is Role.OWNER:
            self.roles = [
                (each, Role.MODERATOR if old is Role.OWNER else old)
                for each, old in self.roles
            ]
        known = [each for each, _ in self.roles]
        if role is Role.MEMBER:
            self.roles = [each for each in self.roles if each[0] != account]
        elif account in known:
            self.roles[known.index(account)] = account, role
        else:
            self.roles.append((account, role))

    @property
    def owner(self) -> AccountNumber:
        owners = [each for each, role in self.roles if role is Role.OWNER]
        return owners[0] if owners else AccountNumber(0)

    def erase_role(self, account: AccountNumber) -> None:
        self.roles = [each for each in self.roles if each[0] != account]

    def change(self, entry: RoomSet) -> None:
        if entry.is_locked is not None:
            self.is_locked = entry.is_locked
        if entry.slow is not None:
            self.slow = entry.slow
        if entry.is_private is not None:
            self.is_private = entry.is_private


@dataclass
class SanctionModel:
    """The sanctions of a store; there are never too many."""

    sanctions: list[Sanction] = field(default_factory=list)
    last_number: int = 0

    def knows(self, entry: Entry) -> bool:
        """Return whether there is a sanction for *entry*, if it is about one."""
        known = [each.number for each in self.sanctions]
        return not isinstance(entry, Lifted) or entry.number in known

    def append(self, entry: Entry, time: float) -> None:
        match entry:
            case Sanctioned(_, by, kind, room, target, until, reason):
                self.last_number += 1
                stored = target.replace(session=SessionId(0))
                self.sanctions.append(
                    Sanction(
                        self.last_number, kind, room, stored, by, time, until, reason
                    )
                )
            case AccountErased(account):
                self.sanctions = [
                    each for each in self.sanctions if each.target.account != account
                ]
            case Lifted(number=number):
                others = [each for each in self.sanctions if each.number != number]
                self.sanctions = others

    def shut(self, room: RoomName, owner: AccountNumber) -> None:
        self.sanctions = [
            each
            for each in self.sanctions
            if each.room != room or (owner and each.target.account == owner)
        ]

    def delete_room(self, room: RoomName) -> None:
        self.sanctions = [each for each in self.sanctions if each.room != room]


def order_entries(
    rooms: st.SearchStrategy[RoomName], texts: st.SearchStrategy[str]
) -> st.SearchStrategy[Entry]:
    """Return a strategy for entries about few accounts, in some of *rooms*."""
    session = st.just(ROMEO)
    account = st.integers(1, 3).map(AccountNumber)
    role = st.sampled_from([Role.MEMBER, Role.MODERATOR, Role.OWNER])
    kind = st.sampled_from(SanctionKind)
    place = st.none() | rooms
    target = st.one_of(
        st.builds(Target, texts, account),
        st.builds(Target, texts, session=session, token=texts),
        st.builds(Target, texts, network=st.sampled_from(["192.0.2.0/24", "::/64"])),
    )
    until = st.sampled_from([None, NOW, NOW + 1.5])
    return st.one_of(
        st.builds(Kicked, session, texts, rooms, target, texts),
        st.builds(Sanctioned, session, texts, kind, place, target, until, texts),
        st.builds(Sanctioned, session, texts, kind, place, target, until, texts),
        st.builds(Lifted, session, texts, kind, place, st.integers(1, 4), texts),
        st.builds(
            RoomSet,
            session,
            texts,
            rooms,
            st.none() | st.booleans(),
            st.sampled_from([None, 0, 5]),
            st.none() | st.booleans(),
        ),
        st.builds(Shut, session, texts, rooms),
        st.builds(RoleSet, session, texts, rooms, account, texts, role),
        st.builds(RoomOpened, rooms, session, owner=account, is_private=st.booleans()),
        st.builds(Announced, session, texts, texts),
    )
