"""An erased account leaves nothing in the state but its number."""

import pytest

from parlour.core.account_changes import without_rooms
from parlour.core.entries import (
    AccountErased,
    DirectOpened,
    Registered,
    RoomClosed,
    RoomOpened,
    SessionClosed,
    SignedIn,
    TopicSet,
)
from parlour.core.events import LOBBY, AccountNumber, Bye, PersonId, RoomName
from parlour.core.roles import Role
from parlour.core.state import accounts as state_accounts
from parlour.core.state.effects import SessionExpelled
from parlour.core.state.state import State
from parlour.core.storage import StoredAccount
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    DEV,
    ME,
    NOBODY,
    PHONE,
    Chat,
    opened,
    registered,
    role_set,
    signed_in,
)
from tests.core.state.order import (
    AT_OWENS,
    AT_PATS,
    MEGS,
    OWENS,
    PAT,
    PATS,
    banned,
    muted,
    orderly_chat,
    room_set,
    why_silent,
)


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Ann has an account, with a device and two sessions."""
    return Chat(
        opened(ANN),
        opened(BOB),
        registered(ANN, LOBBY, device="key of a phone"),
        signed_in(PHONE),
    )


def test_its_sessions_end_with_the_reason(chat: Chat) -> None:
    effects = chat.apply(AccountErased(ANNS))

    bye = Bye("revoked", "the account was erased")
    assert [each for each in effects if isinstance(each, SessionExpelled)] == [
        SessionExpelled(ANN, ANN, bye),
        SessionExpelled(PHONE, PHONE, bye),
    ]
    assert chat.names() == ["Bob"]
    assert ANNS not in [each.number for each in chat.state.accounts]


def test_its_name_and_the_key_of_its_device_are_free(chat: Chat) -> None:
    chat.apply(AccountErased(ANNS))

    assert chat.codes(opened(ANN)) == []
    assert chat.codes(registered(ANN, device="key of a phone")) == []

    assert chat.names() == ["Ann", "Bob"]
    named = chat.state.accounts.named("ann")
    assert named is not None
    assert named.number == BOBS, "the number of an erased account is not used again"


def test_nobody_signs_in_to_it(chat: Chat) -> None:
    chat.apply(AccountErased(ANNS))

    assert chat.codes(SignedIn(BOB, ANNS, 1)) == ["auth_failed"]
    assert chat.codes(AccountErased(ANNS)) == ["no_such_account"]


def test_its_direct_rooms_end(chat: Chat) -> None:
    chat.apply(DirectOpened(ME, BOB, PersonId(-ANNS)))

    chat.apply(AccountErased(ANNS))

    assert chat.state.rooms.get(ME) is None
    assert chat.rooms_of(BOB) == [LOBBY]


def test_its_roles_end_and_its_rooms_belong_to_nobody() -> None:
    chat = orderly_chat()

    chat.apply(AccountErased(OWENS))

    dev = chat.state.rooms[DEV]
    assert dev.roles == {MEGS: Role.MODERATOR}
    assert not dev.is_owned
    assert chat.codes(TopicSet(DEV, PAT, "hi")) == []


def test_its_roles_in_closed_rooms_end() -> None:
    chat = Chat(opened(ANN), registered(ANN), RoomOpened(DEV, ANN, ("dev",)))
    chat.say(ANN, "void")
    chat.apply(role_set(ANNS, Role.MODERATOR, DEV))
    chat.state.rooms[DEV].sequence = 1  # it has a history
    chat.apply(SessionClosed(ANN, "bye"))
    chat.apply(RoomClosed(DEV))

    chat.apply(AccountErased(ANNS))

    assert chat.state.rooms[DEV].roles == {}


def test_its_sanctions_end_and_those_of_others_remain() -> None:
    chat = orderly_chat()
    for each in (muted(AT_PATS), banned(AT_PATS, None), muted(AT_OWENS)):
        chat.apply(each)

    chat.apply(AccountErased(PATS))

    assert [each.target.account for each in chat.state.sanctions] == [OWENS]
    assert chat.state.sanctions.last_number == 3


def test_slow_mode_forgets_when_it_spoke() -> None:
    chat = orderly_chat()
    chat.apply(room_set(slow=30))
    chat.say(PAT, "hi", DEV)
    assert why_silent(chat, PAT) == "too_fast"

    chat.apply(AccountErased(PATS))

    assert chat.state.rooms[DEV].spoke == {}


def test_a_snapshot_without_it_keeps_its_number(chat: Chat) -> None:
    chat.apply(AccountErased(ANNS))

    restored = State.restore(chat.state.snapshot())

    assert restored.snapshot() == chat.state.snapshot()
    assert restored.accounts.last_number == 1


def test_a_room_that_is_forgotten_looks_at_the_accounts_in_it_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[AccountNumber] = []

    def look(account: StoredAccount, rooms: set[RoomName]) -> StoredAccount:
        looked_at.append(account.number)
        return without_rooms(account, rooms)

    monkeypatch.setattr(state_accounts, "without_rooms", look)
    chat = Chat(opened(ANN), RoomOpened(DEV, ANN, ("dev",)))
    for number, rooms in enumerate([(LOBBY,), (DEV,), (LOBBY, DEV), (DEV,)]):
        name = f"name{number}"
        chat.apply(Registered(NOBODY, name, (name,), "hash", rooms=rooms))
    chat.apply(AccountErased(AccountNumber(4)))

    chat.apply(RoomClosed(DEV))

    assert sorted(looked_at) == [2, 3]
    assert [each.rooms for each in chat.state.accounts] == [(LOBBY,), (), (LOBBY,)]
