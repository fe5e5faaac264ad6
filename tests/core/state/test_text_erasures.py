"""Erasures of the texts of an account, as the operator asks for."""

import pytest

from parlour.core.entries import (
    AccountDirectOpened,
    DirectShown,
    Entered,
    Left,
    RoomClosed,
    TextsErased,
)
from parlour.core.events import AccountNumber, Erased, RoomName
from parlour.core.limits import MAX_TEXTS_ERASED
from parlour.core.state.effects import MessageErased
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    DEV,
    ME,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    Chat,
    opened,
    registered,
)


@pytest.fixture
def chat() -> Chat:
    """Return a chat of Ann, who has an account, and has said two things in dev."""
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV), registered(ANN, DEV))
    chat.say(ANN, "one", DEV)
    chat.say(ANN, "two", DEV)
    return chat


def erased(
    *targets: int, room: RoomName = DEV, account: AccountNumber = ANNS
) -> TextsErased:
    return TextsErased(account, "Ann", room, targets)


def test_each_text_takes_a_sequence_and_is_told(chat: Chat) -> None:
    effects = chat.apply(erased(1, 2))

    assert effects == [
        MessageErased(Erased(DEV, 3, chat.time, 1, "", "Ann", is_one_of_many=True)),
        MessageErased(Erased(DEV, 4, chat.time, 2, "", "Ann", is_one_of_many=True)),
    ]
    assert chat.state.rooms[DEV].sequence == 4


def test_no_text_and_too_many_texts_change_nothing(chat: Chat) -> None:
    assert chat.apply(erased()) == []
    assert chat.apply(erased(*[1] * (MAX_TEXTS_ERASED + 1))) == []
    assert len(chat.apply(erased(*[1] * MAX_TEXTS_ERASED))) == MAX_TEXTS_ERASED


@pytest.mark.parametrize("target", [-1, 0, 3])
def test_if_one_message_was_never_said_none_is_erased(chat: Chat, target: int) -> None:
    assert chat.codes(erased(1, target)) == ["no_such_message"]
    assert chat.state.rooms[DEV].sequence == 2


def test_an_account_that_was_erased_has_no_texts(chat: Chat) -> None:
    assert chat.codes(erased(1, account=BOBS)) == ["no_such_account"]


def test_texts_of_a_closed_room_are_erased() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))
    chat.say(ANN, "hi", DEV)
    chat.apply(registered(ANN))
    chat.apply(Left(ANN, DEV, "left"))
    chat.apply(RoomClosed(DEV))

    assert not chat.state.rooms[DEV].is_open
    assert chat.codes(erased(1)) == []


def test_texts_of_a_kept_direct_room_are_erased() -> None:
    chat = Chat(opened(ANN), opened(BOB), registered(ANN), registered(BOB))
    chat.apply(AccountDirectOpened(ANN, ANNS, ME, BOBS))
    chat.apply(DirectShown(ANN, BOBS, ME))
    chat.say(ANN, "psst", ME)

    assert chat.codes(erased(1, room=ME)) == []


def test_a_direct_room_of_guests_and_no_room_have_no_texts(chat: Chat) -> None:
    chat.apply(opened(BOB))
    chat.apply(OPEN_ME)

    assert chat.codes(erased(1, room=ME)) == ["no_such_room"]
    assert chat.codes(erased(1, room=OPS)) == ["no_such_room"]
