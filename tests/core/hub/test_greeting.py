"""A server greets each new session in the session dialect, once."""

import pytest

from parlour.core.rules import Rules
from tests.core.account_peers import connect_guest, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

TOKEN = "a secret of 128 bits"


@pytest.fixture
def server() -> FakeServer:
    return FakeServer(rules=Rules(greeting="Be kind.\nNo spam."))


def kinds(peer: FakePeer) -> list[str]:
    return [each["type"] for each in read_events(peer)]


def test_a_new_session_is_greeted_before_its_rooms(server: FakeServer) -> None:
    ann = connect_guest(server, "Ann")

    welcome, greeting, *rooms = read_events(ann)
    assert welcome["type"] == "welcome"
    assert greeting == {"type": "greeting", "data": {"text": "Be kind.\nNo spam."}}
    assert [each["type"] for each in rooms] == ["room", "joined"]


def test_a_session_that_returns_is_not_greeted_again(server: FakeServer) -> None:
    connect_guest(server, "Ann", token=TOKEN).disconnect()
    server.wait(SOON)

    assert "greeting" not in kinds(connect_guest(server, "Ann", token=TOKEN))


def test_signing_in_brings_no_second_greeting(server: FakeServer) -> None:
    ann = register(server, "Ann")

    assert kinds(ann).count("greeting") == 1


def test_one_who_watches_is_greeted_when_joining(server: FakeServer) -> None:
    ann = connect_guest(server, None, watch=True)
    assert "greeting" not in kinds(ann)

    ann.send(line("set-name", "Ann"))
    server.wait(SOON)

    assert kinds(ann).count("greeting") == 1


def test_a_late_hello_is_greeted(server: FakeServer) -> None:
    ann = server.connect()
    server.wait(1.0)
    ann.read()

    ann.send(line("hello", {"version": 1, "late": True, "rooms": ["lobby"]}))
    server.wait(SOON)

    assert kinds(ann).count("greeting") == 1


def test_other_clients_hear_no_greeting(server: FakeServer) -> None:
    plain = server.connect()
    server.wait(1.0)
    old = server.connect()
    old.send(line("hello", {"version": 1}))
    server.wait(SOON)

    assert plain.read()[0] == "[Server]: 192.0.2.1:1 has entered the chat"
    assert kinds(old) == ["welcome", "joined"]


def test_a_server_without_a_greeting_sends_none() -> None:
    assert "greeting" not in kinds(connect_guest(FakeServer(), "Ann"))
