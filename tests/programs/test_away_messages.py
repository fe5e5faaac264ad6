"""Messages for accounts that are away, and what is read, with the two real programs."""

from pathlib import Path

import pytest

from .histories import start_with_history
from .launch import ENGINES, Server, start_client, start_client_on_terminal
from .process import Program
from .sandbox import Sandbox
from .terminal import Terminal

PASSWORD = "balcony at night"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def register(sandbox: Sandbox, server: Server, engine: str, name: str) -> Program:
    """Return the client of a user who has an account with `PASSWORD` now."""
    options = ("--name", name, "--no-state")
    client = start_client(sandbox, server.port, engine, *options)
    client.out.expect_user(name)
    client.type("/register", PASSWORD, PASSWORD)
    client.err.expect(f"-- signed in as {name}")
    return client


def sign_in(sandbox: Sandbox, server: Server, engine: str, name: str) -> Terminal:
    """Return the terminal of a device of an account."""
    sandbox.setenv("PARLOUR_PASSWORD_COMMAND", f"echo {PASSWORD}")
    options = ("--no-state", "--account", name, "--room", "lobby", "--room", "dev")
    terminal, _ = start_client_on_terminal(sandbox, server.port, engine, *options)
    return terminal


def test_a_message_waits_over_a_restart_and_is_read_on_both_devices(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    juliet = register(sandbox, server, engine, "juliet")
    juliet.close_input()
    assert juliet.wait() == 0
    romeo = register(sandbox, server, engine, "romeo")
    romeo.type("/msg juliet psst")
    romeo.out.expect("@juliet romeo: psst")
    romeo.close_input()
    assert romeo.wait() == 0
    server.stop()
    server = start_with_history(sandbox, engine, path)

    laptop = sign_in(sandbox, server, engine, "juliet")
    phone = sign_in(sandbox, server, engine, "juliet")
    for each in (laptop, phone):
        each.expect("@romeo romeo: psst")
        each.expect("@romeo 1 | #lobby>")
    laptop.enter("/room @romeo")

    laptop.expect("romeo: psst", times=2)
    phone.wait_until(lambda: "@romeo 1 |" not in phone.lines[-1], "nothing unread")


def test_what_was_said_while_an_account_was_away_is_counted(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    juliet = register(sandbox, server, engine, "juliet")
    juliet.type("/join dev")
    juliet.out.expect("#dev")
    juliet.close_input()
    assert juliet.wait() == 0
    romeo = start_client(
        sandbox, server.port, engine, "--room", "dev", "--name", "romeo"
    )
    romeo.type("one", "two")
    romeo.out.expect("romeo: two")

    laptop = sign_in(sandbox, server, engine, "juliet")
    laptop.expect("#dev 2 | #lobby>")
    laptop.enter("/room dev")

    laptop.expect("-- 2 unread messages in #dev:")
    laptop.expect("romeo: one")
