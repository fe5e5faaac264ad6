"""Through a tunnel, where the first line comes a round trip after the connection."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.launch import start_client
from tests.programs.sandbox import Sandbox
from tests.programs.test_reconnect import free_port, kill, serve
from tests.programs.tunnel import Tunnel

TRIPS = [("async", 0.08), ("threads", 0.3)]  # seconds


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.mark.parametrize(("engine", "trip"), TRIPS)
def test_a_client_catches_up_and_sends_again(
    sandbox: Sandbox, tmp_path: Path, engine: str, trip: float
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = serve(sandbox, engine, port, history)
    with Tunnel(port, trip) as tunnel:
        bob = start_client(sandbox, port, engine, "--name", "Bob")
        bob.out.expect("Bob has entered")
        ann = start_client(sandbox, tunnel.port, engine, "--name", "Ann", "--reconnect")
        bob.out.expect("renamed to Ann")
        ann.type("one")
        ann.out.expect("Ann: one")
        kill(server.program)
        ann.out.expect("Server disconnected")
        ann.type("two")

        port = free_port()
        server = serve(sandbox, engine, port, history)
        bob = start_client(sandbox, port, engine, "--name", "Bob")
        bob.type("while Ann was away")
        bob.out.expect("Bob: while")
        tunnel.target_port = port
        ann.out.expect("Bob: while Ann was away")
        ann.out.expect("Ann: two")
        bob.out.expect("Ann: two")
        ann.type("/search away")
        ann.out.expect("1 message with away")
        ann.close_input()

        assert ann.wait() == 0
    assert "Reconnected after" in ann.err.text
    said = [line for line in ann.out.lines if "away" in line and "with" not in line]
    assert said[0] == "Bob: while Ann was away"
    assert len(said) == 2, "once live, once found"
    assert ann.out.text.count("Ann: two") == 1
    server.stop()


def test_who_joins_sees_each_message_once(sandbox: Sandbox, tmp_path: Path) -> None:
    port = free_port()
    server = serve(sandbox, "async", port, tmp_path / "chat.db")
    bob = start_client(sandbox, port, "async", "--name", "Bob")
    bob.type("before")
    bob.out.expect("Bob: before")
    with Tunnel(port, 0.3) as tunnel:
        ann = start_client(sandbox, tunnel.port, "async", "--name", "Ann")
        bob.out.expect("has entered the chat")  # by its address: hello is on its way
        bob.type("meanwhile")
        ann.out.expect("renamed to Ann")
        bob.type("after")
        ann.out.expect("Bob: after")
        ann.type("/quit")

        assert ann.wait() == 0
    said = [line for line in ann.out.lines if line.startswith("Bob: ")]
    assert said == ["Bob: meanwhile", "Bob: after"]
    server.stop()
