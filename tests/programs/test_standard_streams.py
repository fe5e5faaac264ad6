"""Unusual standard streams: non-blocking, full, closed, or not UTF-8.

A program does not mistake missing input for its end, never drops output silently, and
ends even if the reader of its output has stopped.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from .launch import CLIENT, ENGINES, SERVER, joined_name, server_options, start_server
from .process import Program
from .sandbox import Sandbox
from .sockets import RESET

pytestmark = pytest.mark.parametrize("engine", ENGINES)

NON_BLOCKING = (
    "import os, sys\n"
    "for number in (0, 1, 2): os.set_blocking(number, False)\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
TEXT = "x" * 2_000
MANY = 300  # more of these texts than a pipe and a client buffer


def client_command(port: int, engine: str) -> list[str]:
    return [*CLIENT, "127.0.0.1", str(port), "--engine", engine]


def run_redirected(sandbox: Sandbox, redirected: str, *arguments: str) -> Program:
    """Start a Python program with *redirected* streams."""
    command = f'exec "$@" {redirected}'
    return sandbox.run("/bin/sh", "-c", command, "sh", sys.executable, *arguments)


def fill(pid: int, descriptor: int) -> None:
    """Fill the pipe of a program's output, as if its reader had stopped."""
    path = f"/proc/{pid}/fd/{descriptor}"
    pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        for size in (4_096, 1):
            while True:
                try:
                    os.write(pipe, b"\n" * size)
                except BlockingIOError:
                    break
    finally:
        os.close(pipe)


def test_later_lines_of_a_non_blocking_input_are_sent(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(
            "-c", NON_BLOCKING, *client_command(server.port, engine)
        )
        for text in ("first", "second"):
            client.type(text)
            peer.expect(f": {text}")
        client.close_input()

        assert client.wait() == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_non_blocking_output_gets_every_line(
    sandbox: Sandbox, engine: str, unbuffered: str
) -> None:
    server = start_server(sandbox, engine)
    sandbox.setenv("PYTHONUNBUFFERED", unbuffered)
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(
            "-c", NON_BLOCKING, *client_command(server.port, engine)
        )
        client.out.expect("has entered the chat")
        client.out.pause_reading()
        for number in range(MANY):
            peer.send_messages(f"{number} {TEXT}")
        peer.expect(f"{MANY - 1} x")
        client.out.resume_reading()

        client.out.expect(f"{MANY - 1} x")
    received = [line for line in client.out.lines if TEXT in line]
    assert received == [f"{peer.name}: {number} {TEXT}" for number in range(MANY)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_client_whose_reader_has_stopped(
    sandbox: Sandbox, engine: str, number: int
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(*client_command(server.port, engine))
        client.out.expect("has entered the chat")
        client.out.pause_reading()
        fill(client.pid, 1)
        for count in range(MANY):
            peer.send_messages(f"{count} {TEXT}")
        peer.expect(f"{MANY - 1} x")
        client.signal(number)

        assert client.wait_without_reading() == 128 + number


@pytest.mark.parametrize(
    ("descriptor", "options"),
    [(1, ["--show-chat", "on"]), (2, ["--log-level", "debug"])],
    ids=["console", "log"],
)
def test_a_signal_ends_a_server_whose_output_is_not_read(
    sandbox: Sandbox, engine: str, descriptor: int, options: list[str]
) -> None:
    server = start_server(sandbox, engine, *options)
    stream = server.program.out if descriptor == 1 else server.program.err
    stream.pause_reading()
    fill(server.program.pid, descriptor)
    with sandbox.join(server.port) as peer:
        peer.send_messages("still here")
        peer.expect("still here")
    server.program.signal(signal.SIGTERM)

    assert server.program.wait_without_reading() == 0


def test_a_failing_console_is_logged(sandbox: Sandbox, engine: str) -> None:
    options = [*server_options(engine), "--show-chat", "on"]
    program = run_redirected(sandbox, ">/dev/full", *SERVER, *options)
    port = json.loads(program.err.expect('"listening"'))["port"]
    with sandbox.join(port) as peer:
        peer.send_messages("hello")
        peer.expect("hello")

        assert "No space left on device" in program.err.expect('"console.failed"')
    assert program.stop() == 0


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-", ">&-", "<&-"])
def test_a_server_works_without_a_standard_stream(
    sandbox: Sandbox, engine: str, redirected: str
) -> None:
    server = start_server(sandbox, engine)  # to find a free port
    server.stop()
    options = ["--port", str(server.port), "--history", "memory", "--engine", engine]
    program = run_redirected(sandbox, redirected, *SERVER, *options)
    deadline = time.monotonic() + 20
    while True:
        try:
            peer = sandbox.connect(server.port)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
    peer.send_messages("hello")
    peer.expect(": hello")

    program.signal(signal.SIGTERM)
    assert program.wait() == 0


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-", ">&-"])
def test_a_client_works_without_a_standard_stream(
    sandbox: Sandbox, engine: str, redirected: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = run_redirected(
            sandbox, redirected, *client_command(server.port, engine)
        )
        client.type("hello")
        client.close_input()

        peer.expect(": hello")
        assert client.wait() == 0


def test_a_client_reports_a_full_output(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = run_redirected(sandbox, ">/dev/full", *client_command(server.port, engine))

    assert client.wait() == 1
    assert client.err.text == "parlour: cannot continue: No space left on device\n"


def test_a_failed_read_of_the_input_is_an_error(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        input_end = socket.create_connection(listener.getsockname())
        other, _ = listener.accept()
    client = sandbox.run_python(
        *client_command(server.port, engine), stdin=input_end.fileno()
    )
    input_end.close()
    client.out.expect("has entered the chat")
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    other.close()

    assert client.wait() == 1
    assert client.err.text == "-- Cannot read the input: Connection reset by peer\n"


@pytest.mark.parametrize("variable", ["LC_ALL", "LC_CTYPE", "LANG"])
def test_a_line_in_the_encoding_of_the_locale_is_decoded(
    sandbox: Sandbox, engine: str, variable: str
) -> None:
    server = start_server(sandbox, engine)
    sandbox.setenv(variable, "de_DE.ISO-8859-1")
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(*client_command(server.port, engine))
        client.feed("Grüße\n".encode("latin-1"))
        client.feed("Grüße\n".encode())
        client.close_input()

        assert client.wait() == 0
        assert peer.expect("Gr").endswith(": Grüße")
        assert peer.expect("Gr").endswith(": Grüße")


def test_a_line_that_is_not_text_is_refused(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(*client_command(server.port, engine))
        client.feed("Grüße\n".encode("latin-1") + b"after it\n")
        client.close_input()

        assert client.wait() == 6
        name = joined_name(client)
        assert peer.expect(name) == f"[Server]: {name} has entered the chat"
        assert peer.expect(name) == f"{name}: after it"
    assert "neither UTF-8 nor in the encoding of your locale" in client.err.text


def test_only_a_byte_order_mark_at_the_start_is_dropped(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = sandbox.run_python(*client_command(server.port, engine))
    client.feed("\ufeff/users\n\ufeffhello\n".encode())
    client.close_input()

    assert client.wait() == 0
    _, users, message = client.out.lines
    assert "user" in users
    assert message.endswith(": <U+FEFF>hello")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_utf_16_and_utf_32_input_is_refused_once(
    sandbox: Sandbox, engine: str, encoding: str
) -> None:
    server = start_server(sandbox, engine)
    client = sandbox.run_python(*client_command(server.port, engine))
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    client.feed(f"{mark}hello\nthere\n".encode(encoding))
    client.close_input()

    assert client.wait() == 6
    assert len(client.out.lines) == 1
    # Once in the error, and once in the command that helps.
    assert client.err.text.count("UTF-16") == 2
    assert len(client.err.lines) == 1


def test_a_name_that_is_not_text_is_refused(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    name = b"Gr\xfc\xdfe"
    sandbox.setenv("PARLOUR_NAME", os.fsdecode(name))
    client = sandbox.run_python(*client_command(server.port, engine))

    assert client.wait() == 2
    assert client.err.text.startswith("parlour: the name is not UTF-8 text")


def test_characters_that_the_output_cannot_encode_are_escaped(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    sandbox.setenv("PYTHONIOENCODING", "latin-1")
    with sandbox.join(server.port) as peer:
        client = sandbox.run_python(
            *client_command(server.port, engine), stdin=subprocess.DEVNULL
        )
        client.out.expect("has entered the chat")
        peer.send_messages("žluť")

        assert client.out.expect("lu").endswith(r": \u017elu\u0165")
