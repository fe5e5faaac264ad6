"""The file with settings: precedence, errors, and a reload while the server runs."""

import json
import signal
from pathlib import Path

import pytest

from tests.server.tls.pairs import make_pair, own_pair

from .launch import (
    ENGINES,
    SERVER,
    listening_port,
    server_options,
    start_client,
    start_server,
)
from .process import Program
from .sandbox import Sandbox

CONFIG = ["-m", "parlour", "config"]


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def facts(program: Program, event: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(program.err.expect(f'"{event}"'))
    return found


def test_options_come_before_variables_and_these_before_the_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write(
        tmp_path / "parlour.toml",
        "port = 1",
        'log-format = "text"',
        'engine = "threads"',
        "max-users = 7",
    )
    sandbox.setenv("PARLOUR_CONFIG", str(file))
    sandbox.setenv("PARLOUR_LOG_FORMAT", "json")

    program = sandbox.run_python(*SERVER, "--port", "0")

    listening = facts(program, "listening")
    assert listening["max_users"] == 7
    assert listening["engine"] == "a thread per client"
    assert program.stop() == 0


@pytest.mark.parametrize("command", [SERVER, [*CONFIG, "show"]], ids=["serve", "show"])
def test_a_bad_file_ends_with_every_error_and_exit_code_78(
    sandbox: Sandbox, command: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", "prot = 5", "", "port = -1")

    program = sandbox.run_python(*command, "--config", str(file))

    assert program.wait() == 78
    assert program.err.lines == [
        f"parlour: {file}:1: there is no setting prot; did you mean port?",
        f"parlour: {file}:3: port: '-1' is neither 'off' nor a port number",
    ]


@pytest.mark.parametrize(
    "command", [[*SERVER, "--config"], [*CONFIG, "check"]], ids=["serve", "check"]
)
@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "Is a directory"), ("none.toml", "No such file or directory")],
)
def test_a_file_that_cannot_be_read_is_one_line_and_exit_code_78(
    sandbox: Sandbox, tmp_path: Path, command: list[str], name: str, reason: str
) -> None:
    path = tmp_path / name

    program = sandbox.run_python(*command, str(path))

    assert program.wait() == 78
    assert program.err.lines == [f"parlour: {path}: {reason}"]


def test_check_counts_the_settings_of_a_good_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", "port = 5", 'guests = "off"')

    program = sandbox.run_python(*CONFIG, "check", str(file))

    assert program.wait() == 0
    assert program.out.lines == [f"{file}: 2 settings, no errors"]


def test_check_prints_the_errors_of_a_bad_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", "port = 5", 'guests = "of"')

    program = sandbox.run_python(*CONFIG, "check", str(file))

    assert program.wait() == 78
    words = '"on" or "read" or "off"'
    assert program.err.lines == [
        f'parlour: {file}:2: guests: expected {words}, not the string "of"'
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (['port = "off"'], "1: --port off needs --tls-cert and --tls-key"),
        (["", 'tls-cert = "a.pem"'], "2: --tls-cert needs --tls-key"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["show", "--config"]])
def test_a_setting_in_the_file_that_needs_another_is_an_error_of_the_file(
    sandbox: Sandbox,
    tmp_path: Path,
    lines: list[str],
    problem: str,
    command: list[str],
) -> None:
    file = write(tmp_path / "parlour.toml", *lines)

    program = sandbox.run_python(*CONFIG, *command, str(file))

    assert program.wait() == 78
    assert program.err.lines == [f"parlour: {file}:{problem}"]


@pytest.mark.parametrize("command", [[*CONFIG, "check"], [*SERVER, "--config"]])
def test_a_certificate_that_cannot_be_loaded_is_found_by_a_check_too(
    sandbox: Sandbox, tmp_path: Path, command: list[str]
) -> None:
    pair, other = own_pair(tmp_path), make_pair(tmp_path, "other")
    ports = ["port = 0", "tls-port = 0"]
    good = write(
        tmp_path / "good.toml",
        *(f'tls-cert = "{pair.cert.name}"', f'tls-key = "{pair.key.name}"', *ports),
    )
    wrong_key = write(
        tmp_path / "key.toml",
        *(f'tls-cert = "{pair.cert}"', f'tls-key = "{other.key}"', *ports),
    )
    missing = write(
        tmp_path / "missing.toml",
        *('tls-cert = "none.pem"', f'tls-key = "{pair.key}"', *ports),
    )

    why = f"it is not the key of the certificate {pair.cert}, or is damaged"
    assert sandbox.run_python(*CONFIG, "check", str(good)).wait() == 0
    for file, problem in (
        (wrong_key, f"{other.key}: {why}"),
        (missing, f"{tmp_path / 'none.pem'}: No such file or directory"),
    ):
        program = sandbox.run_python(*command, str(file))
        assert program.wait() == 78
        assert program.err.lines == [f"parlour: {problem}"]


def test_a_key_without_effect_is_logged_by_a_reload(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml")
    server = start_server(sandbox, "async", "--config", str(file))

    write(file, 'web-host = "::1"')
    server.program.signal(signal.SIGHUP)

    ignored = facts(server.program, "settings.ignored")
    assert ignored["names"] == f"web-host (no page without web-port) in {file}"
    server.stop()


def test_keys_without_effect_are_reported_and_ignored(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", 'web-host = "::1"')

    program = sandbox.run_python(*CONFIG, "show", "--config", str(file))

    assert program.wait() == 0
    assert program.err.lines == [
        f"parlour: ignored in {file}: web-host (no page without web-port)"
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reload_changes_what_a_running_server_can_change(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", "max-users = 9", "max-line = 2000")
    server = start_server(sandbox, engine, "--config", str(file))
    one = sandbox.join(server.port)

    write(file, "max-users = 1", "max-line = 3000", 'log-people = "none"')
    server.program.signal(signal.SIGHUP)

    reloaded = facts(server.program, "configuration.reloaded")
    assert reloaded["changed"] == "max-users log-people"
    assert reloaded["needs_restart"] == "max-line"
    two = sandbox.connect(server.port)
    two.expect("the server is full (1 user)")
    two.expect_end()
    one.send_messages("I am still here")
    one.expect("I am still here")
    one.close()
    server.program.err.expect('"session.closed"')
    left = [line for line in server.program.err.lines if '"session.left"' in line]
    assert "address" not in left[-1]
    server.stop()


def test_a_setting_that_needs_a_restart_changes_nothing_else_until_then(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    behind_a_proxy = ["web-port = 0", 'web-allow = "chat.example.org"']
    file = write(tmp_path / "parlour.toml", *behind_a_proxy)
    server = start_server(sandbox, "async", "--config", str(file))
    client = start_client(sandbox, server.port, "async", "--name", "romeo")
    client.out.expect_user("romeo")

    write(file, "web-port = 0", "max-line = 2000", 'log-people = "none"')
    server.program.signal(signal.SIGHUP)

    reloaded = facts(server.program, "configuration.reloaded")
    assert reloaded["changed"] == "log-people"
    assert reloaded["needs_restart"] == "web-allow max-line"
    client.type("/register", "balcony at night", "balcony at night")
    client.out.expect(
        "registering needs an invitation code"
    )  # the proxy is still there
    client.stop()
    server.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reload_of_a_bad_file_changes_nothing(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "parlour.toml", "max-users = 9")
    server = start_server(sandbox, engine, "--config", str(file))
    first = sandbox.join(server.port)

    write(file, "max-users = 1", "port = 99999", "x = 1")
    server.program.signal(signal.SIGHUP)

    for line in (2, 3):
        invalid = facts(server.program, "configuration.invalid")
        assert str(invalid["reason"]).startswith(f"{file}:{line}: ")
    second = sandbox.join(server.port)
    second.send_messages("hello")
    first.expect("hello")
    server.stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_without_a_file_reloads_its_greeting(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    greeting = write(tmp_path / "greeting.txt", "Be kind.")
    options = [*server_options(engine), "--greeting", str(greeting)]
    program = sandbox.run_python(*SERVER, *options)
    port = listening_port(program.err.expect('"listening"'))

    write(greeting, "Be brief.")
    program.signal(signal.SIGHUP)

    assert facts(program, "configuration.reloaded")["changed"] == "greeting"
    client = start_client(sandbox, port, "async", "--json")
    client.out.expect("Be brief.")
    client.stop()
    assert program.stop() == 0
