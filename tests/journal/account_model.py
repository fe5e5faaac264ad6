"""A model of the accounts of a store, and entries about them for the law tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    Entry,
    Invited,
    Kicked,
    PasswordSet,
    ReadUpTo,
    Registered,
    RoleSet,
    RoomOpened,
    Sanctioned,
    SanctionKind,
    Shut,
    TextsErased,
)
from parlour.core.events import AccountNumber, RoomName
from parlour.core.limits import MAX_DEVICES
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.storage import StoredAccount, StoredDevice
from tests.journal.stores import ROMEO, role_set


@dataclass
class Account:
    """An account of the model; devices are by number, ignored names by key."""

    name: str
    password: str
    role: Role
    created: float
    is_enabled: bool = True
    generation: int = 1
    last_device: int = 0
    devices: dict[int, StoredDevice] = field(default_factory=dict)
    rooms: list[RoomName] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    reads: dict[RoomName, int] = field(default_factory=dict)  # also of rooms it left

    def enter(self, room: RoomName, head: int) -> None:
        if room not in self.rooms:
            self.rooms.append(room)
            self.reads[room] = head

    def add_device(self, key: str, label: str, time: float) -> None:
        self.last_device += 1
        number = self.last_device
        self.devices[number] = StoredDevice(number, key, label, time)
        if len(self.devices) > MAX_DEVICES:
            del self.devices[min(self.devices)]

    def change(self, entry: Entry, time: float, heads: dict[RoomName, int]) -> None:
        match entry:
            case PasswordSet():
                self.password = entry.password
                self.generation += 1
                for number in self.devices.keys() - {entry.device}:
                    del self.devices[number]
            case DeviceAdded():
                self.add_device(entry.key, entry.label, time)
            case DeviceRevoked():
                self.devices.pop(entry.device, None)
            case AccountEnabled():
                self.is_enabled = entry.is_enabled
            case RoleSet():
                self.role = entry.role
            case AccountEntered() | AccountDirectOpened() | DirectShown():
                self.enter(entry.room, heads.get(entry.room, 0))
            case ReadUpTo() if entry.room in self.rooms:
                last = min(entry.sequence, heads.get(entry.room, 0))
                self.reads[entry.room] = max(self.reads[entry.room], last)
            case AccountLeft() if entry.room in self.rooms:
                self.rooms.remove(entry.room)
            case AccountIgnored():
                self.ignored[entry.key] = entry.name
            case AccountUnignored():
                self.ignored.pop(entry.key, None)


class AccountModel:
    """The accounts of a store, numbered from 1."""

    def __init__(self) -> None:
        self._accounts: dict[int, Account] = {}
        self.last_number = 0
        self.heads: dict[RoomName, int] = {}  # the last sequence of each room

    def knows(self, entry: Entry) -> bool:
        """Return whether there is an account for *entry*, if it is about one."""
        if isinstance(entry, RoomOpened):
            return not entry.owner or entry.owner in self._accounts
        if isinstance(entry, Registered):
            return True
        if not isinstance(entry, (*ACCOUNT_ENTRIES, RoleSet)):
            return True
        if isinstance(entry, AccountDirectOpened) and entry.other not in self._accounts:
            return False
        return entry.account in self._accounts

    def erased_by(self, entry: Entry) -> str | None:
        """Return the name of the account that *entry* erases, if that is so."""
        if not isinstance(entry, AccountErased):
            return None
        return self._accounts[entry.account].name

    def ignores(self, entry: Entry) -> bool:
        """Return whether the account that *entry* invites ignores the inviter."""
        if not isinstance(entry, Invited) or entry.account not in self._accounts:
            return False
        return fold_key(entry.by) in self._accounts[entry.account].ignored

    def ends_admin(self, entry: Entry) -> bool:
        """Return whether *entry* makes an administrator something else."""
        if not isinstance(entry, RoleSet) or entry.room is not None:
            return False
        is_admin = self._accounts[entry.account].role is Role.ADMIN
        return is_admin and entry.role is not Role.ADMIN

    def append(self, entry: Entry, time: float) -> Sequence[RoomName]:
        """Apply *entry*; return the rooms that it needs."""
        match entry:
            case Registered():
                account = Account(entry.name, entry.password, entry.role, time)
                for each in entry.rooms:
                    account.enter(each, self.heads.get(each, 0))
                account.ignored = dict(entry.ignored)
                if entry.device:
                    account.add_device(entry.device, entry.label, time)
                self.last_number += 1
                self._accounts[self.last_number] = account
                return entry.rooms
            case AccountErased():
                del self._accounts[entry.account]
            case Shut(room=room):
                self.delete_room(room)
            case Kicked(room=room, target=target):
                self.leave(target.account, room)
            case Sanctioned(kind=SanctionKind.BAN, room=room, target=target):
                self.leave(target.account, room)
            case RoleSet(room=None):
                self._accounts[entry.account].change(entry, time, self.heads)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                self._accounts[entry.account].change(entry, time, self.heads)
        if isinstance(entry, AccountEntered | AccountDirectOpened):
            return [entry.room]
        return []

    def leave(self, number: AccountNumber, room: RoomName | None) -> None:
        if account := self._accounts.get(number):
            account.rooms = [each for each in account.rooms if each != room]

    def delete_room(self, room: RoomName) -> None:
        for account in self._accounts.values():
            account.rooms = [each for each in account.rooms if each != room]

    def stored(self) -> tuple[StoredAccount, ...]:
        return tuple(
            StoredAccount(
                AccountNumber(number),
                account.name,
                account.password,
                account.role,
                account.created,
                account.is_enabled,
                account.generation,
                account.last_device,
                tuple(account.devices.values()),
                tuple(account.rooms),
                tuple(account.ignored.items()),
                tuple((room, account.reads[room]) for room in account.rooms),
            )
            for number, account in self._accounts.items()
        )


def opens_direct(one: int, other: int, name: str) -> AccountDirectOpened:
    room = RoomName(f"direct:{name}")
    return AccountDirectOpened(ROMEO, AccountNumber(one), room, AccountNumber(other))


DIRECT_ROOMS = [
    opens_direct(1, 2, "a"),
    opens_direct(2, 1, "a"),
    opens_direct(1, 3, "b"),
]


def shown_to_the_other(opened: AccountDirectOpened) -> DirectShown:
    return DirectShown(ROMEO, opened.other, opened.room)


def account_entries(
    rooms: st.SearchStrategy[RoomName], texts: st.SearchStrategy[str]
) -> st.SearchStrategy[Entry]:
    """Return a strategy for entries about few accounts, in some of *rooms*."""
    session = st.just(ROMEO)
    account = st.integers(1, 3).map(AccountNumber)
    device = st.integers(0, 4)
    targets = st.lists(st.integers(1, 9), max_size=3).map(tuple)
    role = st.sampled_from([Role.MEMBER, Role.MODERATOR, Role.ADMIN])
    key = st.sampled_from(["paris", "tybalt", fold_key("")])
    joined = st.lists(rooms, max_size=3, unique=True).map(tuple)
    return st.one_of(
        st.builds(
            Registered,
            attachment=session,
            name=texts,
            keys=st.just(()),
            password=texts,
            role=role,
            rooms=joined,
            device=texts,
            label=texts,
            ignored=st.lists(st.tuples(key, texts), max_size=3).map(tuple),
            invite=st.sampled_from(["", "c", "d"]),
        ),
        st.builds(PasswordSet, session, account, st.just(1), texts, device),
        st.builds(DeviceAdded, account, st.just(1), texts, texts),
        st.builds(DeviceRevoked, account, device),
        st.builds(AccountEnabled, account, st.booleans()),
        st.builds(AccountErased, account),
        st.builds(TextsErased, account, texts, rooms, targets),
        st.builds(role_set, account, role),
        st.builds(AccountEntered, session, account, rooms),
        st.sampled_from(DIRECT_ROOMS),
        st.sampled_from(DIRECT_ROOMS).map(shown_to_the_other),
        st.builds(ReadUpTo, account, rooms, st.integers(0, 9)),
        st.builds(
            lambda opened, sequence: ReadUpTo(opened.account, opened.room, sequence),
            st.sampled_from(DIRECT_ROOMS),
            st.integers(0, 9),
        ),
        st.builds(AccountLeft, session, account, rooms, st.just("left")),
        st.builds(AccountIgnored, session, account, texts, key),
        st.builds(AccountUnignored, session, account, key),
    )
