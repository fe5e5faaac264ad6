from parlour.client.room_views.joined_rooms import JoinedRooms
from parlour.client.room_views.unread import (
    MAX_KEPT,
    MAX_KEPT_SIZE,
    MAX_TOTAL_SIZE,
    OVERHEAD,
    Unread,
)
from tests.client.room_views.chat import message


def test_unread_messages_are_kept_in_order() -> None:
    unread = Unread()
    unread.add(message("bob", "one"), is_counted=True)
    unread.add(message("romeo", "two"), is_counted=False)

    assert [item.text for item in unread.block.items] == ["one", "two"]
    assert unread.block.unread == 1
    assert unread.block.dropped == 0


def test_the_line_of_the_wire_is_not_kept() -> None:
    unread = Unread()
    unread.add(message("bob", "one"), is_counted=True)

    assert unread.block.items[0].line == b""


def test_the_oldest_of_too_many_messages_are_dropped_and_counted() -> None:
    unread = Unread()
    for number in range(MAX_KEPT + 3):
        unread.add(message("bob", str(number)), is_counted=True)

    assert len(unread.block.items) == MAX_KEPT == 500
    assert unread.block.items[0].text == "3"
    assert unread.block.unread == MAX_KEPT + 3
    assert unread.block.dropped == 3


def test_long_messages_are_kept_up_to_a_size() -> None:
    unread = Unread()
    text = "x" * (MAX_KEPT_SIZE // 2 - OVERHEAD - len("bob"))
    for _ in range(3):
        unread.add(message("bob", text), is_counted=True)

    assert len(unread.block.items) == 2
    assert unread.size == MAX_KEPT_SIZE


def test_a_message_that_is_too_long_to_be_kept_is_counted() -> None:
    unread = Unread()
    unread.add(message("bob", "x" * MAX_KEPT_SIZE), is_counted=True)

    assert unread.block.items == ()
    assert unread.block.dropped == unread.count == 1


def test_all_rooms_together_keep_a_bounded_size() -> None:
    rooms = JoinedRooms(tuple(f"room{number}" for number in range(40)))
    text = "x" * (MAX_KEPT_SIZE // 4)
    for room in rooms.rooms:
        for _ in range(3):
            rooms.keep(room, message("bob", text), is_counted=True)

    assert sum(room.unread.size for room in rooms.rooms) <= MAX_TOTAL_SIZE
    assert all(room.unread.block.items for room in rooms.rooms)
    assert all(room.unread.count == 3 for room in rooms.rooms)
