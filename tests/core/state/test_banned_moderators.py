"""Moderators and owners who are banned from a room do nothing there."""

import pytest

from parlour.core.entries import (
    Announced,
    Entry,
    Invited,
    RoomOpened,
    RoomSet,
    Shut,
    TopicSet,
    Uninvited,
)
from parlour.core.events import LOBBY, person_of
from parlour.core.roles import Role
from tests.core.state.chat import DEV, OPS, Chat, role_set, signed_in
from tests.core.state.order import (
    ADA,
    AT_ADAS,
    AT_GUS,
    AT_MEGS,
    AT_OWENS,
    AT_PATS,
    BAN,
    GUS,
    MEG,
    MEGS,
    OWEN,
    PATS,
    banned,
    erased,
    kicked,
    lifted,
    muted,
    orderly_chat,
    room_set,
)

LATER = 5000.0


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which something was said in dev."""
    chat = orderly_chat()
    chat.say(GUS, "hello", DEV)
    return chat


@pytest.mark.parametrize(
    "act",
    [
        kicked(AT_GUS, by=MEG),
        muted(AT_PATS, by=MEG),
        muted(AT_PATS, by=MEG, reason="I still speak"),
        banned(AT_GUS, by=MEG),
        lifted(1, BAN, by=MEG),
        room_set(by=MEG, is_locked=True),
        room_set(by=MEG, slow=30),
        erased(1, by=MEG),
        erased(1, by=MEG, is_own=True),
    ],
)
def test_a_banned_moderator_does_nothing_in_the_room(chat: Chat, act: Entry) -> None:
    chat.apply(banned(AT_MEGS, by=OWEN))

    assert chat.codes(act) == ["banned"]
    assert len(chat.state.sanctions) == 1


@pytest.mark.parametrize(
    "act",
    [
        role_set(PATS, Role.MODERATOR, DEV, by=OWEN),
        RoomSet(OWEN, "Owen", DEV, is_private=True),
        Shut(OWEN, "Owen", DEV),
        Invited(OWEN, "Owen", DEV, LATER, account=PATS, name="Pat"),
        Uninvited(OWEN, "Owen", DEV, 1, "Pat"),
        lifted(1, BAN, by=OWEN),
    ],
)
def test_a_banned_owner_does_nothing_in_the_room(chat: Chat, act: Entry) -> None:
    chat.apply(banned(AT_OWENS, by=ADA))

    assert chat.codes(act) == ["banned"]


def test_a_banned_owner_sets_no_topic(chat: Chat) -> None:
    chat.apply(banned(AT_OWENS, by=ADA))

    assert chat.codes(TopicSet(DEV, OWEN, "mine")) == ["banned"]


def test_a_banned_moderator_erases_nothing_in_a_closed_room(chat: Chat) -> None:
    chat.apply(banned(AT_OWENS))
    chat.apply(Shut(ADA, "Ada", DEV))

    assert chat.codes(erased(1, by=OWEN)) == ["banned"]


def test_a_moderator_of_the_server_who_is_banned_from_a_room_acts_in_others(
    chat: Chat,
) -> None:
    chat.apply(role_set(PATS, Role.MODERATOR))
    chat.apply(banned(AT_PATS, by=OWEN))
    pat = chat.state.sessions.of(person_of(PATS))[0].id

    assert chat.codes(kicked(AT_GUS, by=pat)) == ["banned"]
    assert chat.codes(kicked(AT_GUS, LOBBY, by=pat)) == []


def test_an_admin_whom_the_operator_bans_from_a_room_does_nothing_there(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_ADAS))

    assert chat.codes(muted(AT_GUS, by=ADA)) == ["banned"]
    assert chat.codes(muted(AT_GUS, None, by=ADA)) == []
    assert chat.codes(Announced(ADA, "Ada", "I am here")) == []


def test_a_ban_that_is_over_gives_the_powers_back(chat: Chat) -> None:
    chat.apply(banned(AT_MEGS, by=OWEN, until=200.0))
    chat.time = 200.0

    assert chat.codes(muted(AT_GUS, by=MEG)) == []


def test_a_lifted_ban_gives_the_powers_back(chat: Chat) -> None:
    chat.apply(banned(AT_MEGS, by=OWEN))
    chat.apply(lifted(1, BAN, by=OWEN))

    assert chat.codes(muted(AT_GUS, by=MEG)) == []


def test_a_session_that_is_here_although_it_is_banned_does_nothing(chat: Chat) -> None:
    chat.apply(banned(AT_MEGS, None, until=200.0))
    chat.time = 200.0
    chat.apply(signed_in(MEG, MEGS))
    chat.time = 150.0  # the clock goes back

    assert chat.codes(muted(AT_PATS, by=MEG)) == ["banned"]


def test_one_who_is_banned_does_not_open_the_closed_room_again(chat: Chat) -> None:
    chat.apply(RoomOpened(OPS, GUS, ("ops",)))
    chat.apply(banned(AT_GUS, OPS))
    chat.state.rooms[OPS].sequence = 1
    chat.state.rooms.close(chat.state.rooms[OPS])

    assert chat.codes(RoomOpened(OPS, GUS, ("ops",))) == ["banned"]
    assert not chat.state.rooms[OPS].is_open


def test_the_operator_is_never_banned(chat: Chat) -> None:
    chat.apply(banned(AT_OWENS))

    assert chat.codes(muted(AT_GUS)) == []
