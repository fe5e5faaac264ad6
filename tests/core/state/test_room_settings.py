"""The settings of rooms: locked and slow rooms."""

import pytest

from parlour.core.entries import Registered, Said, SignedIn, TopicSet
from parlour.core.events import LOBBY, Acted, Message, PersonId, SessionId, person_of
from parlour.core.limits import MAX_SLOW
from parlour.core.state.effects import AlreadySaid, Told, Void
from tests.core.state.chat import DEV, Chat
from tests.core.state.order import (
    ADA,
    GUS,
    HAL,
    MEG,
    OWEN,
    PAT,
    PATS,
    arrived,
    orderly_chat,
    room_set,
    why_silent,
)


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


@pytest.fixture
def slow_chat(chat: Chat) -> Chat:
    """Return a chat in which dev is slow, at 1000 seconds."""
    chat.apply(room_set(slow=30))
    chat.time = 999.0
    return chat


# -- settings ---------------------------------------------------------------------


def test_each_setting_that_changes_is_told(chat: Chat) -> None:
    effects = chat.apply(room_set(by=MEG, is_locked=True, slow=30))

    assert effects == [
        Told(DEV, Acted(DEV, "lock", "Meg")),
        Told(DEV, Acted(DEV, "slow", "Meg", "30")),
    ]
    assert chat.apply(room_set(is_locked=True, slow=30)) == []
    assert chat.apply(room_set(is_locked=False, slow=30)) == [
        Told(DEV, Acted(DEV, "unlock", ""))
    ]
    assert chat.apply(room_set(slow=0)) == [Told(DEV, Acted(DEV, "slow", "", "0"))]
    assert chat.apply(room_set()) == []


@pytest.mark.parametrize("slow", [-1, MAX_SLOW + 1])
def test_a_setting_out_of_bounds_changes_nothing(chat: Chat, slow: int) -> None:
    assert chat.apply(room_set(is_locked=True, slow=slow)) == []
    assert not chat.state.rooms[DEV].is_locked


# -- locked rooms -----------------------------------------------------------------


def test_in_a_locked_room_only_moderators_speak(chat: Chat) -> None:
    chat.apply(room_set(is_locked=True))

    people = (GUS, PAT, MEG, OWEN, ADA)
    assert [why_silent(chat, each) for each in people] == [
        *("locked", "locked", "", "", "")
    ]
    assert why_silent(chat, GUS, LOBBY) == ""
    chat.apply(room_set(is_locked=False))
    assert why_silent(chat, GUS) == ""


def test_in_a_locked_room_only_moderators_set_the_topic(chat: Chat) -> None:
    chat.apply(room_set(LOBBY, is_locked=True))

    assert chat.codes(TopicSet(LOBBY, GUS, "spam")) == ["locked"]
    assert chat.codes(TopicSet(LOBBY, ADA, "gardens")) == []


# -- slow rooms -------------------------------------------------------------------


def test_in_a_slow_room_everybody_waits_but_moderators(slow_chat: Chat) -> None:
    for each in (GUS, PAT, MEG):
        slow_chat.say(each, "hi", DEV)  # at 1000, 1001 and 1002 seconds

    def silent_at(time: float) -> list[str]:
        slow_chat.time = time
        return [why_silent(slow_chat, each) for each in (GUS, PAT, MEG, HAL)]

    assert silent_at(1029.9) == ["too_fast", "too_fast", "", ""]
    assert silent_at(1030.0) == ["", "too_fast", "", ""]
    assert silent_at(1031.0) == ["", "", "", ""]


def test_somebody_waits_with_all_devices(slow_chat: Chat) -> None:
    phone = SessionId(200)
    opening = arrived(PAT, attachment=phone, token="t", account=PATS, generation=1)
    slow_chat.apply(opening)
    slow_chat.say(PAT, "hi", DEV)

    assert why_silent(slow_chat, phone) == "too_fast"


def test_a_message_that_is_void_does_not_count(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)
    slow_chat.time = 1019.0
    slow_chat.say(GUS, "too fast", DEV)

    slow_chat.time = 1030.0

    assert why_silent(slow_chat, GUS) == ""


def test_a_run_of_messages_has_one_of_each_person(slow_chat: Chat) -> None:
    said = [Said(DEV, "?", f"I am {who}", who) for who in (GUS, HAL, GUS)]

    one, other, third = slow_chat.state.say(said, 1000.0)

    assert isinstance(one, Message)
    assert isinstance(other, Message)
    assert isinstance(third, Void)
    assert third.why.reason == (
        "#dev is slow: one message in 30 seconds; try again in 30"
    )


def test_a_retry_is_no_further_message(slow_chat: Chat) -> None:
    message = Said(DEV, "?", "hi", GUS, "key", "1", "token of Gus")
    slow_chat.apply(message)

    assert slow_chat.apply(message) == [AlreadySaid(1)]


def test_a_wait_changes_with_the_setting(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)

    slow_chat.apply(room_set(slow=5))
    slow_chat.time = 1006.0
    assert why_silent(slow_chat, GUS) == ""
    slow_chat.apply(room_set(slow=300))
    assert why_silent(slow_chat, GUS) == "too_fast"
    slow_chat.apply(room_set(slow=0))
    slow_chat.apply(room_set(slow=300))
    assert why_silent(slow_chat, GUS) == "", "who spoke is forgotten meanwhile"


def test_nobody_waits_for_a_clock_that_went_back(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)

    slow_chat.time = 500.0

    assert why_silent(slow_chat, GUS) == ""
    slow_chat.say(GUS, "hi", DEV)
    assert why_silent(slow_chat, GUS) == "too_fast"
    assert {*slow_chat.state.rooms[DEV].spoke.values()} == {501.0}


def test_those_who_need_not_wait_any_more_are_forgotten(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)
    slow_chat.say(PAT, "hi", DEV)

    slow_chat.time = 1030.0
    slow_chat.say(HAL, "hi", DEV)

    assert {*slow_chat.state.rooms[DEV].spoke.values()} == {1031.0}


def test_a_guest_waits_after_signing_in(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)

    slow_chat.apply(SignedIn(GUS, PATS, 1))

    assert why_silent(slow_chat, GUS) == why_silent(slow_chat, PAT) == "too_fast"
    assert PersonId(GUS) not in slow_chat.state.rooms[DEV].spoke


def test_a_guest_waits_after_registering(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)

    slow_chat.apply(Registered(GUS, "Gus", ("gus",), "hash"))

    assert why_silent(slow_chat, GUS) == "too_fast"


def test_an_account_waits_from_its_last_message(slow_chat: Chat) -> None:
    slow_chat.say(GUS, "hi", DEV)
    slow_chat.time = 1009.0
    slow_chat.say(PAT, "hi", DEV)

    slow_chat.apply(SignedIn(GUS, PATS, 1))

    assert slow_chat.state.rooms[DEV].spoke[person_of(PATS)] == 1010.0
