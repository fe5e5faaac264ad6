"""Replays in a direct room, whose messages are nowhere but among its recent events."""

import json
from typing import Any

from parlour.core.delivery.opening import Opening
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.reports import DeliveryReports
from parlour.core.delivery.room_delivery import RoomDelivery
from parlour.core.events import (
    ConnectionId,
    Cursor,
    Message,
    Renamed,
    RoomInfo,
    RoomName,
    Stored,
)
from parlour.core.protocol.session import SESSION

ANN, BOB = ConnectionId(1), ConnectionId(2)
ROOM = RoomName("direct:0123456789abcdef")
Seen = tuple[str, int]


def message(sequence: int) -> Message:
    return Message(ROOM, sequence, 0.0, "Eve", "hi")


class DirectRoom:
    """A direct room with a member, Bob, and the bytes that Ann receives."""

    def __init__(self) -> None:
        self.recent = RecentEvents(max_bytes=100)
        self.reports = DeliveryReports()
        self.delivery = RoomDelivery(
            ROOM, self.recent, self.reports, 10_000, is_kept=False
        )
        self.delivery.add(BOB, SESSION)

    def enter(self, sequence: int) -> None:
        """Let Ann enter with a cursor."""
        info = RoomInfo(ROOM, "e", self.recent.last_sequence, True)
        opening = Opening(info, cursor=Cursor("e", sequence))
        self.delivery.add(ANN, SESSION, opening)

    def say(self, *sequences: int) -> None:
        for sequence in sequences:
            self.recent.append(message(sequence))
            self.delivery.flush()

    def events(self) -> list[dict[str, Any]]:
        """Return what Ann receives."""
        data = b""
        for _ in range(3):
            writes = self.delivery.flush()
            data += b"".join(part for part, to, _ in writes if ANN in to)
        return [json.loads(line) for line in data.splitlines()]

    def received(self) -> list[Seen]:
        """Return the types of what Ann receives, with their sequences."""
        return list(map(seen, self.events()))


def seen(event: dict[str, Any]) -> Seen:
    kind, data = event["type"], event["data"]
    return str(kind), data.get("resume_after", data.get("sequence", 0))


def test_discarded_messages_are_missed_and_nothing_is_asked() -> None:
    room = DirectRoom()
    room.say(*range(1, 11))
    lost = room.recent.last_discarded
    assert lost > 0
    room.enter(0)

    told = room.received()

    rest = [("message", sequence) for sequence in range(lost + 1, 11)]
    assert told == [("room", 10), ("missed", lost), *rest]
    assert room.reports.take_questions() == []


def test_a_message_for_one_member_keeps_its_place_among_discarded_ones() -> None:
    room = DirectRoom()
    room.enter(0)
    room.received()
    room.delivery.pause_writing(ANN)
    room.say(*range(1, 6))
    alone = Stored("1", ROOM, 6, is_kept=False), message(6)
    room.delivery.send_private(ANN, *alone)
    room.say(*range(7, 16))
    lost = room.recent.last_discarded
    assert 6 < lost < 15

    room.delivery.resume_writing(ANN)

    rest = [("message", sequence) for sequence in range(lost + 1, 16)]
    alone_seen = [("stored", 6), ("message", 6)]
    assert room.received() == [("missed", 5), *alone_seen, ("missed", lost), *rest]


def test_discarded_renames_are_counted() -> None:
    room = DirectRoom()
    room.say(1)
    room.enter(1)
    room.received()
    room.delivery.pause_writing(ANN)
    for _ in range(10):
        room.delivery.append(Renamed(ROOM, "Bob", "Rob"))
        room.delivery.flush()
    room.delivery.resume_writing(ANN)

    (gap, *rest) = room.events()

    assert gap["type"] == "missed"
    assert gap["data"]["events"] + len(rest) == 10
    assert gap["data"]["resume_after"] == 1


def test_a_report_of_missed_messages_never_goes_back() -> None:
    room = DirectRoom()
    room.enter(0)
    room.say(1, 2)
    room.delivery.send_private(ANN, message(3))
    assert room.received()[-1] == ("message", 3)
    room.delivery.pause_writing(ANN)
    for _ in range(10):
        room.delivery.append(Renamed(ROOM, "Bob", "Rob"))
        room.delivery.flush()
    room.delivery.resume_writing(ANN)

    assert room.received()[0] == ("missed", 3)


def test_a_rename_after_discarded_messages_is_told() -> None:
    room = DirectRoom()
    room.enter(0)
    room.received()
    room.delivery.pause_writing(ANN)
    room.say(*range(1, 11))
    room.delivery.append(Renamed(ROOM, "Bob", "Rob"))
    room.delivery.resume_writing(ANN)

    assert room.received()[-1] == ("renamed", 0)
