"""Erasures: who may erase which message, and what that takes and tells."""

import pytest

from parlour.core.entries import (
    DirectErased,
    Entered,
    Erased,
    Left,
    RoomClosed,
    Said,
    Target,
    Whispered,
)
from parlour.core.events import LOBBY, Message, SessionId
from parlour.core.events import Erased as ErasedEvent
from parlour.core.state.effects import MessageErased
from parlour.core.state.state import State
from tests.core.state.chat import (
    ANN,
    BOB,
    DEV,
    ME,
    NOBODY,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    Chat,
    opened,
)
from tests.core.state.order import (
    ADA,
    AT_ADAS,
    AT_GUS,
    AT_MEGS,
    AT_OWENS,
    AT_PATS,
    GUS,
    HAL,
    MEG,
    OWEN,
    PAT,
    erased,
    orderly_chat,
)


@pytest.fixture
def chat() -> Chat:
    """Return the orderly chat after a message of Gus in dev, the first one."""
    chat = orderly_chat()
    chat.say(GUS, "hi", DEV)
    return chat


def test_an_erasure_takes_the_next_sequence_and_is_told(chat: Chat) -> None:
    effects = chat.apply(erased(1, by=MEG))

    event = ErasedEvent(DEV, 2, chat.time, 1, "Meg", "Gus")
    assert effects == [MessageErased(event)]
    assert chat.state.rooms[DEV].sequence == 2


def test_a_message_after_an_erasure_has_the_sequence_after_it(chat: Chat) -> None:
    chat.apply(erased(1, by=MEG))

    (said,) = chat.apply(Said(DEV, "Hal", "ho", HAL))

    assert isinstance(said, Message)
    assert said.sequence == 3


def test_an_erasure_is_no_message(chat: Chat) -> None:
    before = chat.state.message_count

    chat.apply(erased(1))

    assert chat.state.message_count == before


def test_a_message_has_the_session_of_its_author() -> None:
    chat = Chat(opened(ANN))

    (said,) = chat.apply(Said(LOBBY, "Ann", "hi", ANN, session=ANN))

    assert said == Message(LOBBY, 1, chat.time, "Ann", "hi", session=ANN)


@pytest.mark.parametrize("by", [MEG, OWEN, ADA, NOBODY])
def test_those_who_keep_order_erase_messages_of_guests(
    chat: Chat, by: SessionId
) -> None:
    assert chat.codes(erased(1, AT_GUS, by=by)) == []


@pytest.mark.parametrize("by", [GUS, HAL, PAT])
def test_nobody_else_erases_messages_of_others(chat: Chat, by: SessionId) -> None:
    assert chat.codes(erased(1, AT_GUS, by=by)) == ["not_allowed"]


@pytest.mark.parametrize(
    ("by", "author"),
    [(MEG, AT_MEGS), (MEG, AT_OWENS), (OWEN, AT_OWENS), (OWEN, AT_ADAS)],
)
def test_nobody_erases_messages_of_somebody_of_the_same_or_a_higher_role(
    chat: Chat, by: SessionId, author: Target
) -> None:
    assert chat.codes(erased(1, author, by=by)) == ["not_allowed"]


@pytest.mark.parametrize("by", [GUS, PAT, MEG])
def test_everybody_erases_their_own_messages(chat: Chat, by: SessionId) -> None:
    assert chat.codes(erased(1, AT_MEGS, by=by, is_own=True)) == []


def test_who_has_a_role_elsewhere_has_none_here(chat: Chat) -> None:
    chat.say(GUS, "hi")

    assert chat.codes(erased(1, AT_PATS, LOBBY, by=OWEN)) == ["not_allowed"]


@pytest.mark.parametrize("target", [-1, 0, 2, 1 << 60])
def test_a_message_that_was_never_said_cannot_be_erased(
    chat: Chat, target: int
) -> None:
    assert chat.codes(erased(target)) == ["no_such_message"]
    assert chat.state.rooms[DEV].sequence == 1


def test_there_is_nothing_to_erase_in_a_room_that_does_not_exist(chat: Chat) -> None:
    assert chat.codes(erased(1, room=OPS)) == ["no_such_room"]


def test_messages_of_a_closed_room_can_be_erased() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))
    chat.say(ANN, "hi", DEV)
    chat.apply(Left(ANN, DEV, "left"))
    chat.apply(RoomClosed(DEV))

    assert not chat.state.rooms[DEV].is_open
    assert chat.codes(erased(1)) == []


def test_somebody_who_has_gone_erases_nothing(chat: Chat) -> None:
    gone = Erased(SessionId(99), "?", DEV, 1, AT_GUS, is_own=True)

    assert chat.apply(gone) == []


def test_a_key_of_an_erased_message_is_still_known(chat: Chat) -> None:
    said = Said(DEV, "Gus", "again", GUS, "k", "k", "token of Gus")
    chat.apply(said)
    chat.apply(erased(2))

    assert chat.state.messages.said_as(said) == 2


def test_the_snapshot_has_the_sequence_of_an_erasure(chat: Chat) -> None:
    chat.apply(erased(1))

    restored = State.restore(chat.state.snapshot())

    assert restored.rooms[DEV].sequence == 2


@pytest.fixture
def direct() -> Chat:
    """Return a chat of Ann and Bob, to whom Ann has said something."""
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)
    chat.apply(Whispered(ME, "Ann", "psst", ANN))
    return chat


def test_an_erasure_in_a_direct_room_is_told_to_both(direct: Chat) -> None:
    effects = direct.apply(DirectErased(ME, ANN, 1))

    event = ErasedEvent(ME, 2, direct.time, 1, "Ann", "Ann")
    assert effects == [MessageErased(event)]


def test_a_direct_room_has_no_other_erasures(direct: Chat) -> None:
    assert direct.codes(erased(1, room=ME)) == ["no_such_room"]


def test_only_members_erase_messages_of_a_direct_room(direct: Chat) -> None:
    direct.apply(opened(SessionId(3)))

    entry = DirectErased(ME, SessionId(3), 1)

    assert direct.codes(entry) == ["no_such_room"]


def test_a_message_that_was_never_whispered_cannot_be_erased(direct: Chat) -> None:
    assert direct.codes(DirectErased(ME, ANN, 2)) == ["no_such_message"]
