"""The limits of rooms, as their users meet them."""

import pytest

from parlour.core.entries import RoomOpened
from parlour.core.events import RoomName, SessionId
from parlour.core.limits import (
    LOCAL_ROOM_RATE,
    MAX_IGNORED,
    MAX_OPEN_ROOMS,
    MAX_ROOMS_EACH,
    Limits,
)
from tests.core.fake_server import ROOMY, FakePeer, FakeServer, line
from tests.core.room_peers import (
    ask,
    codes,
    connect_in,
    drop_lines,
    kinds,
    lines,
    open_direct,
    people_in,
    say,
    token_of,
)
from tests.core.session_peers import SOON, read_events

NETWORK = "192.0.2.7"


def names(count: int) -> list[str]:
    return [f"r{number}" for number in range(count)]


def test_a_session_is_in_at_most_100_rooms() -> None:
    server = FakeServer()
    (ann,) = people_in(server, *names(MAX_ROOMS_EACH), names="Ann")

    ((kind, error),) = ask(ann, "join", room="more")

    assert (kind, error["code"], error["room"]) == ("error", "too_many_rooms", "more")
    assert error["about"] == "join"
    ask(ann, "leave", room="r0")
    assert codes(ask(ann, "join", room="more")) == ["room", "joined"]


def test_a_hello_enters_the_first_100_of_its_rooms() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", *names(MAX_ROOMS_EACH + 2))

    found = lines(ann)
    rooms = [data["room"] for kind, data in found if kind == "room"]
    assert rooms == names(MAX_ROOMS_EACH)
    errors = [data for kind, data in found if kind == "error"]
    assert [each["room"] for each in errors] == ["r100", "r101"]
    assert {each["code"] for each in errors} == {"too_many_rooms"}
    assert {each["about"] for each in errors} == {"hello"}


def test_a_hello_has_at_most_200_rooms() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", *["lobby"] * 300, *names(200))

    found = lines(ann)
    errors = [data for kind, data in found if kind == "error" and "room" not in data]
    assert [(each["code"], each["about"]) for each in errors] == [
        ("too_many_rooms", "hello")
    ]


def test_a_server_has_at_most_10_000_rooms() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")
    for name in names(MAX_OPEN_ROOMS - 1):
        server.hub.state.apply(RoomOpened(RoomName(name), SessionId(1)), 0.0)

    ((_, error),) = ask(ann, "join", room="more")

    assert (error["code"], error["room"], error["about"]) == (
        "rooms_full",
        "more",
        "join",
    )
    assert codes(ask(ann, "join", room="r0")) == ["room", "joined"]


@pytest.mark.parametrize(
    ("limits", "last"), [(Limits(), "too_many_new_rooms"), (ROOMY, "room")]
)
def test_this_machine_opens_a_thousand_rooms_at_once_unless_rates_are_off(
    limits: Limits, last: str
) -> None:
    server = FakeServer(limits)
    state = server.hub.state
    peers = [server.connect(exempt=True) for _ in range(11)]
    wanted = names(int(LOCAL_ROOM_RATE.burst) + 1)

    for number, peer in enumerate(peers):
        rooms = wanted[number * 100 : number * 100 + 100]
        hello = {"version": 1, "token": f"token of number {number}", "rooms": rooms}
        peer.send(line("hello", hello))
    server.wait(SOON)

    assert state.rooms.open_count >= LOCAL_ROOM_RATE.burst
    assert codes(lines(peers[-1]))[1] == last


def test_a_network_opens_five_rooms_an_hour() -> None:
    server = FakeServer()
    ann = server.connect(network=NETWORK)
    hello = {"version": 1, "token": "a" * 16, "rooms": ["lobby"]}
    ann.send(line("hello", hello))
    server.wait(SOON)
    read_events(ann)

    answers = [codes(ask(ann, "join", room=name))[0] for name in names(6)]

    assert answers == ["room"] * 5 + ["too_many_new_rooms"]
    assert codes(ask(ann, "join", room="r0")) == ["room"], "which there is already"
    bob = server.connect(network=NETWORK)
    bob.send(line("hello", {**hello, "token": "b" * 16, "rooms": ["lobby", "new"]}))
    server.wait(SOON)
    (error,) = [data for kind, data in lines(bob) if kind == "error"]
    assert (error["code"], error["room"]) == ("too_many_new_rooms", "new")
    assert error["about"] == "hello"
    server.now += 3600.0 / 5
    assert codes(ask(bob, "join", room="new")) == ["room", "joined"]


def test_other_networks_are_not_affected() -> None:
    server = FakeServer()
    for network in ("192.0.2.8", "192.0.2.9", ""):
        ann = server.connect(network=network)
        token = f"the token of {network}".ljust(16, "x")
        rooms = [f"{network[-1:]}{name}" for name in names(5)]
        ann.send(line("hello", {"version": 1, "token": token, "rooms": rooms}))
        server.wait(SOON)

        assert [each for each in kinds(ann) if each.startswith("error")] == []


def test_a_session_ignores_at_most_200_names() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")
    for number in range(MAX_IGNORED):
        ask(ann, "ignore", name=f"name {number}")

    ((_, error),) = ask(ann, "ignore", name="one more")

    assert (error["code"], error["about"]) == ("too_many_ignored", "ignore")
    assert codes(ask(ann, "ignore", name="name 0")) == ["ignored"]


def people_of_network(server: FakeServer, *people: str) -> list[FakePeer]:
    """Connect sessions from `NETWORK` that are in no room."""
    peers = []
    for name in people:
        peer = server.connect(network=NETWORK)
        hello = {"version": 1, "token": token_of(name), "name": name, "rooms": []}
        peer.send(line("hello", hello))
        peers.append(peer)
    drop_lines(server)
    return peers


def test_a_network_opens_100_direct_rooms_at_once() -> None:
    server = FakeServer()
    others = [f"Guest {number}" for number in range(60)]
    for name in others:
        connect_in(server, name)
    ann, bob = people_of_network(server, "Ann", "Bob")
    for name in others[:50]:
        open_direct(ann, name)
        open_direct(bob, name)

    ((kind, error),) = ask(ann, "direct", to=others[50])

    assert (kind, error["code"], error["about"]) == (
        "error",
        "too_many_new_rooms",
        "direct",
    )
    assert codes(ask(ann, "direct", to=others[0])) == ["room"], "which there is already"
    server.now += 20.0
    assert codes(ask(ann, "direct", to=others[50])) == ["room"]


def test_direct_rooms_of_exempt_peers_are_not_limited() -> None:
    server = FakeServer()
    ann, bob = people_in(server, names="Ann Bob")

    for _ in range(101):
        room = open_direct(ann, "Bob")
        ask(ann, "leave", room=room)

    assert codes(ask(ann, "direct", to="Bob")) == ["room"]
    assert bob.ended is None


def test_a_refused_direct_message_is_identified() -> None:
    server = FakeServer()
    ann, _ = people_in(server, names="Ann Bob")
    room = open_direct(ann, "Bob")
    for number in range(100):
        other = connect_in(server, f"Guest {number}")
        drop_lines(server)
        say(other, open_direct(other, "Bob"), "hi")
    drop_lines(server)

    ((kind, error),) = ask(ann, "message", room=room, message="hi", id="7")

    assert (kind, error["code"], error["id"], error["room"]) == (
        "error",
        "other_too_many_direct",
        "7",
        room,
    )
