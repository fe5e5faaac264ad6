"""The delivery of all rooms: which connection hears what, in one write."""

import pytest

from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import LOBBY, Refused, RoomName, StorageFailed
from parlour.core.limits import Limits
from parlour.core.protocol.plain import PLAIN
from parlour.core.storage import Before, Question
from tests.core.delivery.fake_delivery import (
    ANN,
    ART,
    BOB,
    CAT,
    DEV,
    LONG,
    ME,
    OPS,
    FakeDelivery,
)
from tests.core.terse_dialect import page

NO, NEVER = Refused("no", "no"), Refused("never", "never")
QUESTION = Question(ANN, Before(DEV, 1, 10))


def test_a_connection_receives_the_events_of_its_rooms_alone() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="lobby", cat="dev")

    rooms.say(LOBBY, "a")
    rooms.say(DEV, "b")

    assert rooms.flush() == {ANN: "ab", BOB: "a", CAT: "b"}


def test_members_of_the_same_rooms_share_one_bytes_object() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="lobby dev", cat="dev")
    rooms.say(LOBBY, "a")
    rooms.say(DEV, "b")

    writes = rooms.delivery.flush(LONG)

    assert writes == [Write(b"a\nb\n", [ANN, BOB], 2), Write(b"b\n", [CAT], 1)]


def test_a_room_in_which_nobody_is_has_no_delivery() -> None:
    rooms = FakeDelivery(ann="lobby")

    rooms.say(DEV, "a")
    rooms.notify(DEV, "Eve")

    assert rooms.delivery.room(DEV) is None
    assert rooms.delivery.flush_time(0.0) is None


def test_a_connection_that_leaves_a_room_receives_nothing_of_it() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="dev")
    rooms.say(DEV, "a")

    rooms.delivery.leave(ANN, DEV)

    assert rooms.flush() == {BOB: "a"}
    assert rooms.delivery.rooms_of(ANN) == [LOBBY]
    assert not rooms.delivery.hears(ANN, DEV)


def test_the_last_member_of_a_room_takes_its_delivery_along() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="dev")

    rooms.delivery.leave(ANN, DEV)
    assert rooms.delivery.room(DEV) is not None
    rooms.delivery.leave(BOB, DEV)

    assert rooms.delivery.room(DEV) is None
    assert rooms.delivery.room_count == 1


def test_the_delivery_of_the_lobby_stays_without_members() -> None:
    rooms = FakeDelivery(ann="lobby")

    rooms.delivery.leave(ANN, LOBBY)

    assert rooms.delivery.room(LOBBY) is not None


def test_nothing_is_due_for_a_room_that_was_forgotten() -> None:
    rooms = FakeDelivery(ann="dev")
    rooms.say(DEV, "a")

    rooms.delivery.close(ANN)

    assert rooms.delivery.flush_time(0.0) is None
    assert not rooms.delivery.is_urgent
    assert ANN not in rooms.delivery
    assert rooms.delivery.recent_size == 0


# -- private events ---------------------------------------------------------------


def test_a_private_event_stands_after_the_events_of_its_room_so_far() -> None:
    rooms = FakeDelivery(ann="lobby dev")
    rooms.say(DEV, "a")
    rooms.delivery.private.send(ANN, NO, room=DEV)
    rooms.say(DEV, "b")
    rooms.say(LOBBY, "c")

    assert rooms.flush() == {ANN: "anobc"}


@pytest.mark.parametrize("room", [None, ART])
def test_without_a_room_that_it_hears_an_event_stands_in_the_first_one(
    room: RoomName | None,
) -> None:
    rooms = FakeDelivery(ann="ops lobby")
    rooms.say(OPS, "a")
    rooms.delivery.private.send(ANN, NO, room=room)
    rooms.say(OPS, "b")

    assert rooms.flush() == {ANN: "anob"}


def test_a_connection_that_hears_no_room_receives_its_private_events() -> None:
    rooms = FakeDelivery(ann="")

    rooms.delivery.private.send(ANN, NO, NEVER)

    assert rooms.delivery.flush_time(5.0) == 5.0
    assert rooms.delivery.private.undelivered(ANN) == 2
    assert rooms.flush() == {ANN: "nonever"}
    assert rooms.delivery.private.undelivered(ANN) == 0
    assert rooms.reports.take_answered() == [ANN]


def test_what_is_sent_first_precedes_the_events_of_all_rooms() -> None:
    rooms = FakeDelivery(ann="lobby dev")
    rooms.say(LOBBY, "a")
    rooms.say(DEV, "b")

    rooms.delivery.private.send_first(ANN, NO)

    assert rooms.flush() == {ANN: "noab"}


def test_nothing_is_sent_to_a_connection_that_is_gone() -> None:
    rooms = FakeDelivery(ann="lobby")
    rooms.delivery.close(ANN)

    rooms.delivery.private.send(ANN, NO)

    assert rooms.flush() == {}


def test_undelivered_events_are_counted_in_all_rooms() -> None:
    rooms = FakeDelivery(ann="lobby dev")

    rooms.delivery.private.send(ANN, NO, room=DEV)
    rooms.delivery.private.send(ANN, NO, NO, room=LOBBY)
    rooms.delivery.private.send_first(ANN, NO)

    assert rooms.delivery.private.undelivered(ANN) == 4
    rooms.flush()
    assert rooms.delivery.private.undelivered(ANN) == 0


def test_a_question_delays_its_room_and_no_other() -> None:
    rooms = FakeDelivery(ann="lobby dev")
    rooms.delivery.private.send(ANN, QUESTION, room=DEV)
    rooms.say(DEV, "a")
    rooms.say(LOBBY, "b")

    assert rooms.flush() == {ANN: "b"}
    assert rooms.reports.take_questions() == [QUESTION]
    rooms.delivery.private.answer(QUESTION, page("x"))
    assert rooms.flush() == {ANN: "the last 1 of 1 message:xa"}


def test_a_question_of_a_connection_in_no_room_is_answered() -> None:
    rooms = FakeDelivery(ann="")

    rooms.delivery.private.send(ANN, QUESTION)

    assert rooms.reports.take_questions() == [QUESTION]
    assert rooms.delivery.private.undelivered(ANN) == 1, "the question counts"
    rooms.delivery.private.answer(QUESTION, page("x"))
    assert rooms.flush() == {ANN: "the last 1 of 1 message:x"}
    assert rooms.delivery.private.undelivered(ANN) == 0


def test_a_question_is_answered_in_a_room_that_was_entered_meanwhile() -> None:
    rooms = FakeDelivery(ann="")
    rooms.delivery.private.send(ANN, QUESTION)
    rooms.enter(ANN, OPS)

    rooms.delivery.private.answer(QUESTION, page("x"))

    assert rooms.flush() == {ANN: "the last 1 of 1 message:x"}
    assert rooms.delivery.private.undelivered(ANN) == 0


def test_an_answer_for_a_connection_that_is_gone_is_dropped() -> None:
    rooms = FakeDelivery(ann="dev")
    rooms.delivery.private.send(ANN, QUESTION, room=DEV)
    rooms.flush()
    rooms.delivery.close(ANN)

    rooms.delivery.private.answer(QUESTION, page("x"))

    assert rooms.flush() == {}


def test_a_large_answer_to_a_connection_in_no_room_counts_until_it_is_taken() -> None:
    rooms = FakeDelivery(ann="")
    rooms.delivery.private.send(ANN, QUESTION)
    rooms.delivery.pause_writing(ANN)

    rooms.delivery.private.answer(QUESTION, page("x" * 50))

    assert rooms.reports.queued_answers.size_of(ANN) == 5050
    rooms.delivery.resume_writing(ANN)
    rooms.flush()
    assert rooms.reports.queued_answers.size_of(ANN) == 0


# -- direct rooms, the mirror, and all rooms ---------------------------------------


def test_a_whisper_is_heard_by_the_members_of_its_room() -> None:
    rooms = FakeDelivery(ann=ME, bob=ME, cat="lobby")

    rooms.whisper(ME, "a")

    assert rooms.flush() == {ANN: "a", BOB: "a"}


def test_a_direct_room_keeps_its_messages_while_nobody_hears_it_here() -> None:
    rooms = FakeDelivery(ann=ME)
    rooms.whisper(ME, "ab")
    rooms.flush()

    rooms.delivery.close(ANN)

    assert [each.text for each in rooms.delivery.recent_messages(ME)] == ["a", "b"]
    rooms.delivery.end_room(ME)
    assert rooms.delivery.recent_messages(ME) == []
    assert rooms.delivery.room(ME) is None


def test_the_mirror_hears_the_events_of_all_rooms_but_no_whisper() -> None:
    rooms = FakeDelivery(bob=ME)
    rooms.delivery.open_mirror(CAT, rooms.dialect)

    rooms.say(LOBBY, "a")
    rooms.notify(DEV, "Eve")
    rooms.whisper(ME, "x")
    rooms.say(OPS, "b")

    assert rooms.flush()[CAT] == "aEve has entered the chatb"


def test_a_mirror_that_lags_too_long_misses_events() -> None:
    rooms = FakeDelivery(Limits(recent_events_bytes=10))
    rooms.delivery.open_mirror(CAT, rooms.dialect)
    rooms.delivery.pause_writing(CAT)
    for letter in "abcdefghijkl":
        rooms.say(LOBBY, letter)
        rooms.flush()

    rooms.delivery.resume_writing(CAT)

    assert rooms.flush() == {CAT: "you fell behind and missed 6 lines" + "ghijkl"}


def test_a_failure_of_the_storage_is_told_in_each_room_that_has_a_history() -> None:
    rooms = FakeDelivery(ann=f"lobby dev {ME}")
    rooms.delivery.open_mirror(CAT, rooms.dialect)

    rooms.delivery.append_to_all(lambda room: StorageFailed(room, f"in {room}"))

    failed = "messages cannot be kept now, and are refused: in "
    both = f"{failed}lobby{failed}dev"
    assert rooms.flush() == {ANN: both, CAT: both}


def test_a_new_dialect_takes_effect_in_the_rooms_that_are_entered_later() -> None:
    rooms = FakeDelivery(ann="lobby")

    rooms.delivery.set_dialect(ANN, PLAIN)
    rooms.enter(ANN, DEV)

    rooms.say(LOBBY, "a")
    assert rooms.flush() == {ANN: "a"}
    rooms.say(DEV, "b")
    line = '{"type":"message","data":{"source":"Ann","message":"b"}}'
    assert rooms.flush() == {ANN: line}
