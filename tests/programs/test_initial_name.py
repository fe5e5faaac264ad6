"""The options --name and --any-name of a client in a pipe."""

import signal

import pytest

from .launch import ENGINES, start_client, start_server
from .sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.parametrize(
    ("number", "more"),
    [
        (signal.SIGINT, []),
        (signal.SIGKILL, []),
        (signal.SIGINT, ["--reconnect"]),
    ],
)
def test_a_killed_client_can_start_again_under_its_name_at_once(
    sandbox: Sandbox, engine: str, number: int, more: list[str]
) -> None:
    server = start_server(sandbox, engine)
    name = ["--name", "builder", *more]
    client = start_client(sandbox, server.port, engine, *name)
    client.type("one")
    client.out.expect("builder: one")
    with sandbox.join(server.port) as peer:
        client.signal(number)
        client.wait()

        again = start_client(sandbox, server.port, engine, *name)
        again.type("two")
        again.close_input()

        assert again.wait() == 0
        assert peer.expect("two") == "builder: two"


@pytest.mark.parametrize(
    ("name", "fault"),
    [("", "is blank"), (" \u3000", "is blank"), ("x" * 20_000, "is too long")],
)
def test_nothing_is_sent_with_an_invalid_name(
    sandbox: Sandbox, engine: str, name: str, fault: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine, "--name", name)
        client.type("deploy")
        client.close_input()

        assert client.wait() == 6
        assert f"the name {fault}" in client.err.text

        other = start_client(sandbox, server.port, engine, "--name", "", "--any-name")
        other.type("anyway")
        other.close_input()
        assert other.wait() == 0
        peer.expect("anyway")
    assert not [line for line in peer.lines if "deploy" in line]


def test_a_client_whose_reader_closed_its_output_releases_its_name(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    name = ["--name", "builder", "--reconnect"]
    client = start_client(sandbox, server.port, engine, *name)
    client.out.expect_user("builder")
    client.close_output()
    client.type("one")
    client.wait_without_reading()

    again = start_client(sandbox, server.port, engine, *name)
    again.type("two")
    again.close_input()

    assert again.wait() == 0


@pytest.mark.parametrize("dialect", ["auto", "plain"])
def test_a_refused_name_ends_the_client_before_it_sends_a_message(
    sandbox: Sandbox, engine: str, dialect: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        options = ["--name", peer.name, "--dialect", dialect]
        client = start_client(sandbox, server.port, engine, *options)
        client.type("hello")
        client.close_input()

        assert client.wait() == 6
        assert "-- The name " in client.err.text
        peer.send_messages("the end")
        line = peer.expect("the end")
        assert line == f"{peer.name}: the end"
        assert not any(": hello" in line for line in client.out.lines)


def test_any_name_continues_after_a_refused_name(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        options = ["--name", peer.name, "--any-name"]
        client = start_client(sandbox, server.port, engine, *options)
        client.type("hello")
        client.close_input()

        assert client.wait() == 0
        assert "was refused: continuing without it" in client.err.text
        peer.expect(": hello")


def test_name_sets_the_initial_nickname(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine, "--name", "Kobzol")

        client.type("hello")
        client.close_input()

        assert client.wait() == 0
        assert peer.expect("hello") == "Kobzol: hello"
