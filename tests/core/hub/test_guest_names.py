# ruff: noqa: RUF001 -- the tests need characters that look alike
"""Guests who choose no name are called by a number, if the server says so."""

import pytest

from parlour.core.admin_acts import Act
from parlour.core.administration import Administration
from parlour.core.entries import Registered, Sanctioned
from parlour.core.events import SessionId
from parlour.core.protocol.commands import Ban
from parlour.core.rules import Rules
from parlour.core.state.names import name_keys
from tests.core.account_peers import PASSWORD, connect_guest, greet, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin, ask
from tests.core.session_peers import SOON

ADDRESS = "198.51.100.7:52814"


@pytest.fixture
def server() -> FakeServer:
    return FakeServer(rules=Rules(guest_names="number"))


def silent(server: FakeServer, *, network: str = "") -> FakePeer:
    """Connect one that sends nothing, as the clients of the assignment do."""
    peer = server.connect(ADDRESS, network=network)
    server.wait(1.0)
    return peer


def test_nobody_sees_an_address(server: FakeServer) -> None:
    ann = silent(server)
    bob = silent(server)

    bob.rename("Bob")
    bob.send(line("message", "hi") + line("users"))
    server.wait(1.0)

    heard = [
        "[Server]: guest1 has entered the chat",
        "[Server]: guest2 has entered the chat",
        "[Server]: guest2 renamed to Bob",
        "Bob: hi",
    ]
    assert ann.read() == heard
    assert bob.read() == [*heard[1:], "[Server]: 2 users: Bob, guest1"]


def test_a_client_with_rooms_hears_its_number(server: FakeServer) -> None:
    ann = connect_guest(server, None)

    assert told(ann) == ["welcome guest1", "room lobby", "joined lobby guest1"]


def test_a_number_is_given_once(server: FakeServer) -> None:
    silent(server).send_eof()
    server.wait(1.0)
    ann = silent(server)

    assert ann.read() == ["[Server]: guest2 has entered the chat"]


@pytest.mark.parametrize(
    "name", ["guest1", "Guest 7", "GUEST99", "guest１", "guestl", "g-u-e-s-t-1"]
)
def test_nobody_chooses_the_name_of_a_numbered_guest(
    server: FakeServer, name: str
) -> None:
    ann = connect_guest(server, name)
    told(ann)
    bob = silent(server)
    bob.read()

    bob.rename(name)
    server.wait(1.0)

    assert bob.read() == ["[Server]: that name is for guests who choose none"]
    assert server.hub.state.sessions.names.owner(name_keys("guest1")) is not None


@pytest.mark.parametrize("name", ["guest", "guests", "guestbook", "7guest"])
def test_other_names_with_the_word_are_free(server: FakeServer, name: str) -> None:
    ann = connect_guest(server, name)

    assert told(ann)[0] == f"welcome {name}"


def test_numbers_are_free_to_choose_where_guests_have_addresses() -> None:
    server = FakeServer()
    ann = connect_guest(server, "guest1")

    assert told(ann)[0] == "welcome guest1"


def test_a_guest_with_a_number_takes_a_name_before_registering(
    server: FakeServer,
) -> None:
    ann = connect_guest(server, None)
    told(ann)

    ann.send(line("register", {"password": PASSWORD}))
    server.wait(SOON)

    assert told(ann) == ["error no_name about register"]


def test_a_session_that_returns_keeps_its_number(server: FakeServer) -> None:
    token = "a secret of 128 bits"
    connect_guest(server, None, token=token).disconnect()
    server.wait(SOON)

    ann = connect_guest(server, None, token=token)

    assert told(ann)[0] == "welcome guest1"


def test_a_guest_whose_name_gets_an_account_gets_a_number(server: FakeServer) -> None:
    ann = connect_guest(server, "Ann")
    told(ann)

    server.hub.operate(Registered(SessionId(0), "Ann", name_keys("Ann"), "hash"))
    server.wait(SOON)

    assert told(ann) == ["Ann is guest1 in lobby"]


def test_a_moderator_bans_the_network_of_a_guest_with_a_number(
    server: FakeServer,
) -> None:
    ada = admin(server)
    silent(server, network="198.51.100.7").read()

    ask(server, ada, "ban", name="guest1", seconds=600)

    hello = {"version": 1, "rooms": ["lobby"]}
    again = greet(server, hello, network="198.51.100.7")
    assert told(again) == ["bye banned"]


# -- bans, which must not tell who has which address --------------------------------


@pytest.mark.parametrize("name", ["198.51.100.7", "198.51.0.0/16", "2001:db8::1"])
@pytest.mark.parametrize("place", [{"room": "lobby"}, {}])
def test_nobody_bans_an_address_where_addresses_are_hidden(
    server: FakeServer, place: dict[str, str], name: str
) -> None:
    silent(server, network="198.51.100.7")
    ada = admin(server)

    heard = ask(server, ada, "ban", name=name, **place)

    assert heard == ["error cannot_ban about ban"]
    assert not len(server.hub.state.sanctions)


def test_a_guest_is_banned_by_name_and_the_address_is_not_shown(
    server: FakeServer,
) -> None:
    silent(server, network="198.51.100.7")
    ada = admin(server)

    heard = ask(server, ada, "ban", name="guest1", room="lobby")

    assert heard[0] == "lobby: Ada ban guest1"
    assert "198.51.100.7" not in str(ask(server, ada, "sanctions", room="lobby"))


def test_the_operator_bans_an_address(server: FakeServer) -> None:
    administration = Administration(server.hub.state, is_serving=True)

    act = administration.requested(Ban(None, "198.51.100.7", None, ""), 0.0)

    assert isinstance(act, Act)
    assert isinstance(act.entry, Sanctioned)
