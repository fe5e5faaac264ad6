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
    port_told,
    start_client,
)
from tests.programs.process import Program
from tests.programs.sandbox import Stage
from tests.programs.seats import sit_down
from tests.programs.sockets import Listener

each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def free_port() -> int:
    with Listener() as listener:
        return listener.port


def serve(stage: Stage, engine: str, port: int, history: Path) -> Server:
    """Start a server on *port* with its history in a file."""
    options = ["--port", str(port), "--engine", engine, "--log-format", "json"]
    program = stage.run_python(*SERVER, *options, "--history", str(history))
    return Server(program, port_told(program.err.hear('"listening"')))


def kill(program: Program) -> None:
    os.kill(program.pid, signal.SIGKILL)
    program.wait()


@each_engine
def test_a_pipe_comes_back_and_every_line_is_kept_once(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = serve(stage, engine, port, history)
    client = start_client(stage, port, engine, "--name", "Ann", "--reconnect")
    other = start_client(stage, port, engine, "--name", "Bob", "--reconnect")
    other.out.hear("Bob has entered")
    client.type("one")
    other.out.hear("Ann: one")
    client.out.hear("Ann: one")

    kill(server.program)
    client.out.hear("Server disconnected")
    client.type("two", "three")
    server = serve(stage, engine, port, history)
    other.out.hear("Ann: three")
    client.out.hear("Ann: three")
    client.close_input()

    assert client.wait() == 0
    assert "Reconnected after" in client.err.text
    said = [line for line in other.out.lines if line.startswith("Ann: ")]
    assert said == ["Ann: one", "Ann: two", "Ann: three"]
    server.stop()


@each_engine
def test_without_being_asked_to_it_ends_with_the_server(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    server = serve(stage, engine, free_port(), tmp_path / "chat.db")
    client = start_client(stage, server.port, engine)
    client.out.hear("has entered")

    kill(server.program)

    assert client.wait() == 0
    assert client.out.lines[-1] == "Server disconnected"


@each_engine
def test_what_is_being_typed_stays_while_the_server_is_away(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = serve(stage, engine, port, history)
    ann, _ = sit_down(stage, port, engine, "--name", "Ann", "--reconnect")
    ann.see("Ann has entered the chat")

    kill(server.program)
    ann.see("Server disconnected")
    ann.see("(offline, ")
    ann.enter("typed meanwhile")
    ann.see("… typed meanwhile")
    ann.press("half a line")
    server = serve(stage, engine, port, history)
    ann.press("")
    ann.see("Ann: typed meanwhile")
    ann.see("-- Reconnected after")
    ann.see_that(lambda: ann.lines[-1] == "half a line", "the typed line")

    assert ann.text.count("Ann: typed meanwhile") == 1
    server.stop()


@each_engine
def test_who_joins_a_terminal_sees_what_was_said_before(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    server = serve(stage, engine, free_port(), tmp_path / "chat.db")
    talker = start_client(stage, server.port, engine, "--name", "Ann")
    talker.type(*[f"line {number}" for number in range(1, 26)])
    talker.close_input()
    assert talker.wait() == 0

    bob, _ = sit_down(stage, server.port, engine, "--name", "Bob")
    bob.see("[Server]: Bob has entered the chat")

    at = bob.lines.index("-- the last 20 messages; older: /history before 6:")
    shown = [f"Ann: line {number}" for number in range(6, 26)]
    assert bob.lines[at + 1 : at + 21] == shown
    assert bob.lines[at + 21] == "[Server]: Bob has entered the chat"
    bob.enter("/search line 7")
    bob.see("7: Ann: line 7")
    bob.enter("/history 2 before 6")
    bob.see("the last 2 messages before 6:")
    server.stop()


@each_engine
def test_a_refused_line_is_told_by_the_exit_code(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    server = serve(stage, engine, free_port(), tmp_path / "chat.db")
    client = start_client(stage, server.port, engine, "--json")
    client.out.hear("welcome")
    client.type("x" * 5000)
    client.close_input()

    assert client.wait() == 6
    errors = [json.loads(line) for line in client.out.lines if "too_long" in line]
    assert [error["type"] for error in errors] == ["error"]
    server.stop()


@each_engine
def test_a_line_that_was_refused_before_the_welcome_is_one_that_was_refused(
    stage: Stage, tmp_path: Path, engine: str
) -> None:
    server = serve(stage, engine, free_port(), tmp_path / "chat.db")
    client = start_client(stage, server.port, engine, "--name", "Ann")
    client.type("x" * 5000, "still here")
    client.close_input()

    assert client.wait() == 6
    assert "did not come back" not in client.err.text
    assert client.out.lines[-1] == "Ann: still here"
    server.stop()
