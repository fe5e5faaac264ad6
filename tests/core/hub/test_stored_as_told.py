"""What the journal stores of a session that is resumed is what its rooms are told."""

import pytest

from parlour.core.events import LOBBY, Refused, RoomName
from parlour.core.storage import END_OF_SEQUENCES, After
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import connect_session, read_events

DEV = RoomName("dev")


def stored(server: FakeServer, room: RoomName) -> list[str]:
    """Return the messages of a room in the history, as "source: text"."""
    page = server.history.read(After(room, 0, END_OF_SEQUENCES, 100))
    return [f"{each.source}: {each.text}" for each in page.messages]


def told(peer: FakePeer) -> list[str]:
    """Return the messages that a peer received, as "source: text"."""
    data = [each["data"] for each in read_events(peer) if each["type"] == "message"]
    return [f"{each['source']}: {each['message']}" for each in data]


def resume_during_a_commit(server: FakeServer, ann: FakePeer, *rooms: str) -> None:
    """Resume the session of *ann* in *rooms*, behind a batch that is in flight."""
    server.is_storage_paused = True
    ann.send(line("message", {"message": "first"}))
    assert server.batch_texts() == ["first"]
    connect_session(server, "Ann", rooms=list(rooms))


@pytest.mark.parametrize("room", [LOBBY, DEV])
def test_a_message_is_not_stored_if_a_resumption_before_it_left_the_room(
    room: RoomName,
) -> None:
    server = FakeServer()
    bob = connect_session(server, "Bob", token="x" * 16, rooms=["lobby", "dev"])
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    other = DEV if room == LOBBY else LOBBY
    resume_during_a_commit(server, ann, other)
    ann.send(line("message", {"message": "late", "room": room}))
    server.is_storage_paused = False
    server.commit()

    assert "Ann: late" not in stored(server, room)
    assert "Ann: late" not in told(bob)


def test_a_message_from_a_connection_that_was_replaced_is_void() -> None:
    server = FakeServer()
    bob = connect_session(server, "Bob", token="x" * 16, rooms=["lobby"])
    ann = connect_session(server, "Ann", rooms=["lobby"])
    ann.send(line("set-name", {"name": "Anna"}))
    resume_during_a_commit(server, ann, "lobby")
    ann.send(line("message", {"message": "late"}))
    server.is_storage_paused = False
    server.commit()

    assert told(bob) == stored(server, LOBBY) == ["Anna: first"]


def test_a_room_that_the_journal_refuses_to_open_is_named_in_the_error() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby"])
    server.is_storage_paused = True
    ann.send(line("join", {"room": "dev"}))
    server.refuse(Refused("storage_full", "the disk is full"))

    (error,) = (each for each in read_events(ann) if each["type"] == "error")
    assert error["data"] == {
        "code": "storage_full",
        "reason": "the disk is full",
        "room": "dev",
        "about": "join",
    }


def test_a_room_that_looks_like_another_is_not_stored() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby", "ops"])
    ann.send(line("join", {"room": "0ps"}) + line("join", {"room": "dev"}))

    rooms = {room.name: room.number for room in server.history.load().rooms}
    assert rooms == {"lobby": 1, "ops": 2, "dev": 3}
    assert rooms == {room.name: room.number for room in server.hub.state.rooms}


def test_a_topic_that_one_who_left_proposed_is_not_stored() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    resume_during_a_commit(server, ann, "lobby")
    ann.send(line("topic", {"room": "dev", "topic": "late"}))
    server.is_storage_paused = False
    server.commit()

    assert [room.topic for room in server.history.load().rooms] == ["", ""]
