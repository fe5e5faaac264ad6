"""The generator of load and the bare loop, with real sockets.

What the generator tells is compared with what a relay in a thread knows to have told.
"""

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.servers import Running, Server, serve
from parlour.client.protocol.requests import Say
from parlour.client.protocol.session_encoder import encode, hello

from .relay import (
    FIRST,
    MARK_SIZE,
    MEMBERS,
    Forgetful,
    Halves,
    LineByLine,
    Mortal,
    Nagling,
    Relay,
    Sessions,
)

ROOT = Path(__file__).parents[2]
QUICK = {"members": MEMBERS, "speakers": 1, "seconds": 0.1, "patience": 0.1}
TIME = 30.0  # seconds that a run may take on a slow machine
STALL = 40_000  # microseconds that a kernel waits before it acknowledges
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both programs; skip where nothing compiles, but where CI decides, fail."""
    missing = "" if shutil.which("cc") else "there is no C compiler (`cc`) here"
    if missing and os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing)
    place = tmp_path_factory.mktemp("built")
    generator = sorted((ROOT / "bench" / "load").glob("*.c"))
    for name, sources in (("load", generator), ("loop", [ROOT / "bench" / "loop.c"])):
        flags = ["-Wall", "-Wextra", "-Werror", "-o", str(place / name)]
        subprocess.run(["cc", *flags, *map(str, sources)], check=True)
    return place


def start(program: Path, port: int, pid: int, **more: object) -> subprocess.Popen[str]:
    """Start the generator on a server."""
    asked = {"dialect": "bare", "port": port, "pid": pid, **QUICK, **more}
    words = [(f"--{name.replace('_', '-')}", str(v)) for name, v in asked.items()]
    return subprocess.Popen(
        [str(program / "load"), *(word for pair in words for word in pair)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(load: subprocess.Popen[str], code: int = 0) -> dict[str, object]:
    """Wait until the generator ends with *code*, and return what it told."""
    out, error = load.communicate(timeout=TIME)
    assert load.returncode == code, out + error
    told: dict[str, object] = json.loads(out)
    return told


def run(program: Path, relay: Relay, **more: object) -> dict[str, object]:
    """Let the generator do its work on *relay*, to the end."""
    with relay.open():
        return end(start(program, relay.port, os.getpid(), **more))


@pytest.fixture
def loop(built: Path, tmp_path: Path) -> Iterator[Running]:
    """The bare loop, running."""
    program = str(built / "loop")
    server = Server("loop", "bare", lambda port, _: [program, str(port)])
    with serve(server, tmp_path) as running:
        yield running


def test_every_line_is_counted_once_wherever_it_is_cut(built: Path) -> None:
    relay = Halves()

    told = run(built, relay, window=1)

    assert relay.told >= MEMBERS * MARK_SIZE  # so that each place was cut at
    assert told["delivered_in_all"] == relay.told
    assert told["lost"] == 0


def test_what_is_lost_is_told(built: Path) -> None:
    relay = Forgetful()

    told = run(built, relay, window=2)

    assert told["lost"] == 1
    assert told["delivered_in_all"] == relay.told


def test_a_write_of_four_lines_is_a_quarter_of_a_write_for_each(
    built: Path, loop: Running
) -> None:
    told = end(start(built, loop.port, loop.process.pid, window=4, batch=4))

    assert told["writes_per_line"] == pytest.approx(0.25, rel=0.1)
    assert told["lost"] == 0


def test_a_write_for_each_line_is_one(built: Path) -> None:
    told = run(built, LineByLine(), window=4, batch=4)

    assert told["writes_per_line"] == pytest.approx(1, rel=0.1)


def test_no_server_waits_for_an_acknowledgement(built: Path) -> None:
    told = run(built, Nagling(), window=1)

    latency = told["latency"]
    assert isinstance(latency, list)
    assert latency[0] < STALL / 2  # the median: half of all must be quick


def test_a_run_in_which_everybody_was_put_out_has_failed(built: Path) -> None:
    relay = Mortal()
    with relay.open():
        told = end(start(built, relay.port, os.getpid(), seconds=TIME), code=2)

    assert told["failed"] == "all members were disconnected"


def test_a_server_that_was_killed_has_failed(built: Path, loop: Running) -> None:
    load = start(built, loop.port, loop.process.pid, seconds=TIME)
    with socket.create_connection(("127.0.0.1", loop.port)) as member:
        assert member.recv(1)  # somebody speaks
        loop.process.kill()

    assert "failed" in end(load, code=2)


def test_a_server_whose_cost_cannot_be_read_has_failed(built: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
        told = end(start(built, 1, ended.pid), code=2)

    assert told["failed"] == "reading what the server used"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"speakers": 5}, "speakers are members"),
        ({"batch": 11}, "a batch is part of a window"),
        ({"dialect": "esperanto"}, "no such dialect"),
        ({"mode": "dance"}, "no such mode"),
        ({"mode": "join"}, "no notices"),
        ({"returners": 1}, "only the session dialect"),
        ({"colour": "red"}, "no such option"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    built: Path, options: dict[str, object], reason: str
) -> None:
    load = start(built, 1, os.getpid(), **options)
    out, error = load.communicate(timeout=TIME)

    assert (load.returncode, out) == (1, "")
    assert reason in error


def test_a_session_speaks_as_our_client_does(built: Path) -> None:
    relay = Sessions()
    run(built, relay, dialect="session", speakers=2, window=4, batch=2)
    ours = json.loads(hello("a token", "", None))["data"]
    line = json.loads(encode(Say("hi"), "1"))
    tokens = {str(said["token"]) for said in relay.hellos}
    ids = [str(data["id"]) for data in map(data_of, relay.lines)]

    assert all(said.keys() == ours.keys() for said in relay.hellos)
    assert len(tokens) == MEMBERS
    assert all(16 <= len(token) <= 128 for token in tokens)
    assert all(said.keys() == line.keys() for said in relay.lines)
    assert all(data_of(said).keys() == data_of(line).keys() for said in relay.lines)
    assert len(ids) == len(set(ids)) > 10


def test_who_returns_has_its_cursor_wherever_the_welcome_is_cut(built: Path) -> None:
    relay = Sessions()
    told = run(built, relay, dialect="session", window=1, returners=1, depth=7)
    last = None
    for place, said in enumerate(relay.hellos):
        if "token" not in said:
            assert said.get("resume") == last
            cursor = {"epoch": "an epoch", "sequence": FIRST + place - 7}
            last = {"lobby": cursor}

    assert len(relay.hellos) > MEMBERS + 10
    assert told["without_cursor"] == 0


def data_of(said: dict[str, object]) -> dict[str, object]:
    """Return the data of a line."""
    data = said["data"]
    assert isinstance(data, dict)
    return data


def test_the_loop_lets_go_of_a_member_that_was_reset(loop: Running) -> None:
    with (
        socket.create_connection(("127.0.0.1", loop.port)) as stuck,
        socket.create_connection(("127.0.0.1", loop.port)) as other,
    ):
        for _ in range(256):  # 16 MB are more than the kernel keeps for one
            echo(other, 65536)
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        before = descriptors(loop)
        stuck.close()
        echo(other, 1)
        echo(other, 1)

        assert descriptors(loop) == before - 1


def echo(member: socket.socket, size: int) -> None:
    """Say so many bytes and hear them."""
    member.sendall(bytes(size))
    while size:
        size -= len(member.recv(size))


def descriptors(running: Running) -> int:
    """Return how many files a server has open."""
    return len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))
