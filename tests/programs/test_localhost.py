"""Nobody else on the machine gets the secrets of users who connect to localhost."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from .launch import CLIENT, ENGINES, SERVER, Server, start_server, start_server_on_port
from .process import Program
from .sandbox import Sandbox

PASSWORD = "balcony at night"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


@contextmanager
def stranger(port: int = 0) -> Iterator[socket.socket]:
    """Listen on ::1, as any user of the machine can."""
    try:
        listener = socket.create_server(("::1", port), family=socket.AF_INET6)
    except OSError:
        if port:
            raise
        pytest.skip("this machine has no IPv6")
    with closing(listener):
        listener.setblocking(False)
        yield listener


def sign_in(sandbox: Sandbox, port: int, engine: str, *options: str) -> Program:
    given = ["--engine", engine, "--account", "romeo", *options]
    client = sandbox.run_python(*CLIENT, "localhost", str(port), *given)
    client.err.expect("-- signed in as romeo")
    return client


def with_account(sandbox: Sandbox, engine: str, *options: str) -> Server:
    server = start_server(sandbox, engine, *options)
    command = [*CLIENT, "localhost", str(server.port), "--name", "romeo", "--no-state"]
    client = sandbox.run_python(*command)
    client.out.expect("has entered the chat")
    client.type("/register", PASSWORD, PASSWORD)
    client.err.expect("-- signed in as romeo")
    client.close_input()
    assert client.wait() == 0
    sandbox.setenv("PARLOUR_PASSWORD_COMMAND", f"echo {PASSWORD}")
    return server


def test_the_server_and_the_page_listen_on_both_addresses(
    sandbox: Sandbox, engine: str
) -> None:
    with stranger():  # skips without IPv6
        server = sandbox.run_python(
            *(*SERVER, "--port", "0", "--web-port", "0", "--engine", engine),
            *("--log-format", "json"),
        )
    facts = json.loads(server.err.expect('"listening"'))
    page_port = int(facts["page"].rpartition(":")[2].strip("/"))

    for port in (facts["port"], page_port):
        socket.create_connection(("::1", port)).close()
        with pytest.raises(OSError, match="in use"), stranger(port):
            pass
    assert facts["addresses"] == f"127.0.0.1:{facts['port']}"
    assert "localhost.taken" not in server.err.text
    assert server.stop() == 0


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_server_warns_if_another_program_has_the_other_address(
    sandbox: Sandbox, engine: str, form: str
) -> None:
    with stranger() as taken:
        port = taken.getsockname()[1]
        server = sandbox.run_python(
            *(*SERVER, "--port", str(port), "--engine", engine, "--log-format", form)
        )
        if form == "json":
            server.err.expect('"listening"')
            warning = json.loads(server.err.expect('"localhost.taken"'))
            assert warning["address"] == f"[::1]:{port}"
        else:
            server.err.expect(f"warning: another program has [::1]:{port}")
            server.err.expect("localhost.taken")

        assert server.stop() == 0


def test_a_stored_key_is_not_sent_to_another_address(
    sandbox: Sandbox, engine: str
) -> None:
    server = with_account(sandbox, engine)
    client = sign_in(sandbox, server.port, engine)
    client.type("hello")
    client.close_input()
    assert client.wait() == 0
    server.stop()

    with stranger(server.port) as listener:
        client = sandbox.run_python(*CLIENT, "localhost", str(server.port))

        assert client.wait() == 3
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_client_reconnects_to_no_other_address(
    sandbox: Sandbox, engine: str, path: Path
) -> None:
    server = with_account(sandbox, engine, "--history", str(path))
    client = sign_in(sandbox, server.port, engine, "--no-state", "--reconnect")
    server.stop()
    client.out.expect("Server disconnected")

    with stranger(server.port) as listener:
        server = start_server_on_port(sandbox, engine, server.port, path)
        client.err.expect("Reconnected after")

        with pytest.raises(BlockingIOError):
            listener.accept()
        server.stop()
