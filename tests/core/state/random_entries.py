"""Random entries: mostly about sessions and rooms that there are, so few are void."""

from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st

from parlour.core.entries import (
    AccountDirectOpened,
    DirectErased,
    DirectOpened,
    DirectShown,
    Entered,
    Entry,
    Ignored,
    Invited,
    Left,
    NodeLost,
    Registered,
    Renamed,
    RoleSet,
    RoomClosed,
    RoomOpened,
    RoomSet,
    Said,
    Sanctioned,
    SanctionKind,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    Target,
    TopicSet,
    Unignored,
    Whispered,
)
from parlour.core.events import (
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
    SessionId,
)
from parlour.core.roles import Role
from parlour.core.state.state import State
from tests.core.state.random_account_entries import ACCOUNT_MAKERS
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
from tests.core.state.random_invitation_entries import (
    INVITATION_MAKERS,
    RandomInvitationEntries,
)
from tests.core.state.random_order_entries import ORDER_MAKERS


class RandomEntries(RandomInvitationEntries):
    """Draws entries for a state, also those that no node would propose."""

    def next(self) -> Entry:
        """Return the next entry."""
        return self.one(MAKERS)(self)

    def opening(self) -> SessionOpened:
        """Return an opening, which may resume a session."""
        name, knows_rooms = self.one(NAMES), not self.is_rare()
        return SessionOpened(
            self.attachment() if self.is_rare() else self.one(SESSIONS),
            self.one(ADDRESSES),
            name=name,
            keys=self.keys_of(name),
            token=self.one(TOKENS),
            rooms=self.rooms(),
            knows_rooms=knows_rooms,
            must_have_name=self.is_rare(),
            network=self.network(),
            is_secure=not self.is_rare(),
            is_brief=self.is_rare(),
            is_plain=not (knows_rooms or self.is_rare()),
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
        known = self._state.rooms.get(room)
        is_whispered = known is not None and not known.is_kept
        kind = Whispered if is_whispered != self.is_rare() else Said
        key = self.one(["", "1", "2"])
        text, token = self.one(TEXTS), self.one(TOKENS)
        return kind(room, "?", text, session, key, key or None, token)

    def leave(self) -> Left:
        return Left(*self.member(), self.one(TEXTS))

    def topic(self) -> TopicSet:
        """Return a topic, now and then by the operator."""
        session, room = self.member()
        actor = SessionId(0) if self.is_rare() else session
        return TopicSet(room, actor, self.one(TEXTS))

    def room_opening(self) -> RoomOpened:
        """Return an opening of a room; "DEV" has the keys of "dev"."""
        room = self.one(DIRECT if self.is_rare() else PUBLIC)
        owner = AccountNumber(0) if self.is_rare() else self.account()
        is_private = self.one([False, False, True])
        return RoomOpened(room, self.session(), self.keys_of(room), owner, is_private)

    def direct_opening(self) -> DirectOpened:
        """Return an opening of a direct room, now and then with a wrong name."""
        room = self.one(PUBLIC if self.is_rare() else DIRECT)
        return DirectOpened(room, self.attachment(), self.person())

    def direct_erasure(self) -> DirectErased:
        session, room = self.member()
        return DirectErased(room, session, self.one([0, 1, 1, 2, 3, 9]))

    def ignore(self) -> Ignored:
        name = self.ignored()
        return Ignored(self.session(), name, self.key_of(name))


MAKERS: list[Callable[[RandomEntries], Entry]] = [
    *ACCOUNT_MAKERS,
    *ORDER_MAKERS,
    *INVITATION_MAKERS,
    RandomEntries.opening,
    RandomEntries.opening,
    RandomEntries.account_opening,
    RandomEntries.account_opening,
    RandomEntries.rename,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.message,
    RandomEntries.room_opening,
    RandomEntries.direct_opening,
    RandomEntries.direct_opening,
    RandomEntries.direct_opening,
    RandomEntries.direct_erasure,
    RandomEntries.leave,
    RandomEntries.topic,
    lambda random: Entered(random.session(), random.room()),
    lambda random: Entered(random.session(), random.room()),
    lambda random: SessionHeld(random.attachment()),
    lambda random: SessionClosed(random.attachment(), random.one(TEXTS)),
    lambda random: RoomClosed(random.room()),
    lambda random: RoomClosed(random.room()),
    RandomEntries.ignore,
    RandomEntries.ignore,
    lambda random: Unignored(random.session(), random.key_of(random.ignored())),
    lambda random: NodeLost(random.one([0, 1, 2])),
]


class Timed(NamedTuple):
    """An entry, and the wall time of its batch."""

    entry: Entry
    time: float


STEPS = [1.0, 1.0, 1.0, 0.0, 0.0, 4.0, 20.0, -4.0]  # seconds; a clock may go back


@st.composite
def histories(draw: st.DrawFn, max_size: int = 30) -> list[Timed]:
    """Return entries behind some that fill the chat."""
    state = State()
    is_part = draw(below(4)) == 0
    first = FIRST + ORDERLY if draw(below(3)) else FIRST
    if draw(below(2)):
        first = first + CONVERSATION
    drawn = first[: draw(below(len(first) + 1)) if is_part else len(first)]
    history = [Timed(each, 1.0 + number) for number, each in enumerate(drawn)]
    for each in history:
        state.apply(*each)
    random = RandomEntries(draw, state)
    random.time += len(history)
    for _ in range(draw(below(max_size + 1))):
        random.time += random.one(STEPS)
        history.append(Timed(random.next(), random.time))
        state.apply(*history[-1])
    return history


def _guest(number: int, name: str, token: str) -> SessionOpened:
    return SessionOpened(
        SESSIONS[number],
        f"192.0.2.1:{number}",
        name=name,
        keys=(name.lower(),),
        token=token,
        rooms=(LOBBY,),
        knows_rooms=True,
        network="192.0.2.1",
    )


CONVERSATION: list[Entry] = [
    AccountDirectOpened(SESSIONS[2], AccountNumber(2), DIRECT[1], AccountNumber(1)),
    DirectShown(SESSIONS[2], AccountNumber(1), DIRECT[1]),
    Said(DIRECT[1], "Cat", "hi", SESSIONS[2], "", None, ""),
    Said(DIRECT[1], "Ann", "hi", SESSIONS[0], "", None, "s"),
]
"""A direct room of the two accounts."""

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
    RoleSet(SessionId(0), "", None, AccountNumber(1), "Ann", Role.ADMIN),
    RoleSet(SessionId(0), "", RoomName("dev"), AccountNumber(2), "Cat", Role.OWNER),
]
"""Two guests, of whom one registers and has two sessions, and another account.

The first account is an administrator, and the other one owns a room.
"""

DEV, OPS, ART = map(RoomName, ("dev", "ops", "art"))
BOB = Target("Bob", session=SESSIONS[4], token="t")
ORDERLY: list[Entry] = [
    Entered(SESSIONS[4], DEV),
    Entered(SESSIONS[2], DEV),
    RoomSet(SessionId(0), "", LOBBY, slow=8),
    RoomSet(SessionId(0), "", DEV, slow=3),
    Said(LOBBY, "Bob", "hi", SESSIONS[4], "", None, "t"),
    Said(DEV, "Cat", "hi", SESSIONS[2], "", None, ""),
    Sanctioned(
        *(SessionId(0), "", SanctionKind.BAN, DEV),
        *(Target("Ann", account=AccountNumber(1)), None, ""),
    ),
    Sanctioned(
        *(SessionId(0), "", SanctionKind.BAN, None),
        *(Target("", network="2001:db8::/48"), 40.0, ""),
    ),
    Sanctioned(SessionId(0), "", SanctionKind.MUTE, DEV, BOB, 30.0, ""),
    RoomOpened(OPS, SESSIONS[0], ("ops",)),
    Sanctioned(SessionId(0), "", SanctionKind.MUTE, OPS, BOB, None, ""),
    RoomOpened(ART, SESSIONS[2], ("art",), AccountNumber(2), is_private=True),
    Invited(SESSIONS[2], "Cat", ART, 60.0, account=AccountNumber(1)),
    Invited(SESSIONS[2], "Cat", ART, 60.0, code="c"),
    Invited(SessionId(0), "", None, 60.0, code="d"),
]
"""Slow rooms in which a guest and an account have spoken, and some sanctions.

There is also a private room, with invitations.
"""
