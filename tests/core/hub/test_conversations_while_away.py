"""Direct messages to one who is away, from one who is lost before they are told."""

from tests.core.account_peers import connect_account, register
from tests.core.fake_server import FakeServer, line
from tests.core.room_peers import ask, drop_lines, in_room, lines, say
from tests.core.session_peers import SOON, connect_session, read_events

ANN, BOB = "a" * 16, "b" * 16


def test_one_who_returns_hears_that_messages_were_told_to_nobody() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", token=ANN, rooms=["lobby"])
    bob = connect_session(server, "Bob", token=BOB, rooms=["lobby"])
    ann.send(line("direct", {"to": "Bob"}))
    (room,) = (each for each in read_events(ann) if "with" in each["data"])
    name = room["data"]["room"]
    bob.disconnect()
    server.is_storage_paused = True
    ann.send(line("message", {"message": "in flight"}))
    ann.send(line("message", {"message": "told to nobody", "room": name, "id": "1"}))
    ann.disconnect()
    server.is_storage_paused = False
    server.commit()
    bob = connect_session(server, "Bob", token=BOB, rooms=["lobby"])
    ann = connect_session(server, "Ann", token=ANN, rooms=["lobby"])
    ann.send(line("message", {"message": "told", "room": name, "id": "2"}))

    heard = [
        each["data"].get("recovered", each["data"].get("message", "missed"))
        for each in read_events(bob)
        if each["data"].get("room") == name
    ]
    assert heard == [False, "missed", "told"]


def test_a_room_that_comes_back_is_heard_from_where_the_client_has_left_it() -> None:
    server = FakeServer()
    ann, bob = register(server, "Ann"), register(server, "Bob")
    phone = connect_account(server, "Bob")
    drop_lines(server)
    ((_, room),) = ask(ann, "direct", to="Bob")
    name, cursor = room["room"], {"epoch": room["epoch"], "sequence": 0}
    phone.disconnect()
    say(ann, name, "one", "two")
    ask(bob, "leave", room=name)
    phone = connect_account(server, "Bob", resume={name: cursor})
    lines(phone)

    say(ann, name, "three")

    assert in_room(lines(phone), name) == [
        "room",
        "message one",
        "message two",
        "message three",
    ]


def test_a_lagging_device_hears_a_room_that_another_left_and_that_came_back() -> None:
    server = FakeServer()
    ann, bob = register(server, "Ann"), register(server, "Bob")
    phone = connect_account(server, "Bob")
    drop_lines(server)
    ((_, room),) = ask(ann, "direct", to="Bob")
    name = room["room"]
    say(ann, name, "one")
    lines(phone)
    phone.is_full = True
    say(ann, name, "unsent")
    ask(bob, "leave", room=name)
    say(ann, name, "it comes back")
    phone.drain_all()
    server.wait(SOON)

    say(ann, name, "heard")

    assert in_room(lines(phone), name) == [
        *("message unsent", "left", "room", "message it comes back", "message heard"),
    ]
