"""Direct rooms of two sessions, on one hub after another."""

from typing import Any

from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import connect_session, read_events


def connect_two(server: FakeServer) -> tuple[FakePeer, FakePeer]:
    """Connect Ann and Bob, who are in the lobby."""
    ann = connect_session(server, "Ann", rooms=["lobby"])
    bob = connect_session(server, "Bob", token="x" * 16, rooms=["lobby"])
    server.wait(0.1)
    for peer in (ann, bob):
        peer.unread = b""
    return ann, bob


def open_direct(peer: FakePeer, to: str) -> dict[str, Any]:
    """Open a direct room, and return its state."""
    peer.send(line("direct", {"to": to}))
    (event,) = read_events(peer)
    assert event["type"] == "room"
    data: dict[str, Any] = event["data"]
    return data


def test_a_conversation_after_a_crash_is_another_one() -> None:
    server = FakeServer()
    before = open_direct(connect_two(server)[0], "Bob")
    server.restart()

    after = open_direct(connect_two(server)[0], "Bob")

    assert after["room"] != before["room"]
    assert after["epoch"] != before["epoch"]


def test_a_conversation_does_not_outlive_the_server() -> None:
    server = FakeServer()
    before = open_direct(connect_two(server)[0], "Bob")
    server.restart()

    ann = connect_session(server, "Ann", rooms=["lobby", before["room"]])

    (error,) = [each for each in read_events(ann) if each["type"] == "error"]
    assert error["data"] == {
        "code": "no_such_room",
        "reason": "the conversation is over",
        "room": before["room"],
        "about": "hello",
    }
