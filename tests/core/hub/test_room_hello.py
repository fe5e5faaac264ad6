"""A hello with rooms, and one of a client that knows none."""

import pytest

from parlour.core.events import RoomName
from tests.core.fake_server import FakeServer
from tests.core.room_peers import (
    ask,
    connect_in,
    drop_lines,
    epoch_of,
    kinds,
    lines,
    lose,
    people_in,
    say,
)
from tests.core.session_peers import connect_session, read_events


def test_a_hello_with_rooms_is_answered_by_a_welcome_without_them() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", "lobby")

    (_, welcome), (_, room), joined = lines(ann)
    assert welcome["you"] == "Ann"
    assert welcome["limits"] == {
        "line": 32_768,
        "text": 4096,
        "name": 32,
        "page": 1000,
        "id": 64,
        "rooms": 100,
        "topic": 200,
    }
    assert list(welcome) == ["version", "server", "you", "limits"]
    epoch = server.hub.state.epoch
    assert room == {
        "room": "lobby",
        "epoch": epoch,
        "sequence": 0,
        "recovered": True,
        "topic": "",
        "kept": True,
    }
    assert joined == ("joined", {"room": "lobby", "name": "Ann"})


def test_the_rooms_of_a_hello_are_opened_and_told_in_its_order() -> None:
    server = FakeServer()
    people_in(server, "lobby", "dev", "ops", names="Bob")

    ann = connect_in(server, "Ann", "ops", "lobby", "dev")

    assert [each for each in kinds(ann) if "joined" not in each] == [
        "welcome",
        "room ops",
        "room lobby",
        "room dev",
    ]


def test_a_hello_opens_the_rooms_that_there_are_not() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", "lobby", "new")

    assert kinds(ann) == [
        "welcome",
        "room lobby",
        "joined lobby",
        "room new",
        "joined new",
    ]
    assert server.user_names(RoomName("new")) == ["Ann"]


def test_a_hello_may_ask_for_no_room() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann")

    assert kinds(ann) == ["welcome"]
    assert server.user_names() == []


def test_names_of_rooms_are_folded() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", "DEV", "dev")

    assert kinds(ann) == ["welcome", "room dev", "joined dev"]


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ("no room", "bad_room_name"),
        ("admin", "room_unavailable"),
        ("direct:0123456789abcdef", "no_such_room"),
        ("d0c", "room_name_taken"),
    ],
)
def test_a_room_that_cannot_be_entered_is_an_error_about_the_hello(
    room: str, code: str
) -> None:
    server = FakeServer()
    people_in(server, "doc", names="Bob")

    ann = connect_in(server, "Ann", "lobby", room)

    (refused,) = [data for kind, data in lines(ann) if kind == "error"]
    assert (refused["code"], refused["room"]) == (code, room)
    assert refused["about"] == "hello"


def test_each_room_of_a_hello_is_replayed_from_its_cursor() -> None:
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", names="Bob")
    say(bob, "dev", "one", "two")
    say(bob, "lobby", "three")
    epochs = {room: epoch_of(server, room) for room in ("lobby", "dev")}
    resume = {
        "dev": {"epoch": epochs["dev"], "sequence": 1},
        "lobby": {"epoch": epochs["lobby"], "sequence": 1},
    }

    ann = connect_in(server, "Ann", "dev", "lobby", resume=resume)

    found = lines(ann)
    in_dev = [(kind, data) for kind, data in found if data.get("room") == "dev"]
    assert [kind for kind, _ in in_dev] == ["room", "message", "joined"]
    assert in_dev[0][1]["recovered"] is True
    assert (in_dev[1][1]["sequence"], in_dev[1][1]["message"]) == (2, "two")
    in_lobby = [kind for kind, data in found if data.get("room") == "lobby"]
    assert in_lobby == ["room", "joined"]


def test_a_cursor_of_another_room_is_not_recovered() -> None:
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", names="Bob")
    say(bob, "dev", "one")
    resume = {"dev": {"epoch": epoch_of(server, "lobby"), "sequence": 0}}

    ann = connect_in(server, "Ann", "dev", resume=resume)

    (_, room), (_, missed) = [
        (kind, data) for kind, data in lines(ann) if kind in {"room", "missed"}
    ]
    assert (room["recovered"], room["sequence"]) == (False, 1)
    assert missed == {"room": "dev", "events": None, "resume_after": 1}


def test_a_resumed_session_leaves_missing_rooms_and_enters_new_ones() -> None:
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", "ops", names="Bob")
    ann = connect_in(server, "Ann", "lobby", "dev")
    lose(server, ann)
    drop_lines(server)

    again = connect_in(server, "Ann", "dev", "ops")

    assert lines(bob) == [
        ("left", {"room": "lobby", "name": "Ann", "reason": "left"}),
        ("joined", {"room": "ops", "name": "Ann"}),
    ]
    assert [each for each in kinds(again) if each.startswith("room")] == [
        "room dev",
        "room ops",
    ]


def test_a_hello_without_rooms_hears_the_lobby_as_before() -> None:
    server = FakeServer()
    bob = connect_in(server, "Bob", "lobby", "dev")

    ann = connect_session(server, "Ann")

    (_, welcome), joined = lines(ann)
    assert welcome["rooms"] == {
        "lobby": {"epoch": epoch_of(server, "lobby"), "sequence": 0, "recovered": True}
    }
    assert list(welcome["limits"]) == ["line", "text", "name", "page", "id"]
    assert joined == ("joined", {"room": "lobby", "name": "Ann"})
    drop_lines(server)
    say(bob, "dev", "elsewhere")
    ask(bob, "topic", room="lobby", topic="gardens")
    bob.rename("Eve")
    server.wait(0.1)
    renamed = {"room": "lobby", "name": "Bob", "to": "Eve"}
    assert lines(ann) == [("renamed", renamed)]


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("join", {"room": "dev"}, "unknown_type"),
        ("leave", {"room": "lobby"}, "unknown_type"),
        ("rooms", {}, "unknown_type"),
        ("topic", {"room": "lobby", "topic": "x"}, "unknown_type"),
        ("direct", {"to": "Bob"}, "unknown_type"),
        ("ignore", {"name": "Bob"}, "unknown_type"),
        ("message", {"room": "dev", "message": "x", "id": "1"}, "no_such_room"),
        ("history", {"room": "dev"}, "no_such_room"),
        ("search", {"words": "x", "all": True}, "no_such_room"),
        ("users", {"room": "dev"}, "no_such_room"),
    ],
)
def test_such_a_client_has_one_room_and_hears_its_errors_as_before(
    kind: str, data: dict[str, object], code: str
) -> None:
    server = FakeServer()
    connect_in(server, "Bob", "lobby", "dev")
    ann = connect_session(server, "Ann")
    read_events(ann)

    ((what, error),) = ask(ann, kind, **data)

    assert (what, error["code"]) == ("error", code)
    assert set(error) <= {"code", "reason", "id"}
