import json

from parlour.core.delivery.opening import Opening
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.reports import DeliveryReports
from parlour.core.delivery.room_delivery import RoomDelivery
from parlour.core.events import (
    LOBBY,
    ConnectionId,
    Cursor,
    Joined,
    Message,
    Refused,
    RoomEvent,
    RoomInfo,
)
from parlour.core.protocol.plain import PLAIN
from parlour.core.protocol.session import SESSION
from parlour.core.storage import Page, Purpose, Question
from tests.core.delivery.fake_delivery import missed

ANN, BOB = ConnectionId(1), ConnectionId(2)
EPOCH = "e"
ANN_JOINED, EVE_JOINED = Joined(LOBBY, "Ann"), Joined(LOBBY, "Eve")


def message(sequence: int) -> Message:
    return Message(LOBBY, sequence, 0.0, "Eve", "hi")


def page(*sequences: int, expired: int = 0) -> Page:
    return Page(tuple(map(message, sequences)), False, len(sequences), expired)


def summary(line: str) -> str:
    """Return what distinguishes an event of the session dialect."""
    event = json.loads(line)
    data = event["data"]
    match event["type"]:
        case "room":
            recovered = "recovered" if data["recovered"] else "not recovered"
            return f"room at {data['sequence']}, {recovered}"
        case "message":
            return f"message {data['sequence']}"
        case "joined":
            return f"{data['name']} joined"
        case "missed":
            return f"missed {data['events']}, resume after {data['resume_after']}"
        case _:
            return f"{event['type']}"


class ReplayRoom:
    """A room with a member, Bob, whose recent events begin after *head*."""

    def __init__(self, *, head: int = 0, max_bytes: int = 10_000) -> None:
        self.recent = RecentEvents(max_bytes, head)
        self.reports = DeliveryReports()
        self.delivery = RoomDelivery(LOBBY, self.recent, self.reports, 10_000)
        self.delivery.add(BOB, PLAIN)
        self.delivery.flush()

    def add(self, *events: RoomEvent) -> None:
        for event in events:
            self.recent.append(event)
        self.delivery.flush()

    def start(self, cursor: Cursor | None) -> None:
        self.delivery.add(ANN, SESSION, self.opening(cursor, ANN_JOINED))

    def opening(self, cursor: Cursor | None, joined: Joined | None) -> Opening:
        info = RoomInfo(LOBBY, EPOCH, self.recent.last_sequence, True)
        return Opening(info, cursor=cursor, joined=joined)

    def questions(self) -> list[Question]:
        return self.reports.take_questions()

    def received(self) -> list[str]:
        """Return what Ann receives in one flush."""
        writes = self.delivery.flush()
        data = b"".join(data for data, receivers, _ in writes if ANN in receivers)
        return [summary(line) for line in data.decode().splitlines()]


def test_a_session_without_a_cursor_receives_the_room_and_new_events() -> None:
    room = ReplayRoom()
    room.add(message(1))

    room.start(None)
    room.recent.append(message(2))

    assert room.received() == ["room at 1, recovered", "Ann joined", "message 2"]


def test_messages_after_the_cursor_are_replayed_without_notices() -> None:
    room = ReplayRoom()
    room.add(message(1), message(2), EVE_JOINED, message(3))

    room.start(Cursor(EPOCH, 1))
    room.recent.append(EVE_JOINED)

    assert room.received() == [
        "room at 3, recovered",
        "message 2",
        "message 3",
        "Ann joined",
        "Eve joined",
    ]


def test_a_cursor_before_the_recent_events_queries_the_history() -> None:
    room = ReplayRoom(head=5)
    room.add(message(6))
    room.start(Cursor(EPOCH, 3))

    assert room.received() == []
    (question,) = room.questions()
    assert question == Question(ANN, missed(LOBBY, 3, 6), Purpose.OPENING)
    room.delivery.answer(question, page(4, 5))

    assert room.received() == [
        "room at 6, recovered",
        "message 4",
        "message 5",
        "message 6",
        "Ann joined",
    ]


def test_pages_are_queried_until_the_recent_events_continue() -> None:
    room = ReplayRoom(head=5)
    room.start(Cursor(EPOCH, 1))
    room.received()
    (first,) = room.questions()
    room.delivery.answer(first, page(2, 3))

    assert room.received() == ["room at 5, recovered", "message 2", "message 3"]
    (second,) = room.questions()
    assert second == Question(ANN, missed(LOBBY, 3, 5), Purpose.REPLAY)
    room.delivery.answer(second, page(4, 5))

    assert room.received() == ["message 4", "message 5", "Ann joined"]


def test_a_cursor_between_two_sequences_continues_after_it() -> None:
    room = ReplayRoom()
    room.add(message(10), message(20), message(40))

    room.start(Cursor(EPOCH, 25))

    assert room.received() == ["room at 40, recovered", "message 40", "Ann joined"]


def test_a_cursor_of_another_epoch_is_not_recovered() -> None:
    room = ReplayRoom(head=5)

    room.start(Cursor("another", 3))

    assert room.received() == [
        "room at 5, not recovered",
        "missed None, resume after 5",
        "Ann joined",
    ]


def test_expired_messages_are_reported_as_missed() -> None:
    room = ReplayRoom(head=5)
    room.start(Cursor(EPOCH, 1))
    room.received()
    (question,) = room.questions()

    room.delivery.answer(question, page(4, 5, expired=2))

    assert room.received() == [
        "room at 5, not recovered",
        "missed 2, resume after 3",
        "message 4",
        "message 5",
        "Ann joined",
    ]


def test_a_gap_of_expired_messages_ends_before_the_first_one_that_is_stored() -> None:
    room = ReplayRoom(head=90)
    room.start(Cursor(EPOCH, 10))
    room.received()
    (question,) = room.questions()

    room.delivery.answer(question, page(70, 90, expired=2))

    assert room.received() == [
        "room at 90, not recovered",
        "missed 2, resume after 69",
        "message 70",
        "message 90",
        "Ann joined",
    ]


def test_a_replay_ends_at_the_last_message_if_all_are_expired() -> None:
    room = ReplayRoom(head=90)
    room.start(Cursor(EPOCH, 10))
    room.received()
    (question,) = room.questions()

    room.delivery.answer(question, page(expired=2))

    assert room.received() == [
        "room at 90, not recovered",
        "missed 2, resume after 90",
        "Ann joined",
    ]


def test_a_replay_ends_if_the_history_refuses_a_page() -> None:
    room = ReplayRoom(head=5)
    room.start(Cursor(EPOCH, 1))
    room.received()
    (question,) = room.questions()

    room.delivery.answer(question, Refused("storage_failed", "why"))

    assert room.received() == [
        "room at 5, not recovered",
        "error",
        "missed None, resume after 5",
        "Ann joined",
    ]


def test_messages_discarded_while_a_member_lags_are_queried() -> None:
    room = ReplayRoom(max_bytes=100)
    room.start(None)
    room.received()
    room.delivery.pause_writing(ANN)
    for sequence in range(1, 11):
        room.add(message(sequence))
    discarded = room.recent.last_discarded
    assert discarded > 0

    room.delivery.resume_writing(ANN)

    assert room.received() == []
    (question,) = room.questions()
    assert question == Question(ANN, missed(LOBBY, 0, 10), Purpose.REPLAY)
    room.delivery.answer(question, page(*range(1, discarded + 1)))
    assert room.received() == [f"message {sequence}" for sequence in range(1, 11)]


def test_notices_discarded_while_a_member_lags_are_reported_as_missed() -> None:
    room = ReplayRoom(max_bytes=100)
    room.start(None)
    room.received()
    room.delivery.pause_writing(ANN)
    room.add(EVE_JOINED, EVE_JOINED)
    for sequence in range(1, 11):
        room.add(message(sequence))

    room.delivery.resume_writing(ANN)

    assert room.received() == ["missed 2, resume after 0"]


def test_an_upgraded_member_continues_after_the_events_it_received() -> None:
    room = ReplayRoom()
    room.delivery.add(ANN, PLAIN)
    room.add(message(1))
    room.recent.append(message(2))
    room.recent.append(EVE_JOINED)

    room.delivery.upgrade(ANN, SESSION, room.opening(None, None))

    assert room.received() == ["room at 1, recovered", "message 2", "Eve joined"]


def test_notices_discarded_during_a_replay_are_reported_as_missed() -> None:
    room = ReplayRoom(head=2, max_bytes=100)
    room.start(Cursor(EPOCH, 1))
    room.received()
    (first,) = room.questions()
    room.add(EVE_JOINED)
    for sequence in range(3, 13):
        room.add(message(sequence))
    last = room.recent.last_discarded
    room.delivery.answer(first, page(2))
    assert room.received() == ["room at 2, recovered", "message 2"]
    (second,) = room.questions()
    room.delivery.answer(second, page(*range(3, last + 1)))

    received = room.received()
    assert received == [
        *[f"message {sequence}" for sequence in range(3, last + 1)],
        f"missed 1, resume after {last}",
        "Ann joined",
        *[f"message {sequence}" for sequence in range(last + 1, 13)],
    ]


def test_notices_discarded_after_a_gap_was_reported_are_reported_as_well() -> None:
    room = ReplayRoom(max_bytes=100)
    room.start(None)
    room.received()
    room.delivery.pause_writing(ANN)
    room.add(EVE_JOINED)
    for sequence in range(1, 11):
        room.add(message(sequence))
    room.delivery.resume_writing(ANN)
    assert room.received() == ["missed 1, resume after 0"]
    (question,) = room.questions()
    room.add(EVE_JOINED, EVE_JOINED)
    for sequence in range(11, 21):
        room.add(message(sequence))
    room.delivery.answer(question, page(*range(1, 11)))
    room.received()
    (question,) = room.questions()
    last = room.recent.last_discarded
    room.delivery.answer(question, page(*range(11, last + 1)))

    assert f"missed 2, resume after {last}" in room.received()


def test_what_precedes_a_private_event_is_not_replayed_after_a_lag() -> None:
    room = ReplayRoom()
    room.start(None)
    room.received()
    room.delivery.pause_writing(ANN)
    room.add(message(1), message(2), message(3))
    room.delivery.send_private(ANN, Refused("no", "no"))
    room.delivery.resume_writing(ANN)

    taken = room.delivery.take_private(ANN) or b""
    room.delivery.pause_writing(ANN)
    room.add(message(4))
    room.recent.discard_all_before(room.recent.head)
    room.delivery.resume_writing(ANN)
    room.received()

    assert [summary(line) for line in taken.decode().splitlines()] == [
        "message 1",
        "message 2",
        "message 3",
        "error",
    ]
    (question,) = room.questions()
    assert question.query == missed(LOBBY, 3, 4)
