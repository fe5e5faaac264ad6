"""Direct rooms: conversations of two, which are not kept."""

import pytest

from parlour.core.events import DIRECT_PREFIX
from tests.core.fake_server import FakeServer
from tests.core.room_peers import (
    ask,
    connect_in,
    drop_lines,
    in_room,
    lines,
    open_direct,
    people_in,
    say,
)
from tests.core.session_peers import connect_session

ID_LENGTH = 16  # letters and digits


# -- opening -------------------------------------------------------------------


def test_a_direct_room_has_an_opaque_name_an_epoch_and_the_name_of_the_other() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")

    ((kind, room),) = ask(ann, "direct", to="Bob")

    name = room["room"]
    opaque = name.removeprefix(DIRECT_PREFIX)
    assert (kind, len(opaque), opaque.isalnum()) == ("room", ID_LENGTH, True)
    assert room == {
        "room": name,
        "epoch": f"{server.hub.state.epoch}.{opaque}",
        "sequence": 0,
        "recovered": True,
        "topic": "",
        "with": "Bob",
        "kept": False,
    }
    server.wait(0.1)
    assert lines(bob) == [], "the other one hears of it with the first message"


def test_a_direct_room_is_opened_once() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    assert open_direct(ann, "bob") == name
    assert open_direct(bob, "Ann") == name


def test_each_pair_has_a_room_of_its_own() -> None:
    server = FakeServer()
    ann, bob, _ = people_in(server, "lobby", names="Ann Bob Cat")

    names = [open_direct(ann, "Bob"), open_direct(ann, "Cat"), open_direct(bob, "Cat")]

    assert len(set(names)) == 3


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("Nobody", "no_such_user"),
        ("", "no_such_user"),
        ("x" * 500, "no_such_user"),
        ("Ann", "direct_self"),
        ("Plain", "no_direct"),
        ("Old", "no_direct"),
    ],
)
def test_a_direct_room_with_one_who_cannot_be_in_it_is_refused(
    to: str, code: str
) -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")
    plain = server.connect()
    plain.rename("Plain")
    connect_session(server, "Old", token="o" * 16)
    drop_lines(server)

    ((kind, error),) = ask(ann, "direct", to=to)

    assert (kind, error["code"], error["about"]) == ("error", code, "direct")


# -- messages ------------------------------------------------------------------


def test_the_first_message_shows_the_room_to_the_other_one() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    say(ann, name, "psst")

    (kind, room), (_, message) = lines(bob)
    assert (kind, room["with"], room["kept"]) == ("room", "Ann", False)
    assert (room["room"], room["sequence"], room["recovered"]) == (name, 0, True)
    assert (message["room"], message["sequence"]) == (name, 1)
    assert (message["source"], message["message"]) == ("Ann", "psst")


def test_a_message_is_acknowledged_as_not_kept() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    found = ask(ann, "message", room=name, message="psst", id="7")

    stored = {"id": "7", "room": name, "sequence": 1, "kept": False}
    assert found[0] == ("stored", stored)
    assert server.recorded_messages() == []


def test_a_retry_of_a_message_is_delivered_once() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    first = ask(ann, "message", room=name, message="psst", id="7")

    again = ask(ann, "message", room=name, message="psst", id="7")

    assert again == first[:1]
    assert in_room(lines(bob), name) == ["room", "message psst"]


def test_nobody_else_hears_a_direct_message() -> None:
    server = FakeServer()
    ann, bob, cat = people_in(server, "lobby", names="Ann Bob Cat")
    mirror = server.watch()
    name = open_direct(ann, "Bob")

    say(ann, name, "psst")
    say(bob, name, "yes?")
    server.wait(0.1)

    found = in_room(lines(bob), name)
    assert found == ["room", "message psst", "stored", "message yes?"]
    assert lines(cat) == []
    assert mirror.read() == []


def test_the_console_hears_no_rename_in_a_direct_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    ask(bob, "leave", room="lobby")
    mirror = server.watch()

    ask(bob, "set-name", name="Rob")
    server.wait(0.1)

    assert in_room(lines(ann), name)[-1] == "renamed"
    assert mirror.read() == []


def test_neither_a_join_nor_a_leave_is_told_in_a_direct_room() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    say(ann, name, "psst")
    ask(ann, "leave", room=name)

    found = lines(bob)
    assert in_room(found, name) == ["room", "message psst", "closed"]


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("message", {"message": "x", "id": "1"}, "no_such_room"),
        ("history", {}, "no_such_room"),
        ("search", {"words": "x"}, "no_such_room"),
        ("users", {}, "no_such_room"),
        ("join", {}, "no_such_room"),
        ("leave", {}, "not_in_room"),
        ("topic", {"topic": "x"}, "not_in_room"),
    ],
)
def test_others_cannot_even_learn_of_a_direct_room(
    kind: str, data: dict[str, object], code: str
) -> None:
    server = FakeServer()
    ann, _, cat = people_in(server, "lobby", names="Ann Bob Cat")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")

    ((what, error),) = ask(cat, kind, room=name, **data)

    assert (what, error["code"], error["about"]) == ("error", code, kind)


def test_a_direct_room_has_no_topic() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")

    ((_, error),) = ask(ann, "topic", room=name, topic="x")

    assert error["code"] == "bad_topic"
    assert error["reason"] == "a conversation of two has no topic"


# -- after a restart -----------------------------------------------------------


def test_a_conversation_after_a_crash_is_another_one() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    ((_, before),) = ask(ann, "direct", to="Bob")
    server.restart()
    ann, _ = people_in(server, "lobby", names="Ann Bob")

    ((_, after),) = ask(ann, "direct", to="Bob")

    assert after["room"] != before["room"]
    assert after["epoch"] != before["epoch"]


def test_a_conversation_does_not_outlive_the_server() -> None:
    server = FakeServer()
    ann, _ = people_in(server, "lobby", names="Ann Bob")
    name = open_direct(ann, "Bob")
    server.restart()

    ann = connect_in(server, "Ann", "lobby", name)

    (error,) = [data for kind, data in lines(ann) if kind == "error"]
    assert error == {
        "code": "no_such_room",
        "reason": "the conversation is over",
        "room": name,
        "about": "hello",
    }
