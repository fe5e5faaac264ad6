"""Rooms: opened, entered, left and closed; topics; direct rooms; messages."""

import pytest

from parlour.core.entries import (
    DirectOpened,
    Entered,
    Entry,
    Left,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    TopicSet,
    Whispered,
)
from parlour.core.events import LOBBY, Message, RoomName, SessionId, TopicChanged
from parlour.core.limits import (
    MAX_ALL_DIRECT_ROOMS,
    MAX_DIRECT_ROOMS,
    MAX_KNOWN_ROOMS,
    MAX_OPEN_ROOMS,
    MAX_ROOMS_EACH,
)
from parlour.core.state.effects import (
    AlreadySaid,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    RoomShown,
    Told,
    Whisper,
)
from parlour.core.state.idempotency import KEY_AGE
from parlour.core.state.rooms import Room
from parlour.core.storage import StoredKey, StoredRoom, StoredState
from tests.core.state.chat import (
    ANN,
    BOB,
    CAT,
    DEV,
    LATER,
    ME,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    Chat,
    ignores,
    kinds,
    opened,
)

NOWHERE = RoomName("nowhere")


def direct(name: str) -> RoomName:
    return RoomName(f"direct:{name}")


# -- opening and closing ------------------------------------------------------------


def test_a_room_is_opened_once() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(OPEN_DEV) == [RoomMade(DEV)]
    assert chat.apply(OPEN_DEV) == []
    assert chat.names(DEV) == [], "to open it is not to enter it"


def test_a_room_whose_name_looks_like_that_of_another_is_not_opened() -> None:
    chat = Chat(OPEN_DEV)

    assert chat.codes(RoomOpened(OPS, ANN, ("ops", "dev"))) == ["room_name_taken"]


def test_no_ordinary_room_has_the_name_of_a_direct_one() -> None:
    chat = Chat(opened(ANN))

    assert chat.codes(RoomOpened(ME, ANN, ())) == ["no_such_room"]
    assert chat.state.rooms.get(ME) is None


def test_a_server_has_at_most_10_000_open_rooms() -> None:
    chat = Chat()
    for number in range(MAX_OPEN_ROOMS - 1):  # and the lobby
        chat.apply(RoomOpened(RoomName(f"r{number}"), ANN))

    assert MAX_OPEN_ROOMS == chat.state.rooms.open_count == 10_000
    assert chat.codes(OPEN_DEV) == ["rooms_full"]
    chat.apply(RoomClosed(RoomName("r0")))
    assert chat.codes(OPEN_DEV) == []


def test_a_server_knows_at_most_100_000_rooms_besides_direct_ones() -> None:
    rooms = tuple(
        StoredRoom(RoomName(f"r{number}"), number, 1, is_open=False)
        for number in range(2, MAX_KNOWN_ROOMS + 1)  # and the lobby
    )
    chat = Chat(opened(ANN), opened(BOB), stored=StoredState("e", rooms))

    assert MAX_KNOWN_ROOMS == chat.state.rooms.known_count == 100_000
    assert chat.codes(OPEN_DEV) == ["rooms_full"]
    assert chat.codes(OPEN_ME) == []
    assert chat.codes(RoomOpened(RoomName("r5"), ANN)) == [], "it is one of them"


def test_an_empty_room_closes_and_keeps_its_history() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))
    chat.say(ANN, "hi", DEV)
    chat.apply(Left(ANN, DEV, "left"))

    assert chat.apply(RoomClosed(DEV)) == [RoomEnded(DEV)]
    assert chat.apply(RoomClosed(DEV)) == []
    assert chat.codes(Entered(ANN, DEV)) == ["no_such_room"]
    chat.apply(OPEN_DEV)
    assert chat.state.rooms[DEV].sequence == 1


@pytest.mark.parametrize("room", [DEV, LOBBY, ME])
def test_a_room_with_members_and_the_lobby_do_not_close(room: RoomName) -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV, Entered(ANN, DEV), OPEN_ME)

    assert chat.apply(RoomClosed(room)) == []
    chat.apply(Left(ANN, LOBBY, "left"))
    chat.apply(Left(BOB, LOBBY, "left"))
    assert chat.apply(RoomClosed(LOBBY)) == []


def test_the_epoch_of_a_room_is_that_of_the_journal_with_its_number() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV, OPEN_ME)
    rooms = chat.state.rooms

    epochs = [chat.state.epoch_of(rooms[name]) for name in (LOBBY, DEV, ME)]

    assert epochs == ["e", "e.2", "e.me"]


# -- members ------------------------------------------------------------------------


def test_a_session_enters_a_room_once() -> None:
    chat = Chat(opened(ANN), OPEN_DEV)

    assert chat.apply(Entered(ANN, DEV)) == [RoomEntered(ANN, DEV, "Ann")]
    assert chat.apply(Entered(ANN, DEV)) == [RoomEntered(ANN, DEV, "Ann", is_new=False)]
    assert chat.rooms_of(ANN) == [LOBBY, DEV]


@pytest.mark.parametrize("room", [NOWHERE, ME])
def test_a_room_that_is_not_open_or_that_is_direct_cannot_be_entered(
    room: RoomName,
) -> None:
    chat = Chat(opened(ANN), opened(BOB), opened(CAT), OPEN_ME)

    assert chat.codes(Entered(CAT, room)) == ["no_such_room"]


def test_a_session_is_in_at_most_100_rooms_besides_direct_ones() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)
    for number in range(MAX_ROOMS_EACH):
        room = RoomName(f"r{number}")
        chat.apply(RoomOpened(room, ANN))
        chat.apply(Entered(ANN, room))

    assert MAX_ROOMS_EACH == 100
    assert len(chat.rooms_of(ANN)) == 101
    assert chat.codes(Entered(ANN, RoomName("r99"))) == ["too_many_rooms"]
    chat.apply(Left(ANN, LOBBY, "left"))
    assert chat.codes(Entered(ANN, RoomName("r99"))) == []


def test_a_session_may_leave_its_last_room() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(Left(ANN, LOBBY, "left")) == [RoomLeft(ANN, LOBBY, "Ann", "left")]
    assert chat.rooms_of(ANN) == []


@pytest.mark.parametrize("room", [DEV, NOWHERE])
def test_a_room_that_one_is_not_in_cannot_be_left(room: RoomName) -> None:
    chat = Chat(opened(ANN), OPEN_DEV)

    assert chat.codes(Left(ANN, room, "left")) == ["not_in_room"]


def test_a_member_has_been_in_a_room_since_its_entry() -> None:
    chat = Chat(opened(ANN), OPEN_DEV)

    chat.apply(Entered(ANN, DEV))

    assert chat.state.rooms[DEV].members == {ANN: chat.time}


# -- topics -------------------------------------------------------------------------


def test_a_member_sets_the_topic() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))

    assert chat.apply(TopicSet(DEV, ANN, "gardens")) == [
        Told(DEV, TopicChanged(DEV, "gardens", "Ann"))
    ]
    assert chat.state.rooms[DEV].topic == "gardens"


@pytest.mark.parametrize(
    ("room", "session"), [(DEV, BOB), (NOWHERE, ANN), (ME, ANN), (DEV, LATER)]
)
def test_nobody_else_sets_a_topic(room: RoomName, session: SessionId) -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV, Entered(ANN, DEV), OPEN_ME)

    assert chat.codes(TopicSet(room, session, "x")) == ["not_in_room"]


# -- messages -----------------------------------------------------------------------


def test_messages_of_a_room_are_numbered_from_1() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))

    found = [chat.apply(Said(room, "?", "hi", ANN)) for room in (LOBBY, DEV, LOBBY)]

    assert found[2] == [Message(LOBBY, 2, chat.time, "Ann", "hi")]
    assert [chat.state.rooms[room].sequence for room in (LOBBY, DEV)] == [2, 1]


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


# -- direct rooms -------------------------------------------------------------------


def test_a_direct_room_is_shown_to_the_one_who_opens_it() -> None:
    chat = Chat(opened(ANN), opened(BOB))

    assert chat.apply(OPEN_ME) == [RoomShown(ANN, ME, 0, 0)]
    assert chat.rooms_of(ANN) == chat.rooms_of(BOB) == [LOBBY, ME]


def test_the_same_direct_room_is_found_again_by_either() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    again = DirectOpened(direct("x"), ANN, BOB)
    assert chat.apply(again) == [RoomEntered(ANN, ME, "Ann", is_new=False)]
    found = chat.apply(DirectOpened(direct("y"), BOB, ANN))
    assert found == [RoomShown(BOB, ME, 0, 0)]
    assert len(chat.state.rooms) == 2


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (DirectOpened(ME, ANN, LATER), "no_such_user"),
        (DirectOpened(ME, ANN, ANN), "direct_self"),
        (DirectOpened(ME, ANN, CAT), "no_direct"),
        (DirectOpened(LOBBY, ANN, BOB), "room_name_taken"),
        (DirectOpened(NOWHERE, ANN, BOB), "room_name_taken"),
        (DirectOpened(direct("used"), ANN, BOB), "room_name_taken"),
    ],
)
def test_a_direct_room_is_not_opened(entry: Entry, code: str) -> None:
    chat = Chat(opened(ANN), opened(BOB), opened(CAT, knows_rooms=False))
    dan = SessionId(4)
    chat.apply(opened(dan))
    chat.apply(DirectOpened(direct("used"), dan, BOB))

    assert chat.codes(entry) == [code]
    assert chat.state.rooms.of_pair(ANN, BOB) is None
    assert not chat.state.rooms[LOBBY].is_direct


def test_a_session_opens_at_most_100_direct_rooms_and_may_be_in_others() -> None:
    chat = Chat(opened(ANN), opened(BOB))
    for number in range(MAX_DIRECT_ROOMS):
        other = SessionId(100 + number)
        chat.apply(opened(other, token=f"{number}"))
        chat.apply(DirectOpened(direct(f"{number}"), ANN, other))

    assert MAX_DIRECT_ROOMS == 100
    assert chat.codes(DirectOpened(ME, ANN, BOB)) == ["too_many_rooms"]
    assert chat.codes(DirectOpened(ME, BOB, ANN)) == []


def test_a_server_has_at_most_20_000_direct_rooms() -> None:
    chat = Chat(opened(ANN), opened(BOB))
    people = [SessionId(100 + number) for number in range(201)]
    for each in people:
        chat.apply(opened(each, token=f"{each}"))
    pairs = [(one, other) for one in people for other in people if one < other]
    for number, (one, other) in enumerate(pairs[:MAX_ALL_DIRECT_ROOMS]):
        opener = one if (one + other) % 2 else other  # at most 100 by each
        chat.apply(
            DirectOpened(direct(f"{number}"), opener, SessionId(one + other - opener))
        )

    assert MAX_ALL_DIRECT_ROOMS == chat.state.rooms.direct_count == 20_000
    assert chat.codes(OPEN_ME) == ["rooms_full"]


def test_the_first_whisper_shows_the_room_to_the_other_one() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    first, second = (chat.apply(Whispered(ME, "?", text, ANN)) for text in "ab")

    message = Message(ME, 2, chat.time, "Ann", "b")
    assert first[0] == RoomShown(BOB, ME, 0, 0)
    assert kinds(first) == ["RoomShown", "Whisper"]
    assert second == [Whisper(ANN, message, is_ignored=False)]


def test_a_whisper_of_one_who_is_ignored_is_heard_by_nobody_else() -> None:
    chat = Chat(opened(ANN), opened(BOB), ignores(BOB, "Ann"), OPEN_ME)

    (whisper,) = chat.apply(Whispered(ME, "?", "a", ANN))

    assert isinstance(whisper, Whisper)
    assert (whisper.is_ignored, whisper.message.sequence) == (True, 1)
    assert chat.state.rooms[ME].shown == (ANN,), "the room is not shown either"


@pytest.mark.parametrize(("room", "session"), [(ME, CAT), (LOBBY, ANN), (NOWHERE, ANN)])
def test_nobody_else_whispers(room: RoomName, session: SessionId) -> None:
    chat = Chat(opened(ANN), opened(BOB), opened(CAT), OPEN_ME)

    assert chat.codes(Whispered(room, "?", "a", session)) == ["no_such_room"]


def test_a_retry_of_a_whisper_is_not_whispered_again() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)
    whispered = Whispered(ME, "Ann", "hi", ANN, "key", "1", "token of Ann")
    chat.apply(whispered)

    assert chat.apply(whispered) == [AlreadySaid(1)]
    assert chat.state.rooms[ME].sequence == 1


@pytest.mark.parametrize("entry", [Left(BOB, ME, "left"), SessionClosed(BOB, "bye")])
def test_a_direct_room_is_over_when_one_of_the_two_leaves(entry: Entry) -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    ended = RoomEnded(ME, (ANN, BOB), "Bob has left the conversation")
    assert ended in chat.apply(entry)
    assert chat.rooms_of(ANN) == [LOBBY]
    assert chat.state.rooms.get(ME) is None
    assert chat.codes(Whispered(ME, "?", "hi", ANN)) == ["no_such_room"]


def test_a_direct_room_stays_while_one_of_the_two_is_held() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)
    chat.apply(Whispered(ME, "?", "a", ANN))
    chat.apply(SessionHeld(BOB))
    chat.apply(Whispered(ME, "?", "b", ANN))

    effects = chat.apply(opened(BOB, LOBBY, attachment=LATER))

    shown = RoomShown(BOB, ME, 0, 2)
    assert shown in effects, "although its client did not ask for it"
    assert chat.rooms_of(BOB) == [LOBBY, ME]


def test_a_direct_room_is_over_if_its_session_is_resumed_without_rooms() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    effects = chat.apply(opened(BOB, LOBBY, attachment=LATER, knows_rooms=False))

    assert "RoomEnded" in kinds(effects)


def test_a_stored_room_has_its_topic_and_its_last_sequence() -> None:
    stored = StoredRoom(DEV, 3, 9, topic="gardens")

    room = Room.from_stored(stored)

    assert (room.topic, room.sequence, room.number) == ("gardens", 9, 3)
