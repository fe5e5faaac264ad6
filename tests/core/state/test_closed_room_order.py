"""Roles, settings and sanctions of rooms that close, and open again."""

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, SanctionKind, SessionClosed
from parlour.core.events import LOBBY, RoomName
from parlour.core.roles import Role
from parlour.core.state.sanctions import Person
from parlour.core.storage import Sanction, StoredRoom, StoredState
from tests.core.state.chat import DEV, OPS, Chat, role_set
from tests.core.state.order import (
    ADA,
    AT_GUS,
    AT_PATS,
    BAN,
    GUS,
    HAL,
    MEG,
    MEGS,
    OWEN,
    OWENS,
    PAT,
    PATS,
    arrived,
    banned,
    kicked,
    lifted,
    muted,
    orderly_chat,
    room_set,
)

PEOPLE = (ADA, OWEN, MEG, PAT, GUS, HAL)


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which dev is locked and slow, and Gus is banned from it."""
    chat = orderly_chat()
    for entry in (
        banned(AT_GUS),
        muted(AT_PATS),
        banned(AT_PATS, LOBBY),
        muted(AT_GUS, None),
    ):
        chat.apply(entry)
    return chat


def close(chat: Chat) -> None:
    """Let all leave dev, which then belongs to nobody, and close it."""
    for each in PEOPLE:
        chat.apply(SessionClosed(each, "bye"))
    chat.apply(role_set(OWENS, Role.MEMBER, DEV))
    chat.apply(RoomClosed(DEV))
    chat.apply(arrived(HAL, LOBBY))


def test_a_room_with_a_history_keeps_its_order(chat: Chat) -> None:
    chat.say(HAL, "hi", DEV)
    chat.apply(room_set(is_locked=True, slow=30))
    close(chat)
    assert chat.codes(lifted(1, BAN)) == ["no_such_room"], "it is closed"

    chat.apply(RoomOpened(DEV, HAL, ("dev",), owner=PATS))

    dev = chat.state.rooms[DEV]
    assert dev.roles == {MEGS: Role.MODERATOR}
    assert (dev.is_locked, dev.slow) == (True, 30)
    assert [each.number for each in chat.state.sanctions] == [1, 2, 3, 4]


def test_a_room_that_is_forgotten_loses_its_order(chat: Chat) -> None:
    chat.apply(room_set(is_locked=True, slow=30))
    close(chat)

    chat.apply(RoomOpened(DEV, HAL, ("dev",), owner=PATS))

    dev = chat.state.rooms[DEV]
    assert dev.roles == {PATS: Role.OWNER}
    assert (dev.is_locked, dev.slow) == (False, 0)


def test_the_sanctions_in_a_room_that_is_forgotten_do_not_hold_in_a_later_one(
    chat: Chat,
) -> None:
    close(chat)
    assert [each.number for each in chat.state.sanctions] == [3, 4]

    chat.apply(RoomOpened(DEV, HAL, ("dev",)))

    gus = Person(0, 0, "token of Gus", "")
    assert chat.state.restrictions.ban(gus, chat.time, DEV) is None
    chat.apply(banned(AT_GUS))
    assert [each.number for each in chat.state.sanctions] == [3, 4, 5]


def test_an_empty_room_stays_open_as_long_as_it_has_an_owner(chat: Chat) -> None:
    for each in PEOPLE:
        chat.apply(SessionClosed(each, "bye"))

    chat.apply(RoomClosed(DEV))
    assert chat.state.rooms.get_open(DEV) is not None

    chat.apply(role_set(OWENS, Role.MEMBER, DEV))
    chat.apply(RoomClosed(DEV))
    assert chat.state.rooms.get_open(DEV) is None


def test_sanctions_in_rooms_that_do_not_exist_are_not_loaded() -> None:
    places: tuple[RoomName | None, ...] = (None, LOBBY, DEV, OPS)
    sanctions = tuple(
        Sanction(number, SanctionKind.BAN, room, AT_GUS, "", 1.0, None, "")
        for number, room in enumerate(places, 1)
    )
    rooms = (StoredRoom(DEV, 2, 1, is_open=False),)

    chat = Chat(stored=StoredState("e", rooms, sanctions=sanctions, last_sanction=9))

    assert [each.room for each in chat.state.sanctions] == [None, LOBBY, DEV]
    assert chat.state.sanctions.last_number == 9


def test_a_moderator_of_a_forgotten_room_is_none_of_a_later_one(chat: Chat) -> None:
    close(chat)
    chat.apply(RoomOpened(DEV, HAL, ("dev",)))
    chat.apply(arrived(MEG, LOBBY, account=MEGS, generation=1))
    chat.apply(arrived(HAL, DEV))

    assert chat.codes(kicked(AT_GUS, by=MEG)) == ["not_allowed"]
