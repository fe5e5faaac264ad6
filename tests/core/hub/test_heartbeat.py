"""Pings to silent sessions, and timeouts of sessions that do not answer."""

import pytest

from tests.core.fake_server import FakeServer, line
from tests.core.room_peers import drop_lines, kinds
from tests.core.session_peers import (
    connect_ann_and_bob,
    connect_session,
    read_brief,
    read_events,
    send_messages,
)


def test_a_silent_session_is_pinged_and_then_closed() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann")
    read_events(ann)

    server.wait(29.9)
    assert read_brief(ann) == []
    server.wait(0.2)
    assert read_brief(ann) == ["ping"]
    server.wait(19.8)
    assert ann.ended is None
    server.wait(0.2)

    assert read_brief(ann) == ["bye ping_timeout"]
    assert ann.ended is not None


def test_any_line_answers_a_ping() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann")
    server.wait(30.1)

    ann.send(b"\n")
    server.wait(29)

    assert ann.ended is None


def test_a_session_is_not_pinged_while_reading_is_paused() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann")
    ann.is_full = True
    send_messages(ann, "a")

    for _ in range(12):
        server.wait(5)
        ann.drain(1)

    assert b"ping" not in ann.unsent
    assert ann.ended is None


def test_a_ping_does_not_time_out_while_reading_is_paused() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    server.wait(29)
    bob.send(b"\n")
    server.wait(1.5)
    ann.is_full = True
    send_messages(bob, "a" * 60)
    for _ in range(18):
        server.wait(1)
        bob.send(b"\n")
        ann.drain(1)
    assert not ann.server_is_reading

    server.wait(1.4)
    ann.drain_all()
    server.wait(1)

    assert ann.server_is_reading
    assert ann.ended is None


def test_a_session_that_waits_for_its_entry_is_pinged_and_not_ended() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    server.is_storage_paused = True
    send_messages(bob, "hi")
    read_brief(ann)

    ann.send(line("set-name", {"name": "Eve"}))
    server.wait(16.0)
    assert read_brief(ann) == ["ping"]
    server.wait(100.0)

    assert set(read_brief(ann)) == {"ping"}
    assert ann.ended is None


def test_a_session_is_pinged_while_an_entry_of_another_is_not_settled() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    read_events(ann)
    server.is_storage_paused = True
    send_messages(bob, "hi")

    server.wait(30.1)
    assert read_brief(ann) == ["ping"]
    ann.send(line("pong", {}))
    server.wait(29.0)

    assert ann.ended is None


# -- before the welcome --------------------------------------------------------


def stalled_server() -> FakeServer:
    """Return a server whose journal does not answer."""
    server = FakeServer()
    (bob,) = server.members("Bob")
    server.is_storage_paused = True
    bob.send_text("hi")
    return server


def hello(*rooms: str) -> bytes:
    return line("hello", {"version": 1, "late": True, "rooms": rooms})


def test_a_client_that_waits_for_its_welcome_is_pinged_after_three_seconds() -> None:
    server = stalled_server()
    ann = server.connect()
    ann.send(hello("dev"))

    server.wait(2.9)
    assert ann.unread == b""
    server.wait(0.2)

    assert read_brief(ann) == ["ping"]


def test_a_client_that_waits_for_its_welcome_is_pinged_every_15_seconds() -> None:
    server = stalled_server()
    ann = server.connect()
    ann.send(hello("dev"))
    server.wait(3.1)
    read_brief(ann)

    server.wait(45.0)

    assert read_brief(ann) == ["ping"] * 3
    assert ann.ended is None


def test_the_welcome_follows_the_ping() -> None:
    server = stalled_server()
    ann = server.connect()
    ann.send(hello())
    server.wait(3.1)
    ann.send(line("pong", {"token": ""}) + line("join", {"room": "dev"}))

    server.is_storage_paused = False
    server.commit()
    server.wait(1.0)

    assert kinds(ann) == ["ping", "welcome", "room dev", "joined dev"]


def test_a_late_hello_that_waits_is_pinged() -> None:
    server = FakeServer()
    bob, ann = server.members("Bob", "Ann")
    quiet = server.connect()
    server.wait(0.1)
    server.is_storage_paused = True
    bob.send_text("hi")
    quiet.read()

    quiet.send(hello("lobby"))
    server.wait(3.1)

    assert read_brief(quiet) == ["ping"]
    assert ann.ended is None


@pytest.mark.parametrize(
    "first", [b"", b"\n", line("message", "hi"), line("hello", {"version": 1})]
)
def test_a_client_that_may_not_know_rooms_hears_nothing_early(first: bytes) -> None:
    server = stalled_server()
    ann = server.connect()
    if first:
        ann.send(first)

    server.wait(20.0)

    assert ann.unread == b""


def test_a_client_that_is_welcomed_is_not_pinged_early() -> None:
    server = FakeServer()
    ann = server.connect()
    ann.send(hello("lobby"))
    server.wait(1.0)
    drop_lines(server)

    server.wait(10.0)

    assert ann.unread == b""


def test_a_client_that_is_lost_before_its_welcome_gets_no_ping() -> None:
    server = stalled_server()
    ann = server.connect()
    ann.send(hello("dev"))
    ann.disconnect()

    server.wait(20.0)

    assert ann.writes == []


def test_a_client_that_is_lost_between_its_ping_and_a_flush_gets_nothing() -> None:
    server = stalled_server()
    ann = server.connect()
    ann.send(hello("dev"))
    server.now += 3.1
    server.hub.tick(server.now)

    ann.disconnect()

    assert ann.writes == []


def test_a_ping_can_ask_for_the_time_and_the_rules() -> None:
    server = FakeServer()
    server.wall = 1_800_000_000.0
    ann = connect_session(server, "Ann")
    read_events(ann)

    ann.send(line("ping", {"token": "1", "about": True}))

    assert read_events(ann) == [
        {
            "type": "pong",
            "data": {
                "token": "1",
                "time": "2027-01-15T08:00:00.001000Z",
                "guests": "on",
                "registration": "open",
            },
        }
    ]
