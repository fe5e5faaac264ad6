"""Bounds of rooms and of their owners: what one member cannot take from the others."""

from collections.abc import Iterable

import pytest

from parlour.core.entries import (
    AccountErased,
    OrderEntry,
    Registered,
    RoomClosed,
    RoomOpened,
    Shut,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName, SessionId
from parlour.core.limits import (
    MAX_ALL_ROOM_SANCTIONS,
    MAX_KNOWN_OWNED_ROOMS,
    MAX_MODERATORS,
    MAX_OWNED_ROOMS,
    MAX_ROOM_SANCTIONS,
)
from parlour.core.roles import Role
from parlour.core.state import room_bounds
from tests.core.state.chat import DEV, NOBODY, OPS, Chat, role_set
from tests.core.state.order import (
    ADA,
    AT_GUS,
    AT_OWENS,
    AT_PATS,
    HAL,
    MEG,
    MEGS,
    OWEN,
    OWENS,
    PAT,
    PATS,
    banned,
    muted,
    orderly_chat,
)

CLOSE_DEV = Shut(OWEN, "Owen", DEV)


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Owen owns dev, and then opens ops."""
    chat = orderly_chat()
    chat.apply(opened_by(OWEN, OWENS, OPS))
    return chat


def opened_by(session: SessionId, owner: AccountNumber, room: RoomName) -> RoomOpened:
    return RoomOpened(room, session, (room,), owner=owner)


def names(count: int) -> Iterable[RoomName]:
    return (RoomName(f"r{number}") for number in range(count))


def ban_of(number: int, room: RoomName | None = DEV) -> OrderEntry:
    """Return a ban of one of many addresses."""
    network = f"203.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return banned(Target(network, network=network), room)


# -- sanctions --------------------------------------------------------------------


def test_the_rooms_of_an_owner_have_at_most_500_sanctions(chat: Chat) -> None:
    for number in range(MAX_ROOM_SANCTIONS):
        chat.apply(ban_of(number, DEV if number % 2 else OPS))

    assert len(chat.state.sanctions) == MAX_ROOM_SANCTIONS == 500
    assert chat.codes(ban_of(1000, DEV)) == ["too_many_sanctions"]
    assert chat.codes(ban_of(1000, OPS)) == ["too_many_sanctions"]
    chat.apply(opened_by(PAT, PATS, RoomName("pats")))
    for place in (RoomName("pats"), LOBBY, None):
        assert chat.codes(ban_of(1000, place)) == []


def test_a_room_of_nobody_has_a_bound_of_its_own(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_ROOM_SANCTIONS", 1)
    chat.apply(RoomOpened(RoomName("tea"), HAL, ("tea",)))
    chat.apply(muted(AT_GUS, LOBBY))

    assert chat.codes(muted(AT_PATS, LOBBY)) == ["too_many_sanctions"]
    assert chat.codes(muted(AT_PATS, RoomName("tea"))) == []


def test_sanctions_in_rooms_never_use_up_those_of_the_server(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_ALL_ROOM_SANCTIONS == 50_000
    monkeypatch.setattr(room_bounds, "MAX_ALL_ROOM_SANCTIONS", 2)
    monkeypatch.setattr(room_bounds, "MAX_SANCTIONS", 2)
    chat.apply(muted(AT_GUS, LOBBY))
    chat.apply(muted(AT_GUS, DEV))

    assert chat.codes(muted(AT_PATS, OPS)) == ["too_many_sanctions"]
    assert chat.codes(muted(AT_GUS, None)) == []
    assert chat.codes(muted(AT_PATS, None)) == []
    assert chat.codes(muted(AT_GUS, None)) == ["too_many_sanctions"]


def test_a_sanction_that_has_ended_does_not_count(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_ROOM_SANCTIONS", 1)
    chat.apply(muted(AT_GUS, until=200.0))
    assert chat.codes(muted(AT_PATS)) == ["too_many_sanctions"]

    chat.time = 200.0

    assert chat.codes(muted(AT_PATS)) == []


def test_a_room_that_its_owner_closes_loses_its_sanctions_but_those_of_the_owner(
    chat: Chat,
) -> None:
    chat.say(OWEN, "hi", DEV)
    for target, room in ((AT_GUS, DEV), (AT_OWENS, DEV), (AT_GUS, OPS)):
        chat.apply(muted(target, room))

    chat.apply(CLOSE_DEV)

    left = [(each.target.name, each.room) for each in chat.state.sanctions]
    assert left == [("Owen", DEV), ("Gus", OPS)]


def test_the_rooms_of_somebody_else_do_not_count(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_ROOM_SANCTIONS", 1)
    chat.apply(muted(AT_GUS, DEV))
    assert chat.codes(muted(AT_GUS, OPS)) == ["too_many_sanctions"]

    chat.apply(role_set(PATS, Role.OWNER, DEV))

    assert chat.codes(muted(AT_GUS, OPS)) == []
    assert chat.codes(role_set(PATS, Role.OWNER, OPS)) == ["too_many_sanctions"]


# -- owned rooms ------------------------------------------------------------------


def test_an_account_owns_at_most_50_open_rooms(chat: Chat) -> None:
    for name in names(MAX_OWNED_ROOMS - 2):
        assert chat.codes(opened_by(OWEN, OWENS, name)) == []

    assert MAX_OWNED_ROOMS == 50
    more = RoomName("more")
    private = RoomOpened(more, OWEN, (more,), owner=OWENS, is_private=True)
    assert chat.codes(opened_by(OWEN, OWENS, more)) == ["too_many_rooms"]
    assert chat.codes(private) == ["too_many_rooms"]
    assert chat.codes(opened_by(PAT, PATS, more)) == []
    chat.apply(CLOSE_DEV)
    assert chat.codes(opened_by(OWEN, OWENS, RoomName("again"))) == []


def test_an_account_owns_at_most_500_rooms_that_are_open_or_have_a_history(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_KNOWN_OWNED_ROOMS == 500
    monkeypatch.setattr(room_bounds, "MAX_KNOWN_OWNED_ROOMS", 2)
    chat.say(OWEN, "hi", DEV)
    chat.apply(CLOSE_DEV)

    more = RoomName("more")
    assert chat.codes(opened_by(OWEN, OWENS, more)) == ["too_many_rooms"]
    assert chat.codes(opened_by(OWEN, OWENS, DEV)) == [], "it is one of them"


def test_a_room_is_not_given_to_somebody_who_owns_too_many(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_OWNED_ROOMS", 1)
    chat.apply(opened_by(PAT, PATS, RoomName("pats")))
    give = role_set(PATS, Role.OWNER, DEV)

    assert chat.codes(give) == ["too_many_rooms"]
    chat.apply(Shut(PAT, "Pat", RoomName("pats")))
    assert chat.codes(give) == []


def test_nobody_opens_a_closed_room_of_somebody_who_owns_too_many(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.say(OWEN, "hi", DEV)
    chat.apply(CLOSE_DEV)
    monkeypatch.setattr(room_bounds, "MAX_OWNED_ROOMS", 1)

    assert chat.codes(opened_by(PAT, PATS, DEV)) == ["too_many_rooms"]


def test_the_rooms_of_an_account_that_is_erased_belong_to_nobody(chat: Chat) -> None:
    chat.apply(AccountErased(OWENS))

    assert not chat.state.rooms.of_owner(OWENS)
    chat.apply(RoomClosed(OPS))
    assert chat.state.rooms.get(OPS) is None


# -- moderators -------------------------------------------------------------------


def test_a_room_has_at_most_100_moderators(chat: Chat) -> None:
    numbers = [MEGS]
    for number in range(10, 10 + MAX_MODERATORS):
        name = f"m{number}"
        chat.apply(Registered(NOBODY, name, (name,), "hash"))
        numbers.append(AccountNumber(chat.state.accounts.last_number))
        chat.codes(role_set(numbers[-1], Role.MODERATOR, DEV, by=OWEN))

    assert len(chat.state.rooms[DEV].roles) == MAX_MODERATORS + 1 == 101
    more = role_set(numbers[-1], Role.MODERATOR, DEV, by=OWEN)
    assert chat.codes(more) == ["too_many_moderators"]
    own = role_set(PATS, Role.OWNER, DEV, by=OWEN)
    assert chat.codes(own) == ["too_many_moderators"], "Owen would be one"
    chat.apply(role_set(MEGS, Role.MEMBER, DEV, by=OWEN))
    assert chat.codes(more) == []


def test_a_moderator_of_a_full_room_may_become_its_owner(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_bounds, "MAX_MODERATORS", 1)

    assert chat.codes(role_set(PATS, Role.MODERATOR, DEV)) == ["too_many_moderators"]
    assert chat.codes(role_set(MEGS, Role.OWNER, DEV)) == []
    assert chat.state.rooms[DEV].roles == {OWENS: Role.MODERATOR, MEGS: Role.OWNER}
    assert chat.codes(role_set(MEGS, Role.MEMBER, DEV, by=ADA)) == []
    assert chat.codes(role_set(PATS, Role.MODERATOR, DEV, by=MEG)) == ["not_allowed"]
