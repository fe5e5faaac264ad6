"""The bound on the recent events of all rooms together."""

import sys
from collections import Counter
from types import FrameType

import pytest

from parlour.core.delivery.room_delivery import RoomDelivery
from parlour.core.events import ConnectionId, RoomName
from parlour.core.limits import ALL_RECENT_BYTES
from parlour.core.protocol.session import SESSION
from parlour.core.storage import Purpose, Question
from tests.core.delivery.fake_delivery import (
    ANN,
    ART,
    BOB,
    DEV,
    OPS,
    FakeDelivery,
    missed,
)


def sizes(rooms: FakeDelivery, *names: RoomName) -> list[int]:
    """Return the bytes of the recent events of each room."""
    found = [rooms.delivery.room(name) for name in names]
    return [room.recent.size if room is not None else 0 for room in found]


def test_all_rooms_together_may_have_64_mebibytes() -> None:
    assert ALL_RECENT_BYTES == 64 * 1024 * 1024


def test_the_least_recently_flushed_room_gives_up_its_events_first() -> None:
    rooms = FakeDelivery(max_recent=20, ann="dev ops art")
    for room, texts in ((DEV, "abcd"), (OPS, "abcd"), (DEV, "e")):
        rooms.say(room, texts)
        rooms.flush()
    assert sizes(rooms, DEV, OPS, ART) == [10, 8, 0]

    rooms.say(ART, "ab")
    rooms.flush()

    assert sizes(rooms, DEV, OPS, ART) == [10, 0, 4]
    assert rooms.delivery.recent_size == 14


def test_the_room_that_is_flushed_gives_up_its_own_events_last() -> None:
    rooms = FakeDelivery(max_recent=20, ann="dev ops")
    rooms.say(OPS, "a")
    rooms.flush()

    rooms.say(DEV, "x" * 11)
    rooms.flush()

    assert sizes(rooms, DEV, OPS) == [0, 0]
    assert rooms.delivery.recent_size == 0


def test_events_that_a_member_has_to_receive_from_here_stay() -> None:
    rooms = FakeDelivery(max_recent=20, ann="dev ops", bob="dev")
    rooms.delivery.pause_writing(BOB)
    rooms.say(DEV, "abcd")
    rooms.flush()
    rooms.delivery.resume_writing(BOB)
    rooms.flush()
    rooms.say(DEV, "e")

    rooms.say(OPS, "x" * 11)

    assert rooms.flush() == {ANN: "e" + "x" * 11, BOB: "e"}


def test_a_member_that_lags_in_a_room_without_its_events_hears_what_it_missed() -> None:
    rooms = FakeDelivery(max_recent=20, ann="dev ops", bob="dev")
    rooms.delivery.pause_writing(BOB)
    rooms.say(DEV, "abcd")
    rooms.flush()
    rooms.say(OPS, "x" * 10)
    rooms.flush()
    assert sizes(rooms, DEV) == [0]

    rooms.delivery.resume_writing(BOB)

    assert rooms.flush() == {BOB: "you fell behind and missed 4 lines"}


def test_a_session_that_lags_in_such_a_room_asks_the_history_for_its_events() -> None:
    rooms = FakeDelivery(max_recent=1000, ann="ops")
    rooms.open(BOB, SESSION)
    rooms.enter(BOB, DEV)
    rooms.flush()
    rooms.delivery.pause_writing(BOB)
    rooms.say(DEV, "abcd")
    rooms.flush()
    rooms.say(OPS, "x" * 400)
    rooms.flush()
    assert sizes(rooms, DEV) == [0]

    rooms.delivery.resume_writing(BOB)
    rooms.flush()

    (question,) = rooms.reports.take_questions()
    assert question == Question(BOB, missed(DEV, 0, 4), Purpose.REPLAY)


def test_the_events_of_a_forgotten_room_do_not_count() -> None:
    rooms = FakeDelivery(max_recent=20, ann="dev", bob="ops")
    rooms.say(DEV, "abcd")
    rooms.say(OPS, "ab")
    rooms.flush()

    rooms.delivery.close(ANN)

    assert rooms.delivery.recent_size == 4


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_the_recent_size_is_the_sum_of_the_sizes_of_all_rooms(count: int) -> None:
    rooms = FakeDelivery(max_recent=100)
    names = [RoomName(f"r{number}") for number in range(count)]
    rooms.open(ANN)
    for name in names:
        rooms.enter(ANN, name)

    for round_ in range(3):
        for name in names:
            rooms.say(name, "ab" * (1 + round_))
            rooms.flush()
            assert rooms.delivery.recent_size <= 100
    assert rooms.delivery.recent_size == sum(sizes(rooms, *names))


# -- the cost of idle rooms --------------------------------------------------------


def full(count: int) -> FakeDelivery:
    """Return *count* rooms, each with a member, and recent events up to the bound."""
    rooms = FakeDelivery(max_recent=2 * count, ann="dev", bob="ops")
    for number in range(count):
        connection, name = ConnectionId(100 + number), RoomName(f"r{number}")
        rooms.open(connection)
        rooms.enter(connection, name)
        rooms.say(name, "a")
    rooms.flush()
    rooms.say(DEV, "x" * (count // 10))
    rooms.flush()
    return rooms


def count_calls(rooms: FakeDelivery, texts: str) -> Counter[str]:
    """Return how often each function is called while one room has news."""
    calls = Counter[str]()

    def profile(frame: FrameType, event: str, arg: object) -> None:
        if event == "call":
            calls[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            calls[getattr(arg, "__qualname__", "")] += 1

    rooms.say(DEV, texts)
    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        received = rooms.flush()
    finally:
        sys.setprofile(before)
    assert received == {ANN: texts}
    return calls


def test_a_flush_visits_no_idle_room() -> None:
    few, many = full(10), full(10_000)

    assert count_calls(few, "ab") == count_calls(many, "ab")


def test_a_room_that_gave_up_its_events_is_not_visited_again() -> None:
    rooms = full(10_000)
    give_up = RoomDelivery.give_up_events.__qualname__

    assert count_calls(rooms, "x" * 2_000)[give_up] >= 1_000
    calls = [count_calls(rooms, "x")[give_up] for _ in range(5)]

    assert calls == [1, 1, 1, 1, 1], "as many bytes as were added"
