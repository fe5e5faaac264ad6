"""Connections that lag, end, or whose rooms end, in all of their rooms together."""

from parlour.core.events import LOBBY, Bye, Erased, Refused
from parlour.core.limits import Limits
from tests.core.delivery.fake_delivery import ANN, BOB, DEV, FakeDelivery

NO, NEVER = Refused("no", "no"), Refused("never", "never")


def test_a_connection_lags_in_all_of_its_rooms_together() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="lobby dev")
    rooms.delivery.pause_writing(ANN)
    rooms.say(LOBBY, "a")
    rooms.say(DEV, "b")
    rooms.delivery.private.send_first(ANN, NO)

    assert rooms.flush() == {BOB: "ab"}
    assert rooms.delivery.flush_time(0.0) is None
    rooms.delivery.resume_writing(ANN)
    assert rooms.flush() == {ANN: "noab"}


def test_a_lagging_connection_lags_in_a_room_that_it_enters() -> None:
    rooms = FakeDelivery(ann="lobby", bob="dev")
    rooms.delivery.pause_writing(ANN)

    rooms.enter(ANN, DEV)
    rooms.say(DEV, "a")

    assert rooms.flush() == {BOB: "a"}
    rooms.delivery.resume_writing(ANN)
    assert rooms.flush() == {ANN: "a"}


def test_a_lagging_connection_in_no_room_does_not_receive_an_erased_text() -> None:
    rooms = FakeDelivery(ann="", bob="lobby")
    rooms.delivery.pause_writing(ANN)
    rooms.delivery.private.send(ANN, NO, *rooms.messages(LOBBY, "ab"))

    rooms.delivery.erase(Erased(LOBBY, 3, 0.0, 1, "Bob"))
    rooms.delivery.resume_writing(ANN)

    assert rooms.flush()[ANN] == "nob"


def test_writing_can_be_paused_and_resumed_twice() -> None:
    rooms = FakeDelivery(ann="lobby")
    for _ in range(2):
        rooms.delivery.pause_writing(ANN)
    for _ in range(2):
        rooms.delivery.resume_writing(ANN)

    rooms.say(LOBBY, "a")

    assert rooms.flush() == {ANN: "a"}


def test_a_member_that_is_finished_in_a_room_leaves_it_after_its_events() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="dev")
    rooms.say(DEV, "a")

    rooms.delivery.finish(ANN, DEV)
    rooms.say(DEV, "b")

    assert rooms.flush() == {ANN: "a", BOB: "ab"}
    assert rooms.delivery.rooms_of(ANN) == [LOBBY]
    assert rooms.reports.take_ended() == []


def test_a_connection_ends_once_it_received_the_events_of_all_rooms() -> None:
    rooms = FakeDelivery(Limits(flush_bytes=4), ann="lobby dev")
    rooms.say(LOBBY, "abc")
    rooms.say(DEV, "d")

    rooms.delivery.finish_all(ANN)
    rooms.say(LOBBY, "e")
    rooms.delivery.private.send(ANN, NEVER)

    assert rooms.flush() == {ANN: "ab"}
    assert rooms.reports.take_ended() == []
    assert rooms.flush() == {ANN: "cd"}
    assert rooms.reports.take_ended() == [ANN]


def test_a_lagging_connection_ends_after_it_received_everything() -> None:
    rooms = FakeDelivery(ann="lobby", bob="")
    for connection in (ANN, BOB):
        rooms.delivery.pause_writing(connection)
        rooms.delivery.private.send(connection, Bye("x", "bye"))
        rooms.delivery.finish_all(connection)

    assert rooms.flush() == {}
    assert rooms.reports.take_ended() == []
    for connection in (ANN, BOB):
        rooms.delivery.resume_writing(connection)
    assert rooms.flush() == {ANN: "bye.", BOB: "bye."}
    assert sorted(rooms.reports.take_ended()) == [ANN, BOB]


def test_a_connection_in_no_room_ends_at_once() -> None:
    rooms = FakeDelivery(ann="")

    rooms.delivery.finish_all(ANN)

    assert rooms.delivery.flush_time(5.0) == 5.0
    rooms.flush()
    assert rooms.reports.take_ended() == [ANN]
    assert rooms.delivery.flush_time(5.0) is None


def test_a_room_that_is_over_ends_for_its_members_after_its_events() -> None:
    rooms = FakeDelivery(ann="lobby dev", bob="dev")
    rooms.delivery.pause_writing(BOB)
    rooms.say(DEV, "a")

    rooms.delivery.end_room(DEV)
    rooms.say(DEV, "b")

    assert rooms.flush() == {ANN: "a"}
    assert rooms.delivery.rooms_of(ANN) == [LOBBY]
    rooms.delivery.resume_writing(BOB)
    assert rooms.flush() == {BOB: "a"}
    assert rooms.delivery.room(DEV) is None


def test_an_answer_is_not_lost_in_a_room_that_its_asker_is_leaving() -> None:
    rooms = FakeDelivery(ann="dev lobby")
    rooms.delivery.finish(ANN, DEV)

    rooms.delivery.private.send(ANN, NO)
    rooms.delivery.private.send(ANN, NEVER, room=DEV)

    assert rooms.flush() == {ANN: "nonever"}


def test_an_answer_is_not_lost_if_its_asker_is_leaving_the_only_room() -> None:
    rooms = FakeDelivery(ann="dev")
    rooms.delivery.finish(ANN, DEV)

    rooms.delivery.private.send(ANN, NO, room=DEV)

    assert rooms.flush() == {ANN: "no"}
