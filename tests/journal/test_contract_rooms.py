"""The contract of `append` for rooms, for every store."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StoredRoom
from parlour.journal import Store
from tests.journal.stores import (
    MANTUA,
    ROMEO,
    VERONA,
    Nth,
    batch,
    open_store,
    record,
    stored_room,
    stored_texts,
)

OPENED = RoomOpened(VERONA, ROMEO)
CLOSED = RoomClosed(VERONA)


def test_an_empty_store_has_the_lobby(store: Store) -> None:
    assert store.load().rooms == (StoredRoom(LOBBY, 1, 0),)


def test_an_opened_room_gets_the_next_number(store: Store) -> None:
    store.append(batch(OPENED))
    store.append(batch(RoomOpened(MANTUA, ROMEO)))

    assert store.load().rooms == (
        StoredRoom(LOBBY, 1, 0),
        StoredRoom(VERONA, 2, 0),
        StoredRoom(MANTUA, 3, 0),
    )


def test_the_number_of_the_lobby_is_reserved(store: Store) -> None:
    record(store, "a", VERONA)
    record(store, "b", LOBBY)

    assert store.load().rooms == (StoredRoom(LOBBY, 1, 1), StoredRoom(VERONA, 2, 1))


def test_a_topic_is_stored_and_can_be_removed(store: Store) -> None:
    store.append(batch(OPENED, TopicSet(VERONA, ROMEO, "the kůň 🐴")))
    assert stored_room(store) == StoredRoom(VERONA, 2, 0, "the kůň 🐴")

    store.append(batch(TopicSet(VERONA, ROMEO, "")))
    assert stored_room(store) == StoredRoom(VERONA, 2, 0)


def test_the_lobby_has_a_topic_without_a_message(store: Store) -> None:
    store.append(batch(TopicSet(LOBBY, ROMEO, "welcome")))

    assert stored_room(store, LOBBY) == StoredRoom(LOBBY, 1, 0, "welcome")


def test_a_closed_room_without_messages_is_deleted(store: Store) -> None:
    store.append(batch(OPENED, TopicSet(VERONA, ROMEO, "ay me")))
    store.append(batch(CLOSED))

    assert stored_room(store) is None


def test_a_closed_room_with_messages_keeps_them_and_its_topic(
    store: Store, nth: Nth
) -> None:
    store.append(batch(OPENED, TopicSet(VERONA, ROMEO, "ay me")))
    record(store, "ab")
    store.append(batch(CLOSED))

    assert stored_room(store) == StoredRoom(VERONA, 2, nth(2), "ay me", is_open=False)
    assert stored_texts(store) == ["a", "b"]


def test_a_room_that_is_opened_again_continues(store: Store, nth: Nth) -> None:
    store.append(batch(OPENED, TopicSet(VERONA, ROMEO, "ay me")))
    record(store, "ab")
    store.append(batch(CLOSED))

    store.append(batch(OPENED))
    record(store, "c")

    assert stored_room(store) == StoredRoom(VERONA, 2, nth(3), "ay me")
    assert stored_texts(store) == ["a", "b", "c"]


def test_the_number_of_a_deleted_room_is_not_used_again(store: Store) -> None:
    store.append(batch(OPENED))
    store.append(batch(CLOSED))

    store.append(batch(RoomOpened(MANTUA, ROMEO)))
    store.append(batch(OPENED))

    assert [room.number for room in store.load().rooms] == [1, 3, 4]


def test_a_room_is_opened_closed_and_opened_in_one_batch(store: Store) -> None:
    store.append(batch(OPENED, CLOSED, OPENED))
    assert stored_room(store) == StoredRoom(VERONA, 3, 0)

    store.append(batch(CLOSED, OPENED))
    assert stored_room(store) == StoredRoom(VERONA, 4, 0)


def test_a_room_is_opened_and_closed_in_one_batch(store: Store) -> None:
    store.append(batch(OPENED, CLOSED))

    assert stored_room(store) is None


@pytest.mark.parametrize("room", [LOBBY, MANTUA])
def test_closing_the_lobby_or_an_unknown_room_changes_nothing(
    store: Store, room: RoomName
) -> None:
    record(store, "a", LOBBY)
    old = store.load()

    store.append(batch(RoomClosed(room)))

    assert store.load() == old


def test_a_topic_that_is_not_unicode_is_not_stored(store: Store) -> None:
    store.append(batch(OPENED))

    with pytest.raises(ValueError, match="surrogates"):
        store.append(batch(TopicSet(VERONA, ROMEO, "\ud800")))

    assert stored_room(store) == StoredRoom(VERONA, 2, 0)


def test_rooms_persist_when_the_file_is_reopened(tmp_path: Path) -> None:
    def reopen(change: Callable[[Store], None]) -> tuple[StoredRoom, ...]:
        with closing(open_store(tmp_path / "chat.db")) as store:
            change(store)
        with closing(open_store(tmp_path / "chat.db")) as store:
            return store.load().rooms

    lobby = StoredRoom(LOBBY, 1, 0)
    opened = reopen(lambda store: store.append(batch(OPENED)))
    topic = reopen(lambda store: store.append(batch(TopicSet(VERONA, ROMEO, "ay"))))
    said = reopen(lambda store: record(store, "a"))
    closed = reopen(lambda store: store.append(batch(CLOSED)))
    again = reopen(lambda store: store.append(batch(OPENED)))

    assert opened == (lobby, StoredRoom(VERONA, 2, 0))
    assert topic == (lobby, StoredRoom(VERONA, 2, 0, "ay"))
    assert said == (lobby, StoredRoom(VERONA, 2, 1, "ay"))
    assert closed == (lobby, StoredRoom(VERONA, 2, 1, "ay", is_open=False))
    assert again == said


def test_numbers_are_not_used_again_when_the_file_is_reopened(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "chat.db")) as store:
        store.append(batch(RoomOpened(MANTUA, ROMEO)))
        store.append(batch(OPENED))
        store.append(batch(CLOSED))

    with closing(open_store(tmp_path / "chat.db")) as store:
        store.append(batch(OPENED))

        assert stored_room(store) == StoredRoom(VERONA, 4, 0)
