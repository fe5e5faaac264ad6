"""The rooms that a client is in, by the answers to its requests."""

from itertools import count

from tests.proof.session_client import SessionClient
from tests.proof.wire import line

OPENING = {"epoch": "e", "sequence": 0, "recovered": True, "topic": "", "kept": True}


def client_of_dev() -> SessionClient:
    """Return a client that is welcome, and whose hello has the room dev."""
    client = SessionClient("Ann", "token", count(), ["dev"])
    client.connect(0)
    client.receive(line("welcome", {"you": "Ann"}))
    return client


def refusal(about: str) -> bytes:
    reason = {"code": "storage_full", "reason": "the disk is full"}
    return line("error", {**reason, "room": "dev", "about": about})


ROOM = line("room", {"room": "dev", **OPENING})
LEFT = line("left", {"room": "dev", "name": "Ann", "reason": "left", "you": True})


def test_a_room_that_hello_could_not_open_is_not_wanted() -> None:
    client = client_of_dev()
    client.receive(refusal("hello"))

    assert client.is_idle
    assert not client.rooms.wanted


def test_a_refusal_does_not_answer_a_later_request() -> None:
    client = client_of_dev()
    client.join("dev")
    client.receive(refusal("hello"))
    assert not client.is_idle

    client.receive(ROOM)

    assert client.is_idle
    assert client.rooms.entered == ["dev"]


def test_each_request_to_leave_is_answered() -> None:
    client = client_of_dev()
    client.receive(ROOM)
    client.leave_room("dev")
    client.join("dev")
    client.leave_room("dev")
    client.receive(LEFT + ROOM)
    assert not client.is_idle

    client.receive(LEFT)

    assert client.is_idle
    assert not client.rooms.entered
