import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import LOBBY, ConnectionId, Refused
from parlour.core.storage import Before, Question
from tests.core.fake_room import FakeRoom
from tests.core.terse_dialect import TerseDialect, page

ANN, BOB, CAT, DAN = map(ConnectionId, (1, 2, 3, 4))
NO, NEVER = Refused("no", "no"), Refused("never", "never")
QUERY = Question(ANN, Before(LOBBY, 1, 10))


def test_members_at_the_shared_cursor_receive_the_same_bytes_object() -> None:
    room = FakeRoom(ANN, BOB, CAT)

    room.record("abc")

    assert room.delivery.flush() == [Write(b"a\nb\nc\n", [ANN, BOB, CAT], 3)]
    assert room.dialect.encoded == 3


def test_no_flush_is_due_when_all_members_received_everything() -> None:
    room = FakeRoom(ANN)
    room.record("a")

    assert room.delivery.is_due
    room.flush()
    assert not room.delivery.is_due
    assert room.delivery.flush() == []


def test_a_new_member_receives_only_the_events_after_it_was_added() -> None:
    room = FakeRoom(ANN)
    room.record("a")

    room.delivery.add(BOB, room.dialect)
    room.record("b")

    assert room.flush() == {ANN: "ab", BOB: "b"}
    room.record("c")
    assert room.delivery.flush() == [Write(b"c\n", [ANN, BOB], 1)]


def test_a_member_that_lags_from_the_start_receives_everything_after_it() -> None:
    room = FakeRoom(ANN)
    room.delivery.add(BOB, room.dialect)
    room.delivery.pause_writing(BOB)
    room.record("a")

    assert room.flush() == {ANN: "a"}
    room.delivery.resume_writing(BOB)
    assert room.flush() == {BOB: "a"}
    room.record("b")
    assert room.delivery.flush() == [Write(b"b\n", [ANN, BOB], 1)]


def test_members_that_were_added_together_share_their_bytes() -> None:
    room = FakeRoom(ANN)
    room.record("ab")
    for connection in (BOB, CAT):
        room.delivery.add(connection, room.dialect)
    room.record("cd")

    writes = room.delivery.flush()

    assert writes == [
        Write(b"c\nd\n", [BOB, CAT], 2),
        Write(b"a\nb\nc\nd\n", [ANN], 4),
    ]


def test_each_dialect_has_a_shared_cursor() -> None:
    room = FakeRoom(ANN)
    room.delivery.add(BOB, TerseDialect("other"))

    room.record("a")

    assert room.flush() == {ANN: "a", BOB: "a"}


def test_a_removed_member_receives_nothing() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")

    room.delivery.remove(ANN)

    assert room.flush() == {BOB: "a"}
    assert ANN not in room.delivery
    assert len(room.delivery) == 1


def test_private_events_keep_their_position_between_room_events() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")
    room.delivery.send_private(ANN, NO)
    room.record("b")
    room.delivery.send_private(ANN, NEVER, NO)
    room.record("c")

    assert room.flush() == {ANN: "anobneverno" + "c", BOB: "abc"}
    assert room.reports.take_answered() == [ANN]
    room.record("d")
    assert room.delivery.flush() == [Write(b"d\n", [BOB, ANN], 1)]


def test_a_query_delays_only_its_member() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")
    room.delivery.send_private(ANN, QUERY)
    room.record("b")

    assert room.flush() == {ANN: "a", BOB: "ab"}
    assert not room.delivery.is_due
    assert room.reports.take_answered() == []
    room.record("c")
    assert room.flush() == {BOB: "c"}


def test_an_answer_replaces_its_query() -> None:
    room = FakeRoom(ANN, BOB)
    room.record("a")
    room.delivery.send_private(ANN, QUERY)
    room.record("b")
    room.flush()

    assert room.reports.take_questions() == [QUERY]
    room.delivery.answer(QUERY, page("xy"))

    assert room.flush() == {ANN: "the last 2 of 2 messages:xyb"}
    assert room.reports.take_answered() == [ANN]


def test_a_query_is_returned_after_the_events_before_it_are_delivered() -> None:
    room = FakeRoom(ANN, BOB)
    room.delivery.send_private(ANN, NO)
    room.record("a")
    room.delivery.send_private(ANN, NEVER, QUERY, NO)

    assert room.reports.take_questions() == []
    assert room.flush() == {ANN: "noanever", BOB: "a"}
    assert room.reports.take_questions() == [QUERY]
    assert room.reports.take_questions() == []
    assert room.flush() == {}
    room.delivery.answer(QUERY, page("x"))

    assert room.flush() == {ANN: "the last 1 of 1 message:xno"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_undelivered_private_events_are_counted(count: int) -> None:
    room = FakeRoom(ANN)

    room.delivery.send_private(ANN, *[NO] * count)

    assert len(room.delivery[ANN].private_events) == count
    room.flush()
    assert len(room.delivery[ANN].private_events) == 0
