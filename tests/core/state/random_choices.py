"""Random choices for entries: mostly of what there is, so few entries are void."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from hypothesis import strategies as st

from parlour.core.events import (
    DIRECT_PREFIX,
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
    SessionId,
)
from parlour.core.names.folding import fold_key
from parlour.core.state.names import name_keys
from parlour.core.state.sessions import Session
from parlour.core.state.state import State

NODE = 1 << 32  # the first id of a connection of node 1
SESSIONS = [SessionId(n) for n in (1, 2, 3, 4, NODE + 1, NODE + 2)]
ADDRESSES = ["192.0.2.1:1", "192.0.2.1:2", ""]  # "": named by a number
NAMES = ["Ann", "ann", "Bob", "Cat", "guest1", *ADDRESSES]
TOKENS = ["", "s", "t", "u"]
TEXTS = ["", "hi", "héllo"]
PUBLIC = [LOBBY, *map(RoomName, ("dev", "DEV", "ops", "art", "zoo", ""))]
DIRECT = [RoomName(f"{DIRECT_PREFIX}{letter}") for letter in "abcd"]
KEYS = [(), ("a",), ("a", "b"), ("b", "c"), ("c", "c"), ("ann", "bob")]
ACCOUNTS = [AccountNumber(n) for n in (1, 2, 3, 4)]
NETWORKS = ["", "192.0.2.1", "192.0.2.2", "2001:db8::/64", "/run/parlour.sock"]
PREFIXES = ["192.0.2.1/32", "192.0.2.0/24", "2001:db8::/48", "/run/parlour.sock"]
ItemT = TypeVar("ItemT")


@lru_cache
def below(number: int) -> st.SearchStrategy[int]:
    """Return the integers from 0 to before *number*; to make strategies takes long."""
    return st.integers(0, number - 1)


class RandomChoices:
    """Chooses sessions, rooms and accounts of a state, and others now and then."""

    def __init__(self, draw: st.DrawFn, state: State) -> None:
        self._draw, self._state = draw, state
        self.time = 1.0  # of the next entry

    def one(self, items: Sequence[ItemT]) -> ItemT:
        """Return one of *items*."""
        return items[self._draw(below(len(items)))]

    def mostly(self, likely: list[ItemT], others: list[ItemT]) -> ItemT:
        """Return one of *likely*, if there are any, or now and then of *others*."""
        return self.one(others if not likely or self.is_rare() else likely)

    def is_rare(self) -> bool:
        """Return True now and then."""
        return self._draw(below(6)) == 5

    def session(self) -> SessionId:
        return self.mostly([each.id for each in self._state.sessions], SESSIONS)

    def attachment(self) -> SessionId:
        return self.mostly([each.attachment for each in self._state.sessions], SESSIONS)

    def person(self) -> PersonId:
        people = [each.person for each in self._state.sessions]
        return self.mostly(people, [PersonId(n) for n in (1, 2, -1, -4)])

    def guest(self) -> SessionId:
        """Return a connection, usually of the session of a guest."""
        sessions = self._state.sessions
        guests = [each.attachment for each in sessions if not each.account]
        return self.mostly(guests, SESSIONS)

    def account(self) -> AccountNumber:
        return self.mostly([each.number for each in self._state.accounts], ACCOUNTS)

    def account_session(self) -> tuple[SessionId, AccountNumber]:
        """Return a connection and an account, usually of the same session."""
        sessions = list[Session](self._state.sessions)
        found = [(each.attachment, each.account) for each in sessions if each.account]
        is_own = found and not self.is_rare()
        return self.one(found) if is_own else (self.attachment(), self.account())

    def credentials(self) -> tuple[AccountNumber, int, int]:
        """Return an account, a generation and a device, usually valid."""
        number = self.account()
        account = self._state.accounts.get(number)
        if account is None or self.is_rare():
            return number, self.one([0, 1, 2]), self.one([0, 1, 2])
        devices = [each.number for each in account.devices]
        return number, account.generation, self.one([0, *devices])

    def room(self) -> RoomName:
        return self.mostly([each.name for each in self._state.rooms], PUBLIC + DIRECT)

    def member(self) -> tuple[SessionId, RoomName]:
        """Return a session and a room, in which it usually is."""
        sessions = self._state.sessions
        members = [(each.id, room) for each in sessions for room in each.rooms]
        return (
            members[-1 - self._draw(below(len(members)))]
            if (members and not self.is_rare())
            else (self.session(), self.room())
        )

    def rooms(self) -> tuple[RoomName, ...]:
        return tuple(self.room() for _ in range(self._draw(below(4))))

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of a name, or others."""
        if self.is_rare():
            return self.one(KEYS)
        return name_keys(name) if name in ADDRESSES else (name.lower(),)

    def key_of(self, name: str) -> str:
        """Return a key by which a name is ignored: one of a guest, or the real one."""
        return self.one([name.lower(), fold_key(name)])

    def ignored(self) -> str:
        """Return a name of `NAMES`, usually one that somebody has."""
        names = [each.name for each in self._state.sessions if each.name in NAMES]
        return self.mostly(names, NAMES)
