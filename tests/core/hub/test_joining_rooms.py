"""Rooms are entered, left, opened and closed."""

import pytest

from parlour.core.events import Refused, RoomName
from tests.core.fake_server import FakeServer, line
from tests.core.order_peers import admin
from tests.core.room_peers import (
    ask,
    codes,
    connect_in,
    drop_lines,
    epoch_of,
    kinds,
    lines,
    pass_time,
    people_in,
    say,
)
from tests.core.session_peers import read_events

EMPTY_FOR_TEN_MINUTES = 601.0  # seconds


def test_a_join_is_answered_by_the_room_and_told_to_its_members() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(bob, "join", room="dev")
    ask(bob, "topic", room="dev", topic="gardens")
    drop_lines(server)

    found = ask(ann, "join", room="dev")

    joined = ("joined", {"room": "dev", "name": "Ann"})
    room = {
        "room": "dev",
        "epoch": epoch_of(server, "dev"),
        "sequence": 0,
        "recovered": True,
        "topic": "gardens",
        "kept": True,
    }
    assert found == [("room", room), joined]
    server.wait(0.1)
    assert lines(bob) == [joined]


def test_a_join_of_a_room_one_is_in_is_answered_again_without_replay() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "dev", names="Ann")
    say(ann, "dev", "one")
    drop_lines(server)

    ((kind, room),) = ask(ann, "join", room="dev")

    assert (kind, room["room"], room["sequence"]) == ("room", "dev", 1)


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("", "bad_room_name"),
        ("a b", "bad_room_name"),
        ("x" * 33, "bad_room_name"),
        ("admin", "room_unavailable"),
        ("d0c", "room_name_taken"),
        ("direct:0123456789abcdef", "no_such_room"),
    ],
)
def test_a_join_of_a_room_that_cannot_be_entered_is_refused(
    room: str, code: str
) -> None:
    server = FakeServer()
    (ann,) = people_in(server, "doc", names="Ann")

    ((kind, error),) = ask(ann, "join", room=room)

    assert (kind, error["code"], error["about"]) == ("error", code, "join")
    assert error.get("room", "") == room


def test_of_two_joins_of_a_new_room_both_are_in_it() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")

    for peer in (ann, bob):
        peer.feed(line("join", {"room": "dev"}))
    server.turn()
    server.wait(0.1)

    assert server.user_names(RoomName("dev")) == ["Ann", "Bob"]
    for peer in (ann, bob):
        assert [each for each in kinds(peer) if each == "room dev"] == ["room dev"]


def test_a_message_behind_a_join_in_one_read_is_said_in_the_room() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    ann.feed(line("join", {"room": "dev"}))
    ann.feed(line("message", {"room": "dev", "message": "hi", "id": "1"}))
    server.turn()

    assert kinds(ann) == ["room dev", "joined dev", "stored dev", "message dev"]


def test_a_leave_is_answered_by_ones_own_name_as_the_last_line_of_the_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", names="Ann Bob")

    ann.feed(line("message", {"room": "dev", "message": "one"}))
    found = ask(ann, "leave", room="dev")
    say(bob, "dev", "two")
    server.wait(0.1)

    left = {"room": "dev", "name": "Ann", "reason": "left"}
    assert codes(found) == ["stored", "message", "left"]
    assert found[-1] == ("left", left | {"you": True})
    assert lines(ann) == []
    heard = lines(bob)
    assert codes(heard) == ["message", "left", "stored", "message"]
    assert heard[1] == ("left", left)


def test_one_may_leave_the_last_room_and_still_ask_and_join() -> None:
    server = FakeServer()
    (ann, _) = people_in(server, "lobby", names="Ann Bob")

    assert codes(ask(ann, "leave", room="lobby")) == ["left"]
    assert codes(ask(ann, "users", room="lobby")) == ["users"]
    assert codes(ask(ann, "history", room="lobby")) == ["history"]
    assert codes(ask(ann, "rooms")) == ["rooms"]
    assert codes(ask(ann, "ping", token="x")) == ["pong"]
    assert codes(ask(ann, "message", message="x")) == ["not_in_room"]
    assert codes(ask(ann, "set-name", name="Eve")) == ["renamed"]
    assert codes(ask(ann, "join", room="lobby")) == ["room", "joined"]


@pytest.mark.parametrize("room", ["dev", "nowhere", "direct:0123456789abcdef", "a b"])
def test_a_room_that_one_is_not_in_cannot_be_left(room: str) -> None:
    server = FakeServer()
    people_in(server, "dev", names="Bob")
    (ann,) = people_in(server, "lobby", names="Ann")

    ((kind, error),) = ask(ann, "leave", room=room)

    assert (kind, error["code"], error["about"]) == ("error", "not_in_room", "leave")
    assert error["room"] == room


@pytest.mark.parametrize("kind", ["leave", "topic"])
def test_a_refusal_about_a_room_comes_before_the_room_is_entered(kind: str) -> None:
    server = FakeServer()
    people_in(server, "dev", names="Bob")
    (ann,) = people_in(server, "lobby", names="Ann")
    data = {"room": "dev", "topic": "x"}

    ann.feed(line(kind, data) + line("join", {"room": "dev"}))
    server.wait(0.1)

    assert codes(lines(ann)) == ["not_in_room", "room", "joined"]


def test_a_refusal_comes_before_the_entry_that_follows_a_leave() -> None:
    server = FakeServer()
    people_in(server, "dev", names="Bob")
    (ann,) = people_in(server, "lobby", "dev", names="Ann")
    leave = line("leave", {"room": "dev"})

    ann.feed(leave + leave + line("join", {"room": "dev"}))
    server.wait(0.1)

    assert codes(lines(ann)) == ["left", "not_in_room", "room", "joined"]


def test_a_leave_that_a_kick_made_void_is_refused_before_the_room_is_entered() -> None:
    server = FakeServer()
    ada = admin(server)
    (bob,) = people_in(server, "lobby", "dev", names="Bob")
    ask(ada, "join", room="dev")
    server.wait(0.1)
    lines(bob)
    server.is_storage_paused = True
    ada.send(line("kick", {"room": "dev", "name": "Bob"}))
    bob.send(line("leave", {"room": "dev"}) + line("join", {"room": "dev"}))

    server.is_storage_paused = False
    server.commit()
    server.wait(0.1)

    assert codes(lines(bob)) == ["act", "left", "not_in_room", "room", "joined"]


def test_a_room_that_nobody_has_been_in_for_ten_minutes_is_closed() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", "dev", names="Ann")
    say(ann, "dev", "one")
    ask(ann, "leave", room="dev")

    pass_time(server, EMPTY_FOR_TEN_MINUTES)

    assert server.hub.state.rooms.get_open(RoomName("dev")) is None
    read_events(ann)
    ((_, room), _) = ask(ann, "join", room="dev")
    assert (room["sequence"], room["topic"]) == (1, ""), "it has its history"


def test_a_room_is_closed_later_if_the_journal_refuses_at_first() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", "dev", names="Ann")
    ask(ann, "leave", room="dev")
    server.is_storage_paused = True
    pass_time(server, EMPTY_FOR_TEN_MINUTES)
    server.refuse(Refused("storage_failed", "the disk is full"))
    server.is_storage_paused = False
    assert server.hub.state.rooms.get_open(RoomName("dev")) is not None

    pass_time(server, EMPTY_FOR_TEN_MINUTES)

    assert server.hub.state.rooms.get_open(RoomName("dev")) is None


def test_a_room_that_somebody_enters_again_is_not_closed() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", "dev", names="Ann")
    ask(ann, "leave", room="dev")
    pass_time(server, EMPTY_FOR_TEN_MINUTES / 2)
    ask(ann, "join", room="dev")

    pass_time(server, EMPTY_FOR_TEN_MINUTES)

    assert server.user_names(RoomName("dev")) == ["Ann"]


def test_the_rooms_of_an_earlier_server_are_closed_if_nobody_enters_them() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", "dev", "ops", names="Ann")
    say(ann, "dev", "one")
    server.restart()
    connect_in(server, "Bob", "ops")

    pass_time(server, EMPTY_FOR_TEN_MINUTES)

    rooms = server.hub.state.rooms
    assert rooms.get_open(RoomName("dev")) is None
    assert rooms.get_open(RoomName("ops")) is not None
