"""The choice of cores, the search for programs, and signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import machine
from bench.machine import Cores
from bench.servers import Server

ROOT = Path(__file__).parents[2]
SERVING_PROGRAM = """
import signal, sys, tempfile
from pathlib import Path
from bench.machine import prepare
from bench.servers import TEXTBOOK, serve

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored
prepare()
with tempfile.TemporaryDirectory(dir=sys.argv[1]) as place:
    with serve(TEXTBOOK, Path(place)) as running:
        print(running.process.pid, flush=True)
        while True:
            signal.pause()
"""


@pytest.mark.parametrize(
    ("free", "siblings", "chosen"),
    [
        ([0, 1, 2, 3], "0-1\n", Cores(0, 2)),
        ([0, 1, 2, 3], "0,2\n", Cores(0, 1)),
        ([2, 3, 66], "2,66\n", Cores(2, 3)),
        ([0, 1], "0\n", Cores(0, 1)),
        ([0, 1], "0-1\n", Cores(0, 1)),
        ([0, 1, 2], "", Cores(0, 1)),
        ([3], "3\n", Cores(3, 3)),
    ],
)
def test_the_generator_gets_a_core_of_its_own_if_there_is_one(
    free: list[int], siblings: str, chosen: Cores
) -> None:
    assert machine.choose(free, siblings) == chosen


@pytest.mark.parametrize(
    ("cores", "siblings", "relation"),
    [
        (Cores(0, 2), "0-1\n", "apart"),
        (Cores(0, 1), "", "apart"),
        (Cores(0, 1), "0-1\n", "siblings of one core"),
        (Cores(0, 0), "0\n", "THE SAME: one core only"),
    ],
)
def test_the_facts_describe_the_distance_of_the_two_cores(
    cores: Cores, siblings: str, relation: str
) -> None:
    assert machine.relation(cores, siblings) == relation


def test_a_server_is_found_in_the_directories_of_system_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "sbin" / "toyd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho toyd 1.0\n")
    program.chmod(0o755)
    server = Server("toy", "irc", lambda *_: ["toyd"], version=("toyd", "--version"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server.is_missing

    monkeypatch.setattr(machine, "SYSTEM_PLACES", (str(program.parent),))
    machine.search_system_places()

    assert not server.is_missing
    assert server.read_version() == "toyd 1.0"
    assert subprocess.run(server.command(0, tmp_path), check=True).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_server_and_removes_its_directory(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", SERVING_PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as bench:
        assert bench.stdout is not None
        server = int(bench.stdout.readline())
        assert list(tmp_path.iterdir())

        bench.send_signal(number)

        code = bench.wait(10)
    with pytest.raises(ProcessLookupError):
        os.kill(server, signal.SIGKILL)  # ends it if it is still there
    assert not list(tmp_path.iterdir())
    assert code == 128 + number
