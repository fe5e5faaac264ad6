"""Random entries: mostly about sessions and rooms that there are, so few are void."""

from collections.abc import Callable

from hypothesis import strategies as st

from parlour.core.entries import (
    DirectOpened,
    Entered,
    Entry,
    Ignored,
    Left,
    NodeLost,
    Registered,
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
from parlour.core.events import (
    DIRECT_PREFIX,
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
)
from parlour.core.state.state import State
from tests.core.state.random_account_entries import (
    ACCOUNT_MAKERS,
    RandomAccountEntries,
)
from tests.core.state.random_choices import (
    ADDRESSES,
    DIRECT,
    NAMES,
    PUBLIC,
    SESSIONS,
    TEXTS,
    TOKENS,
    below,
)


class RandomEntries(RandomAccountEntries):
    """Draws entries for a state, also those that no node would propose."""

    def next(self) -> Entry:
        """Return the next entry."""
        return self.one(MAKERS)(self)

    def opening(self) -> SessionOpened:
        """Return an opening, which may resume a session."""
        name = self.one(NAMES)
        return SessionOpened(
            self.attachment() if self.is_rare() else self.one(SESSIONS),
            self.one(ADDRESSES),
            name=name,
            keys=self.keys_of(name),
            token=self.one(TOKENS),
            rooms=self.rooms(),
            knows_rooms=not self.is_rare(),
            must_have_name=self.is_rare(),
        )

    def account_opening(self) -> SessionOpened:
        """Return an opening by somebody who has signed in."""
        account, generation, device = self.credentials()
        return self.opening().replace(
            account=account, generation=generation, device=device
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
        return DirectOpened(room, self.attachment(), self.person())

    def ignore(self) -> Ignored:
        name = self.ignored()
        return Ignored(self.session(), name, name.lower())


MAKERS: list[Callable[[RandomEntries], Entry]] = [
    *ACCOUNT_MAKERS,
    RandomEntries.opening,
    RandomEntries.opening,
    RandomEntries.account_opening,
    RandomEntries.account_opening,
    RandomEntries.rename,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.room_opening,
    RandomEntries.direct_opening,
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
    is_part = draw(below(4)) == 0
    drawn = FIRST[: draw(below(len(FIRST) + 1)) if is_part else len(FIRST)]
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
    Registered(SESSIONS[0], "Ann", ("ann",), "hash", rooms=(LOBBY,), device="k"),
    _guest(1, "", "u").replace(account=AccountNumber(1), generation=1),
    _guest(2, "Cat", ""),
    DirectOpened(DIRECT[0], SESSIONS[4], PersonId(-1)),
    Registered(SESSIONS[2], "Cat", ("cat",), "hash", rooms=(LOBBY,)),
]
"""Two guests, of whom one registers and has two sessions, and another account."""
