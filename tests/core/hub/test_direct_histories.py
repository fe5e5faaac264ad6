"""What was whispered: its history, for one who returns, and its end."""

import pytest

from parlour.core.events import RoomName
from tests.core.fake_server import FakeServer, line
from tests.core.room_peers import (
    ask,
    codes,
    connect_in,
    drop_lines,
    in_room,
    kinds,
    lines,
    lose,
    open_direct,
    pass_time,
    people_in,
    say,
)

# -- history, search, users ----------------------------------------------------


def test_history_is_that_of_this_conversation() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one", "two", "three")
    drop_lines(server)

    ((kind, page),) = ask(bob, "history", room=name, limit=2)

    assert (kind, page["room"], page["more"]) == ("history", name, True)
    assert [each["message"] for each in page["messages"]] == ["two", "three"]


def test_it_cannot_be_searched() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "tea")
    drop_lines(server)

    ((_, error),) = ask(ann, "search", room=name, words="tea")

    assert (error["code"], error["room"]) == ("not_kept", name)
    assert error["about"] == "search"
    ((_, found),) = ask(ann, "search", words="tea", all=True)
    assert found["messages"] == []


def test_its_users_are_the_two() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    ((_, users),) = ask(ann, "users", room=name)

    assert [each["name"] for each in users["users"]] == ["Ann", "Bob"]


def test_a_rename_is_told_in_a_direct_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    ask(ann, "set-name", name="Eve")
    server.wait(0.1)

    assert lines(bob) == [
        ("renamed", {"room": room, "name": "Ann", "to": "Eve"})
        for room in ("lobby", name)
    ]


# -- absence, and the end ------------------------------------------------------


@pytest.mark.parametrize("asks_for_it", [True, False])
@pytest.mark.parametrize("rooms", [(), ("lobby",)])
def test_one_who_returns_hears_what_was_whispered_meanwhile(
    rooms: tuple[str, ...], *, asks_for_it: bool
) -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    (_, room), _ = lines(bob)
    lose(server, bob)
    say(ann, name, "two")
    resume = {name: {"epoch": room["epoch"], "sequence": 1}}

    wanted = (*rooms, name) if asks_for_it else rooms
    again = connect_in(server, "Bob", *wanted, resume=resume)

    found = lines(again)
    assert in_room(found, name) == ["room", "message two"]
    (opened,) = [data for _, data in found if data.get("with")]
    assert (opened["recovered"], opened["sequence"]) == (True, 2)


def test_one_who_returns_hears_of_a_room_that_was_opened_meanwhile() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    lose(server, bob)
    name = open_direct(ann, "Bob")
    say(ann, name, "one", "two")

    again = connect_in(server, "Bob", "lobby")

    found = lines(again)
    assert in_room(found, name) == ["room", "message one", "message two"]


def test_a_room_is_over_when_the_other_one_leaves_it() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    ask(bob, "leave", room=name)

    closed = {"room": name, "reason": "Bob has left the conversation"}
    assert lines(ann) == [("closed", closed)]
    assert codes(ask(ann, "message", room=name, message="?")) == ["no_such_room"]
    assert open_direct(ann, "Bob") != name, "it is another conversation"


@pytest.mark.parametrize("way", ["bye", "lost"])
def test_a_room_is_over_when_the_other_one_leaves_the_chat(way: str) -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    if way == "bye":
        bob.send(line("bye"))
    else:
        lose(server, bob)
        assert lines(ann) == [], "Bob may return"
    server.wait(11.0)

    assert in_room(lines(ann), name) == ["closed"]
    assert server.hub.state.rooms.get(RoomName(name)) is None


def test_after_both_left_nothing_remains_of_it() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")

    for peer in (ann, bob):
        peer.send(line("bye"))
    server.wait(0.1)

    assert server.hub.delivery.room(RoomName(name)) is None
    assert len(server.hub.state.rooms) == 1


def test_a_quiet_conversation_is_not_closed() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    pass_time(server, 1300.0)

    assert kinds(ann) == []
    assert codes(ask(ann, "message", room=name, message="?"))[0] == "stored"


def test_a_name_gives_no_access_to_the_letters_of_its_earlier_owner() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    bob.send(line("bye"))
    server.wait(0.1)

    thief = connect_in(server, "Thief", "lobby", name, token="t" * 16)
    ask(thief, "set-name", name="Bob")
    drop_lines(server)

    assert codes(ask(thief, "history", room=name)) == ["no_such_room"]
    assert in_room(lines(thief), name) == []


def test_a_session_in_no_room_can_whisper() -> None:
    server = FakeServer()
    (ann,) = people_in(server, names="Ann")
    (bob,) = people_in(server, "lobby", names="Bob")

    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    say(bob, name, "yes?")

    assert in_room(lines(ann), name) == ["stored", "message psst", "message yes?"]
