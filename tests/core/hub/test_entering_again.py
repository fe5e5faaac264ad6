"""A session that leaves a room and enters it again."""

from parlour.core.events import Refused
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, connect_session, read_events


def brief(peer: FakePeer) -> list[str]:
    """Return the type and room of each received line about #dev, and the text."""
    return [
        f"{each['type']} {each['data'].get('message', '')}".strip()
        for each in read_events(peer)
        if each["data"].get("room") == "dev"
    ]


def test_a_lagging_session_hears_a_room_that_it_left_and_entered_again() -> None:
    server = FakeServer()
    bob = connect_session(server, "Bob", token="x" * 16, rooms=["dev"])
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    brief(ann)
    ann.is_full = True
    bob.send(line("message", {"message": "unsent", "room": "dev"}))
    ann.send(line("leave", {"room": "dev"}) + line("join", {"room": "dev"}))
    bob.send(line("message", {"message": "not heard", "room": "dev"}))
    ann.drain_all()
    server.wait(SOON)
    bob.send(line("message", {"message": "heard", "room": "dev"}))

    assert brief(ann) == [
        *("message unsent", "left", "room", "joined", "message heard"),
    ]


def test_the_cursor_of_a_room_that_was_refused_at_hello_is_not_used_later() -> None:
    server = FakeServer()
    server.is_storage_paused = True
    cursor = {"epoch": "another", "sequence": 1}
    ann = connect_session(server, "Ann", rooms=["dev"], resume={"dev": cursor})
    server.refuse(Refused("storage_full", "the disk is full"))
    server.is_storage_paused = False
    ann.send(line("join", {"room": "dev"}))

    (room,) = (each for each in read_events(ann) if each["type"] == "room")
    assert room["data"]["recovered"]
