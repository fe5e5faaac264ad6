"""Direct messages from an account to a guest whose client speaks the plain dialect."""

import pytest

from parlour.core.limits import Limits
from tests.core.account_peers import connect_account, connect_guest, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin
from tests.core.room_peers import (
    ask,
    codes,
    drop_lines,
    in_room,
    lines,
    open_direct,
    say,
)
from tests.core.session_peers import SOON


def ann_and_bob(
    server: FakeServer, *, ann_rooms: tuple[str, ...] = ()
) -> tuple[FakePeer, FakePeer]:
    """Connect Ann, who has an account, and Bob with a plain client."""
    ann, bob = register(server, "Ann", rooms=ann_rooms), server.connect()
    bob.rename("Bob")
    drop_lines(server)
    return ann, bob


# -- what each of them receives ------------------------------------------------


def test_a_plain_client_receives_the_message_as_a_line_of_nobody() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    server.wait(0.1)
    assert bob.read() == [], "nothing arrives before the first message"

    say(ann, name, "psst", "hey")

    assert bob.read() == ["[Ann to you]: psst", "[Ann to you]: hey"]
    assert in_room(lines(ann), name) == [
        *("stored", "message psst"),
        *("stored", "message hey"),
    ]


def test_the_sender_is_told_that_the_other_one_cannot_answer() -> None:
    server = FakeServer()
    ann, _ = ann_and_bob(server)

    ((kind, room),) = ask(ann, "direct", to="Bob")

    assert (kind, room["with"], room["kept"], room["one_way"]) == (
        *("room", "Bob"),
        *(False, True),
    )


def test_a_room_with_a_client_that_can_answer_is_not_one_way() -> None:
    server = FakeServer()
    ann, gus = register(server, "Ann"), connect_guest(server, "Gus")
    drop_lines(server)

    ((_, told),) = ask(ann, "direct", to="Gus")
    ((_, heard),) = ask(gus, "direct", to="Ann")

    assert "one_way" not in told
    assert "one_way" not in heard


def test_nobody_else_hears_it_and_it_is_in_no_history() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    other, gus = server.connect(), connect_guest(server, "Gus")
    other.rename("Other")
    console = server.watch()
    drop_lines(server)
    name = open_direct(ann, "Bob")

    say(ann, name, "psst")
    bob.send(line("history"))

    assert bob.read() == ["[Ann to you]: psst", "[Server]: nothing has been said yet"]
    assert (other.read(), lines(gus), console.read()) == ([], [], [])
    assert server.recorded_messages() == []


def test_every_device_of_the_account_sees_what_one_of_them_writes_once() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    phone = connect_account(server, "Ann")
    drop_lines(server)
    name = open_direct(ann, "Bob")
    drop_lines(server)

    say(ann, name, "psst")
    say(phone, name, "hey")

    assert bob.read() == ["[Ann to you]: psst", "[Ann to you]: hey"]
    assert in_room(lines(phone), name) == ["message psst", "stored", "message hey"]


def test_a_retry_is_shown_once() -> None:
    server = FakeServer()
    ann = connect_guest(server, "Ann", token="the token of Ann")
    ask(ann, "register", password="correct horse")
    bob = server.connect()
    bob.rename("Bob")
    drop_lines(server)
    name = open_direct(ann, "Bob")
    first = ask(ann, "message", room=name, message="psst", id="7")

    again = ask(ann, "message", room=name, message="psst", id="7")

    assert again == first[:1]
    assert bob.read() == ["[Ann to you]: psst"]


def test_what_a_plain_client_writes_goes_to_the_lobby_as_ever() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    bob.send_text("what?")

    assert bob.read() == ["Bob: what?"]
    assert in_room(lines(ann), "lobby") == ["message what?"]


def test_a_rename_is_told_once_to_each() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    bob.send(line("set-name", "Rob"))
    server.wait(0.1)

    assert bob.read() == ["[Server]: Bob renamed to Rob"]
    assert in_room(lines(ann), name) == ["renamed"]
    say(ann, name, "still you?")
    assert bob.read() == ["[Ann to you]: still you?"]


def test_a_lagging_plain_client_is_told_how_much_it_missed() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=2000))
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    bob.is_full = True

    for number in range(1000):
        say(ann, name, f"{number:03}")
    bob.drain_all()

    first, gap, *rest = bob.read()
    assert first == "[Ann to you]: 000"
    assert gap == f"[Server]: you fell behind and missed {999 - len(rest)} lines"
    assert rest[-1] == "[Ann to you]: 999"
    assert len(rest) < 100


def test_an_erased_message_is_told_and_not_shown_again() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    bob.read()

    ask(ann, "erase", room=name, sequence=1)
    server.wait(0.1)

    assert bob.read() == ["[Server]: Ann has erased a message"]


# -- who may -------------------------------------------------------------------


def test_a_guest_cannot_write_to_a_plain_client() -> None:
    server = FakeServer()
    ann_and_bob(server)
    gus = connect_guest(server, "Gus")
    drop_lines(server)

    assert codes(ask(gus, "direct", to="Bob")) == ["no_direct"]


def test_an_account_cannot_write_to_a_guest_whose_session_has_no_rooms() -> None:
    server = FakeServer()
    ann, _ = ann_and_bob(server)
    old = server.connect()
    old.send(line("hello", {"version": 1, "name": "Old"}))
    server.wait(SOON)
    drop_lines(server)

    assert codes(ask(ann, "direct", to="Old")) == ["no_direct"]


def test_an_account_cannot_write_to_a_guest_who_has_left() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    bob.disconnect()
    drop_lines(server)

    assert codes(ask(ann, "direct", to="Bob")) == ["no_such_user"]


def test_a_muted_account_reaches_nobody() -> None:
    server = FakeServer()
    boss, (ann, bob) = admin(server), ann_and_bob(server)
    name = open_direct(ann, "Bob")
    ask(boss, "mute", name="Ann")
    drop_lines(server)

    found = ask(ann, "message", room=name, message="psst", id="1")

    assert codes(found) == ["muted"]
    server.wait(0.1)
    assert bob.read() == []


# -- the end -------------------------------------------------------------------


def test_the_conversation_ends_when_the_plain_client_leaves() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    bob.disconnect()

    (closed,) = [data for kind, data in lines(ann) if kind == "closed"]
    assert closed == {"room": name, "reason": "Bob has left the conversation"}


def test_the_plain_client_hears_nothing_of_the_end() -> None:
    server = FakeServer()
    ann, bob = ann_and_bob(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    ask(ann, "leave", room=name)
    server.wait(0.1)

    assert bob.read() == ["[Ann to you]: psst"]
    bob.send_text("I am still here")
    drop_lines(server)
    again = open_direct(ann, "Bob")
    say(ann, again, "hey")
    assert again != name
    assert bob.read() == ["[Ann to you]: hey"]


@pytest.mark.parametrize("is_told", [False, True])
def test_a_late_hello_lets_the_guest_answer(is_told: bool) -> None:
    server = FakeServer()
    ann = register(server, "Ann")
    bob = server.connect()
    server.wait(0.1)
    drop_lines(server)
    name = open_direct(ann, "192.0.2.1:2")
    if is_told:
        say(ann, name, "psst")
        assert bob.read() == ["[Ann to you]: psst"]

    bob.send(line("hello", {"version": 1, "late": True, "rooms": ["lobby"]}))
    say(ann, name, "hey")

    told = ["message psst"] if is_told else []
    assert in_room(lines(bob), name) == ["room", *told, "message hey"]
    say(bob, name, "yes?")
    assert in_room(lines(ann), name)[-1] == "message yes?"


def test_a_late_hello_without_rooms_ends_the_conversation() -> None:
    server = FakeServer()
    ann = register(server, "Ann")
    bob = server.connect()
    server.wait(0.1)
    drop_lines(server)
    name = open_direct(ann, "192.0.2.1:2")
    say(ann, name, "psst")
    drop_lines(server)

    bob.send(line("hello", {"version": 1, "late": True}))

    assert in_room(lines(ann), name) == ["closed"]
    assert in_room(lines(bob), name) == []
