"""Rooms that are closed can be read, which does not open them."""

import pytest

from parlour.core.events import RoomName
from parlour.core.state.public_rooms import public_rooms, snapshot_of
from tests.core.fake_server import FakeServer
from tests.core.room_peers import ask, connect_in, lines, pass_time, people_in, say

DEV = RoomName("dev")
EMPTY_FOR_TEN_MINUTES = 601.0  # seconds


@pytest.fixture
def server() -> FakeServer:
    """A server with a closed room, in which something was said."""
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", names="Bob")
    say(bob, "dev", "one")
    ask(bob, "leave", room="dev")
    pass_time(server, EMPTY_FOR_TEN_MINUTES)
    assert server.hub.state.rooms.get_open(DEV) is None
    return server


@pytest.mark.parametrize(
    ("kind", "data", "answer"),
    [
        ("history", {}, "history"),
        ("search", {"words": "one"}, "found"),
    ],
)
def test_the_history_of_a_closed_room_can_be_read(
    server: FakeServer, kind: str, data: dict[str, object], answer: str
) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")

    ((what, page),) = ask(ann, kind, room="dev", **data)

    assert (what, page["room"]) == (answer, "dev")
    assert [each["message"] for each in page["messages"]] == ["one"]


def test_a_closed_room_has_no_users(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")

    ((what, page),) = ask(ann, "users", room="dev")

    assert (what, page["room"], page["users"]) == ("users", "dev", [])


@pytest.mark.parametrize("kind", ["history", "search", "users"])
def test_reading_a_closed_room_does_not_open_it(server: FakeServer, kind: str) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")

    ask(ann, kind, room="dev", words="one")

    assert server.hub.state.rooms.get_open(DEV) is None


def test_watching_a_closed_room_does_not_open_it(server: FakeServer) -> None:
    watcher = connect_in(server, "Eve", "dev", watch=True)

    assert [data["code"] for kind, data in lines(watcher) if kind == "error"] == [
        "no_such_room"
    ]
    assert server.hub.state.rooms.get_open(DEV) is None


def test_a_message_to_a_closed_room_is_refused(server: FakeServer) -> None:
    (ann,) = people_in(server, "lobby", names="Ann")

    ((_, error),) = ask(ann, "message", room="dev", message="x", id="7")

    assert (error["code"], error["id"]) == ("not_in_room", "7")


def test_a_gateway_shows_a_closed_room_without_users(server: FakeServer) -> None:
    snapshot = snapshot_of(server.hub.state, DEV)

    assert snapshot is not None
    assert (snapshot.users, snapshot.sequence, snapshot.is_open) == ((), 1, False)


def test_a_gateway_does_not_list_a_closed_room(server: FakeServer) -> None:
    assert [each.room for each in public_rooms(server.hub.state)] == ["lobby"]


def test_a_gateway_shows_no_room_that_there_never_was(server: FakeServer) -> None:
    assert snapshot_of(server.hub.state, RoomName("nowhere")) is None


def test_a_gateway_shows_no_direct_room(server: FakeServer) -> None:
    (ann, _) = people_in(server, "lobby", names="Ann Eve")
    ((_, room),) = ask(ann, "direct", to="Eve")

    assert snapshot_of(server.hub.state, RoomName(room["room"])) is None
