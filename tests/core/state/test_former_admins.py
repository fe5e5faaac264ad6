"""Former administrators, and the private rooms that they are in."""

import pytest

from parlour.core.entries import AccountEntered, Invited, RoomOpened
from parlour.core.events import LOBBY, AccountNumber, RoomName, SessionId
from parlour.core.roles import Role
from tests.core.state.chat import DEV, Chat, role_set, signed_in
from tests.core.state.order import (
    ADA,
    ADAS,
    MEG,
    MEGS,
    OWEN,
    OWENS,
    PAT,
    PATS,
    orderly_chat,
)

CELLAR = RoomName("cellar")


def rooms_of(chat: Chat, account: AccountNumber) -> tuple[RoomName, ...]:
    found = chat.state.accounts.get(account)
    assert found is not None
    return found.rooms


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Ada, an admin, is in the private room of Owen."""
    chat = orderly_chat()
    chat.apply(RoomOpened(CELLAR, OWEN, ("cellar",), OWENS, is_private=True))
    chat.apply(AccountEntered(ADA, ADAS, CELLAR))
    assert chat.names(CELLAR) == ["Ada"]
    return chat


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_a_former_admin_leaves_private_rooms(chat: Chat, role: Role) -> None:
    chat.apply(role_set(ADAS, role))

    assert chat.names(CELLAR) == []
    assert rooms_of(chat, ADAS) == (LOBBY, DEV)
    assert chat.codes(AccountEntered(ADA, ADAS, CELLAR)) == ["room_unavailable"]


def test_one_who_is_away_leaves_them_as_well(chat: Chat) -> None:
    chat.apply(role_set(PATS, Role.ADMIN))
    chat.apply(AccountEntered(PAT, PATS, CELLAR))
    chat.apply(role_set(PATS, Role.MEMBER))

    chat.apply(signed_in(SessionId(201), PATS))

    assert CELLAR not in chat.rooms_of(SessionId(201))


def test_a_session_that_has_just_entered_leaves_them(chat: Chat) -> None:
    chat.apply(role_set(MEGS, Role.ADMIN))
    later = SessionId(201)
    chat.apply(signed_in(later, MEGS, rooms=(CELLAR,)))
    assert CELLAR in chat.rooms_of(later)
    assert CELLAR not in rooms_of(chat, MEGS)

    chat.apply(role_set(MEGS, Role.MEMBER))

    assert chat.codes(AccountEntered(later, MEGS, CELLAR)) == ["room_unavailable"]


def test_a_former_admin_stays_where_it_has_a_role(chat: Chat) -> None:
    chat.apply(role_set(ADAS, Role.MODERATOR, CELLAR))

    chat.apply(role_set(ADAS, Role.MEMBER))

    assert chat.names(CELLAR) == ["Ada"]


def test_whoever_is_no_moderator_of_a_private_room_stays_a_member(chat: Chat) -> None:
    chat.apply(Invited(OWEN, "Owen", CELLAR, 500.0, account=MEGS))
    chat.apply(AccountEntered(MEG, MEGS, CELLAR))
    chat.apply(role_set(MEGS, Role.MODERATOR, CELLAR))

    chat.apply(role_set(MEGS, Role.MEMBER, CELLAR))

    assert chat.names(CELLAR) == ["Ada", "Meg"]


def test_another_role_on_the_server_changes_no_rooms(chat: Chat) -> None:
    chat.apply(Invited(OWEN, "Owen", CELLAR, 500.0, account=MEGS))
    chat.apply(AccountEntered(MEG, MEGS, CELLAR))

    chat.apply(role_set(MEGS, Role.MODERATOR))
    chat.apply(role_set(MEGS, Role.MEMBER))

    assert chat.names(CELLAR) == ["Ada", "Meg"]
