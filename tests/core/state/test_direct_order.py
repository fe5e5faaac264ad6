"""Direct rooms of people who are muted or banned."""

import pytest

from parlour.core.entries import DirectOpened, Whispered
from parlour.core.events import LOBBY, PersonId
from parlour.core.state.effects import AlreadySaid, RoomEnded
from tests.core.state.chat import DEV, ME, Chat
from tests.core.state.order import (
    AT_GUS,
    AT_PATS,
    GUS,
    PAT,
    PATS,
    banned,
    muted,
    orderly_chat,
)


def whisper(text: str) -> Whispered:
    """Return a message of Gus to Pat, whose key is its text."""
    return Whispered(ME, "Gus", text, GUS, text, text, "token of Gus")


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Gus has a direct room with Pat."""
    chat = orderly_chat()
    chat.apply(DirectOpened(ME, GUS, PersonId(-PATS)))
    return chat


def test_a_mute_on_the_server_holds_in_direct_rooms(chat: Chat) -> None:
    chat.apply(muted(AT_GUS, None, until=200.0))

    assert chat.codes(whisper("psst")) == ["muted"]
    chat.time = 200.0
    assert chat.codes(whisper("psst")) == []


@pytest.mark.parametrize("room", [LOBBY, DEV])
def test_a_mute_in_another_room_does_not(chat: Chat, room: str) -> None:
    chat.apply(muted(AT_GUS).replace(room=room))

    assert chat.codes(whisper("psst")) == []


def test_a_retry_is_acknowledged_though_the_sender_is_muted_now(chat: Chat) -> None:
    chat.apply(whisper("psst"))
    chat.apply(muted(AT_GUS, None))

    assert chat.apply(whisper("psst")) == [AlreadySaid(1)]
    assert chat.codes(whisper("again")) == ["muted"]


@pytest.mark.parametrize("target", [AT_GUS, AT_PATS], ids=["guest", "account"])
def test_a_direct_room_ends_when_one_of_the_two_is_banned(
    chat: Chat, target: object
) -> None:
    effects = chat.apply(banned(AT_GUS, None).replace(target=target))

    assert [each.room for each in effects if isinstance(each, RoomEnded)] == [ME]
    assert chat.state.rooms.get(ME) is None
    for each in (GUS, PAT):
        session = chat.state.sessions.get(each)
        assert session is None or ME not in session.rooms


def test_a_direct_room_remains_when_one_of_the_two_is_banned_from_another(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_GUS))

    assert chat.rooms_of(GUS) == [LOBBY, ME]
