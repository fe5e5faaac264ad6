"""The contract of `append` for messages, for every store."""

import pytest

from parlour.core.entries import Entered, Said, SessionClosed
from parlour.core.events import Message, RoomName, SessionId
from parlour.journal import Store
from tests.journal.stores import (
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Nth,
    batch,
    before,
    head,
    record,
    said,
    sequences,
    stored_texts,
)


def test_a_message_is_stored_with_a_sequence_and_a_time(store: Store) -> None:
    store.append(batch(said("ay me")))

    assert store.read(before()).messages == (Message(VERONA, 1, NOW, "Romeo", "ay me"),)


def test_a_message_is_stored_with_the_account_of_its_author(store: Store) -> None:
    store.append(batch(said("a"), said("b").replace(account=JULIET), said("c")))

    found = store.read(before()).messages
    assert [each.account for each in found] == [0, JULIET, 0]


def test_the_messages_of_each_room_are_numbered_separately(
    store: Store, nth: Nth
) -> None:
    store.append(batch(said("a"), said("b", MANTUA), said("c"), said("d")))
    record(store, "e")

    assert sequences(store.read(before()).messages) == [nth(n) for n in (1, 2, 3, 4)]
    assert sequences(store.read(before(room=MANTUA)).messages) == [1]


def test_an_empty_batch_changes_nothing(store: Store) -> None:
    old = store.load()

    store.append(batch())

    assert store.load() == old


def test_entries_that_are_not_durable_are_ignored(store: Store) -> None:
    old = store.load()

    store.append(batch(Entered(ROMEO, VERONA), SessionClosed(ROMEO, "left")))

    assert store.load() == old


def test_entries_that_are_not_durable_may_stand_between_others(store: Store) -> None:
    store.append(batch(said("a"), Entered(ROMEO, MANTUA), said("b")))

    assert stored_texts(store) == ["a", "b"]


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 1000, 4096])
def test_a_batch_of_any_length_is_stored_in_order(
    store: Store, nth: Nth, count: int
) -> None:
    expected = [str(number) for number in range(count)]

    record(store, expected)

    assert head(store) == nth(count)
    assert stored_texts(store) == expected


def test_times_are_stored_with_microseconds(store: Store) -> None:
    record(store, "a", time=1_700_000_000.123456789)

    (message,) = store.read(before()).messages

    assert message.time == 1_700_000_000.123457


@pytest.mark.parametrize(
    "text",
    ["kůň 🐴", "a\nb\r\t\x1b", "'; DROP TABLE message; --", " x ", "", "x" * 4096],
)
def test_any_text_is_stored_unchanged(store: Store, text: str) -> None:
    store.append(batch(Said(VERONA, text, text, SessionId(1))))

    (message,) = store.read(before(2, 1)).messages

    assert (message.source, message.text) == (text, text)


def test_a_batch_with_an_invalid_text_is_not_stored(store: Store, nth: Nth) -> None:
    record(store, "a")

    with pytest.raises(ValueError, match="surrogates"):
        record(store, ["b", "\ud800"])

    assert stored_texts(store) == ["a"]
    record(store, "c")
    assert head(store) == nth(2)


def test_rooms_are_numbered_in_the_order_of_their_first_entries(store: Store) -> None:
    rooms = [RoomName(f"room{number}") for number in range(20)]

    store.append(batch(*[said("a", room) for room in rooms]))

    found = store.load().rooms
    assert [room.name for room in found] == ["lobby", *rooms]
    assert [room.number for room in found] == list(range(1, 22))
