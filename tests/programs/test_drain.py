"""The shutdown of a real server while clients read slowly, or not at all."""

import json
import signal
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from .admin_tools import Session, administer
from .launch import (
    ENGINES,
    Server,
    free_port,
    start_server,
    start_server_on_port,
)
from .sandbox import Sandbox
from .sockets import SocketClient

each_engine = pytest.mark.parametrize("engine", ENGINES)

LINES = 2000  # of 4,000 characters: more than the system buffers for a socket


def with_a_full_socket(sandbox: Sandbox, server: Server) -> SocketClient:
    """Connect somebody who reads nothing, and fill the socket; return who filled it."""
    peer = sandbox.join(server.port)
    silent = sandbox.connect(server.port, reads=False)
    peer.expect(f"{silent.name} has entered the chat")
    peer.send_messages(*[f"{number} {'x' * 4000}" for number in range(LINES)])
    peer.expect(f"{LINES - 1} xxx")
    return peer


def seconds_to_stop(server: Server) -> float:
    """Stop a server, and return how long that took."""
    began = time.monotonic()
    server.stop()
    return time.monotonic() - began


@each_engine
def test_a_client_that_reads_nothing_holds_up_the_shutdown_for_two_seconds(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with_a_full_socket(sandbox, server)

    assert 2.0 <= seconds_to_stop(server) < 5.0


def read_slowly(sock: socket.socket, is_over: threading.Event) -> None:
    """Read a little now and then, so that there is always progress."""
    with suppress(OSError):
        while not is_over.wait(0.1) and sock.recv(4096):
            pass


@each_engine
def test_the_drain_timeout_bounds_the_shutdown_also_for_a_slow_reader(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine, "--drain-timeout", "3")
    is_over = threading.Event()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", server.port))
        with_a_full_socket(sandbox, server)
        slow = threading.Thread(target=read_slowly, args=(sock, is_over))
        slow.start()

        assert 3.0 <= seconds_to_stop(server) < 8.0
        is_over.set()
        slow.join()


@each_engine
def test_everything_that_was_said_is_sent_and_stored_before_the_end(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history = tmp_path / "chat.db"
    server = start_server(sandbox, engine, "--history", str(history))
    peer = sandbox.join(server.port)
    texts = [f"{number} {'x' * 1000}" for number in range(LINES)]
    peer.send_messages(*texts)
    peer.expect("0 xxx")

    server.program.signal(signal.SIGTERM)
    lines = peer.expect_end()
    assert server.program.wait() == 0
    said = [line for line in lines if line.startswith(f"{peer.name}: ")]
    assert lines[-1] == "[Server]: the server is shutting down"

    stored = administer(sandbox, "verify", history).splitlines()[0]
    assert stored.startswith(f"lobby: {len(said):,} messages")


@each_engine
def test_a_session_is_told_when_to_return(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with Session(server.port, name="bob") as bob:
        bob.expect("joined")
        server.program.signal(signal.SIGTERM)

        assert bob.expect("bye") == {
            "code": "server_stopping",
            "reason": "the server is shutting down",
            "retry_after": 2.0,
        }
    assert server.program.wait() == 0


@each_engine
def test_a_new_connection_is_refused_during_the_drain(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    peer = with_a_full_socket(sandbox, server)

    server.program.signal(signal.SIGTERM)
    peer.expect_end()

    with pytest.raises(ConnectionRefusedError):
        sandbox.connect(server.port)
    assert server.program.wait() == 0


@each_engine
def test_a_client_on_a_terminal_waits_calmly_and_returns(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history, port = tmp_path / "chat.db", free_port()
    server = start_server_on_port(sandbox, engine, port, history)
    where = ["127.0.0.1", str(port), "--engine", engine, "--reconnect"]
    ann = sandbox.start_on_terminal(
        *("-m", "parlour", *where, "--name", "Ann", "--style", "rich")
    )
    ann.expect("Ann>")

    server.stop()
    ann.expect("Reconnecting when the server is back")
    server = start_server_on_port(sandbox, engine, port, history)
    ann.expect("Reconnected after")
    ann.enter("back again")
    ann.expect("back again")

    assert "Server disconnected" not in "\n".join(ann.lines)
    assert json.loads(server.program.err.lines[0])["event"] == "listening"
    server.stop()
