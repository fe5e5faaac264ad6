"""Direct rooms of accounts, which have all of their sessions."""

import pytest

from parlour.core.entries import (
    AccountIgnored,
    DirectOpened,
    Left,
    NodeLost,
    SessionClosed,
    SessionHeld,
    Whispered,
)
from parlour.core.events import LOBBY, PersonId, RoomName, SessionId
from parlour.core.limits import MAX_DIRECT_ROOMS
from parlour.core.state.effects import RoomEnded, RoomShown
from parlour.core.state.room import Room
from tests.core.state.chat import (
    ANN,
    ANN_PERSON,
    ANNS,
    BOB,
    CAT,
    LATER,
    ME,
    OPEN_DEV,
    PHONE,
    TABLET,
    Chat,
    ignores,
    kinds,
    opened,
    registered,
    signed_in,
)

DIRECT_TO_ANN = DirectOpened(ME, BOB, ANN_PERSON)


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Ann is in the lobby, here and on a phone, and Bob, too."""
    chat = Chat(OPEN_DEV, opened(ANN), opened(BOB), registered(ANN))
    chat.apply(signed_in(PHONE))
    return chat


def test_a_direct_room_has_all_sessions_of_an_account(chat: Chat) -> None:
    assert chat.apply(DIRECT_TO_ANN) == [RoomShown(BOB, ME, 0, 0)]
    assert [chat.rooms_of(each) for each in (ANN, PHONE)] == [[LOBBY, ME]] * 2
    effects = chat.apply(Whispered(ME, "?", "psst", BOB))
    assert effects[:2] == [RoomShown(ANN, ME, 0, 0), RoomShown(PHONE, ME, 0, 0)]


def test_a_direct_room_that_an_account_opens_is_shown_to_all_sessions(
    chat: Chat,
) -> None:
    effects = chat.apply(DirectOpened(ME, PHONE, PersonId(BOB)))

    assert effects == [RoomShown(ANN, ME, 0, 0), RoomShown(PHONE, ME, 0, 0)]


def test_a_new_session_of_an_account_is_in_its_direct_rooms(chat: Chat) -> None:
    chat.apply(DIRECT_TO_ANN)
    chat.apply(Whispered(ME, "?", "psst", BOB))

    assert RoomShown(TABLET, ME, 0, 1) in chat.apply(signed_in(TABLET))
    assert chat.rooms_of(TABLET) == [LOBBY, ME]


def test_a_direct_room_of_which_an_account_has_not_heard_is_not_shown(
    chat: Chat,
) -> None:
    chat.apply(DIRECT_TO_ANN)

    assert "RoomShown" not in kinds(chat.apply(signed_in(TABLET)))
    assert chat.rooms_of(TABLET) == [LOBBY, ME]


def test_a_direct_room_ends_with_the_last_session_of_an_account(chat: Chat) -> None:
    chat.apply(DIRECT_TO_ANN)

    assert kinds(chat.apply(SessionClosed(ANN, "bye"))) == ["RoomLeft", "SessionEnded"]
    effects = chat.apply(SessionClosed(PHONE, "bye"))
    assert RoomEnded(ME, (BOB, PHONE), "Ann has left the conversation") in effects


def test_a_direct_room_ends_when_one_session_of_an_account_leaves_it(
    chat: Chat,
) -> None:
    chat.apply(DIRECT_TO_ANN)

    (ended,) = chat.apply(Left(PHONE, ME, "left"))

    assert ended == RoomEnded(ME, (ANN, BOB, PHONE), "Ann has left the conversation")
    assert chat.rooms_of(ANN) == [LOBBY]


def test_a_direct_room_stays_if_one_session_is_resumed_without_rooms(
    chat: Chat,
) -> None:
    chat.apply(DIRECT_TO_ANN)

    effects = chat.apply(opened(ANN, attachment=LATER, knows_rooms=False))

    assert "RoomEnded" not in kinds(effects)
    assert chat.rooms_of(ANN) == [LOBBY]
    assert chat.rooms_of(PHONE) == chat.rooms_of(BOB) == [LOBBY, ME]
    again = chat.apply(signed_in(PHONE, knows_rooms=False))
    assert "RoomEnded" in kinds(again), "it was the last session"


def test_a_session_that_is_not_in_a_direct_room_enters_it_when_it_opens_it(
    chat: Chat,
) -> None:
    """It is one whose client knows no rooms, so it was not entered with the others."""
    chat.apply(signed_in(TABLET, knows_rooms=False, rooms=(LOBBY,)))
    chat.apply(DIRECT_TO_ANN)
    chat.apply(Whispered(ME, "?", "psst", BOB))
    assert chat.rooms_of(TABLET) == [LOBBY]
    entry = DirectOpened(RoomName("direct:x"), TABLET, PersonId(BOB))

    assert chat.apply(entry) == [RoomShown(TABLET, ME, 0, 1)]
    assert chat.rooms_of(TABLET) == [LOBBY, ME]
    assert chat.codes(Whispered(ME, "?", "yes?", TABLET)) == []


def test_a_session_that_opens_a_direct_room_first_shows_it_to_the_others(
    chat: Chat,
) -> None:
    chat.apply(signed_in(TABLET, knows_rooms=False, rooms=(LOBBY,)))
    chat.apply(DIRECT_TO_ANN)

    effects = chat.apply(DirectOpened(RoomName("direct:x"), TABLET, PersonId(BOB)))

    assert effects == [RoomShown(each, ME, 0, 0) for each in (ANN, PHONE, TABLET)]


def test_nobody_opens_a_direct_room_with_an_account_that_is_not_here(
    chat: Chat,
) -> None:
    chat.apply(SessionClosed(ANN, "bye"))
    chat.apply(SessionClosed(PHONE, "bye"))

    assert chat.codes(DIRECT_TO_ANN) == ["no_such_user"]


def test_nobody_opens_a_direct_room_with_a_guest_who_has_signed_in(chat: Chat) -> None:
    assert chat.codes(DirectOpened(ME, BOB, PersonId(ANN))) == ["no_such_user"]
    assert chat.codes(DirectOpened(ME, PHONE, ANN_PERSON)) == ["direct_self"]


def test_a_lost_node_takes_one_session_of_an_account(chat: Chat) -> None:
    there = SessionId((1 << 32) + 1)
    chat.apply(signed_in(there, token=""))
    chat.apply(signed_in(SessionId(there + 1)))
    chat.apply(DIRECT_TO_ANN)

    effects = chat.apply(NodeLost(1))

    assert kinds(effects) == ["RoomLeft", "SessionEnded", "SessionSuspended"]
    assert chat.names() == ["Ann", "Bob"]
    assert ME in chat.rooms_of(BOB)


def test_an_account_hears_no_whispers_of_one_it_ignores(chat: Chat) -> None:
    chat.apply(AccountIgnored(ANN, ANNS, "Bob", "bob"))
    chat.apply(DIRECT_TO_ANN)

    assert kinds(chat.apply(Whispered(ME, "?", "psst", BOB))) == ["Whisper"]
    assert chat.state.rooms[ME].shown == (PersonId(BOB),)


def test_a_whisper_of_an_account_that_is_ignored_is_not_heard(chat: Chat) -> None:
    chat.apply(ignores(BOB, "Ann"))
    chat.apply(DirectOpened(ME, PHONE, PersonId(BOB)))

    assert kinds(chat.apply(Whispered(ME, "?", "psst", ANN))) == ["Whisper"]
    assert chat.state.rooms[ME].shown == (ANN_PERSON,)


def test_the_direct_rooms_of_an_account_survive_a_lost_connection(chat: Chat) -> None:
    chat.apply(DIRECT_TO_ANN)
    chat.apply(Whispered(ME, "?", "psst", BOB))
    chat.apply(SessionHeld(ANN))

    effects = chat.apply(opened(ANN, attachment=LATER))

    assert RoomShown(ANN, ME, 0, 1) in effects


def test_an_account_opens_a_direct_room_with_a_guest_whose_client_is_plain(
    chat: Chat,
) -> None:
    chat.apply(opened(CAT, knows_rooms=False, is_plain=True))

    effects = chat.apply(DirectOpened(ME, ANN, PersonId(CAT)))

    assert effects == [RoomShown(ANN, ME, 0, 0), RoomShown(PHONE, ME, 0, 0)]
    assert chat.rooms_of(CAT) == [LOBBY, ME]
    said = chat.apply(Whispered(ME, "?", "psst", PHONE))
    assert said[:1] == [RoomShown(CAT, ME, 0, 0)]
    assert kinds(said) == ["RoomShown", "Whisper"]


@pytest.mark.parametrize(
    ("opener", "is_plain"), [(BOB, True), (ANN, False)], ids=["guest", "no rooms"]
)
def test_no_other_direct_room_is_opened_with_a_client_that_knows_no_rooms(
    chat: Chat, opener: SessionId, is_plain: bool
) -> None:
    chat.apply(opened(CAT, knows_rooms=False, is_plain=is_plain))

    assert chat.codes(DirectOpened(ME, opener, PersonId(CAT))) == ["no_direct"]


def test_a_guest_in_100_direct_rooms_by_a_plain_client_hears_of_no_other_one(
    chat: Chat,
) -> None:
    chat.apply(opened(CAT, knows_rooms=False, is_plain=True))
    state = chat.state
    for number in range(MAX_DIRECT_ROOMS):
        room = Room(RoomName(f"direct:{number}"), 0)
        room.pair = PersonId(CAT), PersonId(-1000 - number)
        room.shown = (PersonId(CAT),)
        state.rooms.add(room)

    found = chat.codes(DirectOpened(ME, ANN, PersonId(CAT)))

    assert found == ["other_too_many_direct"]


@pytest.mark.parametrize(
    ("knows_rooms", "rooms"), [(True, [LOBBY, ME]), (False, [LOBBY])]
)
def test_a_late_hello_keeps_the_direct_rooms_of_a_client_that_knows_rooms(
    chat: Chat, knows_rooms: bool, rooms: list[RoomName]
) -> None:
    chat.apply(opened(CAT, knows_rooms=False, is_plain=True))
    chat.apply(DirectOpened(ME, ANN, PersonId(CAT)))
    chat.apply(Whispered(ME, "?", "psst", ANN))

    effects = chat.apply(opened(CAT, knows_rooms=knows_rooms))

    assert not chat.state.sessions[CAT].is_plain
    assert chat.rooms_of(CAT) == rooms
    assert (RoomShown(CAT, ME, 0, 1) in effects) is knows_rooms
    assert ("RoomEnded" in kinds(effects)) is not knows_rooms
