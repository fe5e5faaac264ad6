"""What sessions hear in several rooms: renames, ends, failures."""

from parlour.core.events import Refused
from tests.core.fake_server import FakeServer, line
from tests.core.room_peers import (
    ask,
    codes,
    connect_in,
    drop_lines,
    kinds,
    lines,
    people_in,
    say,
    token_of,
)
from tests.core.session_peers import connect_session

FULL = Refused("storage_full", "it could not be kept")


def test_a_rename_is_told_in_every_room_of_the_user() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", "ops", names="Ann Bob")
    (cat,) = people_in(server, "ops", names="Cat")
    (dan,) = people_in(server, "art", names="Dan")

    found = ask(ann, "set-name", name="Eve")
    server.wait(0.1)

    renamed = [
        ("renamed", {"room": room, "name": "Ann", "to": "Eve"})
        for room in ("lobby", "dev", "ops")
    ]
    assert found + lines(ann) == lines(bob) == renamed
    assert lines(cat) == renamed[-1:]
    assert lines(dan) == []


def test_a_user_in_no_room_is_told_of_the_own_rename() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")
    ask(ann, "leave", room="lobby")

    assert ask(ann, "set-name", name="Eve") == [
        ("renamed", {"name": "Ann", "to": "Eve"})
    ]


def test_a_user_who_has_not_heard_of_its_only_room_is_told_without_a_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(bob, "direct", to="Ann")
    ask(ann, "leave", room="lobby")

    assert ask(ann, "set-name", name="Eve") == [
        ("renamed", {"name": "Ann", "to": "Eve"})
    ]


def test_a_session_is_renamed_in_the_rooms_in_which_it_stays() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", "ops", names="Ann Bob")
    ask(ann, "leave", room="ops")
    drop_lines(server)

    connect_in(server, "Eve", "dev", "ops", token=token_of("Ann"))
    server.wait(0.1)

    told = [(kind, data["room"], data["name"]) for kind, data in lines(bob)]
    assert told == [
        ("left", "lobby", "Ann"),
        ("renamed", "dev", "Ann"),
        ("joined", "ops", "Eve"),
    ]


def test_a_rename_keeps_its_place_among_the_events_of_each_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", names="Ann Bob")
    server.is_storage_paused = True
    for room in ("dev", "lobby"):
        ann.send(line("message", {"room": room, "message": f"before {room}"}))
    ann.send(line("set-name", {"name": "Eve"}))
    for room in ("dev", "lobby"):
        ann.send(line("message", {"room": room, "message": f"after {room}"}))
    server.is_storage_paused = False
    server.wait(0.1)

    told = lines(bob)
    for room in ("lobby", "dev"):
        kinds = [kind for kind, data in told if data["room"] == room]
        assert kinds == ["message", "renamed", "message"]


def test_a_session_that_ends_is_told_in_each_of_its_rooms() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", names="Ann Bob")

    ann.send(line("bye"))
    server.wait(0.1)

    assert lines(bob) == [
        ("left", {"room": room, "name": "Ann", "reason": "bye"})
        for room in ("lobby", "dev")
    ]
    assert kinds(ann)[-1] == "bye"


def test_a_failure_of_the_storage_is_told_in_every_room_that_is_kept() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", "dev", names="Ann Bob")
    ask(ann, "direct", to="Bob")
    drop_lines(server)
    server.is_storage_paused = True
    ann.send(line("message", {"room": "dev", "message": "x", "id": "1"}))
    server.refuse(FULL)
    server.is_storage_paused = False
    server.wait(0.1)

    found = lines(ann)
    say(ann, "dev", "again")
    server.wait(0.1)

    assert sorted((kind, data["room"]) for kind, data in found) == [
        ("error", "dev"),
        ("unkept", "dev"),
        ("unkept", "lobby"),
    ]
    assert sorted(each for each in kinds(ann) if each.startswith("kept")) == [
        "kept dev",
        "kept lobby",
    ]


def test_a_connection_in_many_rooms_gets_one_write_for_a_turn() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", "ops", names="Ann Bob")

    for room in ("lobby", "dev", "ops"):
        ann.feed(line("message", {"room": room, "message": "x"}))
    server.turn()

    assert (len(bob.writes), len(lines(bob))) == (1, 3)


def test_a_slow_connection_lags_in_all_of_its_rooms_and_misses_nothing() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", names="Ann Bob")
    bob.is_full = True
    say(ann, "lobby", "one")
    for room in ("dev", "lobby", "dev"):
        say(ann, room, "more")

    bob.drain_all()

    found = [(data["room"], data["sequence"]) for _, data in lines(bob)]
    assert sorted(found) == [("dev", 1), ("dev", 2), ("lobby", 1), ("lobby", 2)]


def test_a_watching_session_hears_rooms_without_being_in_them() -> None:
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", names="Bob")

    ann = connect_session(server, watch=True, rooms=["dev"])
    say(bob, "dev", "hi")

    assert kinds(ann) == ["welcome", "room dev", "message dev"]
    assert codes(lines(bob)) == ["stored", "message"], "nobody joined"
    assert codes(ask(ann, "join", room="lobby")) == ["watching"]


def test_a_watching_session_opens_no_room() -> None:
    server = FakeServer()

    ann = connect_session(server, watch=True, rooms=["lobby", "new"])

    ((_, error),) = [each for each in lines(ann) if each[0] == "error"]
    assert (error["code"], error["room"]) == ("no_such_room", "new")
    assert error["about"] == "hello"
