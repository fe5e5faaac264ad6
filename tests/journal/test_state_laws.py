"""A server that loads a store continues where the server that wrote it ended."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    ROOM_ENTRIES,
    AccountDirectOpened,
    AccountEnabled,
    AccountEntered,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    Announced,
    DeviceAdded,
    DeviceRevoked,
    DirectShown,
    Entered,
    Entry,
    Erased,
    Invited,
    InviteUsed,
    Kicked,
    Left,
    Lifted,
    PasswordSet,
    ReadUpTo,
    Registered,
    RoleSet,
    RoomClosed,
    RoomOpened,
    RoomSet,
    Said,
    Sanctioned,
    SanctionKind,
    SessionOpened,
    Shut,
    SignedIn,
    Target,
    TextsErased,
    TopicSet,
)
from parlour.core.events import LOBBY, AccountNumber, Act, Acted, RoomName, SessionId
from parlour.core.names.room_names import room_conflict_keys
from parlour.core.roles import Role
from parlour.core.state.effects import AlreadySaid, Effect, Told, Void
from parlour.core.state.room import Room
from parlour.core.state.state import State
from parlour.core.storage import (
    Numbering,
    ReadActs,
    StoredRoom,
    StoredState,
    consecutive,
)
from parlour.journal import Store
from parlour.journal.acts import OPENED
from parlour.journal.memory import MemoryStore
from tests.journal.stores import (
    ALL,
    DEFAULT_RETENTION,
    END,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    sparse,
)

OPERATOR = SessionId(0)
PARIS = SessionId(8)  # a session that is always a guest
SESSIONS = {ROMEO: "Romeo", PARIS: "Paris"}
TOKEN, NETWORK = "t" * 16, "192.0.2.1"
JUDGED = (*ROOM_ENTRIES, *ACCOUNT_ENTRIES, *ORDER_ENTRIES, *INVITATION_ENTRIES)

ROOM = st.sampled_from([LOBBY, VERONA, MANTUA])
DIRECT = st.sampled_from(list(map(RoomName, ("direct:a", "direct:b"))))
ROMEOS = st.just(AccountNumber(2))
ACCOUNT = st.integers(0, 3).map(AccountNumber)
BY = st.sampled_from([OPERATOR, OPERATOR, ROMEO])
TEXT = st.sampled_from(["", "ay", "me"])
KIND = st.sampled_from(SanctionKind)
PLACE = st.none() | ROOM
TARGET = st.one_of(
    st.builds(Target, st.just("Juliet"), ACCOUNT),
    st.builds(
        Target,
        st.just("Paris"),
        session=st.just(PARIS),
        token=st.sampled_from(["", TOKEN]),
        network=st.sampled_from(["", NETWORK, "192.0.2.0/24", "::/64"]),
    ),
)


def opened(
    room: RoomName, owner: AccountNumber, *, is_private: bool = False
) -> RoomOpened:
    return RoomOpened(room, ROMEO, room_conflict_keys(room), owner, is_private)


def said_with_key(room: RoomName, key: str) -> Said:
    return Said(room, "Romeo", "ay me", ROMEO, key, token="romeo's")


def registered(
    attachment: SessionId, name: str, rooms: list[RoomName], device: str
) -> Registered:
    name = name if attachment == OPERATOR else SESSIONS[attachment]
    keys = (name.lower(),)
    role = Role.MEMBER if device else Role.ADMIN
    return Registered(attachment, name, keys, "hash", role, tuple(rooms), device)


BEGINNING: list[Entry] = [
    opened(VERONA, AccountNumber(0)),
    registered(OPERATOR, "Juliet", [LOBBY, VERONA], "a"),
    registered(ROMEO, "Romeo", [LOBBY, VERONA], ""),
]
"""Juliet has an account, and so has Romeo, who is an administrator."""

ROOM_ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(opened, ROOM, ACCOUNT, is_private=st.booleans()),
    st.builds(said_with_key, ROOM | DIRECT, st.text("abc", min_size=1, max_size=8)),
    st.builds(Entered, st.just(ROMEO), ROOM),
    st.builds(Left, st.just(ROMEO), ROOM, st.just("left")),
    st.builds(RoomClosed, ROOM | DIRECT),
    st.builds(TopicSet, ROOM, st.just(ROMEO), TEXT),
)
ACCOUNT_ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(
        registered,
        BY,
        st.sampled_from(["Juliet", "Tybalt", "Nurse"]),
        st.lists(ROOM, max_size=3),
        st.sampled_from(["", "a", "b"]),
    ),
    st.builds(SignedIn, st.just(ROMEO), ACCOUNT, st.integers(1, 2)),
    st.builds(PasswordSet, BY, ACCOUNT, st.integers(1, 2), TEXT, st.integers(0, 3)),
    st.builds(
        DeviceAdded, ACCOUNT, st.integers(1, 2), st.text("abcd", min_size=1), TEXT
    ),
    st.builds(DeviceRevoked, ACCOUNT, st.integers(1, 3)),
    st.builds(AccountEnabled, ACCOUNT, st.booleans()),
    st.builds(AccountErased, ACCOUNT),
    st.builds(
        TextsErased,
        ACCOUNT,
        TEXT,
        ROOM | DIRECT,
        st.lists(st.integers(1, 4), max_size=3).map(tuple),
    ),
    st.builds(AccountEntered, st.just(ROMEO), ACCOUNT, ROOM),
    st.builds(AccountLeft, st.just(ROMEO), ACCOUNT, ROOM | DIRECT, st.just("left")),
    st.builds(AccountDirectOpened, st.just(ROMEO), ACCOUNT, DIRECT, ACCOUNT),
    st.builds(AccountDirectOpened, st.just(ROMEO), ROMEOS, DIRECT, ACCOUNT),
    st.builds(DirectShown, st.just(ROMEO), ACCOUNT, DIRECT),
    st.builds(ReadUpTo, ACCOUNT, ROOM | DIRECT, st.integers(0, 9)),
    st.builds(AccountIgnored, st.just(ROMEO), ACCOUNT, TEXT, TEXT),
    st.builds(AccountUnignored, st.just(ROMEO), ACCOUNT, TEXT),
)
ORDER_ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Kicked, BY, TEXT, ROOM, TARGET, TEXT),
    st.builds(
        Sanctioned,
        BY,
        TEXT,
        KIND,
        PLACE,
        TARGET,
        st.none() | st.floats(NOW - 1, NOW + 9),
        TEXT,
    ),
    st.builds(Lifted, BY, TEXT, KIND, PLACE, st.integers(1, 3), TEXT),
    st.builds(
        RoomSet,
        BY,
        TEXT,
        ROOM,
        st.none() | st.booleans(),
        st.none() | st.integers(0, 2),
        st.none() | st.booleans(),
    ),
    st.builds(Shut, BY, TEXT, ROOM),
    st.builds(RoleSet, BY, TEXT, PLACE, ACCOUNT, TEXT, st.sampled_from(Role)),
    st.builds(Announced, BY, TEXT, TEXT),
    st.builds(Erased, BY, TEXT, ROOM, st.integers(0, 5), TARGET, st.booleans()),
)
CODE = st.sampled_from(["c", "d"])
UNTIL = st.floats(NOW - 1, NOW + 9)
INVITATION_ENTRY: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Invited, BY, TEXT, ROOM, UNTIL, TEXT, ACCOUNT),
    st.builds(Invited, BY, TEXT, PLACE, UNTIL, code=CODE),
    st.builds(Invited, BY, TEXT, ROOM, UNTIL, TEXT, session=st.just(PARIS)),
    st.builds(InviteUsed, st.sampled_from([ROMEO, PARIS]), ROOM, CODE, ACCOUNT),
)
OTHER_ENTRY = ACCOUNT_ENTRY | ORDER_ENTRY | INVITATION_ENTRY
STEP = st.one_of(st.lists(ROOM_ENTRY | OTHER_ENTRY, max_size=8), st.just("restart"))


@contextmanager
def in_file(numbering: Numbering) -> Iterator[Callable[[Clocks], Store]]:
    """Yield a function that reopens a store in the same file."""
    with tempfile.TemporaryDirectory() as directory:
        opened: list[Store] = []

        def reopen(clocks: Clocks) -> Store:
            if opened:
                opened.pop().close()
            path = Path(directory) / "chat.db"
            opened.append(clocks.open_store(path, numbering=numbering))
            return opened[0]

        try:
            yield reopen
        finally:
            opened.pop().close()


@contextmanager
def in_memory(numbering: Numbering) -> Iterator[Callable[[Clocks], Store]]:
    with closing(MemoryStore(DEFAULT_RETENTION, numbering=numbering)) as store:
        yield lambda _: store


STORES = {"file": in_file, "memory": in_memory}


def _accounts(room: Room) -> tuple[AccountNumber, AccountNumber] | None:
    if room.pair is None:
        return None
    one, other = sorted(-each for each in room.pair)
    return AccountNumber(one), AccountNumber(other)


def described(state: State) -> StoredState:
    """Return *state* as a store has it."""
    rooms = [
        StoredRoom(
            each.name,
            each.number,
            each.sequence,
            each.topic,
            each.is_open,
            tuple(each.roles.items()),
            each.is_locked,
            each.slow,
            each.is_private,
            _accounts(each),
        )
        for each in state.rooms
    ]
    accounts = list(state.accounts)
    sanctions = [
        each.replace(target=each.target.replace(session=SessionId(0)))
        for each in state.sanctions
    ]
    return StoredState(
        state.epoch,
        tuple(sorted(rooms, key=lambda room: room.number)),
        (),
        state.rooms.last_number,
        tuple(sorted(accounts, key=lambda account: account.number)),
        state.accounts.last_number,
        tuple(sanctions),
        state.sanctions.last_number,
        tuple(each for each in state.invitations if not each.session),
        state.invitations.last_number,
    )


def applied(state: State, entries: list[Entry]) -> tuple[list[Entry], list[Acted]]:
    """Apply *entries*; return those that a server would store, and what rooms hear."""
    kept, acts = list[Entry](), list[Acted]()
    for entry in entries:
        if isinstance(entry, JUDGED):
            is_kept = state.judge(entry, NOW).has_effect
            effects = state.apply(entry, NOW)
        else:
            effects = state.apply(entry, NOW)
            is_void = bool(effects) and isinstance(effects[0], Void | AlreadySaid)
            is_kept = isinstance(entry, Said) and not is_void
        if is_kept:
            kept.append(entry)
        acts += acts_of(effects)
    return kept, acts


def acts_of(effects: Sequence[Effect]) -> list[Acted]:
    """Return what the members of rooms are told."""
    told = [each.event for each in effects if isinstance(each, Told)]
    return [each for each in told if isinstance(each, Acted)]


def acted(act: Act) -> Acted | None:
    """Return what the members of a room are told of *act*."""
    if act.room is None or act.action in {OPENED, "invite", "close", "erase"}:
        return None
    return Acted(act.room, act.action, act.by, act.name, act.until, act.reason)


def start(stored: StoredState, numbering: Numbering) -> State:
    """Return the state of a server in which two sessions have just opened.

    Romeo signs in, if he has an account.
    """
    state = State(stored, numbering)
    for number, name in SESSIONS.items():
        entry = SessionOpened(
            number,
            f"{NETWORK}:{number}",
            name,
            (name.lower(),),
            TOKEN if number == PARIS else "",
            knows_rooms=True,
            network=NETWORK,
        )
        state.apply(entry, NOW)
    account = state.accounts.named("romeo")
    if account is not None:
        state.apply(SignedIn(ROMEO, account.number, account.generation), NOW)
    return state


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("numbering", [consecutive, sparse])
@settings(deadline=None, max_examples=60)
@given(steps=st.lists(STEP, max_size=12))
def test_a_store_and_a_state_agree(
    kind: str, numbering: Numbering, steps: list[list[Entry] | str]
) -> None:
    acts: list[Acted] = []
    with STORES[kind](numbering) as reopen:
        store = reopen(Clocks())
        state = start(store.load(), numbering)
        for step in [BEGINNING, *steps]:
            if isinstance(step, list):
                entries, told = applied(state, step)
                store.append(batch(*entries))
                acts += told
            else:
                store = reopen(Clocks())
                state = start(store.load(), numbering)
        loaded = store.load()
        page = store.read(ReadActs(None, END, ALL))

    assert described(state) == loaded.replace(keys=())
    keys = {(key.token, key.key): key.sequence for key in loaded.keys}
    assert {each[:2]: each[2] for each in state.keys.items()} == keys
    assert [found for act in page.acts if (found := acted(act))] == acts
