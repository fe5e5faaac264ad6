"""Sessions of accounts that begin as those of guests, and what others hear of them."""

import pytest

from parlour.core.entries import Batch, Registered
from parlour.core.events import LOBBY, SessionId
from parlour.core.limits import EMPTY_ROOM_TIME
from parlour.core.rules import Guests, Rules
from parlour.core.state import account_entries
from parlour.core.state.names import name_keys
from parlour.core.storage import END_OF_SEQUENCES, Before
from tests.core.account_peers import (
    PASSWORD,
    connect_account,
    connect_guest,
    register,
    told,
)
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

TOKEN = "the token of a client"


def whisper(server: FakeServer, peer: FakePeer, to: str) -> str:
    """Let a peer send a direct message; return the room."""
    read_events(peer)
    peer.send(line("direct", {"to": to}))
    (opened,) = read_events(peer)
    room = str(opened["data"]["room"])
    peer.send(line("message", {"room": room, "message": "psst"}))
    server.wait(SOON)
    read_events(peer)
    return room


def test_messages_are_stored_with_the_account_of_their_author(
    server: FakeServer,
) -> None:
    guest = connect_guest(server, "Ann")
    guest.send_text("as a guest")
    guest.send(line("register", {"password": PASSWORD}))
    phone = connect_account(server, "Ann")

    guest.send_text("as Ann")
    phone.send(line("message", {"message": "by phone", "id": "1"}))

    page = server.history.read(Before(LOBBY, END_OF_SEQUENCES, 9))
    assert [(each.text, each.account) for each in page.messages] == [
        ("as a guest", 0),
        ("as Ann", 1),
        ("by phone", 1),
    ]
    assert all("account" not in each["data"] for each in read_events(phone)[-2:])


def test_a_guest_returns_with_credentials_while_in_a_conversation(
    server: FakeServer,
) -> None:
    register(server, "Ann").disconnect()
    server.wait(20)
    guest = connect_guest(server, "Cat", token=TOKEN)
    bob = connect_guest(server, "Bob")
    room = whisper(server, bob, "Cat")
    guest.disconnect()

    back = connect_account(server, "Ann", token=TOKEN)

    assert told(back)[:2] == ["welcome Ann", "account Ann, member"]
    (closed, renamed) = read_events(bob)[-2:]
    assert (closed["type"], closed["data"]["room"]) == ("closed", room)
    assert renamed["data"]["to"] == "Ann"


def test_a_guest_registers_while_in_a_conversation(server: FakeServer) -> None:
    guest = connect_guest(server, "Cat", token=TOKEN)
    bob = connect_guest(server, "Bob")
    whisper(server, bob, "Cat")
    told(guest)

    guest.send(line("register", {"password": PASSWORD}))

    assert told(guest) == ["closed", "account Cat, member"]
    assert told(bob) == ["closed"]


def test_a_guest_who_signs_in_hears_whom_the_account_ignores(
    server: FakeServer,
) -> None:
    ann = register(server, "Ann")
    ann.send(line("ignore", {"name": "Eve"}))
    guest = connect_guest(server, "Cat", rooms=[])
    guest.send(line("ignore", {"name": "Bob"}))
    told(guest)

    guest.send(line("login", {"account": "Ann", "password": PASSWORD}))
    server.wait(SOON)

    assert told(guest)[:2] == ["account Ann, member", "ignored Eve"]


def test_somebody_who_ignores_a_name_already_is_told_alone(server: FakeServer) -> None:
    one = register(server, "Ann")
    two = connect_account(server, "Ann")
    one.send(line("ignore", {"name": "Bob"}))
    told(one), told(two)

    one.send(line("ignore", {"name": "Bob"}))
    one.send(line("unignore", {"name": "Zoe"}))
    server.wait(SOON)

    assert told(one) == ["ignored Bob", "ignored Bob"]
    assert told(two) == []


def test_the_closed_rooms_of_an_account_open_when_it_signs_in(
    server: FakeServer,
) -> None:
    ann = register(server, "Ann", rooms=("dev",))
    ann.send(line("message", {"room": "dev", "message": "hi"}) + line("bye", {}))
    server.wait(EMPTY_ROOM_TIME + 10)
    guest = connect_guest(server, "Cat")
    told(guest)

    guest.send(line("login", {"account": "Ann", "password": PASSWORD}))
    server.wait(SOON)

    assert told(guest)[2:] == ["room dev", "joined dev Ann"]


def test_a_room_that_is_not_one_of_the_account_can_be_left(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is in as many rooms as it may be, and this session in another one."""
    monkeypatch.setattr(account_entries, "MAX_ROOMS_EACH", 1)
    register(server, "Ann").disconnect()
    connect_guest(server, "Bob", rooms=["dev"])
    ann = connect_account(server, "Ann", rooms=["dev"])
    assert told(ann)[-1] == "error too_many_rooms about hello"

    ann.send(line("leave", {"room": "dev"}))

    assert told(ann) == ["left dev Ann"]


def test_nobody_registers_an_address_that_became_its_name_meanwhile(
    server: FakeServer,
) -> None:
    guest = connect_guest(server, "Cat")
    server.is_checking_paused = True
    guest.send(line("register", {"password": PASSWORD}))
    told(guest)
    entry = Registered(SessionId(0), "Cat", name_keys("Cat"), "a hash")
    server.hub.committed(Batch(1.0, (entry,), 99), server.now)  # of another node

    server.is_checking_paused = False
    server.wait(SOON)

    assert told(guest)[-1] == "error no_name about register"


@pytest.mark.parametrize("guests", ["read", "off"])
def test_a_session_that_ends_just_now_is_not_resumed_as_a_guest(guests: Guests) -> None:
    admin = FakeServer()
    register(admin, "Ann", device="laptop").disconnect()
    server = FakeServer(rules=Rules(guests=guests))
    server.history = admin.history
    server.restart()
    ann = connect_account(server, "Ann", token=TOKEN)
    other = server.connect()
    ann.feed(line("logout", {}))

    other.feed(line("hello", {"version": 1, "rooms": ["lobby"], "token": TOKEN}))
    server.wait(SOON)

    assert told(other) == ["error sign_in_required about hello"]
    assert server.user_names() == []
    other.send(line("login", {"account": "Ann", "password": PASSWORD}))
    assert told(other)[:2] == ["welcome Ann", "account Ann, member"]


def test_one_who_signs_in_to_another_account_ends_the_session_before(
    server: FakeServer,
) -> None:
    register(server, "Ann").disconnect()
    bob = connect_guest(server, "Bob", token=TOKEN)
    bob.send(line("register", {"password": PASSWORD}))
    told(bob)

    ann = connect_account(server, "Ann", token=TOKEN)
    bob.send(line("join", {"room": "dev"}))

    assert told(ann)[0] == "welcome Ann"
    assert told(bob)[-1] == "bye replaced"
    assert bob.ended is not None


def test_one_whose_late_hello_fails_may_sign_in(server: FakeServer) -> None:
    register(server, "Ann").disconnect()
    server.wait(20)
    peer = server.connect()
    server.wait(0.1)
    peer.read()
    data = {"version": 1, "late": True, "rooms": [], "account": "Ann"}
    peer.send(line("hello", data | {"password": "wrong one"}))
    server.wait(SOON)

    peer.send(line("login", {"account": "Ann", "password": PASSWORD}))

    assert told(peer)[:3] == [
        "error auth_failed about hello",
        "welcome Ann",
        "account Ann, member",
    ]
