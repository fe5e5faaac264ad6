from parlour.core.rooms.steps import (
    CloseRoom,
    JoinRoom,
    LeaveRoom,
    QueryUsers,
    RenameMember,
    SendPrivate,
)

from parlour.core.events import LOBBY, Bye, Refused, SessionId, User
from parlour.core.storage import Before, Page, SessionQuery
from tests.core.rooms.room_with_history import ANN, BOB, CAT, RoomWithHistory

FULL = Refused("storage_full", "not kept")


def test_a_new_member_receives_the_notice_of_its_own_join() -> None:
    lobby = RoomWithHistory(ANN)

    lobby.join(BOB)

    entered = ["Bob has entered the chat"]
    assert lobby.flush() == {ANN: entered, BOB: entered}


def test_a_message_is_delivered_after_it_is_recorded() -> None:
    lobby = RoomWithHistory(ANN, BOB)

    lobby.send(ANN, "ab")
    batch = lobby.room.pending.next_batch()

    assert lobby.flush() == {}
    lobby.record(batch)
    assert lobby.flush() == {ANN: ["a", "b"], BOB: ["a", "b"]}
    assert lobby.room.last_sequence == 2


def test_notices_wait_for_the_messages_before_them() -> None:
    lobby = RoomWithHistory(ANN)
    lobby.send(ANN, "a")
    lobby.room.add(RenameMember(ANN, "Eve"))
    lobby.join(BOB)
    lobby.send(ANN, "b")

    assert lobby.flush() == {}
    assert lobby.names == {ANN: "Ann"}
    lobby.record_all()
    assert lobby.flush() == {
        ANN: ["a", "Ann renamed to Eve", "Bob has entered the chat", "b"],
        BOB: ["Bob has entered the chat", "b"],
    }
    assert lobby.names == {ANN: "Eve", BOB: "Bob"}


def test_only_the_other_members_receive_the_notice_of_a_leave() -> None:
    lobby = RoomWithHistory(ANN, BOB)

    lobby.room.add(LeaveRoom(ANN, "closed", None))

    assert lobby.flush() == {BOB: ["Ann has left the chat"]}
    assert lobby.room.delivery.finished() == [ANN]
    assert lobby.names == {BOB: "Bob"}


def test_bye_is_the_last_event_of_a_member() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.send(BOB, "a")

    lobby.room.add(LeaveRoom(ANN, "kicked", Bye("kicked", "go")))
    lobby.send(BOB, "b")
    lobby.record_all()

    assert lobby.flush() == {
        ANN: ["a", "go."],
        BOB: ["a", "Ann has left the chat", "b"],
    }


def test_a_session_that_never_joined_leaves_without_a_notice() -> None:
    lobby = RoomWithHistory(ANN)

    lobby.room.add(LeaveRoom(BOB, "closed", None))

    assert lobby.flush() == {}


def test_a_session_removed_before_its_join_still_joins_and_leaves() -> None:
    lobby = RoomWithHistory(ANN)
    lobby.send(ANN, "a")
    lobby.join(BOB)
    lobby.room.delivery.remove(BOB)
    lobby.room.add(LeaveRoom(BOB, "lost", None))

    lobby.record_all()

    joined, left = "Bob has entered the chat", "Bob has left the chat"
    assert lobby.flush() == {ANN: ["a", joined, left]}


def test_a_query_waits_for_the_messages_before_it() -> None:
    lobby = RoomWithHistory(ANN, head=7)
    lobby.send(ANN, "ab")
    lobby.query_history(ANN)
    lobby.send(ANN, "c")

    assert lobby.queries() == []
    lobby.record_all()
    assert lobby.queries() == [SessionQuery(ANN, Before(LOBBY, 10, 10))]
    assert lobby.queries() == []


def test_a_query_is_limited_to_the_messages_in_the_room() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.send(BOB, "a")
    first = lobby.room.pending.next_batch()
    lobby.query_history(ANN)
    lobby.send(BOB, "b")

    lobby.record(first)
    (query,) = lobby.queries()

    assert query.query == Before(LOBBY, 2, 10)


def test_a_query_of_a_removed_member_is_not_sent() -> None:
    lobby = RoomWithHistory(ANN)
    lobby.join(BOB)
    lobby.send(ANN, "a")
    lobby.query_history(BOB)
    lobby.room.add(QueryUsers(BOB))
    lobby.room.delivery.remove(BOB)

    lobby.record_all()

    assert lobby.queries() == []


def test_an_answer_for_a_removed_member_is_dropped() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.query_history(BOB)
    (query,) = lobby.queries()
    lobby.room.delivery.remove(BOB)

    lobby.room.answered(query, Page((), False, 0))

    assert lobby.flush() == {}


def test_a_user_list_reflects_the_time_of_the_query() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.room.add(QueryUsers(BOB))
    lobby.send(ANN, "a")
    lobby.room.add(RenameMember(ANN, "Eve"))
    lobby.join(CAT)
    lobby.room.add(QueryUsers(BOB))
    lobby.room.add(LeaveRoom(CAT, "closed", None))

    assert lobby.flush() == {BOB: ["2 users: Ann, Bob"]}
    lobby.record_all()
    assert lobby.flush()[BOB] == [
        "a",
        "Ann renamed to Eve",
        "Cat has entered the chat",
        "3 users: Bob, Cat, Eve",
        "Cat has left the chat",
    ]


def test_a_long_user_list_is_sent_in_pages() -> None:
    lobby = RoomWithHistory()
    for number in range(1, 251):
        user = User(f"u{number:03}", 0.0)
        lobby.room.admit(JoinRoom(SessionId(number), user), lobby.dialect)
    lobby.flush()

    lobby.room.add(QueryUsers(ANN))

    (received,) = lobby.flush().values()
    assert [line[:30] for line in received] == [
        "1 to 100 of 250 users: u001, u",
        "101 to 200 of 250 users: u101,",
        "201 to 250 of 250 users: u201,",
    ]


def test_only_the_senders_of_a_refused_batch_receive_refusals() -> None:
    lobby = RoomWithHistory(ANN, BOB, CAT)
    lobby.send(ANN, "a")
    lobby.room.add(RenameMember(CAT, "Eve"))
    lobby.send(BOB, "b")

    batch = lobby.room.pending.next_batch()
    lobby.room.refused([SendPrivate(d.session, FULL) for d in batch], "no room")

    failed = "messages cannot be kept now, and are refused: no room"
    assert lobby.flush() == {
        ANN: [failed, "not kept", "Cat renamed to Eve"],
        BOB: [failed, "Cat renamed to Eve", "not kept"],
        CAT: [failed, "Cat renamed to Eve"],
    }
    assert lobby.room.last_sequence == 0


def test_a_refusal_for_a_removed_member_is_dropped() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.send(ANN, "a")
    batch = lobby.room.pending.next_batch()
    lobby.room.delivery.remove(ANN)

    lobby.room.refused([SendPrivate(draft.session, FULL) for draft in batch], "no room")

    assert lobby.flush() == {
        BOB: ["messages cannot be kept now, and are refused: no room"]
    }


def test_a_storage_failure_and_its_end_are_each_reported_once() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    for text in "ab":
        lobby.send(ANN, text)
        batch = lobby.room.pending.next_batch()
        lobby.room.refused([SendPrivate(d.session, FULL) for d in batch], "no room")
    lobby.send(ANN, "c")
    lobby.record_all()

    failed = "messages cannot be kept now, and are refused: no room"
    assert lobby.flush()[BOB] == [failed, "messages are kept again", "c"]


def test_bye_is_the_last_event_of_a_closed_room() -> None:
    lobby = RoomWithHistory(ANN, BOB)
    lobby.send(ANN, "a")

    lobby.room.add(CloseRoom(Bye("server_stopping", "bye")))
    lobby.send(ANN, "b")
    lobby.record_all()

    assert lobby.flush() == {ANN: ["a", "bye."], BOB: ["a", "bye."]}
    assert lobby.room.delivery.finished() == [ANN, BOB]
