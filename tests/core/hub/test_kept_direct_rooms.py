"""Direct rooms between accounts: they are kept, and wait for whoever is away."""

import pytest

from parlour.core.entries import AccountEnabled
from parlour.core.events import AccountNumber, RoomName, is_direct_room
from parlour.core.limits import EMPTY_ROOM_TIME
from parlour.core.state import kept_direct_rooms
from tests.core.account_peers import PASSWORD, connect_account, connect_guest, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.room_peers import (
    ask,
    codes,
    drop_lines,
    in_room,
    lines,
    lose,
    open_direct,
    pass_time,
    say,
)

ANNS, BOBS = AccountNumber(1), AccountNumber(2)


def leave(server: FakeServer, *peers: FakePeer) -> None:
    """Let peers say goodbye."""
    for peer in peers:
        peer.send(line("bye"))
    drop_lines(server)


def recorded(server: FakeServer, room: str) -> list[str]:
    return [each.text for each in server.recorded_messages(RoomName(room))]


def epoch_of(server: FakeServer, room: str) -> str:
    state = server.hub.state
    return state.epoch_of(state.rooms[RoomName(room)])


def accounts(server: FakeServer, *names: str) -> list[FakePeer]:
    """Return a session of each account; drop what all peers have received."""
    peers = [register(server, name) for name in names]
    drop_lines(server)
    return peers


def test_a_message_waits_for_an_account_that_is_away(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    leave(server, bob)
    ((_, room),) = ask(ann, "direct", to="bob")
    name = room["room"]
    assert (room["with"], room["kept"], room["unread"]) == ("Bob", True, 0)

    found = ask(ann, "message", room=name, message="psst", id="1")
    say(ann, name, "are you there?")

    assert found[0] == ("stored", {"id": "1", "room": name, "sequence": 1})
    assert recorded(server, name) == ["psst", "are you there?"]
    found = lines(connect_account(server, "Bob"))
    assert in_room(found, name) == ["room", "message psst", "message are you there?"]
    (shown,) = [data for _, data in found if data.get("with")]
    assert (shown["with"], shown["kept"]) == ("Ann", True)
    assert (shown["sequence"], shown["read"], shown["unread"]) == (0, 0, 2)


def test_a_room_has_its_history_when_the_server_starts_again(
    server: FakeServer,
) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one", "two")
    (_, shown), *_ = lines(bob)
    bob.send(line("read", {"room": name, "sequence": 1}))
    server.wait(15.0)

    server.restart()

    bob = connect_account(server, "Bob")
    found = lines(bob)
    assert in_room(found, name) == ["room", "message two"]
    (again,) = [data for _, data in found if data.get("with")]
    assert (again["epoch"], again["read"]) == (shown["epoch"], 1)
    ((_, page),) = ask(bob, "history", room=name)
    assert [each["message"] for each in page["messages"]] == ["one", "two"]
    ((_, results),) = ask(bob, "search", words="two", all=True)
    assert [each["message"] for each in results["messages"]] == ["two"]
    ann = connect_account(server, "Ann")
    drop_lines(server)
    assert open_direct(ann, "Bob") == name


def test_one_who_resumes_continues_from_its_cursor(server: FakeServer) -> None:
    ann, _ = accounts(server, "Ann", "Bob")
    token = "the token of Bob"
    bob = connect_account(server, "Bob", token=token)
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    (_, shown) = next(each for each in lines(bob) if each[1].get("with"))
    lose(server, bob)
    say(ann, name, "two")

    resume = {name: {"epoch": shown["epoch"], "sequence": 1}}
    again = connect_account(server, "Bob", token=token, resume=resume)

    assert in_room(lines(again), name) == ["room", "message two"]


@pytest.mark.parametrize("kind", ["history", "search", "users", "message", "join"])
def test_nobody_else_learns_of_it(server: FakeServer, kind: str) -> None:
    ann, bob, cat = accounts(server, "Ann", "Bob", "Cat")
    mirror = server.watch()
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    say(bob, name, "yes?")
    drop_lines(server)
    data = {"words": "psst", "message": "hi"}

    assert codes(ask(cat, kind, room=name, **data)) == ["no_such_room"]
    ((_, found),) = ask(cat, "search", words="psst", all=True)
    assert found["messages"] == []
    ((_, listed),) = ask(cat, "rooms")
    assert [each["room"] for each in listed["rooms"]] == ["lobby"]
    assert mirror.read() == []


def test_neither_a_join_nor_a_leave_is_told_in_it(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "psst")
    drop_lines(server)

    leave(server, ann)
    connect_account(server, "Ann")

    assert in_room(lines(bob), name) == []


def test_one_who_has_left_it_hears_of_it_with_the_next_message(
    server: FakeServer,
) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    drop_lines(server)

    ((kind, _),) = ask(bob, "leave", room=name)
    pass_time(server, EMPTY_ROOM_TIME + 60.0)
    say(ann, name, "two")

    assert kind == "left"
    found = lines(bob)
    assert in_room(found, name) == ["room", "message two"]
    assert (found[0][1]["read"], found[0][1]["unread"]) == (1, 0)


def test_a_room_that_both_have_left_is_found_again(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    for peer in (ann, bob):
        ask(peer, "leave", room=name)
    ann.feed(line("pong", {"token": ""}))
    server.wait(EMPTY_ROOM_TIME + 10.0)
    assert not server.hub.state.rooms[RoomName(name)].is_open

    ann = connect_account(server, "Ann")
    lines(ann)

    assert open_direct(ann, "Bob") == name
    assert codes(ask(ann, "message", room=name, message="two"))[0] == "stored"


def test_a_room_in_which_nothing_was_said_is_forgotten(server: FakeServer) -> None:
    ann, _ = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    ask(ann, "leave", room=name)

    server.wait(EMPTY_ROOM_TIME + 10.0)

    assert server.hub.state.rooms.get(RoomName(name)) is None


def test_all_devices_of_both_hear_it(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    phone = connect_account(server, "Ann")
    drop_lines(server)

    name = open_direct(phone, "Bob")
    say(ann, name, "psst")

    assert in_room(lines(phone), name) == ["message psst"]
    assert in_room(lines(ann), name) == ["room", "stored", "message psst"]
    assert in_room(lines(bob), name) == ["room", "message psst"]


# -- who cannot be written to ---------------------------------------------------


def test_a_guest_cannot_write_to_an_account_that_is_away(server: FakeServer) -> None:
    (ann,) = accounts(server, "Ann")
    leave(server, ann)
    guest = connect_guest(server, "Bob")
    lines(guest)

    assert codes(ask(guest, "direct", to="Ann")) == ["no_such_user"]


def test_a_conversation_with_a_guest_is_not_kept(server: FakeServer) -> None:
    (ann,) = accounts(server, "Ann")
    connect_guest(server, "Bob")
    drop_lines(server)

    ((_, room),) = ask(ann, "direct", to="Bob")
    found = ask(ann, "message", room=room["room"], message="psst")

    assert room["kept"] is False
    assert found[0][1]["kept"] is False
    assert recorded(server, room["room"]) == []


def test_a_conversation_is_kept_after_the_guest_has_registered(
    server: FakeServer,
) -> None:
    (ann,) = accounts(server, "Ann")
    guest = connect_guest(server, "Bob")
    drop_lines(server)
    first = open_direct(ann, "Bob")
    say(ann, first, "psst")
    drop_lines(server)

    guest.send(line("register", {"password": PASSWORD}))

    assert in_room(lines(ann), first) == ["closed"]
    ((_, room),) = ask(ann, "direct", to="Bob")
    assert (room["kept"], room["sequence"]) == (True, 0)


def test_a_disabled_account_gets_no_message(server: FakeServer) -> None:
    ann, _, _ = accounts(server, "Ann", "Bob", "Cat")
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    for number in (BOBS, AccountNumber(3)):
        server.hub.operate(AccountEnabled(number, is_enabled=False))
    server.wait(0.1)
    drop_lines(server)

    assert codes(ask(ann, "message", room=name, message="two")) == ["no_direct"]
    assert codes(ask(ann, "direct", to="Cat")) == ["no_direct"]
    assert recorded(server, name) == ["one"]


def test_one_who_is_in_too_many_gets_no_further_one(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_direct_rooms, "MAX_DIRECT_ROOMS", 1)
    ann, _, cat = accounts(server, "Ann", "Bob", "Cat")
    first, second = open_direct(ann, "Bob"), open_direct(cat, "Bob")
    say(ann, first, "psst")

    found = ask(cat, "message", room=second, message="psst")

    assert codes(found) == ["other_too_many_direct"]
    drop_lines(server)
    assert codes(ask(ann, "direct", to="Cat")) == ["too_many_direct"]


def test_a_server_keeps_a_bounded_number_of_them(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_direct_rooms, "MAX_KEPT_DIRECT_ROOMS", 1)
    ann, _, _ = accounts(server, "Ann", "Bob", "Cat")
    open_direct(ann, "Bob")

    assert codes(ask(ann, "direct", to="Cat")) == ["rooms_full"]


def test_two_who_open_it_at_once_are_in_one_room(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    ann.feed(line("direct", {"to": "Bob"}))
    bob.feed(line("direct", {"to": "Ann"}))
    server.wait(0.2)

    (one,) = [data["room"] for kind, data in lines(ann) if kind == "room"]
    (other,) = [data["room"] for kind, data in lines(bob) if kind == "room"]

    assert one == other
    assert is_direct_room(one)


# -- ignored senders ------------------------------------------------------------


def test_a_message_of_one_who_is_ignored_is_dropped(server: FakeServer) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    bob.send(line("ignore", {"name": "Ann"}))
    bob.send(line("read", {"room": name, "sequence": 1}))
    drop_lines(server)

    found = ask(ann, "message", room=name, message="two", id="2")

    assert codes(found) == ["stored", "message"]
    assert in_room(lines(bob), name) == []
    again = lines(connect_account(server, "Bob"))
    (room,) = [data for _, data in again if data.get("with")]
    assert room["unread"] == 0
    assert in_room(again, name) == ["room"]


def test_one_who_ignores_the_sender_does_not_even_hear_of_the_room(
    server: FakeServer,
) -> None:
    ann, bob = accounts(server, "Ann", "Bob")
    bob.send(line("ignore", {"name": "ann"}))
    name = open_direct(ann, "Bob")

    found = ask(ann, "message", room=name, message="one", id="1")

    assert codes(found) == ["stored", "message"]
    assert in_room(lines(bob), name) == []
    again = lines(connect_account(server, "Bob"))
    assert not [data for _, data in again if data.get("with")]


def test_a_sender_who_is_ignored_finds_its_messages_on_each_device(
    server: FakeServer,
) -> None:
    _, bob = accounts(server, "Ann", "Bob")
    token = "the token of Ann"
    ann = connect_account(server, "Ann", token=token)
    drop_lines(server)
    name = open_direct(ann, "Bob")
    say(ann, name, "one")
    bob.send(line("ignore", {"name": "Ann"}))
    lose(server, ann)
    other = connect_account(server, "Ann")
    say(other, name, "two")

    resume = {name: {"epoch": epoch_of(server, name), "sequence": 1}}
    again = connect_account(server, "Ann", token=token, resume=resume)

    assert in_room(lines(again), name) == ["room", "message two"]
