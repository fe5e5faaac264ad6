"""A server under faults: no descriptors, full disks, blocked outputs, bad peers."""

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import TLSPeer

from .event_loop import TIMEOUT
from .floods import Pair
from .launch import (
    ENGINES,
    SERVER,
    Server,
    listening_port,
    server_options,
    start_server,
)
from .process_usage import descriptors_of
from .sandbox import Sandbox
from .secure_server import start_secure_server
from .sockets import RESET

pytestmark = pytest.mark.parametrize("engine", ENGINES)

TICKS = os.sysconf("SC_CLK_TCK")
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
SMALL_DISK = """
mount -t tmpfs -o size=2m tmpfs "$1" && head -c 1M /dev/zero > "$1/ballast" || exit
shift
exec "$@"
"""
QUIET = 1.0  # seconds over which the processor time is measured


def cpu_seconds(server: Server) -> float:
    """Return the processor time of the server in seconds."""
    stat = Path(f"/proc/{server.program.pid}/stat").read_text().rpartition(")")[2]
    user, system = stat.split()[11:13]
    return (int(user) + int(system)) / TICKS


def limit_descriptors(server: Server, more: int) -> None:
    """Limit the server to *more* descriptors than it has open."""
    count = descriptors_of(server.program.pid) + more
    _, hard = resource.prlimit(server.program.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.program.pid, resource.RLIMIT_NOFILE, (count, hard))


def test_a_server_without_free_descriptors_neither_spins_nor_stops(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    romeo = sandbox.connect(server.port)
    romeo.expect("has entered the chat")
    limit_descriptors(server, 0)
    connections = [
        socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)
    ]
    before = cpu_seconds(server)
    sandbox.connect(server.port)
    select.select([], [], [], QUIET)
    used = cpu_seconds(server) - before

    assert used < QUIET / 4
    romeo.send_messages("still here")
    assert romeo.expect("still here") == f"{romeo.name}: still here"
    assert server.program.err.text.count("accept.failed") <= 1

    for connection in connections:
        connection.close()
    limit_descriptors(server, 100)
    juliet = sandbox.connect(server.port)
    juliet.send_messages("there is room again")
    assert romeo.expect("room again") == f"{juliet.name}: there is room again"
    server.stop()


def test_no_port_spins_without_free_descriptors(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    history = tmp_path / "chat.db"
    server, ports = start_secure_server(sandbox, engine, history, localhost_pair())
    pair = Pair(ports.plain)
    pair.p99(2)
    limit_descriptors(server, 0)
    connections = [
        socket.create_connection(("127.0.0.1", port)) for port in ports for _ in "123"
    ]
    before = cpu_seconds(server)
    select.select([], [], [], QUIET)
    used = cpu_seconds(server) - before

    assert used < QUIET / 4
    pair.p99(2)
    for connection in connections:
        connection.close()
    limit_descriptors(server, 100)
    TLSPeer(ports.tls).close()
    assert request_page(ports.page).startswith(b"HTTP/1.1 200 ")
    pair.close()
    server.stop()
    assert server.program.err.text.count("accept.failed") <= len(ports)


def request_page(port: int) -> bytes:
    """Load a page, and return the start of the response."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as sock:
        sock.sendall(b"GET /rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return sock.recv(100)


def test_a_full_disk_refuses_messages_until_it_has_space_again(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    """The disk is in a mount namespace of the server, for which nobody has to be root.

    /proc/PID/root leads to its files.
    """
    if subprocess.run([*NAMESPACE, "true"], check=False).returncode:
        pytest.skip("no mount namespaces for users on this machine: no full disk")
    program = sandbox.run(
        *(*NAMESPACE, "sh", "-c", SMALL_DISK, "sh", str(tmp_path)),
        *(sys.executable, *SERVER, *server_options(engine)),
        *("--history", str(tmp_path / "chat.db")),
    )
    server = Server(program, listening_port(program.err.expect('"listening"')))
    romeo, juliet = sandbox.join(server.port), sandbox.join(server.port)
    while not any("the disk is full" in line for line in romeo.lines):
        count = len(romeo.lines)
        romeo.send_messages("x" * 4000)
        romeo.expect_more_than(count)
    juliet.expect("the disk is full")
    juliet.take_name("Juliet")
    sandbox.join(server.port)

    Path(f"/proc/{program.pid}/root{tmp_path}/ballast").unlink()
    romeo.send_messages("there is space again")
    juliet.expect("there is space again")
    server.stop()
    assert "Traceback" not in program.err.text


def test_a_blocked_standard_output_does_not_delay_the_chat(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine, "--show-chat", "on")
    server.program.out.pause_reading()
    romeo = sandbox.connect(server.port)
    text = "x" * 4000
    for start in range(0, 1600, 20):
        romeo.send_messages(
            *[f"{number} {text}" for number in range(start, start + 20)]
        )
        romeo.expect(f": {start + 19} ")

    server.program.out.resume_reading()
    romeo.send_messages("the end")
    assert server.program.out.expect("the end") == f"{romeo.name}: the end"
    assert "you fell behind and missed" in server.program.out.text
    server.stop()


def test_a_full_disk_ends_the_trace_but_not_the_chat(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine, "--trace", "/dev/full")
    romeo, juliet = sandbox.connect(server.port), sandbox.connect(server.port)
    for peer in (romeo, juliet):
        peer.expect(f"{peer.name} has entered the chat")

    # One by one, since the order in which two clients are read is undefined.
    for peer in (romeo, juliet):
        peer.send_messages("hello")
        assert juliet.expect(f"{peer.name}: ") == f"{peer.name}: hello"
    server.stop()
    assert server.program.err.text.count('"trace.failed"') == 1
    assert "Traceback" not in server.program.err.text


def test_a_trace_to_a_pipe_that_nobody_reads_does_not_delay_the_chat(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    server = start_server(sandbox, engine, "--trace", str(pipe))
    romeo = sandbox.connect(server.port)
    romeo.expect("has entered the chat")

    for number in range(40):  # more than the buffer of a pipe
        romeo.send_messages(f"{number} {'x' * 4000}")
        romeo.expect(f": {number} ")

    server.stop()


def test_a_trace_contains_the_last_line_to_a_rejected_client(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    path = tmp_path / "trace"
    server = start_server(sandbox, engine, "--trace", str(path))
    with socket.create_connection(("127.0.0.1", server.port), 10) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        received = b"".join(iter(lambda: sock.recv(65_536), b""))
    server.stop()

    lines = path.read_text().splitlines()
    assert received
    assert lines[0].endswith(r" 1 > GET / HTTP/1.1\r")
    assert lines[-1].endswith(f" 1 < {received.decode().splitlines()[-1]}")


def test_a_trace_contains_no_token_and_no_forged_line(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    path = tmp_path / "trace"
    path.touch(mode=0o644)
    server = start_server(sandbox, engine, "--trace", str(path), "--max-line", "4096")
    with socket.create_connection(("127.0.0.1", server.port), 10) as sock:
        sock.sendall(
            b'{"type":"hello","data":{"version":1,"\\u0074oken":"SECRET789abcdef"}}\n'
            b"\x1b[2J\r2026-01-01T00:00:00.000+00:00 1 < forged\n"
            + b"x" * 100_000
            + b'\n{"type":"bye"}\n'
        )
        while sock.recv(65_536):
            pass
    server.stop()

    text = path.read_bytes().decode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "SECRET" not in text
    assert r" > \x1b[2J\r2026-01-01T00:00:00.000+00:00 1 < forged" + "\n" in text
    assert "x (95,904 more bytes of this line were cut)\n" in text
    assert all(char == "\n" or char.isprintable() for char in text)


def test_cursors_ahead_of_the_history_do_not_flood_the_log(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    epoch = ""
    for number in range(30):
        hello: dict[str, object] = {"version": 1, "token": f"{number:020}"}
        if epoch:
            cursor = {"epoch": epoch, "sequence": 10**12 + number}
            hello["resume"] = {"lobby": cursor}
        with (
            socket.create_connection(("127.0.0.1", server.port), 10) as sock,
            sock.makefile("rb") as lines,
        ):
            sock.sendall(json.dumps({"type": "hello", "data": hello}).encode() + b"\n")
            welcome = json.loads(lines.readline())
            assert welcome["type"] == "welcome"
            epoch = welcome["data"]["rooms"]["lobby"]["epoch"]
            sock.sendall(b'{"type":"bye"}\n')
            lines.read()
    server.stop()

    logged = [json.loads(line) for line in server.program.err.lines]
    behind = [line for line in logged if line["event"] == "history.behind"]
    assert [line["level"] for line in behind] == ["warning"] * 2
    assert [line.get("repeated", 1) for line in behind] == [1, 28]
    assert behind[1]["read"] == 10**12 + 29
    assert not [line for line in logged if line["level"] == "error"]


def test_a_server_works_with_closed_streams(sandbox: Sandbox, engine: str) -> None:
    command = [sys.executable, *SERVER, *server_options(engine), "--show-chat", "on"]
    program = sandbox.run("/bin/sh", "-c", 'exec "$0" "$@" <&- >&-', *command)
    port = listening_port(program.err.expect('"listening"'))
    romeo = sandbox.connect(port)
    romeo.send_messages("hello")

    assert romeo.expect(": hello") == f"{romeo.name}: hello"
    assert program.stop() == 0


def test_a_connection_reset_before_it_is_accepted_is_ignored(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    romeo = sandbox.connect(server.port)
    romeo.expect("has entered the chat")
    server.program.signal(signal.SIGSTOP)
    for _ in range(35):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    server.program.signal(signal.SIGCONT)

    romeo.send_messages("hello")
    assert romeo.expect(": hello") == f"{romeo.name}: hello"
    server.stop()
    assert "Traceback" not in server.program.err.text
