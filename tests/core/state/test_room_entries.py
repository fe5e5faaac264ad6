"""Rooms: opened, entered, left and closed, and their topics."""

import pytest

from parlour.core.entries import (
    Entered,
    Left,
    RoomClosed,
    RoomOpened,
    TopicSet,
)
from parlour.core.events import LOBBY, RoomName, SessionId, TopicChanged
from parlour.core.limits import (
    MAX_KNOWN_ROOMS,
    MAX_OPEN_ROOMS,
    MAX_ROOMS_EACH,
)
from parlour.core.state.effects import (
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    Told,
)
from parlour.core.storage import StoredRoom, StoredState
from tests.core.state.chat import (
    ANN,
    BOB,
    CAT,
    DEV,
    LATER,
    ME,
    NOBODY,
    OPEN_DEV,
    OPEN_ME,
    OPS,
    Chat,
    opened,
)

NOWHERE = RoomName("nowhere")


def direct(name: str) -> RoomName:
    return RoomName(f"direct:{name}")


# -- opening and closing -------------------------------------------------------


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


# -- members -------------------------------------------------------------------


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


# -- topics --------------------------------------------------------------------


def test_a_member_sets_the_topic() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))

    assert chat.apply(TopicSet(DEV, ANN, "gardens")) == [
        Told(DEV, TopicChanged(DEV, "gardens", "Ann"))
    ]
    assert chat.state.rooms[DEV].topic == "gardens"


@pytest.mark.parametrize("topic", ["", "gardens"])
def test_a_topic_that_is_set_already_changes_nothing(topic: str) -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV), TopicSet(DEV, ANN, topic))

    assert chat.apply(TopicSet(DEV, ANN, topic)) == []
    assert not chat.state.judge(TopicSet(DEV, ANN, topic), 1.0).has_effect


@pytest.mark.parametrize(
    ("room", "session"), [(DEV, BOB), (NOWHERE, ANN), (ME, ANN), (DEV, LATER)]
)
def test_nobody_else_sets_a_topic(room: RoomName, session: SessionId) -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV, Entered(ANN, DEV), OPEN_ME)

    assert chat.codes(TopicSet(room, session, "x")) == ["not_in_room"]


def test_the_operator_sets_the_topic_of_a_room_as_nobody() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, Entered(ANN, DEV))

    assert chat.apply(TopicSet(DEV, NOBODY, "gardens")) == [
        Told(DEV, TopicChanged(DEV, "gardens", ""))
    ]
    assert chat.state.rooms[DEV].topic == "gardens"
    assert chat.apply(TopicSet(DEV, NOBODY, "gardens")) == []


def test_the_operator_sets_no_topic_where_there_is_no_such_room() -> None:
    chat = Chat(opened(ANN), OPEN_DEV, OPEN_ME)

    for room in (NOWHERE, ME):
        assert chat.codes(TopicSet(room, NOBODY, "x")) == ["no_such_room"]
