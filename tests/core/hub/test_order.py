"""Commit, then show: what is heard when the history takes its time."""

from parlour.core.events import Refused
from parlour.core.limits import MAX_BATCH, Limits
from tests.core.fake_server import Stage, line

FULL = Refused("storage_full", "it could not be kept")
UNKEPT = "[Server]: messages cannot be kept now, and are refused: it could not be kept"
KEPT = "[Server]: messages are kept again"


def test_nobody_hears_what_is_not_recorded() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.say("hi")
    stage.wait(60.0)
    assert ann.hear() == bob.hear() == []
    stage.commit()

    assert ann.hear() == bob.hear() == ["Ann: hi"]


def test_a_second_batch_gathers_while_the_first_is_out() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.say("one")
    bob.say("two")
    ann.say("three")
    assert [draft.text for draft in stage.out] == ["one"]
    stage.commit()

    assert [draft.text for draft in stage.out] == ["two", "three"]
    assert bob.hear() == ["Ann: one"]
    stage.commit()
    assert bob.hear() == ["Bob: two", "Ann: three"]


def test_what_does_not_fit_into_a_batch_is_the_next_at_once() -> None:
    stage = Stage()
    ann = stage.member("Ann")

    ann.say(*["hi"] * (MAX_BATCH * 2 + 1))

    assert len(ann.hear()) == MAX_BATCH * 2 + 1


def test_notices_wait_behind_what_was_said_before() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.say("hi")
    cat = stage.connect("192.0.2.9:9")
    cat.rename("Cat")
    bob.end()
    stage.wait(1.0)
    assert ann.hear() == bob.hear() == cat.hear() == []
    stage.commit()
    stage.wait(1.0)

    came = "[Server]: 192.0.2.9:9 has entered the chat"
    renamed = "[Server]: 192.0.2.9:9 renamed to Cat"
    left = "[Server]: Bob has left the chat"
    assert ann.hear() == ["Ann: hi", came, renamed, left]
    assert bob.hear() == ["Ann: hi", came, renamed]
    assert cat.hear() == [came, renamed, left]


def test_what_is_said_around_a_new_name_has_the_name_of_its_moment() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    stage.holds = True

    ann.send(line("message", "a") + line("set-name", "Eve") + line("message", "b"))
    stage.commit()

    assert ann.hear() == ["Ann: a", "[Server]: Ann renamed to Eve", "Eve: b"]


def test_a_new_name_may_stand_between_two_batches() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    stage.holds = True

    ann.say("a")
    ann.rename("Eve")
    ann.say("b")
    stage.commit()
    assert ann.hear() == ["Ann: a", "[Server]: Ann renamed to Eve"]
    stage.commit()
    assert ann.hear() == ["Eve: b"]


def test_questions_are_answered_after_what_was_said_before_them() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.send(line("message", "mine") + line("users"))
    ann.send(line("history"))
    bob.say("later")
    assert stage.asked == []
    stage.commit()
    assert ann.hear() == ["Ann: mine", "[Server]: 2 users: Ann, Bob"]
    stage.commit()
    stage.commit()

    assert ann.hear() == [
        "Bob: later",
        "[Server]: the last 2 of 2 messages:",
        "Ann: mine",
        "Bob: later",
    ]


def test_an_answer_never_shows_what_the_room_has_not_heard() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    bob.say("one")
    ann.hear()
    stage.holds = True

    ann.send(line("history"))
    bob.say("two")
    stage.out, batch = [], stage.out
    messages = stage.history.append(batch, 0.0)
    stage.commit()
    assert ann.hear() == ["[Server]: the last 1 of 1 message:", "Bob: one"]
    stage.hub.recorded(messages)
    stage.turn()

    assert ann.hear() == ["Bob: two"]


def test_a_bad_line_and_a_question_in_one_piece_are_both_answered() -> None:
    stage = Stage()
    ann = stage.member("Ann")

    ann.send(line("set-name", "") + line("history") + line("users"))

    assert ann.hear() == [
        "[Server]: a name has 1 to 32 characters",
        "[Server]: nothing has been said yet",
        "[Server]: 1 user: Ann",
    ]


def test_one_that_waits_for_an_answer_hears_nothing_else_meanwhile() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True
    ann.send(line("history") + line("message", "after"))

    bob.end()
    stage.wait(1.0)
    assert ann.hear() == []
    assert not ann.reads
    stage.commit()
    stage.commit()

    assert ann.hear() == [
        "[Server]: nothing has been said yet",
        "[Server]: Bob has left the chat",
        "Ann: after",
    ]
    assert ann.reads


def test_a_refused_batch_is_told_to_who_said_it_and_shown_to_nobody() -> None:
    stage = Stage()
    ann, bob, cat = stage.members("Ann", "Bob", "Cat")
    stage.holds = True

    ann.say("one")
    bob.say("two")
    stage.refuse(FULL)
    stage.commit()
    stage.holds = False
    cat.send(line("history"))

    refused = "[Server]: it could not be kept"
    assert ann.hear() == [UNKEPT, refused, KEPT, "Bob: two"]
    assert bob.hear() == [UNKEPT, KEPT, "Bob: two"]
    assert cat.hear() == [
        UNKEPT,
        KEPT,
        "Bob: two",
        "[Server]: the last 1 of 1 message:",
        "Bob: two",
    ]


def test_what_was_refused_keeps_its_place_among_the_rest() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    stage.holds = True

    ann.send(line("message", "a") + line("set-name", "Eve"))
    stage.refuse(FULL)

    assert ann.hear() == [
        UNKEPT,
        "[Server]: it could not be kept",
        "[Server]: Ann renamed to Eve",
    ]


def test_a_batch_of_one_who_has_left_is_recorded_or_refused_all_the_same() -> None:
    for is_kept in (True, False):
        stage = Stage()
        ann, bob = stage.members("Ann", "Bob")
        stage.holds = True

        bob.say("bye")
        bob.vanish()
        if is_kept:
            stage.commit()
        else:
            stage.refuse(FULL)
        stage.wait(1.0)

        said = ["Bob: bye"] if is_kept else [UNKEPT]
        assert ann.hear() == [*said, "[Server]: Bob has left the chat"]


def test_who_speaks_waits_while_too_much_is_not_recorded() -> None:
    stage = Stage(Limits(rate=None, max_pending=1010))
    ann, bob, cat = stage.members("Ann", "Bob", "Cat")
    stage.holds = True

    ann.say(*["a"] * 10)
    assert ann.reads
    ann.say("b")
    bob.say("c")
    assert (ann.reads, bob.reads, cat.reads) == (False, False, True)
    assert stage.hub.room.pending.next_batch() == []
    stage.commit()
    assert (ann.reads, bob.reads) == (True, True)
    stage.commit()

    assert cat.hear() == ["Ann: a"] * 10 + ["Ann: b", "Bob: c"]


def test_who_waits_is_heard_again_when_a_batch_is_refused() -> None:
    stage = Stage(Limits(rate=None, max_pending=1010))
    ann = stage.member("Ann")
    stage.holds = True
    ann.say(*["a"] * 11)
    assert not ann.reads

    stage.refuse(FULL)

    assert ann.reads


def test_the_end_of_one_who_waits_comes_after_what_it_said() -> None:
    stage = Stage(Limits(rate=None, max_pending=1010))
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.say(*["a"] * 11)
    ann.end()
    stage.wait(1.0)
    assert ann.ended is None
    stage.commit()
    stage.wait(1.0)

    assert ann.hear() == ["Ann: a"] * 11
    assert bob.hear() == ["Ann: a"] * 11 + ["[Server]: Ann has left the chat"]
    assert ann.ended is not None


def test_a_stop_waits_for_what_was_said_before() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.say("last")
    stage.hub.stop("over")
    stage.turn()
    assert bob.hear() == []
    stage.commit()

    assert ann.hear() == bob.hear() == ["Ann: last", "[Server]: over"]
    assert ann.ended is not None


def test_the_room_goes_on_from_where_the_history_stands() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    for number in range(205):
        ann.say(f"{number:03}")
    bob.hear()
    bob.send(line("history"))

    heard = bob.hear()
    assert heard[0] == "[Server]: the last 200 of 205 messages:"
    assert heard[1:] == [f"Ann: {number:03}" for number in range(5, 205)]
