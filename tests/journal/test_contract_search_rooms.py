"""The contract of searches in several rooms, for every store."""

import pytest

from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import Page
from parlour.history.pages import MAX_PAGE_SIZE
from parlour.journal import Store
from tests.journal.stores import (
    MANTUA,
    NOW,
    VERONA,
    maintain_fully,
    record,
    search_rooms,
    texts,
)


@pytest.fixture(params=["not indexed", "half indexed", "indexed"])
def searched(request: pytest.FixtureRequest, store: Store) -> Store:
    record(store, ["sun 1", "moon"], VERONA, time=NOW + 1)
    record(store, ["sun 2"], MANTUA, time=NOW + 2)
    if request.param == "half indexed":
        maintain_fully(store)
    record(store, ["sun 3"], VERONA, time=NOW + 3)
    record(store, ["sun 4", "sun 5"], MANTUA, time=NOW + 4)
    record(store, ["sun 6"], LOBBY, time=NOW + 5)
    if request.param == "indexed":
        maintain_fully(store)
    return store


def test_the_messages_of_all_rooms_are_found_in_the_order_of_their_times(
    searched: Store,
) -> None:
    page = searched.read(search_rooms("sun", VERONA, MANTUA))

    assert texts(page) == ["sun 1", "sun 2", "sun 3", "sun 4", "sun 5"]
    assert {message.room for message in page.messages} == {VERONA, MANTUA}
    assert (page.has_more, page.total) == (False, 5)


def test_the_newest_messages_are_returned(searched: Store) -> None:
    page = searched.read(search_rooms("sun", LOBBY, VERONA, MANTUA, limit=4))

    assert texts(page) == ["sun 3", "sun 4", "sun 5", "sun 6"]
    assert (page.has_more, page.total) == (True, 4)


def test_one_room_may_have_all_the_newest_messages(searched: Store) -> None:
    page = searched.read(search_rooms("sun", VERONA, MANTUA, limit=2))

    assert texts(page) == ["sun 4", "sun 5"]
    assert page.has_more


def test_there_is_no_more_if_the_limit_is_just_reached(searched: Store) -> None:
    assert not searched.read(search_rooms("sun", VERONA, MANTUA, limit=5)).has_more


def test_a_room_is_searched_once(searched: Store) -> None:
    page = searched.read(search_rooms("sun", VERONA, VERONA))

    assert texts(page) == ["sun 1", "sun 3"]


@pytest.mark.parametrize("rooms", [(), (RoomName("venice"),)])
def test_rooms_that_are_not_stored_have_no_messages(
    searched: Store, rooms: tuple[RoomName, ...]
) -> None:
    assert searched.read(search_rooms("sun", *rooms)) == Page((), False, 0)


def test_a_wrong_time_does_not_change_the_order_in_a_room(store: Store) -> None:
    record(store, ["sun 1"], VERONA, time=NOW + 9)
    record(store, ["sun 2"], VERONA, time=NOW + 1)
    record(store, ["sun 3"], MANTUA, time=NOW + 2)

    page = store.read(search_rooms("sun", VERONA, MANTUA))

    assert texts(page) == ["sun 1", "sun 2", "sun 3"]


def test_a_page_of_several_rooms_is_limited_by_bytes(store: Store) -> None:
    for room in (VERONA, MANTUA):
        record(store, ["sun " * 1000] * 50, room)

    page = store.read(search_rooms("sun", VERONA, MANTUA))

    assert page.has_more
    assert len(page.messages) == MAX_PAGE_SIZE // 4170


def test_a_hundred_rooms_are_searched(store: Store) -> None:
    rooms = [RoomName(f"room{number}") for number in range(100)]
    for number, room in enumerate(rooms):
        record(store, [f"sun {number}", "moon"], room, time=NOW + number)

    page = store.read(search_rooms("sun", *rooms, limit=3))

    assert texts(page) == ["sun 97", "sun 98", "sun 99"]
