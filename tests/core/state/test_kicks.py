"""Kicks: somebody has to leave a room."""

import pytest

from parlour.core.entries import (
    Entered,
    SessionClosed,
    SessionHeld,
    Target,
)
from parlour.core.events import (
    LOBBY,
    Acted,
    Bye,
    SessionId,
)
from parlour.core.state.effects import (
    RoomLeft,
    SessionEnded,
    SessionExpelled,
    Told,
)
from tests.core.state.chat import DEV, Chat
from tests.core.state.order import (
    AT_GUS,
    AT_PATS,
    GUS,
    HAL,
    MEG,
    PAT,
    PATS,
    arrived,
    kicked,
    orderly_chat,
)


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


def test_somebody_has_to_leave_a_room_and_may_return(chat: Chat) -> None:
    effects = chat.apply(kicked(AT_GUS, by=MEG, reason="enough"))

    assert effects == [
        Told(DEV, Acted(DEV, "kick", "Meg", "Gus", None, "enough")),
        RoomLeft(GUS, DEV, "Gus", "kicked"),
    ]
    assert chat.rooms_of(GUS) == [LOBBY]
    assert chat.codes(Entered(GUS, DEV)) == []


def test_all_sessions_of_an_account_have_to_leave(chat: Chat) -> None:
    phone = SessionId(200)
    chat.apply(
        arrived(PAT, attachment=phone, token="t", account=PATS, generation=1, rooms=())
    )

    effects = chat.apply(kicked(AT_PATS))

    assert effects[1:] == [
        RoomLeft(PAT, DEV, "Pat", "kicked", is_last=False),
        RoomLeft(phone, DEV, "Pat", "kicked"),
    ]
    pat = chat.state.accounts.get(PATS)
    assert pat is not None
    assert pat.rooms == (LOBBY,)


def test_an_account_that_is_away_has_to_leave(chat: Chat) -> None:
    chat.apply(SessionClosed(PAT, "bye"))

    chat.apply(kicked(AT_PATS))

    pat = chat.state.accounts.get(PATS)
    assert pat is not None
    assert pat.rooms == (LOBBY,)


def test_somebody_whose_session_is_held_has_to_leave(chat: Chat) -> None:
    chat.apply(SessionHeld(GUS))

    chat.apply(kicked(AT_GUS))

    assert chat.rooms_of(GUS) == [LOBBY]


def test_a_client_that_knows_no_rooms_ends_with_the_lobby(chat: Chat) -> None:
    chat.apply(arrived(HAL, LOBBY, knows_rooms=False))

    effects = chat.apply(kicked(Target("Hal", session=HAL), LOBBY))

    assert effects == [
        Told(LOBBY, Acted(LOBBY, "kick", "", "Hal")),
        SessionExpelled(HAL, HAL, Bye("kicked", "you were kicked")),
        RoomLeft(HAL, LOBBY, "Hal", "kicked"),
        SessionEnded(HAL, HAL, "Hal"),
    ]


@pytest.mark.parametrize(
    "target",
    [AT_GUS, AT_PATS, Target("", token="t"), Target("Eve", session=SessionId(300))],
    ids=["guest", "account", "token", "gone"],
)
def test_nobody_is_removed_from_a_room_in_which_they_are_not(
    chat: Chat, target: Target
) -> None:
    chat.apply(kicked(AT_GUS))
    chat.apply(kicked(AT_PATS))

    assert chat.codes(kicked(target)) == ["no_such_user"]


def test_such_a_client_of_an_account_ends_as_well(chat: Chat) -> None:
    chat.apply(arrived(PAT, LOBBY, knows_rooms=False))

    effects = chat.apply(kicked(AT_PATS, LOBBY))

    assert SessionExpelled(PAT, PAT, Bye("kicked", "you were kicked")) in effects
    assert PAT not in chat.state.sessions
    pat = chat.state.accounts.get(PATS)
    assert pat is not None
    assert pat.rooms == (DEV,)
