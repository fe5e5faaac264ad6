import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import LOBBY, Refused, SessionId
from parlour.core.storage import Before, SessionQuery
from tests.core.fake_room import FakeRoom
from tests.core.terse_dialect import TerseDialect, page

ANN, BOB, CAT, DAN = map(SessionId, (1, 2, 3, 4))
NO, NEVER = Refused("no", "no"), Refused("never", "never")
ASKED = SessionQuery(ANN, Before(LOBBY, 1, 10))


def test_all_at_the_front_are_given_the_very_same_bytes() -> None:
    hall = FakeRoom(ANN, BOB, CAT)

    hall.tell("abc")

    assert hall.delivery.flush() == [Write(b"a\nb\nc\n", [ANN, BOB, CAT], 3)]
    assert hall.dialect.encoded == 3


def test_nothing_is_due_when_all_have_heard_all() -> None:
    hall = FakeRoom(ANN)
    hall.tell("a")

    assert hall.delivery.is_due
    hall.flush()
    assert not hall.delivery.is_due
    assert hall.delivery.flush() == []


def test_nobody_hears_before_it_is_placed() -> None:
    hall = FakeRoom(ANN)
    hall.delivery.add(BOB, hall.dialect)
    hall.tell("a")

    hall.delivery.start(BOB)
    hall.tell("b")

    assert hall.flush() == {ANN: "ab", BOB: "b"}
    hall.tell("c")
    assert hall.delivery.flush() == [Write(b"c\n", [ANN, BOB], 1)]


def test_those_who_came_together_share_their_bytes() -> None:
    hall = FakeRoom(ANN)
    hall.tell("ab")
    for session in (BOB, CAT):
        hall.delivery.add(session, hall.dialect)
        hall.delivery.start(session)
    hall.tell("cd")

    deliveries = hall.delivery.flush()

    assert deliveries == [
        Write(b"c\nd\n", [BOB, CAT], 2),
        Write(b"a\nb\nc\nd\n", [ANN], 4),
    ]


def test_two_dialects_have_a_front_each() -> None:
    hall = FakeRoom(ANN)
    hall.delivery.add(BOB, TerseDialect("other"))
    hall.delivery.start(BOB)

    hall.tell("a")

    assert hall.flush() == {ANN: "a", BOB: "a"}


def test_a_member_that_is_removed_hears_no_more() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")

    hall.delivery.remove(ANN)

    assert hall.flush() == {BOB: "a"}
    assert ANN not in hall.delivery
    assert len(hall.delivery) == 1


def test_an_answer_stands_where_it_was_given() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")
    hall.delivery.send_private(ANN, NO)
    hall.tell("b")
    hall.delivery.send_private(ANN, NEVER, NO)
    hall.tell("c")

    assert hall.flush() == {ANN: "anobneverno" + "c", BOB: "abc"}
    assert hall.delivery.answered() == [ANN]
    hall.tell("d")
    assert hall.delivery.flush() == [Write(b"d\n", [BOB, ANN], 1)]


def test_a_question_holds_back_its_asker_alone() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")
    hall.delivery.send_private(ANN, ASKED)
    hall.tell("b")

    assert hall.flush() == {ANN: "a", BOB: "ab"}
    assert not hall.delivery.is_due
    assert hall.delivery.answered() == []
    hall.tell("c")
    assert hall.flush() == {BOB: "c"}


def test_an_answer_takes_the_place_of_its_question() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")
    hall.delivery.send_private(ANN, ASKED)
    hall.tell("b")
    hall.flush()

    assert hall.delivery.questions() == [ASKED]
    hall.delivery.answer(ASKED, page("xy"))

    assert hall.flush() == {ANN: "the last 2 of 2 messages:xyb"}
    assert hall.delivery.answered() == [ANN]


def test_a_question_is_asked_when_its_asker_has_come_to_it() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.delivery.send_private(ANN, NO)
    hall.tell("a")
    hall.delivery.send_private(ANN, NEVER, ASKED, NO)

    assert hall.delivery.questions() == []
    assert hall.flush() == {ANN: "noanever", BOB: "a"}
    assert hall.delivery.questions() == [ASKED]
    assert hall.delivery.questions() == []
    assert hall.flush() == {}
    hall.delivery.answer(ASKED, page("x"))

    assert hall.flush() == {ANN: "the last 1 of 1 message:xno"}


@pytest.mark.parametrize("owed", [0, 1, 3])
def test_what_a_member_is_owed_is_counted(owed: int) -> None:
    hall = FakeRoom(ANN)

    hall.delivery.send_private(ANN, *[NO] * owed)

    assert hall.delivery[ANN].undelivered == owed
    hall.flush()
    assert hall.delivery[ANN].undelivered == 0
