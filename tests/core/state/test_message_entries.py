"""Messages: their sequences, and retries of them."""

import pytest

from parlour.core.entries import (
    Entered,
    Said,
)
from parlour.core.events import LOBBY, Message, RoomName, SessionId
from parlour.core.state.effects import (
    AlreadySaid,
)
from parlour.core.state.idempotency import KEY_AGE
from parlour.core.storage import StoredKey, StoredRoom, StoredState
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    DEV,
    LATER,
    ME,
    OPEN_DEV,
    OPEN_ME,
    Chat,
    kinds,
    opened,
)

NOWHERE = RoomName("nowhere")


def direct(name: str) -> RoomName:
    return RoomName(f"direct:{name}")


def test_messages_of_a_room_are_numbered_from_1() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))

    found = [chat.apply(Said(room, "?", "hi", ANN)) for room in (LOBBY, DEV, LOBBY)]

    assert found[2] == [Message(LOBBY, 2, chat.time, "?", "hi")]
    assert [chat.state.rooms[room].sequence for room in (LOBBY, DEV)] == [2, 1]


def test_a_message_has_the_account_of_its_author() -> None:
    chat = Chat(opened(ANN))

    (message,) = chat.apply(Said(LOBBY, "Ann", "hi", ANN, account=ANNS))

    assert message == Message(LOBBY, 1, chat.time, "Ann", "hi", ANNS)


def test_sequences_are_those_of_the_numbering() -> None:
    chat = Chat(opened(ANN), numbering=lambda sequence: sequence + 10)

    chat.say(ANN, "a")
    chat.say(BOB, "void")
    chat.say(ANN, "b")

    assert chat.state.rooms[LOBBY].sequence == 20
    assert chat.state.message_count == 2


@pytest.mark.parametrize(
    ("room", "session", "code"),
    [
        (NOWHERE, ANN, "no_such_room"),
        (DEV, BOB, "not_in_room"),
        (LOBBY, LATER, "not_in_room"),
        (ME, ANN, "not_in_room"),
    ],
)
def test_a_message_of_one_who_is_not_in_the_room_is_void(
    room: RoomName, session: SessionId, code: str
) -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV, Entered(ANN, DEV), OPEN_ME)

    assert chat.codes(Said(room, "?", "hi", session)) == [code]
    assert chat.state.rooms[LOBBY].sequence == 0


def test_a_retry_is_not_said_again() -> None:
    chat = Chat(opened(ANN))
    said = Said(LOBBY, "Ann", "hi", ANN, "key", "1", "token of Ann")
    chat.apply(said)
    chat.say(ANN, "b")

    assert chat.apply(said) == [AlreadySaid(1)]
    assert chat.state.rooms[LOBBY].sequence == 2


def test_a_retry_after_24_hours_is_said_again() -> None:
    chat = Chat(opened(ANN))
    said = Said(LOBBY, "Ann", "hi", ANN, "key", "1", "token of Ann")
    chat.apply(said)
    said_at = chat.state.passed_time.seconds

    for _ in range(24):
        chat.time += 3599.0  # `apply` adds another second
        chat.apply(Said(LOBBY, "?", "", LATER))
    assert chat.state.passed_time.seconds == said_at + KEY_AGE

    assert chat.state.apply(said, chat.time) == [AlreadySaid(1)]
    chat.apply(Said(LOBBY, "?", "", LATER))
    assert kinds(chat.state.apply(said, chat.time)) == ["Message"]


def test_a_void_message_leaves_no_key() -> None:
    chat = Chat()
    said = Said(LOBBY, "Ann", "hi", ANN, "key", "1", "token of Ann")
    chat.apply(said)
    chat.apply(opened(ANN))

    assert kinds(chat.apply(said)) == ["Message"]


def test_stored_keys_recognise_the_retries_of_the_last_server() -> None:
    key = StoredKey("key", "token of Ann", LOBBY, 7)
    lobby = StoredRoom(LOBBY, 1, 9)
    chat = Chat(opened(ANN), stored=StoredState("e", (lobby,), (key,)))

    said = Said(LOBBY, "Ann", "hi", ANN, "key", "1", "token of Ann")
    assert chat.apply(said) == [AlreadySaid(7)]
    assert kinds(chat.apply(said.replace(key="other"))) == ["Message"]
    assert chat.state.rooms[LOBBY].sequence == 10


def test_a_retry_of_a_message_that_the_first_release_stored_is_recognised() -> None:
    """Its keys were stored without the tokens of their clients."""
    key = StoredKey("key", "", LOBBY, 7)
    chat = Chat(
        opened(ANN), stored=StoredState("e", (StoredRoom(LOBBY, 1, 9),), (key,))
    )

    said = Said(LOBBY, "Ann", "hi", ANN, "key", "1", "token of Ann")
    assert chat.apply(said) == [AlreadySaid(7)]
