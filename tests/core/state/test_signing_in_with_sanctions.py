"""Sanctions of guests who sign in or register, and of accounts."""

import pytest

from parlour.core.entries import Entered, Registered, SignedIn, Target
from parlour.core.events import LOBBY, SessionId
from parlour.core.roles import Role
from parlour.core.state.effects import RoomLeft
from tests.core.state.chat import DEV, OPEN_OPS, OPS, Chat, role_set
from tests.core.state.order import (
    AT_GUS,
    AT_PATS,
    GUS,
    HAL,
    MEG,
    MEGS,
    NETWORK,
    PAT,
    PATS,
    arrived,
    banned,
    kicked,
    lifted,
    muted,
    orderly_chat,
    why_silent,
)

BACK = SessionId(200)  # a further session of somebody


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


def test_a_guest_does_not_get_rid_of_a_mute_by_signing_in(chat: Chat) -> None:
    chat.apply(muted(AT_GUS))

    chat.apply(SignedIn(GUS, PATS, 1))

    assert why_silent(chat, GUS) == "muted"
    assert why_silent(chat, PAT) == "", "the account is not muted"


def test_a_guest_does_not_get_rid_of_a_ban_by_signing_in(chat: Chat) -> None:
    chat.apply(banned(AT_GUS))

    chat.apply(SignedIn(GUS, PATS, 1))

    assert DEV not in chat.rooms_of(GUS)
    assert chat.codes(Entered(GUS, DEV)) == ["banned"]


def test_a_guest_does_not_get_rid_of_a_mute_by_registering(chat: Chat) -> None:
    chat.apply(muted(AT_GUS))

    chat.apply(Registered(GUS, "Gus", ("gus",), "hash"))

    assert chat.state.sessions[GUS].account
    assert why_silent(chat, GUS) == "muted"


def test_a_guest_who_is_muted_on_the_server_cannot_register(chat: Chat) -> None:
    """It could be known by its network alone, and an account is spared then."""
    chat.apply(muted(Target("", network=NETWORK), None, until=200.0))

    assert chat.codes(Registered(GUS, "Gus", ("gus",), "hash")) == ["muted"]
    chat.time = 200.0
    assert chat.codes(Registered(GUS, "Gus", ("gus",), "hash")) == []


def test_a_mute_of_an_account_does_not_follow_to_a_guest(chat: Chat) -> None:
    chat.apply(muted(AT_PATS))
    pat = chat.state.sessions[PAT]

    guest = arrived(HAL, attachment=BACK, token="t", network=pat.network)
    chat.apply(guest)

    assert (why_silent(chat, PAT), why_silent(chat, BACK)) == ("muted", "")


def test_a_guest_who_signs_in_meanwhile_is_judged_by_the_role_of_the_account(
    chat: Chat,
) -> None:
    chat.apply(role_set(PATS, Role.MODERATOR))
    chat.apply(SignedIn(GUS, PATS, 1))

    for make in (muted, banned, kicked):
        assert chat.codes(make(AT_GUS, by=MEG)) == ["not_allowed"]
        by_token = Target("Gus", token="token of Gus")
        assert chat.codes(make(by_token, by=MEG)) == ["not_allowed"]


def test_a_guest_who_signs_in_meanwhile_is_removed(chat: Chat) -> None:
    chat.apply(SignedIn(GUS, PATS, 1))

    chat.apply(kicked(AT_GUS, by=MEG))

    assert DEV not in chat.rooms_of(GUS)


def test_one_who_was_muted_as_a_guest_can_be_heard_again(chat: Chat) -> None:
    chat.apply(muted(AT_GUS))
    chat.apply(SignedIn(GUS, MEGS, 1))

    assert chat.codes(lifted(1, by=MEG)) == []
    assert why_silent(chat, GUS) == ""


def test_one_who_is_banned_from_a_room_does_not_stay_in_it_as_a_guest_who_signs_in(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_PATS))

    effects = chat.apply(SignedIn(GUS, PATS, 1))

    assert RoomLeft(GUS, DEV, "Gus", "banned") in effects
    assert chat.rooms_of(GUS) == [LOBBY]


def test_it_does_not_stay_either_if_it_resumes_the_session_of_the_guest(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_PATS))

    codes = chat.codes(arrived(GUS, account=PATS, generation=1))

    assert codes == ["banned"]
    assert chat.rooms_of(GUS) == [LOBBY]
    assert chat.state.sessions[GUS].account == PATS


def test_a_client_that_knows_no_rooms_cannot_sign_in_if_banned_from_the_lobby(
    chat: Chat,
) -> None:
    chat.apply(arrived(HAL, LOBBY, knows_rooms=False))
    chat.apply(banned(AT_PATS, LOBBY))

    assert chat.codes(SignedIn(HAL, PATS, 1)) == ["banned"]
    assert not chat.state.sessions[HAL].account


def test_a_client_that_knows_no_rooms_is_not_here_if_banned_from_the_lobby(
    chat: Chat,
) -> None:
    chat.apply(banned(AT_GUS, LOBBY))
    back = arrived(HAL, LOBBY, attachment=BACK, token="", network=NETWORK, name="")

    assert chat.codes(back.replace(knows_rooms=False)) == ["banned"]
    assert BACK not in chat.state.sessions
    assert chat.codes(back) == ["banned"]
    assert chat.rooms_of(BACK) == [], "another client can join other rooms"


def test_a_ban_of_a_network_spares_an_account_that_resumes_its_session(
    chat: Chat,
) -> None:
    chat.apply(arrived(PAT, network=NETWORK))
    chat.apply(banned(AT_GUS, None))

    assert chat.codes(arrived(PAT, attachment=BACK, network=NETWORK)) == []
    assert chat.state.sessions.at(BACK) is chat.state.sessions[PAT]


def test_a_target_that_names_several_things_is_all_of_them(chat: Chat) -> None:
    chat.apply(arrived(HAL, network=NETWORK))
    both = Target("Pat", account=PATS, network=NETWORK)

    chat.apply(banned(both))

    assert [DEV in chat.rooms_of(each) for each in (PAT, GUS, HAL, MEG)] == [
        *(False, False, False, True)
    ]
    for each in (PAT, GUS, HAL):
        assert chat.codes(Entered(each, DEV)) == ["banned"]


def test_a_mute_in_one_room_follows_a_client_to_no_other(chat: Chat) -> None:
    chat.apply(OPEN_OPS)
    chat.apply(muted(AT_GUS))
    chat.apply(SignedIn(GUS, PATS, 1))
    chat.apply(Entered(GUS, OPS))

    assert [why_silent(chat, GUS, room) for room in (LOBBY, OPS)] == ["", ""]
