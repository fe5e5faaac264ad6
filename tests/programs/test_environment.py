"""Options in the environment, and environments that limit the programs."""

import json
import os
import sys
from pathlib import Path

import pytest

from .launch import (
    CLIENT,
    ENGINES,
    SERVER,
    free_port,
    listening_port,
    server_options,
    start_server,
)
from .process import Program
from .sandbox import Sandbox

TOOL = ["-m", "parlour", "verify"]
SERVICE = {  # variables that Kubernetes sets for a service called parlour
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
def test_variables_of_a_service_called_parlour_are_ignored_and_reported(
    sandbox: Sandbox, engine: str
) -> None:
    for name, value in SERVICE.items():
        sandbox.setenv(name, value)

    program = sandbox.run_python(*SERVER, *server_options(engine))
    event = json.loads(program.err.expect("environment.ignored"))
    listening_port(program.err.expect('"listening"'))

    assert event["level"] == "warning"
    assert "PARLOUR_PORT (set for a link to a service)" in event["variables"]
    assert program.stop() == 0
    assert all(line.startswith("{") for line in program.err.lines)


def test_a_container_link_does_not_set_the_name_of_a_client(sandbox: Sandbox) -> None:
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
def test_an_unknown_variable_is_reported_once_with_a_suggestion(
    sandbox: Sandbox, command: list[str], tmp_path: Path
) -> None:
    sandbox.setenv("PARLOUR_ENGIN", "threads")
    sandbox.setenv("PARLOUR_PROT", "6666")
    sandbox.setenv("PARLOUR_\x1b[2J", "1")
    sandbox.setenv("PARLOUR_TRACE", str(tmp_path / "trace"))

    program = sandbox.run_python(*command)

    assert program.wait() in {1, 3}  # no such host, server or history
    ignored = [line for line in program.err.lines if line.startswith(IGNORED)]
    named = (
        "PARLOUR_ENGIN (did you mean PARLOUR_ENGINE?), "
        "PARLOUR_PROT (did you mean PARLOUR_PORT?), PARLOUR_TRACE"
    )
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
def test_an_invalid_value_is_reported_with_its_variable(
    sandbox: Sandbox, command: list[str], name: str, value: str
) -> None:
    sandbox.setenv(f"PARLOUR_{name}", value)

    program = sandbox.run_python(*command, *(["::1", "1"] if command == CLIENT else []))

    assert program.wait() == 78
    (message,) = program.err.lines
    assert message.startswith(f"parlour: PARLOUR_{name} in the environment: ")
    assert "--" not in message


def test_an_option_takes_precedence_over_an_invalid_variable(sandbox: Sandbox) -> None:
    sandbox.setenv("PARLOUR_ENGINE", "both")

    program = sandbox.run_python(*SERVER, "--engine", "none")

    assert program.wait() == 2
    assert "PARLOUR_ENGINE" not in program.err.text


@pytest.mark.parametrize("home", ["file", "missing", "locked"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_home_directory_that_cannot_be_used_is_reported_with_an_alternative(
    sandbox: Sandbox, tmp_path: Path, engine: str, home: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "missing").symlink_to(tmp_path / "nowhere")
    (tmp_path / "locked").mkdir(mode=0o500)
    if home == "locked" and os.geteuid() == 0:
        pytest.skip("root can write to every directory")
    sandbox.setenv("HOME", str(tmp_path / home))

    program = sandbox.run_python(
        *SERVER, "--port", str(free_port()), "--engine", engine
    )

    assert program.wait() == 3
    (message,) = program.err.lines
    assert message.endswith("(use --history FILE or --history memory)")


@pytest.mark.parametrize("name", ["XDG_STATE_HOME", "HOME"])
def test_a_relative_state_directory_is_ignored(
    sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    sandbox.setenv("HOME", str(tmp_path / "home"))
    if name == "HOME":
        sandbox.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    sandbox.setenv(name, "elsewhere")

    program = sandbox.run_python(*SERVER, "--port", str(free_port()))
    banner = program.err.expect("history: ")

    assert str(tmp_path) in banner or "~" in banner
    assert program.stop() == 0
    assert not Path("elsewhere").exists()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limit", ["-n 12", "-n 16", "-n 20", "-n 40"])
def test_a_server_with_too_few_descriptors_fails_with_one_line(
    sandbox: Sandbox, engine: str, limit: str
) -> None:
    program = run_with_limit(
        sandbox, limit, *SERVER, *server_options(engine), "--web-port", "0"
    )

    assert program.wait() == 3
    (message,) = program.err.lines
    assert message.startswith("parlour: ")
    assert "80 are needed" in message


@pytest.mark.parametrize("command", [[*CLIENT, "::1", "1"], TOOL], ids=" ".join)
def test_other_programs_with_too_few_descriptors_fail_with_one_line(
    sandbox: Sandbox, command: list[str]
) -> None:
    program = run_with_limit(sandbox, "-n 8", *command)

    assert program.wait() == 1
    (message,) = program.err.lines
    assert "ulimit -n 16" in message


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_with_few_descriptors_admits_as_many_users_as_it_can(
    sandbox: Sandbox, engine: str
) -> None:
    program = run_with_limit(sandbox, "-n 80", *SERVER, *server_options(engine))
    port = listening_port(program.err.expect('"listening"'))
    peers = [sandbox.join(port) for _ in range(16)]

    rejected = [sandbox.connect(port) for _ in range(100)]
    for peer in rejected:
        peer.expect_end()
    peers[0].send_messages("still here")
    peers[-1].expect("still here")

    for peer in peers:
        peer.close()
    assert program.stop() == 0
    assert "Traceback" not in program.err.text


def run_with_limit(sandbox: Sandbox, limit: str, *arguments: str) -> Program:
    """Start a Python program with a `ulimit` of the shell."""
    script = f'ulimit {limit} && exec "$@"'
    return sandbox.run("sh", "-c", script, "sh", sys.executable, *arguments)
