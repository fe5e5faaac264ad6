"""Help, versions, errors in the command line, and ways to start the programs."""

import platform
import signal
import sqlite3
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from parlour.server.event_loops import UVLOOP_VERSION

from .launch import CLIENT, SERVER, free_port, listening_port, start_server
from .sandbox import Sandbox
from .sockets import Listener

PARLOUR = str(Path(sys.executable).with_name("parlour"))
FREE_PORT = ["--port", "0", "--log-format", "json"]


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, *SERVER],
        [sys.executable, *CLIENT],
        [sys.executable, "-m", "parlour"],
        [PARLOUR],
        [PARLOUR, "serve"],
        [PARLOUR, "connect"],
    ],
    ids=" ".join,
)
def test_help_goes_to_stdout(sandbox: Sandbox, command: list[str]) -> None:
    program = sandbox.run(*command, "--help")

    assert program.wait() == 0
    assert program.out.text.startswith("Usage: ")
    assert program.err.text == ""


@pytest.mark.parametrize(
    "command",
    [[sys.executable, *SERVER], [sys.executable, *CLIENT], [PARLOUR]],
    ids=" ".join,
)
def test_the_version_is_printed(sandbox: Sandbox, command: list[str]) -> None:
    program = sandbox.run(*command, "--version")

    assert program.wait() == 0
    assert program.out.lines == [
        "parlour 0.1.0",
        f"Python {platform.python_version()}",
        f"uvloop {UVLOOP_VERSION or 'not installed'}",
        f"SQLite {sqlite3.sqlite_version}",
        " ".join(ssl.OPENSSL_VERSION.split()[:2]),
    ]


def test_the_version_says_if_uvloop_is_not_installed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "uvloop.py").write_text("raise ModuleNotFoundError")
    sandbox.setenv("PYTHONPATH", str(tmp_path))

    program = sandbox.run_python("-m", "parlour", "--version")

    assert program.wait() == 0
    assert "uvloop not installed" in program.out.lines


def test_the_plain_dialect_has_the_lobby(sandbox: Sandbox) -> None:
    where = ["127.0.0.1", str(free_port())]
    lobby = ["--room", "#Lobby", "--dialect", "plain"]
    program = sandbox.run(sys.executable, *CLIENT, *where, *lobby)

    assert program.wait() == 3  # there is no server
    assert "Usage" not in program.err.text


@pytest.mark.parametrize(
    "wrong",
    [
        [*CLIENT],
        [*CLIENT, "127.0.0.1"],
        [*CLIENT, "127.0.0.1", "port"],
        [*CLIENT, "127.0.0.1", "70000"],
        [*CLIENT, "127.0.0.1", "5555", "more"],
        [*CLIENT, "127.0.0.1", "5555", "--engine", "both"],
        [*CLIENT, "127.0.0.1", "5555", "--recv-size", "0"],
        [*CLIENT, "127.0.0.1", "5555", "--room", "@bob"],
        [*CLIENT, "127.0.0.1", "5555", "--room", "dev", "--dialect", "plain"],
        [*SERVER, "5555"],
        [*SERVER, "--port", "-1"],
        [*SERVER, "--port", "70000"],
        [*SERVER, "--engine", "both"],
        [*SERVER, "--max-users", "0"],
        [*SERVER, "--rate", "fast"],
        [*SERVER, "--history", "/"],
        [*SERVER, "--history", "."],
    ],
    ids=lambda wrong: " ".join(wrong[len(SERVER) :]) or "nothing",
)
def test_a_wrong_command_line_is_reported_in_one_line(
    sandbox: Sandbox, wrong: list[str]
) -> None:
    program = sandbox.run_python(*wrong)

    assert program.wait() == 2
    assert program.out.text == ""
    (message,) = program.err.lines
    assert message.startswith("parlour: ")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            ["127.0.0.1:7"],
            "SERVER and PORT are two arguments, as in: {} connect 127.0.0.1 7",
        ),
        (["[::1]:7"], "SERVER and PORT are two arguments, as in: {} connect ::1 7"),
        (["::1"], "PORT is missing, as in: {} connect ::1 5555"),
        (["127.0.0.1"], "PORT is missing, as in: {} connect 127.0.0.1 5555"),
        (
            ["localhost", "abc"],
            (
                "invalid value for 'PORT': 'abc' is not a port, a number from 1 to "
                "65535 (see {} connect --help)"
            ),
        ),
        (
            ["--name", "x", "localhost"],
            "PORT is missing, as in: {} connect localhost 5555",
        ),
        (
            ["serv"],
            (
                "no such command: serv. The commands are serve, connect, backup, "
                "restore, export, import, verify, doctor, completion, mkcert, config, "
                "account, admin, hosts; to join a chat: {} SERVER PORT"
            ),
        ),
        (["--frob"], "no such option '--frob' (see {} --help)"),
        (
            ["connect"],
            "SERVER and PORT are missing, as in: {} connect 127.0.0.1 5555",
        ),
        (
            ["admin", "mut"],
            "no such command 'mut'; did you mean mute or unmute? (see {} admin --help)",
        ),
        *(
            (
                ["serve", "--max-users", number],
                (
                    f"invalid value for '--max-users': {number!r} is not a number from "
                    "1 to 1000000 (see {} serve --help)"
                ),
            )
            for number in ("abc", "0")
        ),
        (
            ["admin", "sanctions", "--limit", "x"],
            (
                "invalid value for '--limit': 'x' is not a number from 1 up "
                "(see {} admin sanctions --help)"
            ),
        ),
        (
            ["connect", "--nam", "x"],
            (
                "no such option '--nam'; did you mean --name or --ca or --any-name? "
                "(see {} connect --help)"
            ),
        ),
        (
            ["completion", "tcsh"],
            (
                "invalid value for 'SHELL': 'tcsh' is not one of 'bash', 'zsh', "
                "'fish' (see {} completion --help)"
            ),
        ),
        (
            ["http://chat.lan:8080/"],
            (
                "http://chat.lan:8080/ is the page, for a browser; the chat has a port "
                "of its own, as in: {} connect chat.lan 5555"
            ),
        ),
        (
            ["doctor", "https://[::1]"],
            (
                "https://[::1] is the page, for a browser; the chat has a port "
                "of its own, as in: {} doctor ::1 5556 --tls"
            ),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_error_in_the_command_line_says_what_to_do(
    sandbox: Sandbox, wrong: list[str], message: str
) -> None:
    program = sandbox.run(PARLOUR, *wrong)

    assert program.wait() == 2
    assert program.err.text == f"parlour: {message.format('parlour')}\n"


def test_a_client_without_a_server_says_how_to_start_one(sandbox: Sandbox) -> None:
    port = free_port()
    client = sandbox.run(PARLOUR, "127.0.0.1", str(port))

    assert client.wait() == 3
    hint = f"Start one with: parlour serve --port {port}\n"
    assert client.err.text.endswith(hint)


def test_options_may_precede_the_server(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async")
    client = sandbox.run(PARLOUR, "--name", "Kobzol", "127.0.0.1", str(server.port))

    client.type("hi")
    client.close_input()

    assert client.wait() == 0
    assert client.out.lines[-1] == "Kobzol: hi"


@pytest.mark.parametrize(
    "command",
    [[PARLOUR, "serve"], [sys.executable, "-m", "parlour", "serve"]],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "connect",
    [[PARLOUR, "connect"], [PARLOUR], [sys.executable, "-m", "parlour"]],
    ids=" ".join,
)
def test_every_way_to_start_the_programs_works(
    sandbox: Sandbox, command: list[str], connect: list[str]
) -> None:
    server = sandbox.run(*command, *FREE_PORT)
    port = listening_port(server.err.expect('"listening"'))
    client = sandbox.run(*connect, "127.0.0.1", str(port))

    client.type("hi")
    client.close_input()

    assert client.wait() == 0
    assert client.out.lines[-1].endswith(": hi")
    assert server.stop() == 0


def test_a_taken_port_is_reported(sandbox: Sandbox) -> None:
    with Listener() as listener:
        program = sandbox.run_python(*SERVER, "--port", str(listener.port))

        assert program.wait() == 3
        expected = f"cannot listen on 127.0.0.1:{listener.port}: address already in use"
        assert expected in program.err.text
        assert "choose another with --port or PARLOUR_PORT" in program.err.text
        assert "Traceback" not in program.err.text


def test_a_port_can_be_reused_right_after_its_server_ended(sandbox: Sandbox) -> None:
    first = start_server(sandbox, "async")
    with sandbox.join(first.port) as peer:
        first.program.signal(signal.SIGTERM)
        peer.expect_end()
    first.program.wait()

    again = sandbox.run_python(*SERVER, "--port", str(first.port), *FREE_PORT[2:])

    assert listening_port(again.err.expect('"listening"')) == first.port


def test_the_banner_names_the_bound_port(sandbox: Sandbox) -> None:
    server = sandbox.run_python(*SERVER, "--port", "0", stdin=subprocess.DEVNULL)

    banner = server.err.expect("127.0.0.1:")
    port = int(banner.split("127.0.0.1:")[1].split()[0].strip(",;."))

    sandbox.join(port).close()
    assert server.stop() == 0
    assert server.out.text == ""


def test_show_chat_writes_the_chat_to_standard_output(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async", "--show-chat", "on")
    fence = sandbox.join(server.port)
    with sandbox.join(server.port) as peer:
        peer.send_messages("hello\x1b[2J\n[Server]: forged")
        peer.expect("hello")
    fence.expect("has left the chat")
    fence.close()

    server.stop()

    first, joined, message, left = server.program.out.lines[:4]
    assert first == f"[Server]: {fence.name} has entered the chat"
    assert joined == f"[Server]: {peer.name} has entered the chat"
    assert message.startswith(f"{peer.name}: hello")
    assert "\x1b" not in message
    assert left == f"[Server]: {peer.name} has left the chat"
