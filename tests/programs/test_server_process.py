"""The server as a process: signals, shutdown and log."""

import fcntl
import os
import re
import signal
import time
from pathlib import Path

import pytest

from .launch import ENGINES, SERVER, server_options, start_client, start_server
from .sandbox import Sandbox

CANARY = "canary-7f3a"
AT_ONCE = 5.0  # seconds; half of the time for a regular shutdown

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_sigusr1_prints_a_status_report(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        peer.send(b'{"type": "set-name", "data": "Kobzol"}\n')
        peer.send_messages(CANARY)
        peer.expect(CANARY)

        server.program.signal(signal.SIGUSR1)
        server.program.err.expect("backlog")
        peer.send_messages("and on")
        assert peer.expect("and on") == "Kobzol: and on"
    server.stop()

    report = server.program.err.text.lower()
    assert [word for word in ("member", "room", "backlog") if word not in report] == []
    assert CANARY not in report


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_shuts_the_server_down(
    sandbox: Sandbox, engine: str, number: int
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        server.program.signal(number)

        peer.expect_end()
    assert server.program.wait() == 0
    assert "Traceback" not in server.program.err.text


def test_a_signal_right_after_the_start_ends_the_server(
    sandbox: Sandbox, engine: str
) -> None:
    command = [*SERVER, *server_options(engine)]
    # Several at once, so that they are busy and the moment varies.
    servers = [sandbox.run_python(*command) for _ in range(6)]

    for server in servers:
        server.err.expect('"listening"')
        server.signal(signal.SIGTERM)

    assert [server.wait() for server in servers] == [0] * 6


def test_a_second_signal_ends_the_server_at_once(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    peer = sandbox.join(server.port)
    silent = sandbox.connect(server.port, reads=False)
    peer.expect(f"{silent.name} has entered the chat")
    peer.send_messages(*[f"{number} {'x' * 4000}" for number in range(2000)])
    peer.expect("1999 xxx")

    server.program.signal(signal.SIGTERM)
    peer.expect_end()
    asked_again = time.monotonic()
    server.program.signal(signal.SIGTERM)

    assert server.program.wait() == 0
    assert time.monotonic() - asked_again < AT_ONCE


def test_commands_in_one_segment_are_answered_in_order(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    peer = sandbox.join(server.port)
    message, history = b'{"type": "message", "data": "hi"}\n', b'{"type": "history"}\n'

    peer.send(
        message + b"broken\n" + history + history + b'{"type": "users"}\n' + message
    )
    for _ in range(4):
        peer.expect(f"{peer.name}: hi")

    answers = [line.startswith("[Server]: ") for line in peer.lines]
    assert answers == [True, False, True, True, False, True, False, True, False]


@pytest.mark.parametrize("form", ["text", "json"])
def test_message_text_is_never_logged(sandbox: Sandbox, engine: str, form: str) -> None:
    options = ["--port", "0", "--engine", engine, "--log-format", form]
    server = sandbox.run_python(*SERVER, *options, "--log-level", "debug")
    found = re.search(
        r'127\.0\.0\.1(?::|", "port": )(\d+)', server.err.expect("listen")
    )
    assert found is not None
    port = int(found[1])
    client = start_client(sandbox, port, engine, "--trace", "/dev/null")

    client.type(CANARY, f"//{CANARY}", f"/setname {CANARY}\x07", "/history")
    with sandbox.join(port) as peer:
        for broken in [f'{{"{CANARY}', f'["{CANARY}"]', f'{{"type": "{CANARY}"}}']:
            peer.send(broken.encode() + b"\n")
            peer.expect("[Server]: ")
        peer.send(b'{"type": "message", "data": ["' + CANARY.encode() + b'"]}\n')
        peer.send(CANARY.encode())
    client.close_input()

    assert client.wait() in (0, 6)
    assert server.stop() == 0
    assert CANARY not in server.err.text
    assert server.out.text == ""


def test_a_lock_on_the_directory_of_the_history_delays_and_stops_nothing(
    sandbox: Sandbox, engine: str, path: Path
) -> None:
    path.parent.mkdir()
    directory = os.open(path.parent, os.O_RDONLY)  # as any user can who may read it
    fcntl.flock(directory, fcntl.LOCK_EX)

    server = start_server(sandbox, engine, "--history", str(path))
    has_socket = path.with_name(f"{path.name}.admin").is_socket()
    server.stop()

    os.close(directory)
    assert has_socket
    assert "admin.unavailable" not in server.program.err.text
    assert "Traceback" not in server.program.err.text
    assert not list(path.parent.glob("*.admin"))
