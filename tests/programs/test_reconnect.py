"""A client reconnects after its server was killed and started again."""

import json
from pathlib import Path

import pytest

from .histories import kill_server
from .launch import (
    ENGINES,
    free_port,
    start_client,
    start_client_on_terminal,
    start_server_on_port,
)
from .sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)


@each_engine
def test_a_client_in_a_pipe_reconnects_and_every_line_is_recorded_once(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = start_server_on_port(sandbox, engine, port, history)
    client = start_client(sandbox, port, engine, "--name", "Ann", "--reconnect")
    other = start_client(sandbox, port, engine, "--name", "Bob", "--reconnect")
    other.out.expect_user("Bob")
    client.type("one")
    other.out.expect("Ann: one")
    client.out.expect("Ann: one")

    kill_server(server)
    client.out.expect("Server disconnected")
    client.type("two", "three")
    server = start_server_on_port(sandbox, engine, port, history)
    other.out.expect("Ann: three")
    client.out.expect("Ann: three")
    client.close_input()

    assert client.wait() == 0
    assert "Reconnected after" in client.err.text
    received = [line for line in other.out.lines if line.startswith("Ann: ")]
    assert received == ["Ann: one", "Ann: two", "Ann: three"]
    server.stop()


@each_engine
def test_without_reconnect_the_client_ends_with_the_server(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server_on_port(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine)
    client.out.expect("has entered")

    kill_server(server)

    assert client.wait() == 0
    assert client.out.lines[-1] == "Server disconnected"


@each_engine
def test_a_typed_line_stays_during_an_outage(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = start_server_on_port(sandbox, engine, port, history)
    ann, _ = start_client_on_terminal(
        sandbox, port, engine, "--name", "Ann", "--reconnect"
    )
    ann.expect("Ann has entered the chat")

    kill_server(server)
    ann.expect("Server disconnected")
    ann.expect("(offline, ")
    ann.enter("typed meanwhile")
    ann.expect("… typed meanwhile")
    ann.press("half a line")
    server = start_server_on_port(sandbox, engine, port, history)
    ann.press("")
    ann.expect("Ann: typed meanwhile")
    ann.expect("-- Reconnected after")
    ann.wait_until(lambda: ann.lines[-1] == "half a line", "the typed line")

    assert ann.text.count("Ann: typed meanwhile") == 1
    server.stop()


@each_engine
def test_a_client_on_a_terminal_shows_earlier_messages(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server_on_port(sandbox, engine, free_port(), tmp_path / "chat.db")
    sender = start_client(sandbox, server.port, engine, "--name", "Ann")
    sender.type(*[f"line {number}" for number in range(1, 26)])
    sender.close_input()
    assert sender.wait() == 0

    bob, _ = start_client_on_terminal(sandbox, server.port, engine, "--name", "Bob")
    bob.expect("[Server]: Bob has entered the chat")

    at = bob.lines.index("-- the last 20 messages; older: /history before 6:")
    shown = [f"Ann: line {number}" for number in range(6, 26)]
    assert bob.lines[at + 1 : at + 21] == shown
    assert bob.lines[at + 21] == "[Server]: Bob has entered the chat"
    bob.enter("/search line 7")
    bob.expect("7: Ann: line 7")
    bob.enter("/history 2 before 6")
    bob.expect("the last 2 messages before 6:")
    server.stop()


@each_engine
def test_a_refused_line_sets_the_exit_code(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server_on_port(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine, "--json")
    client.out.expect("welcome")
    client.type("x" * 5000)
    client.close_input()

    assert client.wait() == 6
    errors = [json.loads(line) for line in client.out.lines if "too_long" in line]
    assert [error["type"] for error in errors] == ["error"]
    server.stop()


@each_engine
def test_a_line_refused_before_the_welcome_counts_as_refused(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server_on_port(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine, "--name", "Ann")
    client.type("x" * 5000, "still here")
    client.close_input()

    assert client.wait() == 6
    assert "not acknowledged" not in client.err.text
    assert client.out.lines[-1] == "Ann: still here"
    server.stop()
