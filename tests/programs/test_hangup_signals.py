"""The terminal in which a server runs is closed, or it is told to end twice."""

import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from .event_loop import PATIENCE
from .launch import ENGINES, SERVER, port_told, server_options, start_server
from .process import Program
from .sandbox import Stage
from .sockets import Peer

GOODBYE = "the server is shutting down"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def start(stage: Stage, engine: str, handling: str) -> tuple[Program, Peer]:
    """Start a server in a shell that handles SIGHUP so, and join it."""
    script = f'trap {handling} HUP; exec "$@"'
    command = [sys.executable, *SERVER, *server_options(engine)]
    program = stage.run("sh", "-c", script, "sh", *command)
    return program, stage.join(port_told(program.err.hear('"listening"')))


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_server_that_is_hung_up_ends_in_order(
    stage: Stage, engine: str, times: int
) -> None:
    program, peer = start(stage, engine, "-")

    for _ in range(times):
        program.signal(signal.SIGHUP)

    peer.hear(GOODBYE)
    peer.hear_end()
    assert program.wait() == 0
    assert "Traceback" not in program.err.text


def test_a_server_under_nohup_goes_on(stage: Stage, engine: str) -> None:
    program, peer = start(stage, engine, "''")

    program.signal(signal.SIGHUP)
    peer.say("still here")

    peer.hear("still here")
    peer.hang_up()
    assert program.stop() == 0


def test_a_server_tells_everybody_when_its_terminal_is_closed(
    stage: Stage, engine: str
) -> None:
    options = ["--port", "0", "--engine", engine]
    terminal = stage.spawn(sys.executable, *SERVER, *options)
    terminal.expect_exact("join with: python3 client.py 127.0.0.1 ")
    terminal.expect_exact("\r\n")
    assert isinstance(terminal.before, bytes)
    peer = stage.join(int(terminal.before))
    peer.say("hello")
    terminal.expect_exact("hello")

    with Path(os.devnull).open() as nothing:  # pexpect itself would send signals
        os.dup2(nothing.fileno(), terminal.child_fd)

    peer.hear(GOODBYE)
    peer.hear_end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_waits_for_its_history_ends_at_once_when_asked_again(
    stage: Stage, engine: str, number: int, tmp_path: Path
) -> None:
    history = tmp_path / "chat.db"
    server = start_server(stage, engine, "--history", f"{history}")
    peer = stage.join(server.port)
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that the server has to wait
        peer.say("hi")
        peer.hang_up()
        server.program.err.hear("session.left")
        server.program.signal(signal.SIGTERM)

        deadline = time.monotonic() + PATIENCE
        while not server.program.has_ended(0.1) and time.monotonic() < deadline:
            server.program.signal(number)

    assert server.program.wait() == 128 + number
    assert "Traceback" not in server.program.err.text
