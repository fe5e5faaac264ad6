from parlour.core.rooms.steps import LeaveRoom, QueryUsers, RenameMember

from tests.core.rooms.room_with_history import ANN, BOB, CAT, RoomWithHistory


def test_no_flush_is_due_in_a_room_without_new_events() -> None:
    lobby = RoomWithHistory(ANN)

    assert lobby.room.flush_time(5.0) is None


def test_a_notice_is_delayed_to_share_a_write() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.room.add(LeaveRoom(CAT, "closed", None))
    lobby.room.add(RenameMember(BOB, "Eve"))

    due = lobby.room.flush_time(5.0)

    assert due is not None
    assert 5.0 < due < 5.001
    assert lobby.room.flush_time(due) == due, "the delay does not start again"


def test_a_message_is_flushed_at_once() -> None:
    lobby = RoomWithHistory(ANN)
    lobby.room.add(RenameMember(ANN, "Eve"))
    lobby.send(ANN, "a")
    lobby.record_all()

    assert lobby.room.flush_time(5.0) == 5.0


def test_an_answer_is_flushed_at_once() -> None:
    lobby = RoomWithHistory(ANN)

    lobby.room.add(QueryUsers(ANN))

    assert lobby.room.flush_time(5.0) == 5.0
