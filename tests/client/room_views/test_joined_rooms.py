import pytest

from parlour.client.protocol.rooms import MAX_ROOMS
from parlour.client.room_views.joined_rooms import JoinedRooms
from tests.client.room_views.chat import message


def joined(*names: str, **direct: str) -> JoinedRooms:
    """Return rooms with these names, and direct rooms with their other user."""
    rooms = JoinedRooms(names)
    for name, other in direct.items():
        room = rooms.enter(name)
        assert room is not None
        room.other = other
    return rooms


def current(rooms: JoinedRooms) -> str:
    return "" if rooms.current is None else rooms.current.name


def found(rooms: JoinedRooms, target: str) -> str:
    room = rooms.find(target)
    return "" if room is None else room.name


def test_the_first_room_is_current() -> None:
    assert current(joined("a", "b")) == "a"


def test_the_room_before_is_current_when_the_current_one_is_left() -> None:
    rooms = joined("a", "b", "c")
    for name in ("c", "b"):
        room = rooms.get(name)
        assert room is not None
        rooms.select(room)

    currents = []
    for name in ("b", "c", "a"):
        rooms.leave(name)
        currents.append(current(rooms))

    assert currents == ["c", "a", ""]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("dev", "dev"),
        ("#DEV", "dev"),
        ("1", "lobby"),
        ("3", "d"),
        ("#2", "2"),
        ("2", "dev"),
        ("0", ""),
        ("99", ""),
        ("9" * 5_000, ""),
        ("bob", "d"),
        ("@Bob", "d"),
        ("@\uff42\uff4f\uff42", "d"),
        ("#bob", ""),
        ("@dev", ""),
        ("d", ""),
        ("#", ""),
        ("nowhere", ""),
    ],
)
def test_a_room_is_found_by_number_or_name(target: str, name: str) -> None:
    rooms = joined("lobby", "dev", d="bob")
    rooms.enter("2")

    assert found(rooms, target) == name


def test_a_room_is_found_before_a_user_of_the_same_name() -> None:
    rooms = joined(d="bob")
    rooms.enter("bob")

    assert found(rooms, "bob") == "bob"
    assert found(rooms, "@bob") == "d"


def test_the_number_of_rooms_is_bounded() -> None:
    rooms = joined(*(f"room{number}" for number in range(MAX_ROOMS + 1)))

    assert len(rooms) == MAX_ROOMS == 200
    assert rooms.enter("one-more") is None


def test_a_closed_room_that_is_still_shown_does_not_count() -> None:
    rooms = joined(*(f"room{number}" for number in range(MAX_ROOMS)))
    room = rooms.get("room0")
    assert room is not None
    room.is_over = True

    assert rooms.enter("one-more") is not None


def unread_in(rooms: JoinedRooms, *names: str) -> None:
    for name in names:
        room = rooms.get(name)
        assert room is not None
        rooms.keep(room, message("bob", "hi", name), is_counted=True)


def test_the_next_unread_room_follows_the_current_one() -> None:
    rooms = joined("a", "b", "c")
    unread_in(rooms, "a", "c", "b")
    rooms.select(rooms.rooms[1])

    assert rooms.next_unread() is rooms.get("c")


def test_a_direct_room_is_the_next_unread_one() -> None:
    rooms = joined("a", "b", d="bob")
    unread_in(rooms, "b", "d")

    assert rooms.next_unread() is rooms.get("d")


def test_there_is_no_unread_room_if_all_is_read() -> None:
    assert joined("a", "b").next_unread() is None
    assert JoinedRooms(()).next_unread() is None
