from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import LOBBY, Bye, Refused, SessionId
from parlour.core.storage import Before, SessionQuery
from tests.core.fake_room import FakeRoom
from tests.core.terse_dialect import message, page

ANN, BOB, CAT, DAN = map(SessionId, (1, 2, 3, 4))
NO, NEVER = Refused("no", "no"), Refused("never", "never")
ASKED = SessionQuery(ANN, Before(LOBBY, 1, 10))


def test_a_lagging_asker_is_answered_when_it_hears_again() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.delivery.send_private(ANN, ASKED)
    hall.flush()
    assert hall.delivery.questions() == [ASKED]
    hall.delivery.pause_writing(ANN)

    hall.delivery.answer(ASKED, page("x"))
    hall.tell("a")

    assert hall.flush() == {BOB: "a"}
    assert hall.delivery.queued_answers.size == 0
    hall.delivery.resume_writing(ANN)
    assert hall.flush() == {}
    assert hall.delivery.questions() == [ASKED]
    hall.delivery.answer(ASKED, page("x"))
    assert hall.flush() == {ANN: "the last 1 of 1 message:xa"}


def test_a_lagging_member_keeps_its_cursor() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")
    hall.flush()
    hall.tell("b")

    hall.delivery.pause_writing(ANN)
    hall.tell("c")

    assert hall.flush() == {BOB: "bc"}
    assert (hall.delivery.lagging_count, hall.delivery.backlog) == (1, 2)
    hall.delivery.resume_writing(ANN)
    hall.tell("d")
    assert hall.flush() == {ANN: "bcd", BOB: "d"}
    assert (hall.delivery.lagging_count, hall.delivery.backlog) == (0, 0)


def test_a_lagging_member_is_not_due() -> None:
    hall = FakeRoom(ANN)
    hall.delivery.pause_writing(ANN)

    hall.tell("a")
    hall.delivery.send_private(ANN, NO)

    assert hall.flush() == {}
    assert not hall.delivery.is_due


def test_the_log_forgets_also_while_everybody_lags() -> None:
    hall = FakeRoom(ANN, BOB, log=10)
    for session in (ANN, BOB):
        hall.delivery.pause_writing(session)

    for letter in "abcdefghijklmnopqrstuvwxyz":
        hall.tell(letter)
        assert hall.delivery.is_due
        hall.flush()

    assert hall.log.head - hall.log.base <= 13


def test_one_that_has_lagged_does_not_hold_the_log() -> None:
    hall = FakeRoom(ANN, BOB, log=20, flush=6)
    hall.delivery.pause_writing(ANN)
    for letter in "abcdefghijkl":
        hall.tell(letter)
        hall.flush()

    hall.delivery.resume_writing(ANN)
    hall.tell("mnopq")

    assert hall.flush() == {ANN: "abc", BOB: "mno"}
    assert hall.log.base == 7, "though Ann stands at 3"


def test_a_gap_is_told_once_and_counted() -> None:
    hall = FakeRoom(ANN, BOB, log=10)
    hall.tell("a")
    hall.flush()
    hall.delivery.pause_writing(ANN)
    for _ in range(10):
        hall.tell("xyz")
        hall.flush()
    assert (hall.log.base, hall.log.head) == (26, 31)

    hall.delivery.resume_writing(ANN)

    assert hall.flush() == {ANN: "you fell behind and missed 25 lines" + "yzxyz"}
    assert hall.delivery.missed_count == 25
    hall.tell("e")
    assert hall.delivery.flush() == [Write(b"e\n", [BOB, ANN], 1)]


def test_an_answer_is_given_after_a_gap_in_its_place() -> None:
    hall = FakeRoom(ANN, BOB, log=4)
    hall.delivery.pause_writing(ANN)
    hall.tell("a")
    hall.delivery.send_private(ANN, NO)
    for text in "bcdefg":
        hall.tell(text)
        hall.flush()
    hall.delivery.send_private(ANN, NEVER)

    hall.delivery.resume_writing(ANN)

    assert hall.flush() == {
        ANN: "you fell behind and missed 5 lines" + "no" + "fgnever"
    }


def test_a_gap_does_not_break_an_answer_apart() -> None:
    hall = FakeRoom(ANN, BOB, log=4, flush=6)
    hall.delivery.send_private(ANN, NO, NO, NEVER)
    assert hall.flush() == {ANN: "nono"}
    hall.delivery.pause_writing(ANN)
    for text in "abcdefg":
        hall.tell(text)
        hall.flush()

    hall.delivery.resume_writing(ANN)

    assert hall.flush() == {ANN: "never"}
    assert hall.flush() == {ANN: "you fell behind and missed 5 lines"}
    assert hall.flush() == {ANN: "fg"}


def test_a_gap_ends_where_a_member_does() -> None:
    hall = FakeRoom(ANN, BOB, log=4)
    hall.delivery.pause_writing(ANN)
    hall.tell("ab")
    hall.delivery.send_private(ANN, Bye("x", "bye"))
    hall.delivery.finish(ANN)
    for text in "cdefgh":
        hall.tell(text)
        hall.flush()

    hall.delivery.resume_writing(ANN)

    assert hall.flush() == {ANN: "you fell behind and missed 2 linesbye."}
    assert hall.delivery.finished() == [ANN]


def test_no_gap_is_told_to_one_that_heard_all_up_to_its_end() -> None:
    hall = FakeRoom(ANN, BOB, log=4)
    hall.tell("a")
    hall.flush()
    hall.delivery.pause_writing(ANN)
    hall.delivery.finish(ANN)
    for text in "cdefgh":
        hall.tell(text)
        hall.flush()

    hall.delivery.resume_writing(ANN)

    assert hall.flush() == {}
    assert hall.delivery.finished() == [ANN]
    assert hall.delivery.missed_count == 0


def test_a_flush_gives_each_at_most_so_many_bytes() -> None:
    hall = FakeRoom(ANN, BOB, flush=6)
    hall.delivery.pause_writing(BOB)
    hall.tell("abcdefg")

    assert hall.flush() == {ANN: "abc"}
    hall.delivery.resume_writing(BOB)
    assert hall.flush() == {ANN: "def", BOB: "abc"}
    assert hall.flush() == {ANN: "g", BOB: "def"}
    assert hall.flush() == {BOB: "g"}
    assert not hall.delivery.is_due


def test_one_that_shares_the_room_with_another_has_a_bound_of_its_own() -> None:
    hall = FakeRoom(ANN, BOB, flush=6)
    for session in (ANN, BOB):
        hall.delivery.pause_writing(session)
        hall.delivery.resume_writing(session)
    hall.delivery.send_private(BOB, NO)

    hall.tell("abc")

    assert hall.flush() == {ANN: "abc", BOB: "noab"}, "and a whole event"
    assert hall.flush() == {BOB: "c"}


def test_an_answer_counts_as_bytes_of_a_flush() -> None:
    hall = FakeRoom(ANN, flush=6)
    hall.delivery.send_private(ANN, NO, NO, NO)
    hall.tell("ab")

    assert [hall.flush() for _ in range(3)] == [{ANN: "nono"}, {ANN: "noab"}, {}]


def test_one_that_may_be_written_to_misses_nothing_however_much_comes_at_once() -> None:
    hall = FakeRoom(ANN, BOB, log=10, flush=6)
    hall.delivery.send_private(ANN, NO)
    hall.delivery.remove(BOB)

    hall.tell("abcdefghijklmnopqrstuvwxyz")
    heard = ""
    while hall.delivery.is_due:
        heard += hall.flush()[ANN]

    assert heard == "noabcdefghijklmnopqrstuvwxyz"
    assert hall.delivery.missed_count == 0
    assert hall.log.base == 20, "and then the log forgets"


def test_an_event_longer_than_a_flush_is_given_whole() -> None:
    hall = FakeRoom(ANN, flush=6)

    hall.log.extend([message("x" * 20), message("y")])

    assert [hall.flush() for _ in range(2)] == [{ANN: "x" * 20}, {ANN: "y"}]


def test_members_that_come_back_together_share_their_bytes() -> None:
    hall = FakeRoom(ANN, BOB, CAT, DAN, log=10_000)
    for session in (ANN, CAT):
        hall.delivery.pause_writing(session)
    hall.tell("abc")
    hall.flush()

    for session in (ANN, CAT):
        hall.delivery.resume_writing(session)
    (delivery,) = hall.delivery.flush()

    assert delivery == Write(b"a\nb\nc\n", [ANN, CAT], 3)


def test_a_finished_member_hears_what_there_was_and_no_more() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.tell("a")
    hall.delivery.send_private(ANN, NO)

    hall.delivery.finish(ANN)
    hall.tell("b")
    hall.delivery.send_private(ANN, NEVER)

    assert hall.flush() == {ANN: "ano", BOB: "ab"}
    assert hall.delivery.finished() == [ANN]
    assert hall.delivery.finished() == []
    hall.tell("c")
    assert hall.flush() == {BOB: "c"}


def test_a_member_is_finished_after_the_answer_it_waits_for() -> None:
    hall = FakeRoom(ANN, BOB)
    hall.delivery.send_private(ANN, ASKED)
    hall.delivery.finish(ANN)
    hall.flush()

    assert hall.delivery.finished() == []
    hall.delivery.answer(ASKED, page("x"))
    assert hall.flush() == {ANN: "the last 1 of 1 message:x"}
    assert hall.delivery.finished() == [ANN]


def test_everybody_can_be_finished_at_once() -> None:
    hall = FakeRoom(ANN, BOB, CAT)
    hall.delivery.pause_writing(CAT)
    hall.tell("a")

    hall.delivery.finish_all()
    hall.tell("b")

    assert hall.flush() == {ANN: "a", BOB: "a"}
    assert hall.delivery.finished() == [ANN, BOB]
    hall.delivery.resume_writing(CAT)
    assert hall.flush() == {CAT: "a"}
    assert hall.delivery.finished() == [CAT]
