"""The client with TLS: whom it trusts, what it remembers, and when it refuses."""

import json
import signal
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.server.tls.pairs import Pair, make_pair, own_pair

from .histories import kill_server
from .launch import CLIENT, ENGINES, Server, free_port, server_options
from .process import Program
from .sandbox import Sandbox

SERVER = ["-m", "parlour", "serve"]
NO_TERMINAL = "import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])"
PASSWORD = "balcony at night"
UNTRUSTED = 7

on_both = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return own_pair(tmp_path)


class TLSServer(NamedTuple):
    """A server, and its port for TLS."""

    program: Program
    port: int
    tls_port: int

    def stop(self) -> None:
        Server(self.program, self.port).stop()


def start(sandbox: Sandbox, pair: Pair, engine: str, *options: str) -> TLSServer:
    files = ["--tls-cert", str(pair.cert), "--tls-key", str(pair.key)]
    ports = ["--tls-port", "0"]
    program = sandbox.run_python(
        *SERVER, *server_options(engine), *ports, *files, *options
    )
    facts = json.loads(program.err.expect('"listening"'))
    return TLSServer(program, facts["port"], int(facts["tls_addresses"].split(":")[1]))


def start_client(sandbox: Sandbox, port: int, engine: str, *options: str) -> Program:
    """Start a client with TLS in pipes, which cannot ask anybody."""
    import sys

    where = ["127.0.0.1", str(port), "--tls", "--engine", engine]
    return sandbox.run_python(
        "-c", NO_TERMINAL, sys.executable, *CLIENT, *where, *options
    )


def fingerprint(pair: Pair) -> str:
    return pair.certificates.facts.fingerprint


@on_both
def test_users_with_and_without_tls_are_in_one_chat(
    sandbox: Sandbox, pair: Pair, engine: str
) -> None:
    server = start(sandbox, pair, engine)
    plain = sandbox.join(server.port)
    client = start_client(
        sandbox, server.tls_port, engine, "--ca", str(pair.cert), "--name", "ann"
    )
    client.out.expect_user("ann")
    long = "x" * 1_500
    client.type(*(f"{number} {long}" for number in range(6)))
    client.type("the last one")
    plain.expect("the last one")
    client.close_input()

    assert client.wait() == 0
    assert client.err.text == ""
    assert client.out.text.count(long) == 6
    assert "ann: the last one" in client.out.lines
    server.stop()


@on_both
def test_the_user_is_asked_once_on_a_terminal(
    sandbox: Sandbox, pair: Pair, tmp_path: Path, engine: str
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    server = start(sandbox, pair, engine)
    where = ["127.0.0.1", str(server.tls_port), "--tls", "--engine", engine]
    refused = sandbox.start_on_terminal(*CLIENT, *where)
    refused.expect("(yes or no)")
    refused.press("no\r")
    assert refused.wait() == UNTRUSTED
    first = sandbox.start_on_terminal(*CLIENT, *where)
    first.expect("(yes or no)")
    first.press("yes\r")
    first.expect("has entered the chat")
    second = sandbox.start_on_terminal(*CLIENT, *where)
    second.expect("has entered the chat")

    assert fingerprint(pair)[:48] in first.text
    assert fingerprint(pair)[48:] in first.text
    assert "yes or no" not in second.text
    known = tmp_path / "parlour" / "known_hosts"
    assert fingerprint(pair) in known.read_text()
    assert stat.S_IMODE(known.stat().st_mode) == 0o600


def test_the_password_is_asked_for_after_the_certificate(
    sandbox: Sandbox, pair: Pair, tmp_path: Path
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    server = start(sandbox, pair, "async", "--guests", "off")
    where = ["127.0.0.1", str(server.tls_port), "--tls", "--account", "ada"]
    refused = sandbox.start_on_terminal(*CLIENT, *where)
    refused.expect("(yes or no)")
    refused.press("maybe\r")
    refused.expect("Please type yes or no:")
    refused.press("no\r")
    assert refused.wait() == UNTRUSTED
    trusting = sandbox.start_on_terminal(*CLIENT, *where, "--no-state")
    trusting.expect("(yes or no)")
    trusting.press("yes\r")
    trusting.expect("Password of ada:")
    trusting.press(f"{PASSWORD}\r")
    trusting.expect("Not signed in as ada")

    assert "Password" not in refused.text
    assert trusting.text.count("yes or no") == 1
    server.stop()


def test_without_a_terminal_the_fingerprint_has_to_be_given(
    sandbox: Sandbox, pair: Pair
) -> None:
    server = start(sandbox, pair, "async")
    refused = start_client(sandbox, server.tls_port, "async")
    assert refused.wait() == UNTRUSTED
    option = refused.err.text.split("use: ")[1].split()
    accepted = start_client(sandbox, server.tls_port, "async", *option)
    accepted.out.expect("has entered the chat")
    accepted.type("hello")
    accepted.close_input()

    assert option == ["--fingerprint", fingerprint(pair)]
    assert accepted.wait() == 0
    assert "tls.failed" not in server.program.err.text.split("session.joined")[-1]
    server.stop()


@on_both
def test_a_client_that_reconnects_refuses_another_certificate(
    sandbox: Sandbox, pair: Pair, tmp_path: Path, engine: str
) -> None:
    port, old = free_port(), fingerprint(pair)
    tls = ["--port", str(port), "--tls-port", str(free_port())]
    server = start(sandbox, pair, engine, *tls)
    client = start_client(
        sandbox, server.tls_port, engine, "--fingerprint", old, "--reconnect"
    )
    client.out.expect("has entered the chat")
    pair.copy_from(make_pair(tmp_path, "renewed"))
    server.program.signal(signal.SIGHUP)
    server.program.err.expect(fingerprint(pair))
    client.type("the old connection continues")
    client.out.expect(": the old connection continues")
    kill_server(Server(server.program, port))
    client.out.expect("Server disconnected")
    start(sandbox, pair, engine, *tls)

    assert client.wait() == UNTRUSTED
    assert f"-- expected: {old}\n-- received: {fingerprint(pair)}\n" in client.err.text


@on_both
def test_a_client_with_tls_reconnects_and_no_line_is_lost(
    sandbox: Sandbox, pair: Pair, engine: str
) -> None:
    port = free_port()
    tls = ["--port", str(port), "--tls-port", str(free_port())]
    server = start(sandbox, pair, engine, *tls)
    client = start_client(
        sandbox, server.tls_port, engine, "--ca", str(pair.cert), "--reconnect"
    )
    client.out.expect("has entered the chat")
    kill_server(Server(server.program, port))
    client.out.expect("Server disconnected")
    client.type("after the outage")
    server = start(sandbox, pair, engine, *tls)
    client.out.expect(": after the outage")
    client.close_input()

    assert client.wait() == 0
    server.stop()


@on_both
def test_a_key_that_came_over_tls_is_not_sent_without_it_or_to_another_certificate(
    sandbox: Sandbox, pair: Pair, tmp_path: Path, engine: str
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    server = start(sandbox, pair, engine)
    ca = ["--ca", str(pair.cert)]
    client = start_client(sandbox, server.tls_port, engine, *ca, "--name", "romeo")
    client.out.expect_user("romeo")
    client.type("/register", PASSWORD, PASSWORD)
    client.err.expect("-- signed in as romeo")
    client.close_input()
    assert client.wait() == 0
    again = start_client(sandbox, server.tls_port, engine, *ca)
    again.err.expect("-- signed in as romeo")
    other = start_client(
        sandbox, server.tls_port, engine, "--fingerprint", fingerprint(pair)
    )
    other.err.expect("the stored keys are not used")
    plain = sandbox.run_python(*CLIENT, "127.0.0.1", str(server.tls_port))
    plain.err.expect("the stored keys are not used")

    keys = json.loads((tmp_path / "parlour" / "keys.json").read_text())
    assert keys["addresses"] == {f"127.0.0.1:{server.tls_port}": "tls authority"}


def test_a_client_without_tls_at_a_port_for_tls_gets_one_line(
    sandbox: Sandbox, pair: Pair
) -> None:
    server = start(sandbox, pair, "async")
    client = sandbox.run_python(*CLIENT, "127.0.0.1", str(server.tls_port))

    client.wait()
    assert client.out.text.count("this port is for TLS") == 1
    assert "(--tls)" in client.out.text


def test_a_forgotten_server_is_unknown_again(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    known = tmp_path / "parlour" / "known_hosts"
    known.parent.mkdir()
    known.write_text(f"chat.lan:5556 sha256 {':'.join(['AB'] * 32)} 2026-01-31\n")
    known.chmod(0o600)
    hosts = ["-m", "parlour", "hosts"]

    listed = sandbox.run_python(*hosts, "list")
    assert listed.wait() == 0
    elsewhere = sandbox.run_python(*hosts, "forget", "chat.lan", "7")
    assert elsewhere.wait() == 1
    forgotten = sandbox.run_python(*hosts, "forget", "chat.lan")
    assert forgotten.wait() == 0
    again = sandbox.run_python(*hosts, "forget", "chat.lan:5556")

    assert "chat.lan:5556  2026-01-31  AB:AB" in listed.out.text
    assert forgotten.out.text.startswith("forgot the fingerprint of chat.lan:5556: AB:")
    assert again.wait() == 1
    assert elsewhere.err.text == (
        "parlour: nothing is known of chat.lan:7; to forget another port: parlour "
        "hosts forget chat.lan 5556\n"
    )
    assert known.read_text() == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ca", "x"], "--ca needs --tls"),
        (["--fingerprint", "ab" * 32], "--fingerprint needs --tls"),
        (["--tls", "--fingerprint", "ab"], "is not a SHA-256 fingerprint"),
        (["--tls", "--ca", "missing.pem"], "missing.pem: No such file or directory"),
    ],
)
def test_wrong_options_are_errors(
    sandbox: Sandbox, options: list[str], message: str
) -> None:
    client = sandbox.run_python(*CLIENT, "127.0.0.1", "1", *options)

    assert client.wait() == 2
    assert message in client.err.text
    assert client.err.text.count("\n") == 1
