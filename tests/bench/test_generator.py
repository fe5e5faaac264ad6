"""The load generator and the bare loop, with real sockets.

The generator's counts are compared with those of a relay in a thread.
"""

import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bench.servers import Running
from parlour.client.protocol.requests import Say
from parlour.client.protocol.session_encoder import encode, hello

from .generator import TIME, end, run, start
from .relay import (
    FIRST,
    MARK_SIZE,
    MEMBERS,
    Dropping,
    Ending,
    Halves,
    LineByLine,
    Nagling,
    Sessions,
)

STALL = 40_000  # microseconds that a kernel waits before it acknowledges
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


def test_every_line_is_counted_once_wherever_it_is_split(built: Path) -> None:
    relay = Halves()

    report = run(built, relay, window=1)

    # So that a line was cut at each byte of the mark.
    assert relay.delivered >= MEMBERS * MARK_SIZE
    assert report["delivered_in_all"] == relay.delivered
    assert report["lost"] == 0


def test_lost_lines_are_reported(built: Path) -> None:
    relay = Dropping()

    report = run(built, relay, window=2, patience=0.1)

    assert report["lost"] == 1
    assert report["delivered_in_all"] == relay.delivered


def test_a_write_of_four_lines_counts_as_a_quarter_per_line(
    built: Path, loop: Running
) -> None:
    report = end(start(built, loop.port, loop.process.pid, window=4, batch=4))

    assert report["writes_per_line"] == pytest.approx(0.25, rel=0.1)
    assert report["lost"] == 0


def test_a_write_for_each_line_counts_as_one(built: Path) -> None:
    report = run(built, LineByLine(), window=4, batch=4)

    assert report["writes_per_line"] == pytest.approx(1, rel=0.1)


def test_the_generator_acknowledges_at_once(built: Path) -> None:
    report = run(built, Nagling(), window=1)

    latency = report["latency"]
    assert isinstance(latency, list)
    assert latency[0] < STALL / 2  # the median: half of all must be quick


def test_a_run_whose_members_were_all_disconnected_has_failed(built: Path) -> None:
    relay = Ending()
    with relay.open():
        report = end(start(built, relay.port, os.getpid(), seconds=TIME), code=2)

    assert report["failed"] == "all members were disconnected"


def test_a_run_whose_server_was_killed_has_failed(built: Path, loop: Running) -> None:
    load = start(built, loop.port, loop.process.pid, seconds=TIME)
    with socket.create_connection(("127.0.0.1", loop.port)) as member:
        assert member.recv(1)  # a speaker has started
        loop.process.kill()

    assert "failed" in end(load, code=2)


def test_a_run_whose_cpu_time_cannot_be_read_has_failed(built: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        report = end(start(built, 1, ended.pid), code=2)

    assert report["failed"] == "cannot read the resources of the server"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"speakers": 5}, "more speakers than members"),
        ({"batch": 11}, "--batch must be"),
        ({"dialect": "esperanto"}, "unknown dialect"),
        ({"mode": "dance"}, "unknown mode"),
        ({"mode": "join"}, "a dialect with notices"),
        ({"returners": 1}, "need the session dialect"),
        ({"mode": "handshake"}, "needs --tls 1"),
        ({"tls": 2}, "--tls must be"),
        ({"colour": "red"}, "unknown option"),
    ],
)
def test_invalid_options_are_refused(
    built: Path, options: dict[str, object], reason: str
) -> None:
    load = start(built, 1, os.getpid(), **options)
    out, error = load.communicate(timeout=TIME)

    assert (load.returncode, out) == (1, "")
    assert reason in error


def test_sessions_of_one_room_send_the_fields_of_our_client_without_the_room(
    built: Path,
) -> None:
    relay = Sessions()
    run(built, relay, dialect="session", speakers=2, window=4, batch=2)
    ours = json.loads(hello("a token", "", ["lobby"], {}).line)["data"]
    line = json.loads(encode(Say("hi", "lobby"), "1"))
    del ours["rooms"], line["data"]["room"]  # as for servers with one room
    tokens = {str(request["token"]) for request in relay.hellos}
    ids = [str(data["id"]) for data in map(data_of, relay.lines)]

    assert all(request.keys() == ours.keys() for request in relay.hellos)
    assert len(tokens) == MEMBERS
    assert all(16 <= len(token) <= 128 for token in tokens)
    assert all(request.keys() == line.keys() for request in relay.lines)
    assert all(
        data_of(request).keys() == data_of(line).keys() for request in relay.lines
    )
    assert len(ids) == len(set(ids)) > 10


def test_a_returning_member_resumes_wherever_its_welcome_is_split(
    built: Path,
) -> None:
    relay = Sessions()
    report = run(built, relay, dialect="session", window=1, returners=1, depth=7)
    last = None
    for number, sent in enumerate(relay.hellos):
        if "token" not in sent:
            assert sent.get("resume") == last
            cursor = {"epoch": "an epoch", "sequence": FIRST + number - 7}
            last = {"lobby": cursor}

    assert len(relay.hellos) > MEMBERS + 10
    assert report["without_cursor"] == 0


def data_of(request: dict[str, object]) -> dict[str, object]:
    """Return the data of a line."""
    data = request["data"]
    assert isinstance(data, dict)
    return data


def test_the_bare_loop_closes_a_connection_that_was_reset(loop: Running) -> None:
    with (
        socket.create_connection(("127.0.0.1", loop.port)) as stuck,
        socket.create_connection(("127.0.0.1", loop.port)) as other,
    ):
        for _ in range(256):  # 16 MB are more than the kernel buffers for one
            echo(other, 65536)
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        before = descriptors(loop)
        stuck.close()
        echo(other, 1)
        echo(other, 1)

        assert descriptors(loop) == before - 1


def echo(member: socket.socket, size: int) -> None:
    """Send *size* bytes and receive them."""
    member.sendall(bytes(size))
    while size:
        size -= len(member.recv(size))


def descriptors(running: Running) -> int:
    """Return the number of open files of a server."""
    return len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))
