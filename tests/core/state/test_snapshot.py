"""The state as bytes."""

import msgspec
import pytest

from parlour.core.entries import (
    AccountEnabled,
    AccountEntered,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    DirectOpened,
    Entered,
    Entry,
    Left,
    PasswordSet,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    SignedIn,
    TopicSet,
    Unignored,
    Whispered,
)
from parlour.core.events import LOBBY, PersonId, RoomName, SessionId
from parlour.core.roles import Role
from parlour.core.state.state import State
from tests.core.state.chat import (
    ANN,
    ANN_PERSON,
    ANNS,
    BOB,
    BOBS,
    CAT,
    DAN,
    DEV,
    LATER,
    ME,
    NOBODY,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    PHONE,
    TABLET,
    Chat,
    ignores,
    opened,
    registered,
    role_set,
    signed_in,
)

US = RoomName("direct:us")
PLAIN = SessionId(21)
FULL: list[Entry] = [
    opened(ANN),
    opened(BOB),
    OPEN_DEV,
    Entered(ANN, DEV),
    TopicSet(DEV, ANN, "gardens"),
    Said(DEV, "Ann", "hi", ANN, "key", "1", "token of Ann"),
    OPEN_ME,
    Whispered(ME, "Ann", "psst", ANN, "key 2", "2", "token of Ann"),
    ignores(BOB, "Eve"),
    SessionHeld(BOB),
    opened(ANN, LOBBY, DEV, ME, attachment=LATER),
    RoomOpened(OPS, LATER, ("ops",)),
    Entered(LATER, OPS),
    Said(OPS, "Ann", "hi", LATER),
    Left(LATER, OPS, "left"),
    RoomClosed(OPS),
    opened(CAT),
    registered(CAT, LOBBY, device="a hash", label="laptop"),
    signed_in(PHONE, device=1),
    signed_in(TABLET, token="", knows_rooms=False, rooms=(DEV,)),
    AccountIgnored(PHONE, ANNS, "Eve", "eve"),
    role_set(ANNS, Role.MODERATOR),
    registered(DAN, attachment=NOBODY),
    AccountEnabled(BOBS, is_enabled=False),
    DirectOpened(US, BOB, ANN_PERSON),
    opened(PLAIN, knows_rooms=False, is_plain=True),
]


def test_everything_is_in_a_restored_state() -> None:
    chat = Chat(*FULL)

    restored = State.restore(chat.state.snapshot())

    ann, bob = restored.sessions[ANN], restored.sessions[BOB]
    plain = restored.sessions[PLAIN]
    assert (plain.is_plain, plain.knows_rooms, ann.is_plain) == (True, False, False)
    assert (ann.attachment, ann.name, ann.token) == (LATER, "Ann", "token of Ann")
    assert list(ann.rooms) == [LOBBY, DEV, ME]
    assert (bob.is_held, bob.ignored) == (True, {"eve": "Eve"})
    assert restored.sessions.at(LATER) is ann
    assert restored.sessions.with_token("token of Bob") is bob
    assert restored.sessions.names.owner(("ann",)) == PersonId(ANN)
    dev, ops, me = (restored.rooms[name] for name in (DEV, OPS, ME))
    assert (dev.number, dev.sequence, dev.topic) == (2, 1, "gardens")
    assert dev.members == chat.state.rooms[DEV].members
    assert (ops.is_open, ops.sequence) == (False, 1)
    assert restored.rooms.of_pair(PersonId(BOB), PersonId(ANN)) is me
    assert set(me.shown) == {PersonId(ANN), PersonId(BOB)}
    assert restored.rooms.conflicting(OPS, ("dev",))
    assert (restored.rooms.open_count, restored.rooms.last_number) == (2, 3)
    assert restored.keys.find("token of Ann", "key", 0.0) == 1
    assert (restored.epoch, restored.message_count) == ("e", 2)
    passed, before = restored.passed_time, chat.state.passed_time
    assert (passed.seconds, passed.last) == (before.seconds, before.last)


def test_the_number_of_the_last_guest_is_in_a_restored_state() -> None:
    first, second = SessionId(8001), SessionId(8002)
    state = State()
    state.apply(SessionOpened(first, ""), 0.0)

    restored = State.restore(state.snapshot())
    restored.apply(SessionOpened(second, ""), 0.0)

    assert restored.sessions[first].name == "guest1"
    assert restored.sessions[second].name == "guest2"


def test_the_accounts_are_in_a_restored_state() -> None:
    chat = Chat(*FULL)

    restored = State.restore(chat.state.snapshot())

    accounts = restored.accounts
    assert list(accounts) == list(chat.state.accounts)
    assert accounts.last_number == len(accounts) == 2
    cats, dans = accounts.named("cat"), accounts.named("dan")
    assert cats is not None
    assert dans is not None
    assert (cats.role, cats.rooms) == (Role.MODERATOR, (LOBBY,))
    assert cats.ignored == (("eve", "Eve"),)
    assert not dans.is_enabled
    assert accounts.device("a hash") == (cats, 1)
    sessions = restored.sessions.of(cats.person)
    assert [each.id for each in sessions] == [CAT, PHONE, TABLET]
    assert [each.name for each in sessions] == ["Cat"] * 3
    assert [each.device for each in sessions] == [1, 1, 0]
    assert [each.knows_rooms for each in sessions] == [True, True, False]
    assert restored.rooms[LOBBY].count_users(restored.sessions) == 4
    us = restored.rooms[US]
    assert sorted(us.members) == [BOB, CAT, PHONE]
    assert restored.rooms.of_pair(cats.person, PersonId(BOB)) is us


@pytest.mark.parametrize("count", range(len(FULL) + 1))
def test_a_snapshot_of_a_restored_state_is_the_same(count: int) -> None:
    snapshot = Chat(*FULL[:count]).state.snapshot()

    assert State.restore(snapshot).snapshot() == snapshot


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            [ignores(ANN, "x"), ignores(ANN, "y")],
            [ignores(ANN, "y"), ignores(ANN, "x")],
        ),
        (
            [ignores(ANN, "x"), Unignored(ANN, "x")],
            [Unignored(ANN, "x"), Unignored(ANN, "x")],
        ),
        (
            [registered(ANN), *[AccountIgnored(ANN, ANNS, x, x) for x in "xy"]],
            [registered(ANN), *[AccountIgnored(ANN, ANNS, x, x) for x in "yx"]],
        ),
    ],
)
def test_equal_states_have_equal_snapshots_however_they_were_reached(
    one: list[Entry], other: list[Entry]
) -> None:
    first, second = Chat(opened(ANN), *one), Chat(opened(ANN), *other)

    assert first.state.snapshot() == second.state.snapshot()


def test_the_order_in_which_sessions_and_rooms_were_added_is_not_in_a_snapshot() -> (
    None
):
    """What happens at one time happens in one order, so the times must not differ."""
    first, second = State(), State()
    entries: list[Entry] = [opened(ANN), opened(BOB)]
    for state, order in ((first, entries), (second, entries[::-1])):
        for entry in order:
            state.apply(entry, 5.0)

    assert first.snapshot() == second.snapshot()


@pytest.mark.parametrize(
    "entry",
    [
        opened(DAN, name="Dora", keys=("dora",)),
        Left(LATER, DEV, "left"),
        SessionClosed(BOB, "lost"),
        TopicSet(DEV, LATER, "other"),
        Said(DEV, "Ann", "hi", LATER),
        RoomOpened(RoomName("art"), LATER),
        ignores(LATER, "x"),
        registered(ANN, attachment=LATER),
        SignedIn(LATER, ANNS, 1),
        signed_in(SessionId(20)),
        PasswordSet(PHONE, ANNS, 1, "another hash", 1),
        DeviceAdded(ANNS, 1, "another key", "phone"),
        DeviceRevoked(ANNS, 1),
        AccountEnabled(BOBS, is_enabled=True),
        role_set(ANNS, Role.MEMBER),
        AccountEntered(PHONE, ANNS, DEV),
        AccountLeft(PHONE, ANNS, LOBBY, "left"),
        AccountIgnored(PHONE, ANNS, "x", "x"),
        AccountUnignored(PHONE, ANNS, "eve"),
    ],
)
def test_whatever_an_entry_changes_is_in_a_snapshot(entry: Entry) -> None:
    chat = Chat(*FULL)
    state = State.restore(chat.state.snapshot())

    state.apply(entry, 5.0)

    assert state.snapshot() != chat.state.snapshot()


def test_the_time_that_passed_is_in_a_snapshot() -> None:
    state = State.restore(Chat(*FULL).state.snapshot())
    before = state.snapshot()

    state.advance(1e6)

    assert state.snapshot() != before


@pytest.mark.parametrize("data", [b"", b"\x90", b"{}", msgspec.msgpack.encode({})])
def test_what_is_not_a_snapshot_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the text is msgspec's
        State.restore(data)


def test_a_snapshot_of_another_format_is_an_error() -> None:
    raw = msgspec.msgpack.decode(State().snapshot())
    raw["format"] = 99

    with pytest.raises(ValueError, match="format 99"):
        State.restore(msgspec.msgpack.encode(raw))
