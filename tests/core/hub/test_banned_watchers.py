"""Who is banned watches nothing with a key or a token that is not accepted."""

import pytest

from parlour.core.entries import AccountEnabled
from parlour.core.events import AccountNumber
from parlour.core.sessions.connection import ConnectionKind
from tests.core.account_peers import connect_account, greet, register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.hub.test_moderation import key_of
from tests.core.order_peers import admin, ask
from tests.core.session_peers import SOON

NETWORK = "198.51.100.7"
BOBS = AccountNumber(1)
TOKEN = "T" * 40
PAGE = ConnectionKind.READ_ONLY_PAGE


@pytest.fixture
def key(server: FakeServer) -> str:
    """Return the key of Bob, on a server that has banned a network."""
    register(server, "Bob")
    bob = connect_account(server, "Bob", device="laptop", token=TOKEN)
    found = key_of(bob)
    ask(server, admin(server), "ban", name=NETWORK)
    return found


def page(
    server: FakeServer, account: str, key: str, *, is_secure: bool = True
) -> FakePeer:
    """Open the page that only shows the chat, from the banned network."""
    peer = server.connect(network=NETWORK, is_secure=is_secure, kind=PAGE)
    hello = {"version": 1, "rooms": ["lobby"], "account": account, "key": key}
    peer.send(line("hello", hello))
    server.wait(SOON)
    return peer


def test_an_account_reads_the_page_from_a_banned_network(
    server: FakeServer, key: str
) -> None:
    assert "room lobby" in told(page(server, "Bob", key))


def test_a_key_counts_only_where_keys_are_accepted(
    server: FakeServer, key: str
) -> None:
    assert told(page(server, "Bob", key, is_secure=False)) == ["bye banned"]


def test_a_key_of_another_account_does_not_count(server: FakeServer, key: str) -> None:
    assert told(page(server, "Ada", key)) == ["bye banned"]


def test_a_key_of_a_disabled_account_does_not_count(
    server: FakeServer, key: str
) -> None:
    server.hub.operate(AccountEnabled(BOBS, is_enabled=False))
    server.wait(SOON)

    assert told(page(server, "Bob", key)) == ["bye banned"]


def test_a_page_from_a_banned_network_ends_when_its_account_is_banned(
    server: FakeServer, key: str
) -> None:
    peer = page(server, "Bob", key)
    told(peer)
    ada = connect_account(server, "Ada")
    ask(server, ada, "ban", name="Bob")

    assert told(peer)[-1:] == ["bye banned"]


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("is_secure", [True, False])
def test_the_token_of_an_account_does_not_let_anybody_watch(
    server: FakeServer, *, is_secure: bool
) -> None:
    hello = {"version": 1, "rooms": ["lobby"], "watch": True, "token": TOKEN}

    peer = greet(server, hello, network=NETWORK, is_secure=is_secure)

    assert told(peer) == ["bye banned"]


@pytest.mark.usefixtures("key")
def test_the_token_of_an_account_counts_only_where_it_is_accepted(
    server: FakeServer,
) -> None:
    hello = {"version": 1, "rooms": ["lobby"], "token": TOKEN}

    outside = greet(server, hello, network=NETWORK, is_secure=False)
    back = greet(server, hello, network=NETWORK)

    assert told(outside) == ["bye banned"]
    assert "room lobby" in told(back)
