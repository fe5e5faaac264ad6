"""Roles, sanctions and the settings of rooms in snapshots."""

import pytest

from parlour.core.entries import Entry, RoomOpened, SanctionKind, Target
from parlour.core.events import LOBBY
from parlour.core.roles import Role
from parlour.core.state.sanctions import Person
from parlour.core.state.state import State
from tests.core.state.chat import DEV, NOBODY, OPS, Chat, role_set
from tests.core.state.order import (
    AT_GUS,
    AT_PATS,
    BAN,
    GUS,
    HAL,
    NETWORK,
    OWENS,
    PAT,
    PATS,
    arrived,
    banned,
    kicked,
    lifted,
    muted,
    orderly_chat,
    room_set,
)

ORDER: list[Entry] = [
    room_set(slow=30),
    room_set(LOBBY, is_locked=True),
    muted(Target("Eve", token="the token", network="192.0.2.0/24")),
    banned(AT_PATS, until=500.0, reason="spam"),
    banned(AT_GUS, LOBBY),
    lifted(3, SanctionKind.BAN, LOBBY),
]


@pytest.fixture
def chat() -> Chat:
    chat = orderly_chat()
    chat.say(PAT, "hi", DEV)
    for each in ORDER:
        chat.apply(each)
    chat.say(GUS, "hi", DEV)
    return chat


def test_what_keeps_order_is_in_a_restored_state(chat: Chat) -> None:
    restored = State.restore(chat.state.snapshot())

    dev, before = restored.rooms[DEV], chat.state.rooms[DEV]
    assert dev.spoke == before.spoke
    assert dev.roles == before.roles != {}
    assert (dev.slow, dev.is_locked) == (30, False)
    assert {*dev.spoke.values()} == {chat.time}
    assert restored.rooms[LOBBY].is_locked
    assert list(restored.sanctions) == list(chat.state.sanctions)
    assert [each.number for each in restored.sanctions] == [1, 2]
    assert restored.sanctions.last_number == 3
    assert restored.sessions[GUS].network == NETWORK
    assert restored.snapshot() == chat.state.snapshot()


def test_a_restored_state_forbids_the_same(chat: Chat) -> None:
    restored = State.restore(chat.state.snapshot())

    for state in (chat.state, restored):
        found = [
            state.messages.why_void(each, DEV, chat.time) for each in (GUS, HAL, PAT)
        ]
        assert ["" if why is None else why.code for why in found] == [
            *("too_fast", "", "not_in_room")
        ]
        pat = Person(PATS, 0, "", "")
        assert state.restrictions.ban(pat, 499.0, DEV) is not None
        assert state.restrictions.ban(pat, 500.0, DEV) is None


@pytest.mark.parametrize(
    "entry",
    [
        kicked(Target("Hal", session=HAL)),
        muted(AT_GUS),
        banned(AT_GUS, None),
        lifted(2, BAN),
        room_set(is_locked=True),
        room_set(slow=31),
        room_set(slow=0),
        role_set(PATS, Role.MODERATOR, DEV),
        role_set(OWENS, Role.MEMBER, DEV),
        role_set(PATS, Role.MODERATOR),
        RoomOpened(OPS, NOBODY, ("ops",), PATS),
        arrived(GUS, network="203.0.113.9"),
    ],
)
def test_whatever_an_entry_changes_is_in_a_snapshot(chat: Chat, entry: Entry) -> None:
    state = State.restore(chat.state.snapshot())

    state.apply(entry, chat.time)

    assert state.snapshot() != chat.state.snapshot()
