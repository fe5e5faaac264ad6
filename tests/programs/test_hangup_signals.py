"""SIGHUP, a closed terminal, and a second signal during the shutdown."""

import os
import re
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from .event_loop import TIMEOUT
from .launch import ENGINES, SERVER, listening_port, server_options, start_server
from .process import Program
from .sandbox import Sandbox
from .sockets import SocketClient

GOODBYE = "the server is shutting down"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def start(sandbox: Sandbox, engine: str, trap: str) -> tuple[Program, SocketClient]:
    """Start a server in a shell with a trap for SIGHUP, and join it."""
    script = f'trap {trap} HUP; exec "$@"'
    command = [sys.executable, *SERVER, *server_options(engine)]
    program = sandbox.run("sh", "-c", script, "sh", *command)
    return program, sandbox.join(listening_port(program.err.expect('"listening"')))


def test_a_server_without_a_terminal_reloads_its_settings_on_sighup(
    sandbox: Sandbox, engine: str
) -> None:
    program, peer = start(sandbox, engine, "-")

    for _ in range(2):
        program.signal(signal.SIGHUP)
        program.err.expect("configuration.reloaded")

    peer.send_messages("still here")
    peer.expect("still here")
    peer.close()
    assert program.stop() == 0


def test_a_server_whose_terminal_is_open_reloads_its_settings_on_sighup(
    sandbox: Sandbox, engine: str
) -> None:
    terminal, peer = start_on_terminal(sandbox, engine, "--log-level", "info")

    terminal.kill(signal.SIGHUP)

    terminal.expect_exact("configuration.reloaded")
    peer.send_messages("still here")
    peer.expect("still here")
    peer.close()
    terminal.kill(signal.SIGTERM)
    terminal.expect(pexpect.EOF)


def start_on_terminal(
    sandbox: Sandbox, engine: str, *more: str
) -> "tuple[pexpect.spawn[bytes], SocketClient]":
    """Start a server on a terminal, and join it."""
    options = ["--port", "0", "--engine", engine, *more]
    terminal = sandbox.spawn_on_terminal(sys.executable, *SERVER, *options)
    terminal.expect_exact("join with: python3 client.py 127.0.0.1 ")
    terminal.expect_exact("\r\n")
    assert isinstance(terminal.before, bytes)
    return terminal, sandbox.join(int(terminal.before))


def test_a_server_under_nohup_ignores_sighup(sandbox: Sandbox, engine: str) -> None:
    program, peer = start(sandbox, engine, "''")

    program.signal(signal.SIGHUP)
    peer.send_messages("still here")

    peer.expect("still here")
    peer.close()
    assert program.stop() == 0


def test_a_server_notifies_its_members_when_its_terminal_is_closed(
    sandbox: Sandbox, engine: str
) -> None:
    terminal, peer = start_on_terminal(sandbox, engine)
    peer.send_messages("hello")
    terminal.expect_exact("hello")

    with Path(os.devnull).open() as null:  # instead of close(), which sends signals
        os.dup2(null.fileno(), terminal.child_fd)

    peer.expect(GOODBYE)
    peer.expect_end()


def wait_for_an_unsettled_entry(program: Program) -> None:
    """Ask for status reports until one says that a message waits for the journal."""
    deadline = time.monotonic() + TIMEOUT
    while not re.search(r"backlog +1 ", program.err.text):
        assert time.monotonic() < deadline, program.err.text
        program.signal(signal.SIGUSR1)
        program.err.expect("entries not settled yet")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_server_that_waits_for_its_history(
    sandbox: Sandbox, engine: str, number: int, tmp_path: Path
) -> None:
    history = tmp_path / "chat.db"
    server = start_server(sandbox, engine, "--history", f"{history}")
    peer = sandbox.join(server.port)
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the server waits for this lock
        peer.send_messages("hi")
        wait_for_an_unsettled_entry(server.program)
        server.program.signal(signal.SIGTERM)

        deadline = time.monotonic() + TIMEOUT
        while not server.program.ends_within(0.1) and time.monotonic() < deadline:
            server.program.signal(number)

    assert server.program.wait() == 128 + number
    assert "Traceback" not in server.program.err.text
