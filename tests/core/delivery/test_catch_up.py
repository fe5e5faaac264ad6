import pytest

from parlour.core.delivery.catch_up import answer_events
from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import LOBBY, Bye, ConnectionId, Refused, RoomName
from parlour.core.storage import (
    Before,
    Purpose,
    Query,
    Question,
    Search,
    SearchRooms,
)
from tests.core.fake_room import FakeRoom
from tests.core.terse_dialect import message, page

ANN, BOB, CAT, DAN = map(ConnectionId, (1, 2, 3, 4))
NO, NEVER = Refused("no", "no"), Refused("never", "never")
DEV = RoomName("dev")
QUERY = Question(ANN, Before(LOBBY, 1, 10))


def test_a_query_of_a_lagging_member_is_repeated_once_it_catches_up() -> None:
    room = FakeRoom(ANN, BOB)
    room.delivery.send_private(ANN, QUERY)
    room.flush()
    assert room.reports.take_questions() == [QUERY]
    room.delivery.pause_writing(ANN)

    room.delivery.answer(QUERY, page("x"))
    room.record("a")

    assert room.flush() == {BOB: "a"}
    assert room.reports.queued_answers.size == 0
    room.delivery.resume_writing(ANN)
    assert room.flush() == {}
    assert room.reports.take_questions() == [QUERY]
    room.delivery.answer(QUERY, page("x"))
    assert room.flush() == {ANN: "the last 1 of 1 message:xa"}


def test_a_lagging_member_continues_at_its_cursor() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")
    room.flush()
    room.record("b")

    room.delivery.pause_writing(ANN)
    room.record("c")

    assert room.flush() == {BOB: "bc"}
    room.delivery.resume_writing(ANN)
    room.record("d")
    assert room.flush() == {ANN: "bcd", BOB: "d"}


def test_no_flush_is_due_for_a_lagging_member() -> None:
    room = FakeRoom(ANN)
    room.delivery.pause_writing(ANN)

    room.record("a")
    room.delivery.send_private(ANN, NO)

    assert room.flush() == {}
    assert not room.delivery.is_due


def test_old_events_are_discarded_while_all_members_are_lagging() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=10)
    for connection in (ANN, BOB):
        room.delivery.pause_writing(connection)

    for letter in "abcdefghijklmnopqrstuvwxyz":
        room.record(letter)
        assert room.delivery.is_due
        room.flush()

    assert room.recent_events.head - room.recent_events.base <= 13


def test_old_events_are_discarded_while_a_member_recovers_from_lagging() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=20, flush_bytes=6)
    room.delivery.pause_writing(ANN)
    for letter in "abcdefghijkl":
        room.record(letter)
        room.flush()

    room.delivery.resume_writing(ANN)
    room.record("mnopq")

    assert room.flush() == {ANN: "abc", BOB: "mno"}
    assert room.recent_events.base == 7, "while Ann is at 3"


def test_discarded_events_are_reported_once_and_counted() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=10)
    room.record("a")
    room.flush()
    room.delivery.pause_writing(ANN)
    for _ in range(10):
        room.record("xyz")
        room.flush()
    assert (room.recent_events.base, room.recent_events.head) == (26, 31)

    room.delivery.resume_writing(ANN)

    assert room.flush() == {ANN: "you fell behind and missed 25 lines" + "yzxyz"}
    assert room.reports.missed_count == 25
    room.record("e")
    assert room.delivery.flush() == [Write(b"e\n", [BOB, ANN], 1)]


def test_answers_keep_their_position_when_events_were_discarded() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=4)
    room.delivery.pause_writing(ANN)
    room.record("a")
    room.delivery.send_private(ANN, NO)
    for text in "bcdefg":
        room.record(text)
        room.flush()
    room.delivery.send_private(ANN, NEVER)

    room.delivery.resume_writing(ANN)

    assert room.flush() == {
        ANN: "you fell behind and missed 5 lines" + "no" + "fgnever"
    }


def test_missed_events_are_reported_after_an_unfinished_answer() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=4, flush_bytes=6)
    room.delivery.send_private(ANN, NO, NO, NEVER)
    assert room.flush() == {ANN: "nono"}
    room.delivery.pause_writing(ANN)
    for text in "abcdefg":
        room.record(text)
        room.flush()

    room.delivery.resume_writing(ANN)

    assert room.flush() == {ANN: "never"}
    assert room.flush() == {ANN: "you fell behind and missed 5 lines"}
    assert room.flush() == {ANN: "fg"}


def test_events_after_the_end_of_a_member_do_not_count_as_missed() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=4)
    room.delivery.pause_writing(ANN)
    room.record("ab")
    room.delivery.send_private(ANN, Bye("x", "bye"))
    room.delivery.finish(ANN)
    for text in "cdefgh":
        room.record(text)
        room.flush()

    room.delivery.resume_writing(ANN)

    assert room.flush() == {ANN: "you fell behind and missed 2 linesbye."}
    assert room.finished() == [ANN]


def test_a_member_that_received_everything_up_to_its_end_misses_nothing() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=4)
    room.record("a")
    room.flush()
    room.delivery.pause_writing(ANN)
    room.delivery.finish(ANN)
    for text in "cdefgh":
        room.record(text)
        room.flush()

    room.delivery.resume_writing(ANN)

    assert room.flush() == {}
    assert room.finished() == [ANN]
    assert room.reports.missed_count == 0


def test_a_flush_is_limited_in_bytes_for_each_member() -> None:
    room = FakeRoom(ANN, BOB, flush_bytes=6)
    room.delivery.pause_writing(BOB)
    room.record("abcdefg")

    assert room.flush() == {ANN: "abc"}
    room.delivery.resume_writing(BOB)
    assert room.flush() == {ANN: "def", BOB: "abc"}
    assert room.flush() == {ANN: "g", BOB: "def"}
    assert room.flush() == {BOB: "g"}
    assert not room.delivery.is_due


def test_the_limit_of_a_flush_includes_private_events() -> None:
    room = FakeRoom(ANN, BOB, flush_bytes=6)
    for connection in (ANN, BOB):
        room.delivery.pause_writing(connection)
        room.delivery.resume_writing(connection)
    room.delivery.send_private(BOB, NO)

    room.record("abc")

    assert room.flush() == {ANN: "abc", BOB: "noab"}, (
        "the last event may exceed the limit"
    )
    assert room.flush() == {BOB: "c"}


def test_private_events_are_limited_to_the_bytes_of_a_flush() -> None:
    room = FakeRoom(ANN, flush_bytes=6)
    room.delivery.send_private(ANN, NO, NO, NO)
    room.record("ab")

    assert [room.flush() for _ in range(3)] == [{ANN: "nono"}, {ANN: "noab"}, {}]


def test_a_member_that_does_not_lag_misses_nothing_in_a_burst() -> None:
    room = FakeRoom(ANN, BOB, max_bytes=10, flush_bytes=6)
    room.delivery.send_private(ANN, NO)
    room.delivery.remove(BOB)

    room.record("abcdefghijklmnopqrstuvwxyz")
    received = ""
    while room.delivery.is_due:
        received += room.flush()[ANN]

    assert received == "noabcdefghijklmnopqrstuvwxyz"
    assert room.reports.missed_count == 0
    assert room.recent_events.base == 20, "old events are discarded at the end"


def test_an_event_larger_than_the_limit_of_a_flush_is_delivered_whole() -> None:
    room = FakeRoom(ANN, flush_bytes=6)

    room.recent_events.extend([message("x" * 20), message("y")])

    assert [room.flush() for _ in range(2)] == [{ANN: "x" * 20}, {ANN: "y"}]


def test_members_that_resume_together_share_their_bytes() -> None:
    room = FakeRoom(ANN, BOB, CAT, DAN, max_bytes=10_000)
    for connection in (ANN, CAT):
        room.delivery.pause_writing(connection)
    room.record("abc")
    room.flush()

    for connection in (ANN, CAT):
        room.delivery.resume_writing(connection)
    (write,) = room.delivery.flush()

    assert write == Write(b"a\nb\nc\n", [ANN, CAT], 3)


def test_a_finishing_member_receives_the_events_so_far_and_no_more() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")
    room.delivery.send_private(ANN, NO)

    room.delivery.finish(ANN)
    room.record("b")
    room.delivery.send_private(ANN, NEVER)

    assert room.flush() == {ANN: "ano", BOB: "ab"}
    assert room.finished() == [ANN]
    assert room.finished() == []
    room.record("c")
    assert room.flush() == {BOB: "c"}


def test_a_member_is_finished_after_the_answer_to_its_query() -> None:
    room = FakeRoom(ANN, BOB)
    room.delivery.send_private(ANN, QUERY)
    room.delivery.finish(ANN)
    room.flush()

    assert room.finished() == []
    room.delivery.answer(QUERY, page("x"))
    assert room.flush() == {ANN: "the last 1 of 1 message:x"}
    assert room.finished() == [ANN]


@pytest.mark.parametrize(
    ("query", "purpose", "room", "about"),
    [
        (Search(DEV, "x", 9, 5), Purpose.SEARCH, "dev", "search"),
        (SearchRooms((DEV,), "x", 5), Purpose.SEARCH, "", "search"),
        (Before(DEV, 9, 5), Purpose.PAGE, "dev", "history"),
    ],
)
def test_a_query_that_failed_names_its_line_and_its_room(
    query: Query, purpose: Purpose, room: str, about: str
) -> None:
    question = Question(ConnectionId(1), query, purpose)

    (event,) = answer_events(question, Refused("search_too_long", "too long"))

    assert event == Refused(
        "search_too_long", "too long", room=RoomName(room), about=about
    )
