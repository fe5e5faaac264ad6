"""The contract of pages and extents, for every store."""

import pytest

from parlour.core.events import HistoryPage
from parlour.core.protocol.plain import PlainDialect
from parlour.core.protocol.session import SessionDialect
from parlour.core.storage import HistoryExtent, Page, Query
from parlour.history.pages import MAX_PAGE_SIZE
from parlour.journal import Store
from tests.journal.stores import (
    END,
    MANTUA,
    NOW,
    VERONA,
    after,
    before,
    drafts,
    search,
    sequences,
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
    store: Store, sequence: int, limit: int, found: str, more: bool, total: int
) -> None:
    store.append(drafts("abcde"), NOW)

    page = store.read(before(sequence, limit))

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
    sequence: int,
    head: int,
    limit: int,
    found: str,
    more: bool,
    total: int,
) -> None:
    store.append(drafts("abcde"), NOW)

    page = store.read(after(sequence, limit, head=head))

    assert ("".join(texts(page)), page.has_more, page.total) == (found, more, total)


def test_adjacent_pages_have_no_gap_and_no_overlap(store: Store) -> None:
    letters = list("abcdefghijklmnopqrstuvwxyz")
    store.append(drafts(letters), NOW)

    back: list[str] = []
    sequence = END
    while page := store.read(before(sequence, 7)).messages:
        back = [message.text for message in page] + back
        sequence = page[0].sequence

    assert back == letters
    assert stored_texts(store) == letters


def test_a_page_is_limited_by_bytes_and_says_that_there_is_more(store: Store) -> None:
    text = "ů" * 2048  # 12,288 bytes as the plain dialect sends it
    store.append(drafts([text] * 200), NOW)

    newest, oldest = store.read(before()), store.read(after(0))

    assert sequences(newest.messages) == list(range(180, 201))
    assert sequences(oldest.messages) == list(range(1, 22))
    assert (newest.has_more, newest.total) == (True, 200)
    assert (oldest.has_more, oldest.total) == (True, 200)
    assert len(stored_texts(store)) == 200


def test_a_message_larger_than_a_page_is_returned_alone(store: Store) -> None:
    store.append(drafts(["x" * 600_000, "y", "z" * 600_000]), NOW)

    assert sequences(store.read(before()).messages) == [3]
    assert sequences(store.read(after(0)).messages) == [1]
    assert len(stored_texts(store)) == 3


def test_a_room_without_messages_is_empty(store: Store) -> None:
    store.append(drafts("a"), NOW)

    assert store.read(before(room=MANTUA)) == Page((), False, 0)
    assert store.read(after(0, room=MANTUA)) == Page((), False, 0)
    assert store.extent(MANTUA) == HistoryExtent(store.extent(VERONA).epoch, 1, 0)


def test_rooms_are_separate(store: Store) -> None:
    store.append([*drafts("a"), *drafts("x", MANTUA), *drafts("b")], NOW)

    assert stored_texts(store) == ["a", "b"]
    assert stored_texts(store, MANTUA) == ["x"]
    assert texts(store.read(search("x"))) == []


def test_the_extent_goes_from_the_first_to_the_newest_message(store: Store) -> None:
    extents = [store.extent(VERONA)]

    for batch in ("a", "bcd", ""):
        store.append(drafts(batch), NOW)
        extents.append(store.extent(VERONA))

    assert [(each.first, each.head) for each in extents] == [
        (1, 0),
        (1, 1),
        (1, 4),
        (1, 4),
    ]
    assert len({each.epoch for each in extents}) == 1
    assert len(extents[0].epoch) >= 16


def test_a_page_does_not_change_after_it_was_read(store: Store) -> None:
    store.append(drafts("ab"), NOW)
    page = store.read(before())

    store.append(drafts("x" * 100), NOW)

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
    store.append(drafts([f"find {text}"] * 100), NOW)

    page = store.read(query)

    lines = [PlainDialect().encode(message) for message in page.messages]
    answer = SessionDialect().encode(HistoryPage(VERONA, page.messages, page.has_more))
    assert page.has_more
    assert len(lines[0]) > size
    assert 0 < sum(map(len, lines)) <= MAX_PAGE_SIZE
    assert len(answer) <= MAX_PAGE_SIZE
