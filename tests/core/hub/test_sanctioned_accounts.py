"""An account that is muted or banned does not go on as a guest."""

import pytest

from tests.core.account_peers import PASSWORD
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.order_peers import admin
from tests.core.session_peers import SOON, read_events, send_messages

HOME = "198.51.100.7"
ELSEWHERE = "203.0.113.9"
TOKEN = "bob's client is the same"


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


def arrive(
    server: FakeServer, network: str, name: str, token: str = "x" * 20
) -> FakePeer:
    """Connect a guest from *network*."""
    peer = server.connect(network=network)
    data = {"version": 1, "name": name, "token": token, "rooms": ["lobby"]}
    peer.send(line("hello", data))
    server.wait(SOON)
    return peer


def register(server: FakeServer, network: str, name: str, token: str) -> FakePeer:
    peer = arrive(server, network, name, token)
    peer.send(line("register", {"name": name, "password": PASSWORD}))
    server.wait(SOON)
    return peer


def says(server: FakeServer, peer: FakePeer) -> str:
    """Return the type of the answer to a message, or the code of a refusal."""
    read_events(peer)
    send_messages(peer, "hello")
    server.wait(SOON)
    kinds: list[str] = [
        each["data"].get("code", each["type"])
        for each in read_events(peer)
        if each["type"] in {"error", "stored"}
    ]
    return kinds[0]


def sanction(server: FakeServer, kind: str) -> None:
    """Let an administrator sanction Bob, everywhere."""
    ada = admin(server)
    ada.send(line(kind, {"name": "Bob", "seconds": 3600}))
    server.wait(SOON)


@pytest.mark.parametrize(("network", "token"), [(HOME, "y" * 20), (ELSEWHERE, TOKEN)])
def test_a_muted_account_that_returns_as_a_guest_stays_muted(
    server: FakeServer, network: str, token: str
) -> None:
    bob = register(server, HOME, "Bob", TOKEN)
    sanction(server, "mute")
    bob.send(line("bye", {}))
    server.wait(SOON)

    assert says(server, arrive(server, network, "Robert", token)) == "muted"


@pytest.mark.parametrize(("network", "token"), [(HOME, "y" * 20), (ELSEWHERE, TOKEN)])
def test_a_banned_account_does_not_return_as_a_guest(
    server: FakeServer, network: str, token: str
) -> None:
    register(server, HOME, "Bob", TOKEN)
    sanction(server, "ban")

    guest = arrive(server, network, "Robert", token)

    assert [each["data"]["code"] for each in read_events(guest)] == ["banned"]


def test_other_accounts_of_the_same_network_are_spared(server: FakeServer) -> None:
    eve = register(server, HOME, "Eve", "eve has another client")
    register(server, HOME, "Bob", TOKEN)
    sanction(server, "mute")

    assert says(server, eve) == "stored"


def test_guests_elsewhere_are_spared(server: FakeServer) -> None:
    register(server, HOME, "Bob", TOKEN)
    sanction(server, "ban")

    assert says(server, arrive(server, ELSEWHERE, "Eve")) == "stored"


def test_an_account_that_is_away_is_meant_alone(server: FakeServer) -> None:
    bob = register(server, HOME, "Bob", TOKEN)
    bob.send(line("bye", {}))
    server.wait(SOON)
    sanction(server, "ban")

    assert says(server, arrive(server, HOME, "Eve")) == "stored"
