"""Sending hello to servers that do not support it, and to one that does."""

import pytest

from tests.client.conftest import StartClient
from tests.client.listener import Listener, Peer
from tests.client.server_lines import session_line, welcome

AUTO = "dialect='auto'"
WELCOME = welcome(4, you="me")


def reads_hello(peer: Peer) -> bool:
    """Return whether the next line of the client is hello."""
    hello = peer.read_json()
    data = hello["data"]
    assert isinstance(data, dict)
    return hello["type"] == "hello" and data["version"] == 1


def send(peer: Peer, kind: str, **data: object) -> None:
    """Send a line of the session dialect."""
    peer.sock.sendall(session_line(kind, **data))


def test_a_server_that_ignores_hello_counts_as_plain(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(AUTO)
    client.write_input(b"hi\n", is_end=True)
    with listener.accept() as peer:
        assert reads_hello(peer)
        peer.send_message("[Server]", "you has entered the chat")
        assert peer.read_json() == {"type": "message", "data": "hi"}
        peer.send_message("you", "hi")
        assert peer.read_line() == b""

    assert client.wait() == 0
    assert client.out == "[Server]: you has entered the chat\nyou: hi\n"


@pytest.mark.parametrize("answer", [b"", b"what?\n", b'{"type":"error"}\n'])
def test_after_a_disconnect_at_hello_the_client_reconnects_without_hello(
    start_client: StartClient, listener: Listener, answer: bytes
) -> None:
    client = start_client(f"{AUTO}, name='Kobzol'")
    client.write_input(b"one\ntwo\n", is_end=True)
    with listener.accept() as peer:
        assert reads_hello(peer)
        assert peer.read_json() == {"type": "set-name", "data": "Kobzol"}
        peer.sock.sendall(answer)  # no message is sent before the name is granted
    with listener.accept() as peer:
        assert peer.read_json() == {"type": "set-name", "data": "Kobzol"}
        peer.send_message("[Server]", "you renamed to Kobzol")
        peer.echo()
        peer.echo()
        assert peer.read_line() == b""

    assert client.wait() == 0
    assert client.out == "[Server]: you renamed to Kobzol\nme: one\nme: two\n"


def test_a_client_disconnected_at_hello_reconnects_only_once(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(AUTO)
    for _ in range(2):
        with listener.accept() as peer:
            peer.send_message("[Server]", "you has entered the chat")

    assert client.wait() == 0
    assert client.out.count("Server disconnected") == 1


def test_a_client_leaves_once_every_line_is_stored(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(AUTO)
    with listener.accept() as peer:
        assert reads_hello(peer)
        peer.sock.sendall(WELCOME)
        send(peer, "joined", room="lobby", name="me")
        client.wait_for_output("me has entered the chat")
        client.write_input(b"one\ntwo\n", is_end=True)
        ids = []
        for sequence in (5, 6):
            line = peer.read_json()["data"]
            assert isinstance(line, dict)
            ids.append(line["id"])
            send(peer, "stored", id=line["id"], room="lobby", sequence=sequence)
        assert peer.read_json() == {"type": "bye", "data": {}}

    assert client.wait() == 0
    assert len(set(ids)) == 2


def test_a_line_that_is_never_acknowledged_counts_as_lost(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(AUTO)
    with listener.accept() as peer:
        assert reads_hello(peer)
        peer.sock.sendall(WELCOME)
        send(peer, "joined", room="lobby", name="me")
        client.wait_for_output("me has entered the chat")
        client.write_input(b"one\n", is_end=True)
        peer.read_json()

    assert client.wait() == 5
    assert "1 of the lines was not acknowledged" in client.err


def test_a_message_that_is_sent_twice_is_shown_once(
    start_client: StartClient, listener: Listener
) -> None:
    client = start_client(f"{AUTO}, reconnect=True")
    with listener.accept() as peer:
        assert reads_hello(peer)
        peer.sock.sendall(WELCOME)
        send(peer, "message", sequence=5, source="Ann", message="five")
        client.wait_for_output("Ann: five")
    with listener.accept() as peer:
        data = peer.read_json()["data"]
        assert isinstance(data, dict)
        assert data["resume"] == {"lobby": {"epoch": "e", "sequence": 5}}
        peer.sock.sendall(welcome(6, you="me"))
        for sequence, text in ((5, "five"), (6, "six")):
            send(peer, "message", sequence=sequence, source="Ann", message=text)
        client.wait_for_output("Ann: six")
        client.wait_for_output("Reconnected after", 2)
        send(peer, "bye", code="replaced", reason="replaced by another")

    assert client.wait() == 0
    assert client.out.count("five") == 1
    assert client.out.endswith("[Server]: replaced by another\nServer disconnected\n")
