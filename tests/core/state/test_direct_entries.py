"""Direct rooms, and the messages that are whispered in them."""

import pytest

from parlour.core.entries import (
    DirectOpened,
    Entry,
    Left,
    SessionClosed,
    SessionHeld,
    Whispered,
)
from parlour.core.events import LOBBY, Message, PersonId, RoomName, SessionId
from parlour.core.limits import (
    MAX_ALL_DIRECT_ROOMS,
    MAX_DIRECT_ROOMS,
)
from parlour.core.state.effects import (
    AlreadySaid,
    RoomEnded,
    RoomEntered,
    RoomShown,
    Whisper,
)
from parlour.core.state.room import Room
from parlour.core.state.state import State
from parlour.core.storage import StoredRoom
from tests.core.state.chat import (
    ANN,
    BOB,
    CAT,
    DEV,
    LATER,
    ME,
    OPEN_ME,
    Chat,
    ignores,
    kinds,
    opened,
)

NOWHERE = RoomName("nowhere")


def direct(name: str) -> RoomName:
    return RoomName(f"direct:{name}")


def test_a_direct_room_is_shown_to_the_one_who_opens_it() -> None:
    chat = Chat(opened(ANN), opened(BOB))

    assert chat.apply(OPEN_ME) == [RoomShown(ANN, ME, 0, 0)]
    assert chat.rooms_of(ANN) == chat.rooms_of(BOB) == [LOBBY, ME]


def test_the_same_direct_room_is_found_again_by_either() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    again = DirectOpened(direct("x"), ANN, PersonId(BOB))
    assert chat.apply(again) == [RoomEntered(ANN, ME, "Ann", is_new=False)]
    found = chat.apply(DirectOpened(direct("y"), BOB, PersonId(ANN)))
    assert found == [RoomShown(BOB, ME, 0, 0)]
    assert len(chat.state.rooms) == 2


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (DirectOpened(ME, ANN, PersonId(LATER)), "no_such_user"),
        (DirectOpened(ME, ANN, PersonId(ANN)), "direct_self"),
        (DirectOpened(ME, ANN, PersonId(CAT)), "no_direct"),
        (DirectOpened(LOBBY, ANN, PersonId(BOB)), "room_name_taken"),
        (DirectOpened(NOWHERE, ANN, PersonId(BOB)), "room_name_taken"),
        (DirectOpened(direct("used"), ANN, PersonId(BOB)), "room_name_taken"),
    ],
)
def test_a_direct_room_is_not_opened(entry: Entry, code: str) -> None:
    chat = Chat(opened(ANN), opened(BOB), opened(CAT, knows_rooms=False))
    dan = SessionId(4)
    chat.apply(opened(dan))
    chat.apply(DirectOpened(direct("used"), dan, PersonId(BOB)))

    assert chat.codes(entry) == [code]
    assert chat.state.rooms.of_pair(PersonId(ANN), PersonId(BOB)) is None
    assert not chat.state.rooms[LOBBY].is_direct


def open_100_by_ann() -> Chat:
    """Return a chat in which Ann has opened as many direct rooms as she may."""
    chat = Chat(opened(ANN), opened(BOB))
    for number in range(100):
        other = SessionId(100 + number)
        chat.apply(opened(other, token=f"{number}"))
        chat.apply(DirectOpened(direct(f"{number}"), ANN, PersonId(other)))
    return chat


def test_a_session_opens_at_most_100_direct_rooms() -> None:
    chat = open_100_by_ann()

    assert MAX_DIRECT_ROOMS == 100
    assert chat.codes(OPEN_ME) == ["too_many_direct"]


def test_a_session_in_100_direct_rooms_gets_no_other_one() -> None:
    chat = open_100_by_ann()

    assert chat.codes(DirectOpened(ME, BOB, PersonId(ANN))) == ["other_too_many_direct"]


def test_a_direct_room_that_is_over_does_not_count() -> None:
    chat = open_100_by_ann()
    chat.apply(Left(ANN, direct("7"), "left"))

    assert chat.codes(DirectOpened(ME, BOB, PersonId(ANN))) == []


def test_the_bound_holds_in_a_restored_state() -> None:
    chat = open_100_by_ann()
    chat.state = State.restore(chat.state.snapshot())

    assert chat.codes(OPEN_ME) == ["too_many_direct"]


def open_101_to_bob() -> Chat:
    """Return a chat in which 101 sessions have opened a direct room with Bob."""
    chat = Chat(opened(BOB))
    for number in range(101):
        sender = SessionId(100 + number)
        chat.apply(opened(sender, token=f"{number}"))
        chat.apply(DirectOpened(direct(f"{number}"), sender, PersonId(BOB)))
    return chat


def test_direct_rooms_in_which_nothing_was_said_do_not_count_for_the_other() -> None:
    chat = open_101_to_bob()
    chat.apply(opened(ANN))

    assert chat.codes(DirectOpened(ME, BOB, PersonId(ANN))) == []


def test_at_most_100_whispers_show_a_direct_room_to_one_session() -> None:
    chat = open_101_to_bob()
    whispers = [
        Whispered(direct(f"{number}"), "?", "hi", SessionId(100 + number))
        for number in range(101)
    ]
    for each in whispers[:-1]:
        chat.apply(each)

    assert chat.codes(whispers[-1]) == ["other_too_many_direct"]
    assert chat.state.rooms[direct("100")].sequence == 0


def test_a_session_finds_no_direct_room_beyond_the_bound() -> None:
    chat = open_100_by_ann()
    for number in range(100):
        chat.apply(Left(SessionId(100 + number), direct(f"{number}"), "left"))
    chat.apply(DirectOpened(ME, BOB, PersonId(ANN)))
    for number in range(100):
        other = SessionId(100 + number)
        chat.apply(DirectOpened(direct(f"again-{number}"), ANN, PersonId(other)))

    assert chat.codes(DirectOpened(direct("x"), ANN, PersonId(BOB))) == [
        "too_many_direct"
    ]


def test_a_server_has_at_most_20_000_direct_rooms() -> None:
    chat = Chat(opened(ANN), opened(BOB))
    people = [SessionId(100 + number) for number in range(300)]
    for each in people:
        chat.apply(opened(each, token=f"{each}"))
    for opener in people[100:]:
        for other in people[:100]:  # who know of none of them
            chat.apply(
                DirectOpened(direct(f"{opener}-{other}"), opener, PersonId(other))
            )

    assert MAX_ALL_DIRECT_ROOMS == chat.state.rooms.direct_count == 20_000
    assert chat.codes(OPEN_ME) == ["rooms_full"]


def test_the_first_whisper_shows_the_room_to_the_other_one() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    first, second = (chat.apply(Whispered(ME, "?", text, ANN)) for text in "ab")

    message = Message(ME, 2, chat.time, "Ann", "b", session=ANN)
    assert first[0] == RoomShown(BOB, ME, 0, 0)
    assert kinds(first) == ["RoomShown", "Whisper"]
    assert second == [Whisper(ANN, message, is_ignored=False)]


def test_a_whisper_of_one_who_is_ignored_is_heard_by_nobody_else() -> None:
    chat = Chat(opened(ANN), opened(BOB), ignores(BOB, "Ann"), OPEN_ME)

    (whisper,) = chat.apply(Whispered(ME, "?", "a", ANN))

    assert isinstance(whisper, Whisper)
    assert (whisper.is_ignored, whisper.message.sequence) == (True, 1)
    assert chat.state.rooms[ME].shown == (PersonId(ANN),), (
        "the room is not shown either"
    )


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
