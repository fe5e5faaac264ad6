"""Roles of accounts on the server and in rooms, and who gives them."""

import pytest

from parlour.core.entries import AccountLeft, TopicSet
from parlour.core.events import LOBBY, AccountNumber, Acted, RoleChanged, SessionId
from parlour.core.roles import Role
from parlour.core.state.effects import (
    SessionSignedIn,
    Told,
)
from parlour.core.state.state import State
from tests.core.state.chat import DEV, NOBODY, Chat, role_set
from tests.core.state.order import (
    ADA,
    ADAS,
    GUS,
    MEG,
    MEGS,
    OWEN,
    OWENS,
    PAT,
    PATS,
    orderly_chat,
)


@pytest.fixture
def chat() -> Chat:
    return orderly_chat()


def roles(chat: Chat) -> dict[int, Role]:
    """Return the roles in dev."""
    return {int(each): role for each, role in chat.state.rooms[DEV].roles.items()}


def test_an_owner_appoints_and_dismisses_moderators(chat: Chat) -> None:
    assert chat.apply(role_set(PATS, Role.MODERATOR, DEV, by=OWEN)) == [
        Told(DEV, Acted(DEV, "moderator", "", "Pat")),
        Told(DEV, RoleChanged(DEV, "Pat", Role.MODERATOR)),
    ]
    assert roles(chat) == {
        OWENS: Role.OWNER,
        MEGS: Role.MODERATOR,
        PATS: Role.MODERATOR,
    }
    assert chat.apply(role_set(PATS, Role.MODERATOR, DEV, by=OWEN)) == []
    assert chat.apply(role_set(PATS, Role.MEMBER, DEV, by=OWEN)) == [
        Told(DEV, Acted(DEV, "member", "", "Pat")),
        Told(DEV, RoleChanged(DEV, "Pat", Role.MEMBER)),
    ]
    assert roles(chat) == {OWENS: Role.OWNER, MEGS: Role.MODERATOR}
    assert chat.apply(role_set(PATS, Role.MEMBER, DEV, by=OWEN)) == []


def test_a_room_has_one_owner(chat: Chat) -> None:
    chat.apply(role_set(PATS, Role.OWNER, DEV, by=OWEN))

    assert roles(chat) == {
        OWENS: Role.MODERATOR,
        MEGS: Role.MODERATOR,
        PATS: Role.OWNER,
    }
    assert chat.codes(role_set(MEGS, Role.MEMBER, DEV, by=OWEN)) == ["not_allowed"]


def test_an_owner_gives_the_room_only_to_somebody_who_is_in_it(chat: Chat) -> None:
    chat.apply(AccountLeft(PAT, PATS, DEV, "left"))

    assert chat.codes(role_set(PATS, Role.OWNER, DEV, by=OWEN)) == ["no_such_user"]
    assert chat.codes(role_set(PATS, Role.MODERATOR, DEV, by=OWEN)) == []


@pytest.mark.parametrize("by", [ADA, NOBODY])
def test_an_administrator_gives_a_room_to_any_account(
    chat: Chat, by: SessionId
) -> None:
    chat.apply(AccountLeft(PAT, PATS, DEV, "left"))

    assert chat.codes(role_set(PATS, Role.OWNER, DEV, by=by)) == []
    assert roles(chat)[PATS] is Role.OWNER


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_nobody_changes_the_own_role(chat: Chat, role: Role) -> None:
    assert chat.codes(role_set(OWENS, role, DEV, by=OWEN)) == ["not_allowed"]
    assert chat.codes(role_set(ADAS, role, by=ADA)) == ["not_allowed"]


@pytest.mark.parametrize("role", [Role.GUEST, Role.ADMIN, Role.OPERATOR])
def test_nobody_has_a_role_of_the_server_in_a_room(chat: Chat, role: Role) -> None:
    assert chat.apply(role_set(PATS, role, DEV)) == []
    assert PATS not in roles(chat)


@pytest.mark.parametrize("role", [Role.GUEST, Role.OWNER, Role.OPERATOR])
def test_nobody_has_a_role_of_a_room_on_the_server(chat: Chat, role: Role) -> None:
    assert chat.apply(role_set(PATS, role)) == []


def test_there_is_no_role_without_an_account(chat: Chat) -> None:
    for number in (0, 9):
        entry = role_set(AccountNumber(number), Role.MODERATOR, DEV)
        assert chat.codes(entry) == ["no_such_account"]


def test_an_administrator_is_appointed_by_others_and_dismissed_by_the_operator(
    chat: Chat,
) -> None:
    assert chat.apply(role_set(PATS, Role.ADMIN, by=ADA)) == [
        SessionSignedIn(PAT),
        Told(LOBBY, RoleChanged(LOBBY, "Pat", Role.ADMIN)),
        Told(DEV, RoleChanged(DEV, "Pat", Role.ADMIN)),
    ]
    assert chat.codes(role_set(ADAS, Role.MEMBER, by=PAT)) == ["not_allowed"]
    assert SessionSignedIn(ADA) in chat.apply(role_set(ADAS, Role.MEMBER))


def test_an_owner_does_not_change_the_role_of_an_administrator(chat: Chat) -> None:
    assert chat.codes(role_set(ADAS, Role.MODERATOR, DEV, by=OWEN)) == ["not_allowed"]


def test_the_higher_role_of_two_counts(chat: Chat) -> None:
    chat.apply(role_set(MEGS, Role.ADMIN))
    of_account = chat.state.roles.of_account

    assert of_account(MEGS, chat.state.rooms[DEV]) is Role.ADMIN
    chat.apply(role_set(MEGS, Role.MEMBER))
    assert of_account(MEGS, chat.state.rooms[DEV]) is Role.MODERATOR
    assert of_account(MEGS, chat.state.rooms[LOBBY]) is Role.MEMBER
    assert of_account(MEGS, None) is Role.MEMBER
    assert of_account(AccountNumber(0), None) is Role.GUEST
    assert chat.state.roles.of(None, None) is Role.OPERATOR


def test_a_role_below_that_on_the_server_is_not_seen(chat: Chat) -> None:
    assert chat.apply(role_set(ADAS, Role.MODERATOR, DEV)) == [
        Told(DEV, Acted(DEV, "moderator", "", "Ada"))
    ]


def test_a_room_without_an_owner_belongs_to_nobody(chat: Chat) -> None:
    topic = TopicSet(DEV, GUS, "gardens")
    assert chat.codes(topic) == ["not_allowed"]
    assert chat.codes(topic.replace(attachment=MEG, topic="parks")) == []

    chat.apply(role_set(OWENS, Role.MEMBER, DEV, by=ADA))

    assert chat.codes(topic) == []


def test_the_order_of_appointing_makes_no_difference(chat: Chat) -> None:
    first, second = (State.restore(chat.state.snapshot()) for _ in "12")
    one, other = (role_set(n, Role.MODERATOR, DEV) for n in (ADAS, PATS))

    for entry in (one, other):
        first.apply(entry, 5.0)
    for entry in (other, one):
        second.apply(entry, 5.0)

    assert first.snapshot() == second.snapshot()
