"""The rules and limits of a server change while it runs."""

from dataclasses import replace

from parlour.core.limits import LOCAL_ROOM_RATE, Limits
from parlour.core.rate_limit import Rate
from parlour.core.rules import Rules
from tests.core.account_peers import connect_guest
from tests.core.fake_server import ROOMY, FakeServer, line
from tests.core.session_peers import SOON, read_brief, read_events, send_messages

ONE_A_SECOND = replace(ROOMY, rate=Rate(1.0, 2.0))


def test_changed_rules_apply_to_the_next_session() -> None:
    server = FakeServer()
    first = connect_guest(server, "Ann")
    server.hub.rules.change_to(Rules(greeting="Be kind."))

    second = connect_guest(server, "Bob")

    assert "greeting" not in [each["type"] for each in read_events(first)]
    assert "greeting" in [each["type"] for each in read_events(second)]


def test_new_guests_may_only_read_as_soon_as_the_rules_say_so() -> None:
    server = FakeServer()
    ann = connect_guest(server, "Ann")
    server.hub.rules.change_to(Rules(guests="read"))

    guest = server.connect()
    guest.send_text("hello")
    send_messages(ann, "still here")
    server.turn()

    assert guest.read()[0] == "[Server]: this server is for people who have an account"
    said = [each for each in read_events(ann) if each["type"] == "message"]
    assert [each["data"]["message"] for each in said] == ["still here"]


def test_a_smaller_number_of_users_keeps_those_who_are_there() -> None:
    server = FakeServer()
    ann, bob = connect_guest(server, "Ann"), connect_guest(server, "Bob")

    server.hub.change_limits(replace(ROOMY, max_users=1))

    assert b"the server is full (1 user)" in server.connect_rejected().last
    read_events(bob)
    send_messages(ann, "still here")
    server.wait(1.0)
    assert read_brief(bob) == ["1 still here"]


def test_a_changed_rate_applies_to_the_next_connection() -> None:
    server = FakeServer()
    ann = connect_guest(server, "Ann")
    server.hub.change_limits(ONE_A_SECOND)
    bob = connect_guest(server, "Bob")
    read_events(ann)

    send_messages(ann, *(f"ann {n}" for n in range(5)))
    send_messages(bob, *(f"bob {n}" for n in range(5)))
    server.wait(0.1)

    said = [
        each["data"]["message"]
        for each in read_events(ann)
        if "message" in each["data"]
    ]
    assert [text for text in said if text.startswith("bob")] == ["bob 0", "bob 1"]


def test_a_faster_rate_ends_the_wait_of_a_new_connection_earlier() -> None:
    server = FakeServer(replace(ROOMY, rate=Rate(0.1, 1.0)))
    server.hub.change_limits(replace(ROOMY, rate=Rate(10.0, 1.0)))
    ann = connect_guest(server, "Ann")
    read_events(ann)

    send_messages(ann, "one", "two")
    server.wait(0.5)

    assert read_brief(ann) == ["stored one 1", "1 one", "stored two 2", "2 two"]


def test_no_rate_lifts_the_limit_of_new_rooms_from_this_machine() -> None:
    server = FakeServer(replace(ROOMY, rate=ONE_A_SECOND.rate))
    server.hub.change_limits(ROOMY)
    peers = [server.connect(exempt=True) for _ in range(11)]
    wanted = [f"room{number}" for number in range(int(LOCAL_ROOM_RATE.burst) + 1)]

    for number, peer in enumerate(peers):
        rooms = wanted[number * 100 : number * 100 + 100]
        hello = {"version": 1, "token": f"token of number {number}", "rooms": rooms}
        peer.send(line("hello", hello))
    server.wait(SOON)

    assert set(wanted) <= {room.name for room in server.hub.state.rooms}


def test_other_limits_stay() -> None:
    others = Limits(max_users=3, max_line=5000, max_text=9)

    assert Limits().changed(others) == replace(Limits(), max_users=3)
