"""A client that comes back: its server is killed and started anew."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.launch import (
    ENGINES,
    SERVER,
    Server,
    listening_port,
    start_client,
    start_client_on_terminal,
)
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox
from tests.programs.sockets import Listener

each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


def free_port() -> int:
    with Listener() as listener:
        return listener.port


def serve(sandbox: Sandbox, engine: str, port: int, history: Path) -> Server:
    """Start a server on *port* with its history in a file."""
    options = ["--port", str(port), "--engine", engine, "--log-format", "json"]
    program = sandbox.run_python(*SERVER, *options, "--history", str(history))
    return Server(program, listening_port(program.err.expect('"listening"')))


def kill(program: Program) -> None:
    os.kill(program.pid, signal.SIGKILL)
    program.wait()


@each_engine
def test_a_pipe_comes_back_and_every_line_is_kept_once(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = serve(sandbox, engine, port, history)
    client = start_client(sandbox, port, engine, "--name", "Ann", "--reconnect")
    other = start_client(sandbox, port, engine, "--name", "Bob", "--reconnect")
    other.out.expect("Bob has entered")
    client.type("one")
    other.out.expect("Ann: one")
    client.out.expect("Ann: one")

    kill(server.program)
    client.out.expect("Server disconnected")
    client.type("two", "three")
    server = serve(sandbox, engine, port, history)
    other.out.expect("Ann: three")
    client.out.expect("Ann: three")
    client.close_input()

    assert client.wait() == 0
    assert "Reconnected after" in client.err.text
    said = [line for line in other.out.lines if line.startswith("Ann: ")]
    assert said == ["Ann: one", "Ann: two", "Ann: three"]
    server.stop()


@each_engine
def test_without_being_asked_to_it_ends_with_the_server(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = serve(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine)
    client.out.expect("has entered")

    kill(server.program)

    assert client.wait() == 0
    assert client.out.lines[-1] == "Server disconnected"


@each_engine
def test_what_is_being_typed_stays_while_the_server_is_away(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = serve(sandbox, engine, port, history)
    ann, _ = start_client_on_terminal(
        sandbox, port, engine, "--name", "Ann", "--reconnect"
    )
    ann.expect("Ann has entered the chat")

    kill(server.program)
    ann.expect("Server disconnected")
    ann.expect("(offline, ")
    ann.enter("typed meanwhile")
    ann.expect("… typed meanwhile")
    ann.press("half a line")
    server = serve(sandbox, engine, port, history)
    ann.press("")
    ann.expect("Ann: typed meanwhile")
    ann.expect("-- Reconnected after")
    ann.wait_until(lambda: ann.lines[-1] == "half a line", "the typed line")

    assert ann.text.count("Ann: typed meanwhile") == 1
    server.stop()


@each_engine
def test_who_joins_a_terminal_sees_what_was_said_before(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = serve(sandbox, engine, free_port(), tmp_path / "chat.db")
    talker = start_client(sandbox, server.port, engine, "--name", "Ann")
    talker.type(*[f"line {number}" for number in range(1, 26)])
    talker.close_input()
    assert talker.wait() == 0

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
def test_a_refused_line_is_told_by_the_exit_code(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = serve(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine, "--json")
    client.out.expect("welcome")
    client.type("x" * 5000)
    client.close_input()

    assert client.wait() == 6
    errors = [json.loads(line) for line in client.out.lines if "too_long" in line]
    assert [error["type"] for error in errors] == ["error"]
    server.stop()


@each_engine
def test_a_line_that_was_refused_before_the_welcome_is_one_that_was_refused(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = serve(sandbox, engine, free_port(), tmp_path / "chat.db")
    client = start_client(sandbox, server.port, engine, "--name", "Ann")
    client.type("x" * 5000, "still here")
    client.close_input()

    assert client.wait() == 6
    assert "not acknowledged" not in client.err.text
    assert client.out.lines[-1] == "Ann: still here"
    server.stop()
