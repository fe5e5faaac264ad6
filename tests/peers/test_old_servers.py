"""Our client, with both engines, on old servers."""

import json
import subprocess

import pytest

from tests.programs.launch import ENGINES, start_client
from tests.programs.sandbox import Sandbox
from tests.programs.sockets import Listener, reset

from .old_programs import start_old_server

SERVERS = ["twisted_server", "threaded_server", "student_server"]
TYPED = [
    "žluťoučký kůň 🐴",
    "",
    "   ",
    "//slash",
    "x" * 20_000,
    'say "hi" \\ and\ttab',
    "/setname Kobzol",
    "/history",
    "/users",
    "last",
]
SENT = [
    ("message", "žluťoučký kůň 🐴"),
    ("message", "/slash"),
    ("message", 'say "hi" \\ and\ttab'),
    ("set-name", "Kobzol"),
    ("history", ""),
    ("users", ""),
    ("message", "last"),
]

pytestmark = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.parametrize("old", SERVERS)
def test_our_lines_are_within_the_limits_of_old_servers(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_old_server(sandbox, old)
    ours = start_client(sandbox, server.port, engine)
    name = server.joined()
    with sandbox.connect(server.port) as peer:
        ours.out.expect(peer.name)

        ours.type(*TYPED)

        assert peer.expect("kůň") == f"{name}: žluťoučký kůň 🐴"
        assert peer.expect("last") == "Kobzol: last"
        peer.send_messages("and you?")
        assert ours.out.expect("and you?") == f"{peer.name}: and you?"
    received = [line for line in server.received() if b'"and you?"' not in line]
    assert all(line.isascii() and len(line) <= 16_384 for line in received)
    messages = [json.loads(line) for line in received]
    assert [(m["type"], m["data"]) for m in messages if m["type"] != "hello"] == SENT


@pytest.mark.parametrize("old", ["twisted_server", "threaded_server"])
def test_requests_about_rooms_are_not_sent_to_an_old_server(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_old_server(sandbox, old)
    ours = start_client(sandbox, server.port, engine)
    server.joined()

    ours.type("/join dev", "to dev", "/room lobby", "/msg Bob secret", "/rooms", "last")
    ours.close_input()

    assert ours.out.expect("last")
    assert ours.wait() == 6
    for refused in ("Not possible", "Not sent to #dev", "Not sent: this server has no"):
        assert refused in ours.err.text
    sent = [json.loads(line) for line in server.received()]
    assert [m["data"] for m in sent if m["type"] != "hello"] == ["last"]


@pytest.mark.parametrize("old", SERVERS)
def test_a_client_for_other_rooms_leaves_an_old_server(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_old_server(sandbox, old)
    ours = start_client(sandbox, server.port, engine, "--room", "dev")
    server.joined()

    ours.type("to dev")

    assert ours.wait() == 3
    assert "leave out --room" in ours.err.text
    assert not any(b"to dev" in line for line in server.received())


@pytest.mark.parametrize("old", SERVERS)
def test_the_client_reports_that_an_old_server_disconnected(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_old_server(sandbox, old)
    ours = start_client(sandbox, server.port, engine, stdin=subprocess.DEVNULL)
    server.joined()

    server.program.stop()

    assert ours.wait() == 0
    assert ours.out.lines[-1] == "Server disconnected"


def test_a_history_in_one_huge_line_is_shown(sandbox: Sandbox, engine: str) -> None:
    server = start_old_server(sandbox, "threaded_server")
    with sandbox.connect(server.port) as peer:
        peer.send_messages(*[f"{number} {'x' * 100}" for number in range(900)])
        peer.expect("899")
    ours = start_client(sandbox, server.port, engine)

    ours.type("/history")
    ours.close_input()

    assert ours.wait() == 0
    answer = next(line for line in ours.out.lines if "899 xxx" in line)
    assert len(answer) > 90_000
    assert "'0 xxx" in answer


def test_an_answer_with_a_line_break_is_shown_with_its_source(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_old_server(sandbox, "threaded_server")
    ours = start_client(sandbox, server.port, engine)
    name = server.joined()

    ours.type("/users")

    answer = ours.out.expect("List of users")
    assert answer.startswith("[Server]: List of users")
    assert name in answer


def test_the_client_ends_if_a_server_never_answers(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_old_server(sandbox, "twisted_server")
    ours = start_client(sandbox, server.port, engine)

    ours.type("hello", "/history", "/users")
    ours.close_input()

    assert ours.wait() == 0
    assert ours.out.expect("hello").endswith(": hello")


def test_a_line_without_an_echo_is_delivered_and_reported_as_unacknowledged(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_old_server(sandbox, "student_server")
    with sandbox.connect(server.port) as peer:
        server.joined()
        ours = start_client(sandbox, server.port, engine)
        name = server.joined()

        ours.type("hello")
        ours.close_input()

        assert peer.expect("hello") == f"{name}: hello"
        assert ours.wait() == 5


def test_sources_and_texts_that_are_not_strings_keep_the_connection(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_old_server(sandbox, "student_server")
    ours = start_client(sandbox, server.port, engine)
    server.joined()

    with sandbox.connect(server.port) as peer:
        for odd in ["null", "NaN", "[1, {}]", "{}", "7", "true", '"a\\nb\\u001b[2J"']:
            peer.send(f'{{"type": "message", "data": {odd}}}\n'.encode())
            peer.send(f'{{"type": "set-name", "data": {odd}}}\n'.encode())
        peer.send(b'{"type": "set-name", "data": "Kobzol"}\n')
        peer.send_messages("still here")

        assert ours.out.expect("still") == "Kobzol: still here"
    assert "\x1b" not in ours.out.text


def test_invalid_lines_from_a_server_are_ignored(sandbox: Sandbox, engine: str) -> None:
    good = b'{"type": "message", "data": {"source": "a", "message": "b"}}\n'
    odd = b'\n{}\nnull\n[]\n"a"\n{"type": "message"}\n{"type":\n\xff\xfe\n'
    with Listener() as listener:
        ours = start_client(sandbox, listener.port, engine, stdin=subprocess.DEVNULL)
        with listener.accept() as connection:
            connection.sendall(odd + b'{"type": "news", "data": 1}\r\n' + good)

    assert ours.wait() == 0
    assert "a: b" in ours.out.lines
    assert ours.out.lines[-1] == "Server disconnected"


def test_a_connection_closed_without_data_is_reported_as_disconnected(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_old_server(sandbox, "twisted_server", "--alone")
    with sandbox.connect(server.port) as peer:
        peer.expect("has entered the chat")

        ours = start_client(sandbox, server.port, engine, stdin=subprocess.DEVNULL)

        assert ours.wait() == 0
        assert ours.out.lines == ["Server disconnected"]


def test_a_reset_is_reported_as_disconnected(sandbox: Sandbox, engine: str) -> None:
    with Listener() as listener:
        ours = start_client(sandbox, listener.port, engine)
        connection = listener.accept()
        connection.sendall(b'{"type": "message", "data": ')
        connection.sendall(b'{"source": "a", "message": "b"}}\n')
        ours.out.expect("a: b")
        reset(connection)

    assert ours.wait() == 0
    assert ours.out.lines == ["a: b", "Server disconnected"]


def test_a_reset_before_the_welcome_is_reported_as_disconnected(
    sandbox: Sandbox, engine: str
) -> None:
    with Listener() as listener:
        ours = start_client(sandbox, listener.port, engine)
        reset(listener.accept())

    assert ours.wait() == 0
    assert ours.out.lines == ["Server disconnected"]
