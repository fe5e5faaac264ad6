"""A client behind a tunnel whose first line arrives a round trip late."""

from pathlib import Path

import pytest

from .histories import kill_server
from .launch import ENGINES, free_port, start_client, start_server_on_port
from .sandbox import Sandbox
from .tunnel import Tunnel

ROUND_TRIP = 0.3  # seconds; the server waits 0.05 s for a first line


@pytest.mark.parametrize("engine", ENGINES)
def test_a_client_behind_a_tunnel_catches_up_and_resends(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = start_server_on_port(sandbox, engine, port, history)
    with Tunnel(port, ROUND_TRIP) as tunnel:
        bob = start_client(sandbox, port, engine, "--name", "Bob")
        bob.out.expect_user("Bob")
        ann = start_client(sandbox, tunnel.port, engine, "--name", "Ann", "--reconnect")
        bob.out.expect("renamed to Ann")
        ann.type("one")
        ann.out.expect("Ann: one")
        kill_server(server)
        ann.out.expect("Server disconnected")
        ann.type("two")

        port = free_port()
        server = start_server_on_port(sandbox, engine, port, history)
        bob = start_client(sandbox, port, engine, "--name", "Bob")
        bob.type("while Ann was away")
        bob.out.expect("Bob: while")
        tunnel.target_port = port
        ann.out.expect("Bob: while Ann was away")
        ann.out.expect("Ann: two")
        bob.out.expect("Ann: two")
        ann.type("/search away")
        ann.out.expect("1 message with “away")
        ann.close_input()

        assert ann.wait() == 0
    assert "Reconnected after" in ann.err.text
    received = [line for line in ann.out.lines if "away" in line and "with" not in line]
    assert received[0] == "Bob: while Ann was away"
    assert len(received) == 2, "one delivered, one found by the search"
    assert ann.out.text.count("Ann: two") == 1
    server.stop()


def test_a_client_behind_a_tunnel_shows_each_message_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    port = free_port()
    server = start_server_on_port(sandbox, "async", port, tmp_path / "chat.db")
    bob = start_client(sandbox, port, "async", "--name", "Bob")
    bob.type("before")
    bob.out.expect("Bob: before")
    with Tunnel(port, ROUND_TRIP) as tunnel:
        ann = start_client(sandbox, tunnel.port, "async", "--name", "Ann")
        # Under its address, since its hello is still delayed.
        bob.out.expect("has entered the chat")
        bob.type("meanwhile")
        ann.out.expect("renamed to Ann")
        bob.type("after")
        ann.out.expect("Bob: after")
        ann.type("/quit")

        assert ann.wait() == 0
    received = [line for line in ann.out.lines if line.startswith("Bob: ")]
    assert received == ["Bob: meanwhile", "Bob: after"]
    server.stop()
