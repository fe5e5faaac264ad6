"""Standard streams that others made strange: non-blocking, full, closed, or not UTF-8.

No input is taken for its end, no output is lost without a word, and no reader that
stopped keeps a program from its end.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from .launch import CLIENT, ENGINES, SERVER, name_of, server_options, start_server
from .process import Program
from .sandbox import Stage
from .sockets import RESET

pytestmark = pytest.mark.parametrize("engine", ENGINES)

NON_BLOCKING = (
    "import os, sys\n"
    "for number in (0, 1, 2): os.set_blocking(number, False)\n"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
TEXT = "x" * 2_000
MANY = 300  # of them are more than a pipe holds, and than a client keeps


def where(port: int, engine: str) -> list[str]:
    return [*CLIENT, "127.0.0.1", str(port), "--engine", engine]


def shell(stage: Stage, redirected: str, *arguments: str) -> Program:
    """Start a Python program with *redirected* streams."""
    command = f'exec "$@" {redirected}'
    return stage.run("/bin/sh", "-c", command, "sh", sys.executable, *arguments)


def fill(pid: int, descriptor: int) -> None:
    """Fill the pipe that is a program's output, as a reader that stopped does."""
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
    stage: Stage, engine: str
) -> None:
    server = start_server(stage, engine)
    with stage.join(server.port) as peer:
        client = stage.run_python("-c", NON_BLOCKING, *where(server.port, engine))
        for text in ("first", "second"):
            client.type(text)
            peer.hear(f": {text}")
        client.close_input()

        assert client.wait() == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_non_blocking_output_gets_every_line(
    stage: Stage, engine: str, unbuffered: str
) -> None:
    server = start_server(stage, engine)
    stage.setenv("PYTHONUNBUFFERED", unbuffered)
    with stage.join(server.port) as peer:
        client = stage.run_python("-c", NON_BLOCKING, *where(server.port, engine))
        client.out.hear("has entered the chat")
        client.out.stand_still()
        for number in range(MANY):
            peer.say(f"{number} {TEXT}")
        peer.hear(f"{MANY - 1} x")
        client.out.go_on()

        client.out.hear(f"{MANY - 1} x")
    told = [line for line in client.out.lines if TEXT in line]
    assert told == [f"{peer.name}: {number} {TEXT}" for number in range(MANY)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_reader_that_stopped_keeps_no_client_from_its_end(
    stage: Stage, engine: str, number: int
) -> None:
    server = start_server(stage, engine)
    with stage.join(server.port) as peer:
        client = stage.run_python(*where(server.port, engine))
        client.out.hear("has entered the chat")
        client.out.stand_still()
        fill(client.pid, 1)
        for count in range(MANY):
            peer.say(f"{count} {TEXT}")
        peer.hear(f"{MANY - 1} x")
        client.signal(number)

        assert client.wait_unread() == 128 + number


@pytest.mark.parametrize(
    ("descriptor", "options"),
    [(1, ["--show-chat", "on"]), (2, ["--log-level", "debug"])],
    ids=["console", "log"],
)
def test_output_that_nobody_reads_keeps_no_server_from_its_end(
    stage: Stage, engine: str, descriptor: int, options: list[str]
) -> None:
    server = start_server(stage, engine, *options)
    stream = server.program.out if descriptor == 1 else server.program.err
    stream.stand_still()
    fill(server.program.pid, descriptor)
    with stage.join(server.port) as peer:
        peer.say("still here")
        peer.hear("still here")
    server.program.signal(signal.SIGTERM)

    assert server.program.wait_unread() == 0


def test_a_console_that_fails_is_told_in_the_log(stage: Stage, engine: str) -> None:
    options = [*server_options(engine), "--show-chat", "on"]
    program = shell(stage, ">/dev/full", *SERVER, *options)
    port = json.loads(program.err.hear('"listening"'))["port"]
    with stage.join(port) as peer:
        peer.say("hello")
        peer.hear("hello")

        assert "No space left on device" in program.err.hear('"console.failed"')
    assert program.stop() == 0


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-", ">&-", "<&-"])
def test_a_server_does_without_a_stream(
    stage: Stage, engine: str, redirected: str
) -> None:
    server = start_server(stage, engine)  # to find a port that is free
    server.stop()
    options = ["--port", str(server.port), "--history", "memory", "--engine", engine]
    program = shell(stage, redirected, *SERVER, *options)
    deadline = time.monotonic() + 20
    while True:
        try:
            peer = stage.meet(server.port)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
    peer.say("hello")
    peer.hear(": hello")

    program.signal(signal.SIGTERM)
    assert program.wait() == 0


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-", ">&-"])
def test_a_client_does_without_a_stream(
    stage: Stage, engine: str, redirected: str
) -> None:
    server = start_server(stage, engine)
    with stage.join(server.port) as peer:
        client = shell(stage, redirected, *where(server.port, engine))
        client.type("hello")
        client.close_input()

        peer.hear(": hello")
        assert client.wait() == 0


def test_a_client_whose_output_is_full_says_so(stage: Stage, engine: str) -> None:
    server = start_server(stage, engine)
    client = shell(stage, ">/dev/full", *where(server.port, engine))

    assert client.wait() == 1
    assert client.err.text == "parlour: cannot go on: No space left on device\n"


def test_an_input_that_cannot_be_read_is_no_end(stage: Stage, engine: str) -> None:
    server = start_server(stage, engine)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        end = socket.create_connection(listener.getsockname())
        other, _ = listener.accept()
    client = stage.run_python(*where(server.port, engine), stdin=end.fileno())
    end.close()
    client.out.hear("has entered the chat")
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    other.close()

    assert client.wait() == 1
    assert client.err.text == "-- Cannot read the input: Connection reset by peer\n"


@pytest.mark.parametrize("variable", ["LC_ALL", "LC_CTYPE", "LANG"])
def test_a_line_in_the_encoding_of_the_locale_is_said_as_it_is_meant(
    stage: Stage, engine: str, variable: str
) -> None:
    server = start_server(stage, engine)
    stage.setenv(variable, "de_DE.ISO-8859-1")
    with stage.join(server.port) as peer:
        client = stage.run_python(*where(server.port, engine))
        client.feed("Grüße\n".encode("latin-1"))
        client.feed("Grüße\n".encode())
        client.close_input()

        assert client.wait() == 0
        assert peer.hear("Gr").endswith(": Grüße")
        assert peer.hear("Gr").endswith(": Grüße")


def test_a_line_that_is_no_text_is_refused(stage: Stage, engine: str) -> None:
    server = start_server(stage, engine)
    with stage.join(server.port) as peer:
        client = stage.run_python(*where(server.port, engine))
        client.feed("Grüße\n".encode("latin-1") + b"after it\n")
        client.close_input()

        assert client.wait() == 6
        name = name_of(client)
        assert peer.hear(name) == f"[Server]: {name} has entered the chat"
        assert peer.hear(name) == f"{name}: after it"
    assert "neither UTF-8 nor in the encoding of your locale" in client.err.text


def test_a_byte_order_mark_at_the_start_is_dropped_and_no_other(
    stage: Stage, engine: str
) -> None:
    server = start_server(stage, engine)
    client = stage.run_python(*where(server.port, engine))
    client.feed("\ufeff/users\n\ufeffhello\n".encode())
    client.close_input()

    assert client.wait() == 0
    _, users, said = client.out.lines
    assert "user" in users
    assert said.endswith(": <U+FEFF>hello")  # as a pipe shows it


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_input_is_refused_once(stage: Stage, engine: str, encoding: str) -> None:
    server = start_server(stage, engine)
    client = stage.run_python(*where(server.port, engine))
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    client.feed(f"{mark}hello\nthere\n".encode(encoding))
    client.close_input()

    assert client.wait() == 6
    assert len(client.out.lines) == 1
    assert client.err.text.count("UTF-16") == 2  # what is wrong, and what to do
    assert len(client.err.lines) == 1


def test_a_name_that_is_no_text_is_refused(stage: Stage, engine: str) -> None:
    server = start_server(stage, engine)
    name = b"Gr\xfc\xdfe"
    stage.setenv("PARLOUR_NAME", os.fsdecode(name))
    client = stage.run_python(*where(server.port, engine))

    assert client.wait() == 2
    assert client.err.text.startswith("parlour: the name is not UTF-8 text")


def test_what_an_output_cannot_encode_is_spelled(stage: Stage, engine: str) -> None:
    server = start_server(stage, engine)
    stage.setenv("PYTHONIOENCODING", "latin-1")
    with stage.join(server.port) as peer:
        client = stage.run_python(*where(server.port, engine), stdin=subprocess.DEVNULL)
        client.out.hear("has entered the chat")
        peer.say("žluť")

        assert client.out.hear("lu").endswith(r": \u017elu\u0165")
