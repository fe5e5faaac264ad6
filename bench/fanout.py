"""What a delivered line costs the server: processor time, and writes.

Members sit in a room and read; speakers say a batch of lines and say the next when
they have heard their own last one. The server is a process of its own, on a core of
its own where there are two, and so is the bare loop that it is compared with: the
same fan-out without any chat, one send per member for each batch that was read.

Print one line per run and the medians. Nothing is switched off: the limits, the
history, the names and the log are as by default.
"""

import argparse
import json
import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
TEXT = "x" * 64

SERVERS = {
    "bare loop": [str(Path(__file__).with_name("bare_loop.py"))],
    "async": [str(ROOT / "server.py"), "--engine", "async"],
    "threads": [str(ROOT / "server.py"), "--engine", "threads"],
}


class Result(NamedTuple):
    """One run: CPU of the server in microseconds, and writes, per delivered line."""

    cpu: float
    rate: float
    """Lines delivered in a second."""
    writes: float | None


class Member:
    """A connection that counts the lines it receives; a speaker says more, too."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setblocking(False)
        self.lines = 0

    def read(self) -> int:
        """Read what has come and return how many lines that completes."""
        lines = self.sock.recv(1 << 18).count(b"\n")
        self.lines += lines
        return lines


@contextmanager
def serve(command: list[str]) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run a server and return its port and process."""
    options = [] if "bare_loop" in command[0] else ["--log-format", "json"]
    process = subprocess.Popen(
        [sys.executable, *command, "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        port = json.loads(process.stderr.readline())["port"]
        if len(os.sched_getaffinity(0)) > 1:
            os.sched_setaffinity(process.pid, {0})
        yield port, process
    finally:
        process.terminate()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS


def writes_per_line(process: subprocess.Popen[str]) -> float | None:
    """Ask a Parlour server for its page of state."""
    process.send_signal(signal.SIGUSR1)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"told +([\d,]+) events in ([\d,]+) writes", line):
            events, writes = (int(number.replace(",", "")) for number in found.groups())
            return writes / events
    return None


def measure(
    name: str, members: int, speakers: int, window: int, seconds: float
) -> Result:
    """Run one server with so many members for so long."""
    batch = (json.dumps({"type": "message", "data": TEXT}) + "\n").encode() * window
    with serve(SERVERS[name]) as (port, process):
        crowd = [Member(port) for _ in range(members)]
        selector = selectors.DefaultSelector()
        for member in crowd:
            selector.register(member.sock, selectors.EVENT_READ, member)
        settle(selector, 0.5)
        delivered, said = 0, 0
        cpu, start = cpu_seconds(process.pid), time.monotonic()
        for member in crowd:
            member.lines = 0
        due = dict.fromkeys(crowd[:speakers], 0)  # lines it must have heard first
        while time.monotonic() - start < seconds:
            for member, needed in due.items():
                if member.lines >= needed:
                    member.sock.send(batch)
                    said += window
                    due[member] = said
            for key, _ in selector.select(0.1):
                delivered += key.data.read()
        while delivered < said * members:
            for key, _ in selector.select(1.0):
                delivered += key.data.read()
        took, used = time.monotonic() - start, cpu_seconds(process.pid) - cpu
        writes = None if name == "bare loop" else writes_per_line(process)
        for member in crowd:
            member.sock.close()
    return Result(used / delivered * 1e6, delivered / took, writes)


def settle(selector: selectors.BaseSelector, quiet: float) -> None:
    """Read the notices of all who came, until nothing comes for a while."""
    while ready := selector.select(quiet):
        for key, _ in ready:
            key.data.read()


def main() -> None:
    """Measure in turn, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--speakers", type=int, default=10)
    parser.add_argument("--window", type=int, default=20, help="lines said at once")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {1})
    results: dict[str, list[Result]] = {name: [] for name in SERVERS}
    for run in range(args.runs):
        for name in SERVERS:  # in turn, so that a drift of the machine hits all
            result = measure(
                name, args.members, args.speakers, args.window, args.seconds
            )
            results[name].append(result)
            print(f"run {run + 1}  {row(name, result)}")
    bare = statistics.median(result.cpu for result in results["bare loop"])
    for name, runs in results.items():
        cpu = statistics.median(result.cpu for result in runs)
        print(f"median {name:10} {cpu:6.3f} us per line, {cpu / bare:5.2f} x bare loop")


def row(name: str, result: Result) -> str:
    """Return one run as a line for people."""
    writes = "" if result.writes is None else f", {result.writes:.4f} writes per line"
    return f"{name:10} {result.cpu:6.3f} us, {result.rate:12,.0f} lines/s{writes}"


if __name__ == "__main__":
    main()
