"""The rooms: open, closed and direct, their names, numbers and users."""

import pytest

from parlour.core.events import (
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
    SessionId,
    User,
)
from parlour.core.roles import Role
from parlour.core.state.room import Room
from parlour.core.state.rooms import Rooms
from parlour.core.state.sessions import Session, Sessions
from parlour.core.storage import StoredRoom

DEV, OPS = RoomName("dev"), RoomName("ops")
ME = RoomName("direct:a")
ANN, BOB, CAT = map(SessionId, (1, 2, 3))


def open_room(rooms: Rooms, name: RoomName, *keys: str) -> Room:
    room = Room(name, rooms.next_number())
    room.keys = keys
    rooms.add(room)
    return room


def direct_room(rooms: Rooms, one: SessionId, other: SessionId) -> Room:
    room = Room(ME, 0)
    room.pair = PersonId(one), PersonId(other)
    rooms.add(room)
    return room


def test_the_lobby_is_the_first_room() -> None:
    rooms = Rooms()
    rooms.add(Room.lobby())

    assert rooms[LOBBY].number == 1
    assert open_room(rooms, DEV).number == 2


def test_numbers_continue_above_those_of_stored_rooms() -> None:
    rooms = Rooms()
    rooms.add(Room.from_stored(StoredRoom(DEV, 7, 0)))

    assert rooms.next_number() == 8


def test_a_number_is_never_used_again() -> None:
    rooms = Rooms()
    rooms.close(open_room(rooms, DEV))

    assert open_room(rooms, DEV).number == 3


def test_a_closed_room_keeps_its_history_its_topic_and_its_number() -> None:
    rooms = Rooms()
    room = open_room(rooms, DEV, "dev")
    room.sequence, room.topic = 5, "gardens"

    rooms.close(room)

    assert rooms.get_open(DEV) is None
    assert rooms.get(DEV) is room
    rooms.open(room, ("dev",))
    assert rooms.get_open(DEV) is room
    assert (room.sequence, room.topic, room.number) == (5, "gardens", 2)


def test_a_room_in_which_nothing_was_said_is_forgotten_when_it_closes() -> None:
    rooms = Rooms()
    rooms.close(open_room(rooms, DEV))

    assert rooms.get(DEV) is None
    assert len(rooms) == 0


def test_open_rooms_are_counted_without_direct_ones() -> None:
    rooms = Rooms()
    counts = [rooms.open_count]
    room = open_room(rooms, DEV)
    room.sequence = 1
    counts.append(rooms.open_count)
    direct = direct_room(rooms, ANN, BOB)
    counts.append(rooms.open_count)
    rooms.close(room)
    rooms.close(direct)
    counts.append(rooms.open_count)
    rooms.open(room, ())
    counts.append(rooms.open_count)

    assert counts == [0, 1, 1, 0, 1]


def test_a_name_that_looks_like_that_of_an_open_room_conflicts() -> None:
    rooms = Rooms()
    room = open_room(rooms, DEV, "dev", "look")

    assert rooms.conflicting(OPS, ("ops", "look"))
    assert not rooms.conflicting(DEV, ("dev", "look")), "with itself"
    assert not rooms.conflicting(OPS, ("ops",))
    rooms.close(room)
    assert not rooms.conflicting(OPS, ("ops", "look"))


def test_a_key_that_two_stored_rooms_share_belongs_to_the_first_one() -> None:
    """Their names did not look alike in the version of Unicode that opened them."""
    rooms = Rooms()
    one, other = open_room(rooms, DEV, "dev", "look"), open_room(rooms, OPS, "look")

    assert (one.keys, other.keys) == (("dev", "look"), ())
    rooms.close(other)
    assert rooms.conflicting(OPS, ("look",))


def test_a_pair_has_one_direct_room_whoever_asks() -> None:
    rooms = Rooms()
    ann, bob, cat = map(PersonId, (ANN, BOB, CAT))
    room = direct_room(rooms, BOB, ANN)

    assert rooms.of_pair(ann, bob) is rooms.of_pair(bob, ann) is room
    assert rooms.of_pair(ann, cat) is None
    assert (room.partner(ann), room.partner(bob)) == (bob, ann)
    rooms.close(room)
    assert rooms.of_pair(ann, bob) is None
    assert rooms.get(ME) is None


def people(**names: SessionId) -> Sessions:
    sessions = Sessions()
    for name, id_ in names.items():
        session = Session(id_, "")
        session.name = name
        sessions.names.claim(PersonId(id_), (name,))
        sessions.add(session)
    return sessions


def guest(_: AccountNumber, _room: Room) -> Role:
    return Role.GUEST


def test_users_are_sorted_by_name_and_listed_again_when_one_changes() -> None:
    sessions, room = people(bob=BOB, Ann=ANN, cat=CAT), Room(DEV, 2)
    for session, since in ((BOB, 5.0), (ANN, 6.0), (CAT, 7.0)):
        room.add(session, since)

    assert room.users(sessions, guest) == (
        User("Ann", 6.0),
        User("bob", 5.0),
        User("cat", 7.0),
    )
    sessions[ANN].name = "Dan"
    room.forget_users()
    assert [user.name for user in room.users(sessions, guest)] == ["bob", "cat", "Dan"]
    room.remove(BOB)
    assert [user.name for user in room.users(sessions, guest)] == ["cat", "Dan"]


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_users_are_listed_in_pages_of_100(count: int) -> None:
    sessions = people(**{f"u{n:03}": SessionId(n) for n in range(count)})
    room = Room(DEV, 2)
    for n in range(count):
        room.add(SessionId(n), 0.0)

    pages = room.user_pages(sessions, guest)

    assert [len(page.users) for page in pages] == {101: [100, 1]}.get(count, [count])
    assert [page.total for page in pages] == [count] * len(pages)
