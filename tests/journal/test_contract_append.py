"""The contract of `append`, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import Message, SessionId
from parlour.core.storage import Draft, Duplicate
from parlour.journal import Store
from tests.journal.stores import (
    DAY,
    DEFAULT_RETENTION,
    MANTUA,
    NOW,
    VERONA,
    Clocks,
    before,
    draft,
    drafts,
    each_store,
    sequences,
    stored_texts,
)


def test_a_draft_is_recorded_with_a_sequence_and_a_time(store: Store) -> None:
    assert store.append([draft("ay me")], NOW) == [
        Message(VERONA, 1, NOW, "Romeo", "ay me")
    ]


def test_sequences_count_from_one_in_each_room(store: Store) -> None:
    batch = [*drafts("a"), *drafts("b", MANTUA), *drafts("cd")]

    found = store.append(batch, NOW) + store.append(drafts("e"), NOW)

    assert [(each.room, each.sequence) for each in found] == [
        (VERONA, 1),
        (MANTUA, 1),
        (VERONA, 2),
        (VERONA, 3),
        (VERONA, 4),
    ]


def test_an_empty_batch_changes_nothing(store: Store) -> None:
    assert store.append([], NOW) == []
    assert store.extent(VERONA).head == 0


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 1000, 4096])
def test_a_batch_of_any_length_is_recorded_in_order(store: Store, count: int) -> None:
    expected = [str(number) for number in range(count)]

    outcomes = store.append(drafts(expected), NOW)

    assert sequences(outcomes) == list(range(1, count + 1))
    assert stored_texts(store) == expected


def test_read_messages_equal_recorded_ones(store: Store) -> None:
    outcomes = store.append(drafts("abc"), 1_700_000_000.123456789)

    assert list(store.read(before()).messages) == outcomes


@pytest.mark.parametrize(
    "text",
    ["kůň 🐴", "a\nb\r\t\x1b", "'; DROP TABLE message; --", " x ", "", "x" * 4096],
)
def test_any_text_is_recorded_unchanged(store: Store, text: str) -> None:
    store.append([Draft(VERONA, text, text, SessionId(1))], NOW)

    (message,) = store.read(before(2, 1)).messages

    assert (message.source, message.text) == (text, text)


def test_a_batch_with_an_invalid_text_is_not_recorded(store: Store) -> None:
    store.append(drafts("a"), NOW)

    with pytest.raises(ValueError, match="surrogates"):
        store.append(drafts(["b", "\ud800"]), NOW)

    assert stored_texts(store) == ["a"]
    assert sequences(store.append(drafts("c"), NOW)) == [2]


def test_drafts_with_the_same_key_are_recorded_once(store: Store) -> None:
    first = store.append([draft("a", key="k"), draft("b")], NOW)
    again = store.append([draft("a", key="k"), draft("c")], NOW + 1)

    assert sequences(first) == [1, 2]
    assert again == [
        Duplicate(VERONA, 1),
        Message(VERONA, 3, NOW + 1, "Romeo", "c"),
    ]
    assert stored_texts(store) == ["a", "b", "c"]


def test_drafts_with_the_same_key_in_one_batch_are_recorded_once(store: Store) -> None:
    batch = [draft("a", key="k"), draft("a", key="k"), draft("b", key="l")]

    assert store.append(batch, NOW) == [
        Message(VERONA, 1, NOW, "Romeo", "a"),
        Duplicate(VERONA, 1),
        Message(VERONA, 2, NOW, "Romeo", "b"),
    ]


def test_drafts_without_a_key_are_never_duplicates(store: Store) -> None:
    assert sequences(store.append(drafts("aa") + drafts("a"), NOW)) == [1, 2, 3]


@each_store
def test_a_key_expires_after_a_day(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    retry = [draft("a", key="k")]
    with closing(clocks.open(kind, tmp_path / "chat.db", DEFAULT_RETENTION)) as store:
        store.append(retry, NOW)

        clocks.advance(DAY)
        assert store.append(retry, NOW) == [Duplicate(VERONA, 1)]
        clocks.advance(1)
        assert sequences(store.append(retry, NOW)) == [2]
        clocks.advance(1)
        assert store.append(retry, NOW) == [Duplicate(VERONA, 2)]


@pytest.mark.parametrize("time", [0.0, NOW + 400 * DAY])
def test_a_key_does_not_expire_when_the_wall_clock_jumps(
    store: Store, time: float
) -> None:
    store.append([draft("a", key="k")], NOW)

    assert store.append([draft("a", key="k")], time) == [Duplicate(VERONA, 1)]


def test_the_last_hundred_thousand_keys_are_stored(store: Store) -> None:
    keys = [f"{number}" for number in range(100_001)]
    store.append([draft("a", key=key) for key in keys], NOW)

    assert store.append([draft("a", key="1")], NOW) == [Duplicate(VERONA, 2)]
    assert sequences(store.append([draft("a", key="0")], NOW)) == [100_002]


def test_a_duplicate_names_the_room_of_its_message(store: Store) -> None:
    store.append([draft("x"), draft("a", MANTUA, key="k")], NOW)

    assert store.append([draft("a", MANTUA, key="k")], NOW) == [Duplicate(MANTUA, 1)]
