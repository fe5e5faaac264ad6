from parlour.core.events import LOBBY, ConnectionId, Joined, Refused
from tests.core.fake_room import FakeRoom
from tests.core.terse_dialect import messages

ANN, BOB = ConnectionId(1), ConnectionId(2)
NOTICE = Joined(LOBBY, "Eve")


def test_no_flush_is_due_in_a_room_without_new_events() -> None:
    room = FakeRoom(ANN)

    assert room.delivery.flush_time(5.0) is None


def test_a_notice_is_delayed_to_share_a_write() -> None:
    room = FakeRoom(ANN, BOB)
    room.delivery.append(NOTICE)
    room.delivery.append(NOTICE)

    due = room.delivery.flush_time(5.0)

    assert due is not None
    assert 5.0 < due < 5.001
    assert room.delivery.flush_due(5.0) == []
    assert room.delivery.flush_time(due) == due, "the delay does not start again"
    (write,) = room.delivery.flush_due(due)
    assert (write.connections, write.events) == ([ANN, BOB], 2)


def test_the_delay_of_a_notice_grows_with_the_number_of_members() -> None:
    small = FakeRoom(ANN)
    large = FakeRoom(*map(ConnectionId, range(1, 1001)))
    for room in (small, large):
        room.delivery.append(NOTICE)

    assert [room.delivery.flush_time(0.0) for room in (small, large)] == [5e-6, 0.005]


def test_a_message_is_flushed_at_once() -> None:
    room = FakeRoom(ANN)
    room.delivery.append(NOTICE)

    room.delivery.extend(messages("a"))

    assert room.delivery.flush_time(5.0) == 5.0
    assert room.delivery.schedule.is_urgent


def test_an_answer_is_flushed_at_once_and_causes_no_write_to_others() -> None:
    room = FakeRoom(ANN, BOB)
    room.delivery.append(NOTICE)

    room.delivery.send_private(ANN, Refused("no", "no"))

    assert room.delivery.flush_time(5.0) == 5.0
    (write,) = room.delivery.flush_due(5.0)
    assert write.connections == [ANN]


def test_a_flush_that_could_not_deliver_everything_is_followed_by_another() -> None:
    room = FakeRoom(ANN, flush_bytes=6)
    room.delivery.extend(messages("abcd"))

    room.delivery.flush_due(5.0)

    assert room.delivery.flush_time(5.0) == 5.0
    assert room.delivery.schedule.is_urgent
    room.delivery.flush_due(5.0)
    assert room.delivery.flush_time(5.0) is None
    assert not room.delivery.schedule.is_urgent


def test_the_delay_starts_again_with_the_first_notice_after_a_flush() -> None:
    room = FakeRoom(ANN)
    room.delivery.append(NOTICE)
    room.delivery.flush_time(5.0)
    room.delivery.flush_due(6.0)

    room.delivery.append(NOTICE)

    assert room.delivery.flush_time(7.0) == 7.0 + 5e-6
