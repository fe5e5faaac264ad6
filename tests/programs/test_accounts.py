"""Accounts with the two real programs: sign in, other devices, keys, exit codes."""

import pytest

from .launch import (
    ENGINES,
    Server,
    start_client,
    start_client_on_terminal,
    start_server,
)
from .process import Program
from .sandbox import Sandbox

PASSWORD = "balcony at night"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def register(sandbox: Sandbox, server: Server, engine: str, *options: str) -> Program:
    """Return the client of romeo, who has an account with `PASSWORD` now."""
    client = start_client(sandbox, server.port, engine, "--name", "romeo", *options)
    client.out.expect_user("romeo")
    client.type("/register", PASSWORD, PASSWORD)
    client.err.expect("-- signed in as romeo")
    return client


def test_an_account_is_used_from_a_second_client(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    first = register(sandbox, server, engine)
    second = start_client(sandbox, server.port, engine, "--no-state", "--any-name")
    second.out.expect("has entered the chat")

    second.type("/login romeo", PASSWORD)
    second.err.expect("-- signed in as romeo")
    second.type("hello from here")

    first.out.expect("romeo: hello from here")
    assert PASSWORD not in first.out.text + first.err.text + second.err.text


def test_a_stored_key_signs_in_again(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    first = register(sandbox, server, engine)
    first.close_input()
    assert first.wait() == 0

    second = start_client(sandbox, server.port, engine)

    second.err.expect("-- signed in as romeo")
    second.type("/users")
    second.out.expect("1 user: romeo")


def test_devices_are_listed_and_revoked(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    first = register(sandbox, server, engine, "--no-state", "--reconnect")
    sandbox.setenv("PARLOUR_ACCOUNT", "romeo")
    sandbox.setenv("PARLOUR_PASSWORD_COMMAND", f"echo {PASSWORD}")
    second = start_client(sandbox, server.port, engine, "--no-state", "--reconnect")
    second.err.expect("-- signed in as romeo")

    first.type("/devices")
    first.out.expect("2 devices:")
    first.type("/revoke 2")

    first.out.expect("device 2 is signed out; 1 device:")
    assert second.wait() == 4


def test_logout_forgets_the_key(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    first = register(sandbox, server, engine)

    first.type("/logout")
    assert first.wait() == 0

    again = start_client(sandbox, server.port, engine)
    again.out.expect("has entered the chat")
    again.type("/devices")
    again.out.expect("[Server]: ")
    assert "signed in" not in again.err.text


def test_a_wrong_password_in_a_pipe_gives_exit_code_4(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    register(sandbox, server, engine, "--no-state")
    client = start_client(sandbox, server.port, engine, "--no-state")

    client.type("/login romeo", "not the password", "hello")

    assert client.wait() == 4
    assert "-- Not signed in: the account or the password is wrong" in client.err.text


def test_what_is_typed_as_a_password_is_not_on_the_screen(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client, _ = start_client_on_terminal(
        sandbox, server.port, engine, "--name", "romeo"
    )

    client.enter("/register")
    client.expect("new password>")
    client.enter(PASSWORD)
    client.expect("new password again>")
    client.enter(PASSWORD)

    client.expect("-- signed in as romeo")
    assert PASSWORD.encode() not in client.received
