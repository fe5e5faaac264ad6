"""Slow mode: guests who come back, as other sessions or under other names."""

import pytest

from parlour.core.entries import (
    Entered,
    Left,
    Renamed,
    SessionClosed,
    SessionOpened,
    SignedIn,
)
from parlour.core.events import LOBBY, SessionId
from parlour.core.state import slow_mode
from tests.core.state.chat import DEV, Chat
from tests.core.state.order import (
    GUS,
    HAL,
    NETWORK,
    PAT,
    PATS,
    arrived,
    orderly_chat,
    room_set,
    why_silent,
)

AGAIN, OTHER, THIRD = map(SessionId, (201, 202, 203))


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Gus has said something in dev, which is slow."""
    chat = orderly_chat()
    chat.apply(room_set(slow=60))
    chat.say(GUS, "hello", DEV)
    return chat


def guest(session: SessionId, token: str = "", network: str = "") -> SessionOpened:
    """Return the arrival of a guest with a name of its own."""
    name = f"guest{session}"
    opened = arrived(GUS, LOBBY, DEV, token=token, network=network)
    return opened.replace(attachment=session, name=name, keys=(name,))


def test_a_guest_waits_who_has_another_name_and_enters_again(chat: Chat) -> None:
    chat.apply(Renamed(GUS, "Gustav", ("gustav",)))
    chat.apply(Left(GUS, DEV, "left"))
    chat.apply(Entered(GUS, DEV))

    assert why_silent(chat, GUS) == "too_fast"


def test_a_guest_waits_who_comes_back_with_the_same_client(chat: Chat) -> None:
    chat.apply(SessionClosed(GUS, "left"))
    chat.apply(guest(AGAIN, token="token of Gus", network="203.0.113.1"))

    assert why_silent(chat, AGAIN) == "too_fast"


def test_a_guest_waits_who_comes_back_from_the_same_address(chat: Chat) -> None:
    chat.apply(SessionClosed(GUS, "left"))
    chat.apply(guest(AGAIN, token="another", network=NETWORK))

    assert why_silent(chat, AGAIN) == "too_fast"
    chat.time += 60.0
    assert why_silent(chat, AGAIN) == ""


def test_guests_who_come_back_by_turns_gain_nothing(chat: Chat) -> None:
    chat.apply(guest(AGAIN, token="one", network=NETWORK))
    chat.time += 59.0
    chat.apply(guest(OTHER, token="two", network=NETWORK))
    chat.time += 1.0
    chat.say(AGAIN, "hello", DEV)
    chat.apply(SessionClosed(AGAIN, "left"))
    chat.apply(guest(THIRD, token="three", network=NETWORK))
    chat.time += 1.0

    chat.say(OTHER, "hello", DEV)

    assert why_silent(chat, THIRD) == "too_fast"
    chat.time += 59.0
    assert why_silent(chat, THIRD) == ""


def test_a_guest_who_enters_again_waits_as_the_last_from_its_address(
    chat: Chat,
) -> None:
    chat.apply(guest(AGAIN, token="another", network=NETWORK))
    chat.time += 60.0
    chat.apply(Left(AGAIN, DEV, "left"))
    chat.say(GUS, "again", DEV)

    chat.apply(Entered(AGAIN, DEV))

    assert why_silent(chat, AGAIN) == "too_fast"


def test_an_account_that_enters_as_a_guest_waits_on(chat: Chat) -> None:
    chat.apply(guest(AGAIN, token="another", network=NETWORK))

    chat.apply(SignedIn(AGAIN, PATS, 1))

    assert why_silent(chat, AGAIN) == "too_fast"


def test_guests_who_share_an_address_and_are_here_do_not_wait_for_each_other() -> None:
    chat = orderly_chat()
    chat.apply(room_set(slow=60))
    for each in (AGAIN, OTHER):
        chat.apply(guest(each, token=f"{each}", network=NETWORK))

    chat.say(GUS, "hello", DEV)
    assert [why_silent(chat, each) for each in (AGAIN, OTHER)] == ["", ""]
    chat.say(AGAIN, "hello", DEV)
    assert [why_silent(chat, each) for each in (GUS, AGAIN, OTHER)] == [
        "too_fast",
        "too_fast",
        "",
    ]


def test_others_do_not_wait_for_a_guest(chat: Chat) -> None:
    chat.apply(guest(AGAIN, token="another", network="203.0.113.1"))
    chat.apply(guest(OTHER))

    assert [why_silent(chat, each) for each in (AGAIN, OTHER, HAL, PAT)] == [""] * 4


def test_an_account_does_not_wait_for_a_guest_from_the_same_address(
    chat: Chat,
) -> None:
    chat.state.sessions[PAT].network = NETWORK

    assert why_silent(chat, PAT) == ""


def test_the_first_who_wait_are_forgotten_if_there_are_too_many(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_mode, "MAX_WAITING", 2)

    chat.say(HAL, "hello", DEV)

    assert len(chat.state.rooms[DEV].spoke) == 2
    assert (why_silent(chat, GUS), why_silent(chat, HAL)) == ("", "too_fast")


def test_those_who_enter_a_slow_room_count_as_waiting(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_mode, "MAX_WAITING", 4)

    for each in (AGAIN, OTHER, THIRD):
        chat.apply(guest(each, token=f"{each}", network=NETWORK))

    assert len(chat.state.rooms[DEV].spoke) == 4
