"""The client without a terminal: in a pipe, with a file, in a script."""

import json
import signal
import subprocess

import pytest

from .launch import ENGINES, joined_name, start_client, start_server
from .sandbox import Sandbox
from .sockets import Listener

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_piped_line_is_sent_and_the_client_ends(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine)

        client.type("hi")
        client.close_input()

        assert client.wait() == 0
        name = client.out.lines[0].split()[1]
        assert peer.expect("hi") == f"{name}: hi"
        assert peer.expect("left") == f"[Server]: {name} has left the chat"
    assert client.out.lines == [
        f"[Server]: {name} has entered the chat",
        f"{name}: hi",
    ]
    assert "\x1b" not in client.err.text


def test_a_last_line_without_a_line_break_is_sent(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine)

    client.feed(b"hi\nthere")
    client.close_input()

    assert client.wait() == 0
    assert client.out.lines[-1].endswith(": there")


def test_history_and_users_are_printed_before_the_end(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        peer.send_messages("first")
        peer.expect("first")
        client = start_client(sandbox, server.port, engine)

        client.type("/history", "/users")
        client.close_input()

        assert client.wait() == 0
        own_notice, counted, first, users = client.out.lines
        assert counted.startswith("[Server]: ")
        assert first == f"{peer.name}: first"
        assert users.startswith("[Server]: ")
        assert peer.name in users
        assert own_notice.split()[1] in users


def test_an_unknown_command_is_not_sent_and_sets_the_exit_code(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine)

        client.type("/jion lobby", "//quit", "  /indented", "after it")
        client.close_input()

        assert client.wait() == 2
        name = client.out.lines[0].split()[1]
        assert peer.expect(name) == f"[Server]: {name} has entered the chat"
        assert peer.expect(name) == f"{name}: /quit"
        assert peer.expect(name) == f"{name}:   /indented"
        assert peer.expect(name) == f"{name}: after it"
    assert "/jion" in client.err.text


def test_an_overlong_line_is_not_sent_and_sets_the_exit_code(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine)

        client.type("x" * 20_000, "after it")
        client.close_input()

        assert client.wait() == 6
        name = client.out.lines[0].split()[1]
        assert peer.expect(name) == f"[Server]: {name} has entered the chat"
        assert peer.expect(name) == f"{name}: after it"
    assert client.err.text


def test_a_client_without_input_receives_until_the_server_disconnects(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine, stdin=subprocess.DEVNULL)
    name = joined_name(client)

    with sandbox.join(server.port) as peer:
        peer.send_messages("anyone?")
        client.out.expect(f"{peer.name}: anyone?")
    server.stop()

    assert client.wait() == 0
    assert client.out.lines[0] == f"[Server]: {name} has entered the chat"
    assert client.out.lines[-1] == "Server disconnected"


def test_a_reader_that_closes_the_output_ends_the_client_quietly(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine)
    joined_name(client)

    client.close_output()
    with sandbox.join(server.port) as peer:
        peer.send_messages("more")
        peer.expect("has left the chat")

    assert client.wait() in (0, 141)
    assert client.err.text == ""


def test_ctrl_c_in_a_pipe_has_exit_code_130(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine)
    joined_name(client)

    client.signal(signal.SIGINT)

    assert client.wait() == 130
    assert "Traceback" not in client.err.text


def test_a_refused_connection_has_exit_code_3(sandbox: Sandbox, engine: str) -> None:
    with Listener() as listener:
        port = listener.port
    client = start_client(sandbox, port, engine)

    assert client.wait() == 3
    assert client.out.text == ""
    assert f"127.0.0.1:{port}" in client.err.text
    assert "refused" in client.err.text
    assert "Traceback" not in client.err.text


def test_a_killed_server_counts_as_disconnected(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine)
    joined_name(client)

    server.program.signal(signal.SIGKILL)

    assert client.wait() == 0
    assert client.out.lines[-1] == "Server disconnected"


def test_unacknowledged_lines_are_reported(sandbox: Sandbox, engine: str) -> None:
    with Listener() as listener:
        client = start_client(sandbox, listener.port, engine)
        client.type("lost")
        with listener.accept() as connection:
            while b"lost" not in connection.recv(4096):
                pass

    assert client.wait() == 5
    assert client.out.lines == ["Server disconnected"]
    assert client.err.text


def test_json_prints_received_lines(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine, "--json")
    client.out.expect('"joined"')

    with sandbox.join(server.port) as peer:
        peer.send_messages("ž\x1b[2J\n[Server]: forged")
        line = client.out.expect("forged")
    server.stop()

    assert client.wait() == 0
    message = json.loads(line)
    assert message["type"] == "message"
    assert message["data"]["source"] == peer.name
    assert message["data"]["message"] == "ž\x1b[2J\n[Server]: forged"
    assert "Server disconnected" not in client.out.text
    assert "Server disconnected" in client.err.text


def test_reads_of_one_byte_give_the_same_chat(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine, "--recv-size", "1")
    one = start_client(sandbox, server.port, engine, "--recv-size", "1")
    other = start_client(sandbox, server.port, engine)
    joined_name(one)
    joined_name(other)

    one.type("/setname Kobzol", "příliš žluťoučký kůň 🐴")

    assert one.out.expect("kůň") == "Kobzol: příliš žluťoučký kůň 🐴"
    assert other.out.expect("kůň") == "Kobzol: příliš žluťoučký kůň 🐴"
