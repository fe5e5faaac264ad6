"""The contract of pages, for every store."""

import pytest

from parlour.core.events import HistoryPage
from parlour.core.protocol.plain import PlainDialect
from parlour.core.protocol.session import SessionDialect
from parlour.core.storage import Page, Query
from parlour.history.pages import MAX_PAGE_SIZE
from parlour.journal import Store
from tests.journal.stores import (
    END,
    MANTUA,
    VERONA,
    Nth,
    after,
    batch,
    before,
    maintain_fully,
    record,
    said,
    search,
    sequences,
    sparse,
    stored_texts,
    texts,
)


@pytest.mark.parametrize(
    ("sequence", "limit", "found", "more", "total"),
    [
        (6, 10, "abcde", False, 5),
        (6, 2, "de", True, 5),
        (6, 5, "abcde", False, 5),
        (4, 2, "bc", True, 3),
        (2, 1, "a", False, 1),
        (1, 10, "", False, 0),
        (-5, 10, "", False, 0),
        (6, 0, "", True, 5),
        (6, -1, "", True, 5),
        (1 << 70, 1, "e", True, 5),
    ],
)
def test_a_page_before_a_sequence_has_the_messages_just_before_it(
    store: Store,
    nth: Nth,
    sequence: int,
    limit: int,
    found: str,
    more: bool,
    total: int,
) -> None:
    record(store, "abcde")

    page = store.read(before(nth(sequence), limit))

    assert ("".join(texts(page)), page.has_more, page.total) == (found, more, total)


@pytest.mark.parametrize(
    ("sequence", "head", "limit", "found", "more", "total"),
    [
        (0, 5, 10, "abcde", False, 5),
        (0, 5, 2, "ab", True, 5),
        (3, 5, 10, "de", False, 2),
        (3, 4, 10, "d", False, 1),
        (5, 5, 10, "", False, 0),
        (9, 20, 10, "", False, 0),
        (2, 1, 10, "", False, 0),
        (-5, 99, 1, "a", True, 5),
        (0, 5, 0, "", True, 5),
        (1 << 70, 1 << 71, 5, "", False, 0),
    ],
)
def test_a_page_after_a_sequence_ends_at_the_head(
    store: Store,
    nth: Nth,
    sequence: int,
    head: int,
    limit: int,
    found: str,
    more: bool,
    total: int,
) -> None:
    record(store, "abcde")

    page = store.read(after(nth(sequence), limit, head=nth(head)))

    assert ("".join(texts(page)), page.has_more, page.total) == (found, more, total)


def test_adjacent_pages_have_no_gap_and_no_overlap(store: Store) -> None:
    letters = list("abcdefghijklmnopqrstuvwxyz")
    record(store, letters)

    back: list[str] = []
    sequence = END
    while page := store.read(before(sequence, 7)).messages:
        back = [message.text for message in page] + back
        sequence = page[0].sequence

    assert back == letters
    assert stored_texts(store) == letters


def test_a_page_is_limited_by_bytes_and_says_that_there_is_more(
    store: Store, nth: Nth
) -> None:
    text = "ů" * 2048  # 12,288 bytes as the plain dialect sends it
    record(store, [text] * 200)

    newest, oldest = store.read(before()), store.read(after(0))

    assert sequences(newest.messages) == [nth(n) for n in range(180, 201)]
    assert sequences(oldest.messages) == [nth(n) for n in range(1, 22)]
    assert (newest.has_more, newest.total) == (True, 200)
    assert (oldest.has_more, oldest.total) == (True, 200)
    assert len(stored_texts(store)) == 200


def test_a_message_larger_than_a_page_is_returned_alone(store: Store, nth: Nth) -> None:
    record(store, ["x" * 600_000, "y", "z" * 600_000])

    assert sequences(store.read(before()).messages) == [nth(3)]
    assert sequences(store.read(after(0)).messages) == [1]
    assert len(stored_texts(store)) == 3


def test_a_room_without_messages_is_empty(store: Store) -> None:
    record(store, "a")

    assert store.read(before(room=MANTUA)) == Page((), False, 0)
    assert store.read(after(0, room=MANTUA)) == Page((), False, 0)


def test_rooms_are_separate(store: Store) -> None:
    store.append(batch(said("a"), said("x", MANTUA), said("b")))

    assert stored_texts(store) == ["a", "b"]
    assert stored_texts(store, MANTUA) == ["x"]
    assert texts(store.read(search("x"))) == []


def test_a_page_does_not_change_after_it_was_read(store: Store) -> None:
    record(store, "ab")
    page = store.read(before())

    record(store, "x" * 100)

    assert (texts(page), page.total) == (["a", "b"], 2)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("x" * 4000, 4000),
        ("\x01" * 4000, 6 * 4000),
        ("\N{CJK UNIFIED IDEOGRAPH-65E5}" * 1300, 6 * 1300),
        ("\N{GRINNING FACE}" * 1000, 12 * 1000),
        ('"' * 4000, 2 * 4000),
    ],
)
@pytest.mark.parametrize("query", [before(), after(0), search("find")])
def test_the_encoded_size_of_a_page_is_bounded(
    store: Store, text: str, size: int, query: Query
) -> None:
    record(store, [f"find {text}"] * 100)

    page = store.read(query)

    lines = [PlainDialect().encode(message) for message in page.messages]
    answer = SessionDialect().encode(HistoryPage(VERONA, page.messages, page.has_more))
    assert page.has_more
    assert len(lines[0]) > size
    assert 0 < sum(map(len, lines)) <= MAX_PAGE_SIZE
    assert len(answer) <= MAX_PAGE_SIZE


@pytest.mark.parametrize("numbering", [sparse])
@pytest.mark.parametrize(
    ("sequence", "found"),
    [(1, ""), (2, "a"), (3, "a"), (4, "ab"), (5, "abc"), (6, "abc"), (8, "abcde")],
)
def test_a_page_before_a_sequence_in_a_hole_ends_before_the_hole(
    store: Store, sequence: int, found: str
) -> None:
    record(store, "abcde")  # 1, 3, 4, 6, 7

    page = store.read(before(sequence, 10))

    assert ("".join(texts(page)), page.total) == (found, len(found))


@pytest.mark.parametrize("numbering", [sparse])
@pytest.mark.parametrize(
    ("sequence", "head", "found"),
    [
        (0, 7, "abcde"),
        (1, 7, "bcde"),
        (2, 7, "bcde"),
        (3, 7, "cde"),
        (4, 7, "de"),
        (5, 7, "de"),
        (2, 5, "bc"),
        (1, 2, ""),
        (4, 5, ""),
        (0, 2, "a"),
    ],
)
def test_a_page_after_a_sequence_in_a_hole_begins_after_the_hole(
    store: Store, sequence: int, head: int, found: str
) -> None:
    record(store, "abcde")  # 1, 3, 4, 6, 7

    page = store.read(after(sequence, 10, head=head))

    assert ("".join(texts(page)), page.total) == (found, len(found))


@pytest.mark.parametrize("numbering", [lambda sequence: sequence + (1 << 30)])
def test_a_hole_may_be_large(store: Store) -> None:
    record(store, "abc")

    page = store.read(before(limit=2))
    maintain_fully(store)

    assert (texts(page), page.has_more, page.total) == (["b", "c"], True, 3)
    assert texts(store.read(after(1 << 30))) == ["b", "c"]
    assert texts(store.read(search("b"))) == ["b"]
