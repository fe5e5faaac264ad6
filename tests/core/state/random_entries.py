"""Random entries: mostly about sessions and rooms that there are, so few are void."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from hypothesis import strategies as st

from parlour.core.entries import (
    DirectOpened,
    Entered,
    Entry,
    Ignored,
    Left,
    NodeLost,
    Renamed,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    TopicSet,
    Unignored,
    Whispered,
)
from parlour.core.events import DIRECT_PREFIX, LOBBY, RoomName, SessionId
from parlour.core.state.state import State

NODE = 1 << 32  # the first id of a connection of node 1
SESSIONS = [SessionId(n) for n in (1, 2, 3, 4, NODE + 1, NODE + 2)]
NAMES = ["Ann", "ann", "Bob", "Cat", "192.0.2.1:1", ""]
TOKENS = ["", "s", "t", "u"]
TEXTS = ["", "hi", "héllo"]
PUBLIC = [LOBBY, *map(RoomName, ("dev", "DEV", "ops", "art", "zoo", ""))]
DIRECT = [RoomName(f"{DIRECT_PREFIX}{letter}") for letter in "abcd"]
KEYS = [(), ("a",), ("a", "b"), ("b", "c"), ("c", "c")]
ADDRESSES = ["192.0.2.1:1", "192.0.2.1:2"]
ItemT = TypeVar("ItemT")


@lru_cache
def below(number: int) -> st.SearchStrategy[int]:
    """Return the integers from 0 to before *number*; to make strategies takes long."""
    return st.integers(0, number - 1)


class RandomEntries:
    """Draws entries for a state, also those that no node would propose."""

    def __init__(self, draw: st.DrawFn, state: State) -> None:
        self._draw, self._state = draw, state

    def next(self) -> Entry:
        """Return the next entry."""
        return self.one(MAKERS)(self)

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

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of a name, or others."""
        return self.one(KEYS) if self.is_rare() else (name.lower(),)

    def opening(self) -> SessionOpened:
        """Return an opening, which may resume a session."""
        name = self.one(NAMES)
        return SessionOpened(
            self.attachment() if self.is_rare() else self.one(SESSIONS),
            self.one(ADDRESSES),
            name=name,
            keys=self.keys_of(name),
            token=self.one(TOKENS),
            rooms=tuple(self.room() for _ in range(self._draw(below(4)))),
            knows_rooms=not self.is_rare(),
            must_have_name=self.is_rare(),
        )

    def rename(self) -> Renamed:
        name = self.one(NAMES)
        return Renamed(self.session(), name, self.keys_of(name))

    def message(self) -> Said | Whispered:
        """Return a message, usually by a member and of the right kind."""
        session, room = self.member()
        is_direct = room.startswith(DIRECT_PREFIX) != self.is_rare()
        kind, key = Whispered if is_direct else Said, self.one(["", "1", "2"])
        text, token = self.one(TEXTS), self.one(TOKENS)
        return kind(room, "?", text, session, key, key or None, token)

    def leave(self) -> Left:
        return Left(*self.member(), self.one(TEXTS))

    def topic(self) -> TopicSet:
        session, room = self.member()
        return TopicSet(room, session, self.one(TEXTS))

    def room_opening(self) -> RoomOpened:
        """Return an opening of a room; "DEV" has the keys of "dev"."""
        room = self.one(DIRECT if self.is_rare() else PUBLIC)
        return RoomOpened(room, self.session(), self.keys_of(room))

    def direct_opening(self) -> DirectOpened:
        """Return an opening of a direct room, now and then with a wrong name."""
        room = self.one(PUBLIC if self.is_rare() else DIRECT)
        return DirectOpened(room, self.session(), self.session())

    def ignored(self) -> str:
        """Return a name of `NAMES`, usually one that somebody has."""
        names = [each.name for each in self._state.sessions if each.name in NAMES]
        return self.mostly(names, NAMES)

    def ignore(self) -> Ignored:
        name = self.ignored()
        return Ignored(self.session(), name, name.lower())


MAKERS: list[Callable[[RandomEntries], Entry]] = [
    RandomEntries.opening,
    RandomEntries.opening,
    RandomEntries.rename,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.room_opening,
    RandomEntries.direct_opening,
    RandomEntries.direct_opening,
    RandomEntries.leave,
    RandomEntries.topic,
    lambda random: Entered(random.session(), random.room()),
    lambda random: Entered(random.session(), random.room()),
    lambda random: SessionHeld(random.attachment()),
    lambda random: SessionClosed(random.attachment(), random.one(TEXTS)),
    lambda random: RoomClosed(random.room()),
    RandomEntries.ignore,
    RandomEntries.ignore,
    lambda random: Unignored(random.session(), random.ignored().lower()),
    lambda random: NodeLost(random.one([0, 1, 2])),
]


@st.composite
def histories(draw: st.DrawFn, max_size: int = 30) -> list[Entry]:
    """Return entries behind some that fill the chat."""
    state = State()
    drawn = FIRST[: draw(below(len(FIRST) + 1))]
    for each in drawn:
        state.apply(each, 1.0)
    random = RandomEntries(draw, state)
    for _ in range(draw(below(max_size + 1))):
        drawn.append(random.next())
        state.apply(drawn[-1], 1.0)
    return drawn


def _guest(number: int, name: str, token: str) -> SessionOpened:
    return SessionOpened(
        SESSIONS[number],
        f"192.0.2.1:{number}",
        name=name,
        keys=(name.lower(),),
        token=token,
        rooms=(LOBBY,),
        knows_rooms=True,
    )


FIRST: list[Entry] = [
    _guest(0, "Ann", "s"),
    _guest(4, "Bob", "t"),
    RoomOpened(RoomName("dev"), SESSIONS[0], ("dev",)),
    Entered(SESSIONS[0], RoomName("dev")),
    DirectOpened(DIRECT[0], SESSIONS[0], SESSIONS[4]),
]
