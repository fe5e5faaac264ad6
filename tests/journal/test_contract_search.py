"""The contract of searches in one room, for every store."""

from collections.abc import Callable

import pytest

from parlour.core.storage import Query, StorageError
from parlour.journal import Store
from tests.journal.stores import (
    END,
    Nth,
    maintain_fully,
    record,
    search,
    search_rooms,
    sequences,
)

TEXTS = [
    "What light through yonder window breaks?",
    "It is the East, and Juliet is the sun.",
    "Příliš žluťoučký kůň",
    "well-known, or not well known",
    'she said "ay me" (quietly)',
    "the SUN, the Moon",
    "日本語 テスト",
]


@pytest.fixture(params=["not indexed", "half indexed", "indexed"])
def searched(request: pytest.FixtureRequest, store: Store) -> Store:
    record(store, TEXTS[:4])
    if request.param == "half indexed":
        maintain_fully(store)
    record(store, TEXTS[4:])
    if request.param == "indexed":
        maintain_fully(store)
    return store


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sun", [2, 6]),
        ("SUN the", [2, 6]),
        ("moon the", [6]),
        ("sun window", []),
        ("su", []),  # too short to match a prefix
        ("qui", [5]),
        ("JUL", [2]),
        ("zlu KUN", [3]),
        ("well-kno", [4]),
        ("wel-known", []),
        ("uiet", []),  # not a prefix
        ("zlutoucky KUN", [3]),
        ("žluťoučký", [3]),
        ("well-known", [4]),
        ("known-well", []),
        ('"ay', [5]),
        ('"ay me"', [5]),
        ("(quietly)", [5]),
        ("quietly*", [5]),
        ("qui*", [5]),
        ("sun AND moon", []),
        ("sun OR moon", []),
        ("NOT sun", []),
        ("text:sun", []),
        ("-sun ^the", [2, 6]),
        ("sun --- ???", [2, 6]),
        ("日本語", [7]),
        ("", []),
        ("  \n ", []),
        ("--- ?", []),
        ('"', []),
        ("sun\0moon", [6]),
        ("sun \ud800", [2, 6]),
        ("sun " * 50, [2, 6]),
        (" ".join(f"word{number}" for number in range(20)), []),
    ],
)
def test_a_search_finds_messages_with_all_the_words(
    searched: Store, nth: Nth, words: str, found: list[int]
) -> None:
    page = searched.read(search(words))

    assert sequences(page.messages) == [nth(number) for number in found]
    assert (page.has_more, page.total) == (False, len(found))


@pytest.mark.parametrize(
    ("sequence", "limit", "found", "more"),
    [
        (END, 2, [2, 6], False),
        (END, 1, [6], True),
        (6, 5, [2], False),
        (2, 5, [], False),
        (END, 0, [], True),
        (-1, 5, [], False),
        (1 << 70, 1, [6], True),
    ],
)
def test_a_search_returns_the_last_matches_before_a_sequence(
    searched: Store,
    nth: Nth,
    sequence: int,
    limit: int,
    found: list[int],
    more: bool,
) -> None:
    page = searched.read(search("sun", sequence=nth(sequence), limit=limit))

    assert sequences(page.messages) == [nth(number) for number in found]
    assert page.has_more == more


def test_a_search_covers_more_than_one_chunk(store: Store, nth: Nth) -> None:
    record(store, ["needle", *["hay"] * 2500, "needle", "hay"])

    found = sequences(store.read(search("needle")).messages)
    maintain_fully(store)

    assert found == [1, nth(2502)]
    assert sequences(store.read(search("needle")).messages) == [1, nth(2502)]
    newest = store.read(search("hay", limit=1000))
    assert sequences(newest.messages) == [
        nth(number) for number in (*range(1503, 2502), 2503)
    ]
    older = store.read(search("hay", sequence=nth(1503), limit=1000))
    assert sequences(older.messages) == [nth(n) for n in range(503, 1503)]


def test_a_search_returns_at_most_one_page(store: Store, nth: Nth) -> None:
    record(store, ["sun " * 1000] * 200)

    page = store.read(search("sun"))

    first = 200 - len(page.messages) + 1
    assert sequences(page.messages) == [nth(n) for n in range(first, 201)]
    assert page.has_more
    assert len(page.messages) == page.total == 62  # of 4,000 bytes each


@pytest.mark.parametrize("words", ["x" * 201, " ".join(map(str, range(33)))])
@pytest.mark.parametrize("find", [search, search_rooms])
def test_an_overlong_search_is_refused(
    store: Store, find: Callable[[str], Query], words: str
) -> None:
    record(store, ["sun"])

    with pytest.raises(StorageError) as caught:
        store.read(find(words))

    assert caught.value.code == "search_too_long"
