"""What the environment may set, and what it cannot break."""

import json
import os
import socket
import sys
from pathlib import Path

import pytest

from .launch import (
    CLIENT,
    ENGINES,
    SERVER,
    listening_port,
    server_options,
    start_server,
)
from .process import Program
from .sandbox import Sandbox

TOOL = ["-m", "parlour", "verify"]
SERVICE = {  # what Kubernetes sets in every pod beside a service called parlour
    "PARLOUR_SERVICE_HOST": "10.0.0.7",
    "PARLOUR_SERVICE_PORT": "5555",
    "PARLOUR_SERVICE_PORT_CHAT": "5555",
    "PARLOUR_PORT": "tcp://10.0.0.7:5555",
    "PARLOUR_PORT_5555_TCP": "tcp://10.0.0.7:5555",
    "PARLOUR_PORT_5555_TCP_PROTO": "tcp",
    "PARLOUR_PORT_5555_TCP_PORT": "5555",
    "PARLOUR_PORT_5555_TCP_ADDR": "10.0.0.7",
}
IGNORED = "parlour: ignored in the environment: "


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_beside_a_service_of_its_name_starts_and_names_what_it_ignores(
    sandbox: Sandbox, engine: str
) -> None:
    for name, value in SERVICE.items():
        sandbox.setenv(name, value)

    program = sandbox.run_python(*SERVER, *server_options(engine))
    told = json.loads(program.err.expect("environment.ignored"))
    listening_port(program.err.expect('"listening"'))

    assert told["level"] == "warning"
    assert "PARLOUR_PORT (set for a link to a service)" in told["variables"]
    assert program.stop() == 0
    assert all(line.startswith("{") for line in program.err.lines)


def test_a_client_in_a_linked_container_has_no_name_of_it(sandbox: Sandbox) -> None:
    server = start_server(sandbox, "async")
    sandbox.setenv("PARLOUR_NAME", "/web/parlour")

    client = sandbox.run_python(*CLIENT, "127.0.0.1", str(server.port))
    client.type("hi")
    client.close_input()

    assert client.wait() == 0
    assert client.out.lines[-1].startswith("127.0.0.1:")
    assert client.err.lines == [f"{IGNORED}PARLOUR_NAME (set for a link to a service)"]


@pytest.mark.parametrize(
    "command",
    [[*SERVER, "--host", "nowhere.invalid"], [*CLIENT, "::1", "1"], TOOL],
    ids=" ".join,
)
def test_an_unknown_variable_is_named_once_with_what_was_meant(
    sandbox: Sandbox, command: list[str], tmp_path: Path
) -> None:
    sandbox.setenv("PARLOUR_ENGIN", "threads")
    sandbox.setenv("PARLOUR_\x1b[2J", "1")
    sandbox.setenv("PARLOUR_TRACE", str(tmp_path / "trace"))

    program = sandbox.run_python(*command)

    assert program.wait() in {1, 3}  # there is no such host, server or history
    ignored = [line for line in program.err.lines if line.startswith(IGNORED)]
    named = "PARLOUR_ENGIN (did you mean PARLOUR_ENGINE?), PARLOUR_TRACE"
    assert [line.replace("PARLOUR_\\x1b[2J, ", "") for line in ignored] == [
        IGNORED + named
    ]
    assert not (tmp_path / "trace").exists()


def test_many_unknown_variables_are_counted(sandbox: Sandbox) -> None:
    for number in range(100):
        sandbox.setenv(f"PARLOUR_X{number}", "1")

    program = sandbox.run_python(*TOOL)

    assert program.wait() == 1
    assert program.err.lines[0].endswith("PARLOUR_X15 and 92 more")


@pytest.mark.parametrize(
    ("command", "name", "value"),
    [
        (SERVER, "PORT", "abc"),
        (SERVER, "PORT", "70000"),
        (SERVER, "ENGINE", "both"),
        (SERVER, "MAX_HISTORY", "lots"),
        (SERVER, "MAX_HISTORY", "7 8"),
        (SERVER, "RATE", "fast"),
        (SERVER, "WEB_PORT", "web"),
        (SERVER, "WEB_ALLOW", "http://x"),
        (CLIENT, "PLAIN", "maybe"),
        (CLIENT, "RECV_SIZE", "0"),
        (TOOL, "PORT", "0"),
    ],
)
def test_a_bad_value_is_told_with_its_variable(
    sandbox: Sandbox, command: list[str], name: str, value: str
) -> None:
    sandbox.setenv(f"PARLOUR_{name}", value)

    program = sandbox.run_python(*command, *(["::1", "1"] if command == CLIENT else []))

    assert program.wait() == 78
    (told,) = program.err.lines
    assert told.startswith(f"parlour: PARLOUR_{name} in the environment: ")
    assert "--" not in told


def test_an_option_counts_more_than_a_bad_value(sandbox: Sandbox) -> None:
    sandbox.setenv("PARLOUR_ENGINE", "both")

    program = sandbox.run_python(*SERVER, "--engine", "none")

    assert program.wait() == 2
    assert "PARLOUR_ENGINE" not in program.err.text


@pytest.mark.parametrize("home", ["file", "missing", "locked"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_home_that_holds_no_history_is_told_with_what_to_do(
    sandbox: Sandbox, tmp_path: Path, engine: str, home: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "missing").symlink_to(tmp_path / "nowhere")
    (tmp_path / "locked").mkdir(mode=0o500)
    if home == "locked" and os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    sandbox.setenv("HOME", str(tmp_path / home))

    program = sandbox.run_python(*SERVER, "--port", free_port(), "--engine", engine)

    assert program.wait() == 3
    (told,) = program.err.lines
    assert told.endswith("(use --history FILE or --history memory)")


@pytest.mark.parametrize("name", ["XDG_STATE_HOME", "HOME"])
def test_a_relative_directory_of_state_is_ignored(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    sandbox.setenv("HOME", str(tmp_path / "home"))
    if name == "HOME":
        sandbox.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    sandbox.setenv(name, "elsewhere")

    program = sandbox.run_python(*SERVER, "--port", free_port())
    told = program.err.expect("history: ")

    assert str(tmp_path) in told or "~" in told
    assert program.stop() == 0
    assert not Path("elsewhere").exists()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limit", ["-n 12", "-n 16", "-n 20", "-n 40"])
def test_a_server_that_is_allowed_too_little_says_so_in_one_line(
    sandbox: Sandbox, engine: str, limit: str
) -> None:
    program = limited(
        sandbox, limit, *SERVER, *server_options(engine), "--web-port", "0"
    )

    assert program.wait() == 3
    (told,) = program.err.lines
    assert told.startswith("parlour: ")
    assert "80 are needed" in told


@pytest.mark.parametrize("command", [[*CLIENT, "::1", "1"], TOOL], ids=" ".join)
def test_other_programs_that_are_allowed_too_little_say_so_in_one_line(
    sandbox: Sandbox, command: list[str]
) -> None:
    program = limited(sandbox, "-n 8", *command)

    assert program.wait() == 1
    (told,) = program.err.lines
    assert "ulimit -n 16" in told


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_with_few_descriptors_serves_those_it_has_room_for(
    sandbox: Sandbox, engine: str
) -> None:
    program = limited(sandbox, "-n 80", *SERVER, *server_options(engine))
    port = listening_port(program.err.expect('"listening"'))
    peers = [sandbox.join(port) for _ in range(16)]

    turned = [sandbox.connect(port) for _ in range(100)]
    for peer in turned:
        peer.expect_end()
    peers[0].send_messages("still here")
    peers[-1].expect("still here")

    for peer in peers:
        peer.close()
    assert program.stop() == 0
    assert "Traceback" not in program.err.text


def limited(sandbox: Sandbox, limit: str, *arguments: str) -> Program:
    """Start a Python program under a *limit* of the shell."""
    script = f'ulimit {limit} && exec "$@"'
    return sandbox.run("sh", "-c", script, "sh", sys.executable, *arguments)


def free_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])
