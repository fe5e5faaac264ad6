"""Saying hello to servers that know nothing of it, and to one that does."""

import json

import pytest

from tests.client.conftest import Start
from tests.client.helpers import Listener, Peer

AUTO = "dialect='auto'"
WELCOME = {
    "type": "welcome",
    "data": {
        "you": "me",
        "rooms": {"lobby": {"epoch": "e", "sequence": 4, "recovered": True}},
    },
}


def is_hello(peer: Peer) -> bool:
    hello = peer.heard()
    data = hello["data"]
    assert isinstance(data, dict)
    return hello["type"] == "hello" and data["version"] == 1


def tell(peer: Peer, kind: str, **data: object) -> None:
    peer.sock.sendall(json.dumps({"type": kind, "data": data}).encode() + b"\n")


def test_a_server_that_ignores_hello_is_a_plain_one(
    start: Start, listener: Listener
) -> None:
    client = start(AUTO)
    client.type(b"hi\n", is_all=True)
    with listener.accept() as peer:
        assert is_hello(peer)
        peer.say("[Server]", "you has entered the chat")
        assert peer.heard() == {"type": "message", "data": "hi"}
        peer.say("you", "hi")
        assert peer.hear() == b""

    assert client.wait() == 0
    assert client.out == "[Server]: you has entered the chat\nyou: hi\n"


@pytest.mark.parametrize("words", [b"", b"what?\n", b'{"type":"error"}\n'])
def test_a_server_that_drops_us_at_hello_is_met_again_without(
    start: Start, listener: Listener, words: bytes
) -> None:
    client = start(f"{AUTO}, name='Kobzol'")
    client.type(b"one\ntwo\n", is_all=True)
    with listener.accept() as peer:
        assert is_hello(peer)
        assert peer.heard() == {"type": "set-name", "data": "Kobzol"}
        peer.sock.sendall(words)  # no line is said before we have the name
    with listener.accept() as peer:
        assert peer.heard() == {"type": "set-name", "data": "Kobzol"}
        peer.say("[Server]", "you renamed to Kobzol")
        peer.echo()
        peer.echo()
        assert peer.hear() == b""

    assert client.wait() == 0
    assert client.out == "[Server]: you renamed to Kobzol\nme: one\nme: two\n"


def test_whoever_was_dropped_once_does_not_come_back_a_second_time(
    start: Start, listener: Listener
) -> None:
    client = start(AUTO)
    for _ in range(2):
        with listener.accept() as peer:
            peer.say("[Server]", "you has entered the chat")

    assert client.wait() == 0
    assert client.out.count("Server disconnected") == 1


def test_the_end_waits_for_every_line_to_be_stored(
    start: Start, listener: Listener
) -> None:
    client = start(AUTO)
    with listener.accept() as peer:
        assert is_hello(peer)
        tell(peer, "welcome", **WELCOME["data"])  # type: ignore[arg-type]
        tell(peer, "joined", room="lobby", name="me")
        client.see("me has entered the chat")
        client.type(b"one\ntwo\n", is_all=True)
        ids = []
        for sequence in (5, 6):
            line = peer.heard()["data"]
            assert isinstance(line, dict)
            ids.append(line["id"])
            tell(peer, "stored", id=line["id"], room="lobby", sequence=sequence)
        assert peer.heard() == {"type": "bye", "data": {}}

    assert client.wait() == 0
    assert len(set(ids)) == 2


def test_a_line_that_is_never_stored_is_lost(start: Start, listener: Listener) -> None:
    client = start(AUTO)
    with listener.accept() as peer:
        assert is_hello(peer)
        tell(peer, "welcome", **WELCOME["data"])  # type: ignore[arg-type]
        tell(peer, "joined", room="lobby", name="me")
        client.see("me has entered the chat")
        client.type(b"one\n", is_all=True)
        peer.heard()

    assert client.wait() == 5
    assert "1 of the lines was not acknowledged" in client.err


def test_a_message_is_shown_once_whatever_is_told_twice(
    start: Start, listener: Listener
) -> None:
    client = start(f"{AUTO}, reconnect=True")
    with listener.accept() as peer:
        assert is_hello(peer)
        tell(peer, "welcome", **WELCOME["data"])  # type: ignore[arg-type]
        tell(peer, "message", sequence=5, source="Ann", message="five")
        client.see("Ann: five")
    with listener.accept() as peer:
        data = peer.heard()["data"]
        assert isinstance(data, dict)
        assert data["resume"] == {"lobby": {"epoch": "e", "sequence": 5}}
        stand = {"epoch": "e", "sequence": 6, "recovered": True}
        tell(peer, "welcome", you="me", rooms={"lobby": stand})
        for sequence, text in ((5, "five"), (6, "six")):
            tell(peer, "message", sequence=sequence, source="Ann", message=text)
        client.see("Ann: six")
        client.see("1 message caught up", 2)
        tell(peer, "bye", code="replaced", reason="come back by another")

    assert client.wait() == 0
    assert client.out.count("five") == 1
    assert client.out.endswith("[Server]: come back by another\nServer disconnected\n")
