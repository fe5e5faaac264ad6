"""The promises every history keeps, whatever it is made of.

Another back end joins by a line in `BACK_ENDS`.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import Draft, Message, Page, RoomName, SessionId
from parlour.history import History
from parlour.history.memory import MemoryHistory

VERONA, MANTUA = RoomName("verona"), RoomName("mantua")
KEPT = 100  # messages, at least, that each of these keeps of a room


def memory(_: Path) -> History:
    return MemoryHistory(KEPT)


BACK_ENDS: dict[str, Callable[[Path], History]] = {"memory": memory}


@pytest.fixture(params=BACK_ENDS)
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    with closing(BACK_ENDS[request.param](tmp_path)) as history:
        yield history


def drafts(texts: str, room: RoomName = VERONA) -> list[Draft]:
    return [Draft(room, "Romeo", text, SessionId(7)) for text in texts]


def texts(page: Page) -> str:
    return "".join(message.text for message in page.messages)


def test_a_message_is_what_was_drafted_with_its_place_and_time(
    history: History,
) -> None:
    draft = Draft(VERONA, "Romeo", "ay me", SessionId(7))

    assert history.append([draft], 1_700_000_000.25) == [
        Message(VERONA, 1, 1_700_000_000.25, "Romeo", "ay me")
    ]


def test_each_room_counts_from_one_without_gaps(history: History) -> None:
    batch = [*drafts("a"), *drafts("b", MANTUA), *drafts("cd")]

    found = history.append(batch, 0.0) + history.append(drafts("e"), 0.0)

    assert [(message.room, message.sequence) for message in found] == [
        (VERONA, 1),
        (MANTUA, 1),
        (VERONA, 2),
        (VERONA, 3),
        (VERONA, 4),
    ]


def test_a_batch_comes_back_in_its_order(history: History) -> None:
    found = history.append(drafts("hello"), 0.0)

    assert "".join(message.text for message in found) == "hello"


def test_an_empty_batch_changes_nothing(history: History) -> None:
    assert history.append([], 0.0) == []
    assert history.head(VERONA) == 0


def test_what_is_read_is_what_was_told(history: History) -> None:
    told = history.append(drafts("abc"), 5.0)

    assert history.before(VERONA, 4, 10) == Page(tuple(told), 3)


@pytest.mark.parametrize(
    ("sequence", "limit", "found", "total"),
    [
        (6, 10, "abcde", 5),
        (6, 2, "de", 5),
        (6, 5, "abcde", 5),
        (4, 2, "bc", 3),
        (4, 100, "abc", 3),
        (2, 1, "a", 1),
        (1, 10, "", 0),
        (0, 10, "", 0),
        (-5, 10, "", 0),
        (6, 0, "", 5),
        (1_000_000, 1, "e", 5),
    ],
)
def test_a_page_is_the_last_before_a_sequence_oldest_first(
    history: History, sequence: int, limit: int, found: str, total: int
) -> None:
    history.append(drafts("abcde"), 0.0)

    page = history.before(VERONA, sequence, limit)

    assert (texts(page), page.total) == (found, total)


def test_pages_meet_without_a_gap_and_without_a_double(history: History) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    history.append(drafts(letters), 0.0)

    found, sequence = "", 27
    while page := history.before(VERONA, sequence, 7).messages:
        found = "".join(message.text for message in page) + found
        sequence = page[0].sequence

    assert found == letters


def test_an_unknown_room_is_empty(history: History) -> None:
    history.append(drafts("a"), 0.0)

    assert history.before(MANTUA, 10, 10) == Page((), 0)
    assert history.head(MANTUA) == 0


def test_a_room_shows_nothing_of_another(history: History) -> None:
    history.append([*drafts("a"), *drafts("x", MANTUA), *drafts("b")], 0.0)

    assert texts(history.before(VERONA, 10, 10)) == "ab"
    assert texts(history.before(MANTUA, 10, 10)) == "x"


def test_the_head_is_the_newest_sequence(history: History) -> None:
    heads = [history.head(VERONA)]

    for batch in ("a", "bcd", ""):
        history.append(drafts(batch), 0.0)
        heads.append(history.head(VERONA))

    assert heads == [0, 1, 4, 4]


@pytest.mark.parametrize(
    "text", ["kůň 🐴", "a\nb\r\t\x1b", "'; DROP TABLE message; --", " x ", "x" * 4096]
)
def test_any_text_comes_back_as_it_was(history: History, text: str) -> None:
    history.append([Draft(VERONA, text, text, SessionId(1))], 0.0)

    (message,) = history.before(VERONA, 2, 1).messages

    assert (message.source, message.text) == (text, text)


def test_a_page_that_was_read_does_not_change(history: History) -> None:
    history.append(drafts("ab"), 0.0)
    page = history.before(VERONA, 10, 10)

    history.append(drafts("x" * KEPT), 0.0)

    assert (texts(page), page.total) == ("ab", 2)
