"""Which rooms can be listed, without a look at the direct rooms, which are many."""

from collections.abc import Iterator

import pytest

from parlour.core.entries import Announced, Registered, RoomClosed, RoomOpened
from parlour.core.events import LOBBY, AccountNumber, PersonId, RoomName, SessionId
from parlour.core.state import public_rooms
from parlour.core.state.room import Room
from parlour.core.state.rooms import Rooms
from parlour.core.state.state import State
from tests.core.account_peers import connect_guest
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import SOON, read_events

DEV, DEN = RoomName("dev"), RoomName("den")
DIRECT_ROOMS = 500


class Visits:
    """Counts the rooms that are looked at, one after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        every = Rooms.__iter__

        def visit(rooms: Rooms) -> Iterator[Room]:
            for room in every(rooms):
                self.count += 1
                yield room

        monkeypatch.setattr(Rooms, "__iter__", visit)


def add_direct_rooms(rooms: Rooms) -> None:
    """Add kept direct rooms of accounts with an account that does not exist."""
    for number in range(2, DIRECT_ROOMS + 2):
        room = Room(RoomName(f"direct:{number}"), rooms.next_number(), 1)
        room.pair = PersonId(-number), PersonId(-1)
        rooms.add(room)


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    add_direct_rooms(server.hub.state.rooms)
    return server


def test_a_list_of_the_rooms_looks_at_no_direct_room(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = connect_guest(server, "Ann")
    ann.send(line("join", {"room": "dev"}))
    server.wait(SOON)
    read_events(ann)
    visits = Visits(monkeypatch)

    ann.send(line("rooms", {}))
    server.wait(SOON)

    (listed,) = read_events(ann)
    assert [each["room"] for each in listed["data"]["rooms"]] == ["dev", "lobby"]
    assert visits.count == 0


def test_the_page_looks_at_no_direct_room(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = Visits(monkeypatch)

    listed = public_rooms.public_rooms(server.hub.state)

    assert [each.room for each in listed] == [LOBBY]
    assert visits.count == 0


def test_an_announcement_and_a_new_private_room_look_at_no_direct_room(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, account = server.hub.state, AccountNumber(1)
    state.apply(Registered(SessionId(0), "Ann", ("ann",), "hash"), 1.0)
    visits = Visits(monkeypatch)

    told = state.apply(Announced(SessionId(0), "", "hello"), 1.0)
    entry = RoomOpened(DEN, SessionId(1), ("den",), account, is_private=True)
    state.apply(entry, 1.0)

    assert [each.name for each in state.rooms.of_owner(account)] == [DEN]
    assert (len(told), visits.count) == (1, 0)


def test_a_room_can_be_listed_while_it_is_open() -> None:
    state = State()
    names = [[each.name for each in state.rooms.listable]]
    for entry in (
        RoomOpened(DEV, SessionId(1), ("dev",)),
        RoomClosed(DEV),
        RoomOpened(DEV, SessionId(1), ("dev",)),
    ):
        state.apply(entry, 1.0)
        names.append([each.name for each in state.rooms.listable])
    state.rooms[DEV].sequence = 1  # so that it remains when it is closed
    state.apply(RoomClosed(DEV), 1.0)
    names.append([each.name for each in state.rooms.listable])

    assert names == [[LOBBY], [LOBBY, DEV], [LOBBY], [LOBBY, DEV], [LOBBY]]
    restored = State.restore(state.snapshot())
    assert [each.name for each in restored.rooms.listable] == [LOBBY]
    assert [each.name for each in restored.rooms.named] == [DEV, LOBBY]
