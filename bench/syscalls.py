"""System calls per delivered line, counted by strace if it is installed.

They do not depend on the load of the machine, but strace slows the server down, so no
times are measured meanwhile.
"""

import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from .machine import BUILD
from .run import Cell, load
from .scenarios import Options
from .servers import Running, Server, serve

NAME: Final = "system calls"
WORK: Final[Options] = {"members": 200, "seconds": 2}
STRACE_WAIT: Final = 10.0  # seconds for strace to end before it is killed
SENDS: Final = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg"}
ROW: Final = re.compile(
    r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", re.MULTILINE
)


def is_possible() -> bool:
    """Return whether strace is installed."""
    return shutil.which("strace") is not None


def measure(server: Server) -> Cell:
    """Return the sends, and all calls, per delivered line at full load."""
    known: Cell = {"scenario": NAME, "server": server.name}
    with tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place:
        counts = Path(place) / "strace"
        try:
            with serve(server, Path(place)) as running:
                cell = _traced(running, counts)
        except (RuntimeError, subprocess.TimeoutExpired) as exc:
            return {**known, "failed": str(exc)}
        text = counts.read_text() if counts.exists() else ""
    calls = {name: int(count) for count, name in ROW.findall(text)}
    calls.pop("total", None)
    delivered = cell.get("delivered_in_all")
    if not isinstance(delivered, int) or delivered == 0:
        return {**known, "failed": str(cell.get("failed"))}
    if not calls:
        return {
            **known,
            "failed": "strace counted nothing: is it allowed to trace here?",
        }
    sends = sum(count for name, count in calls.items() if name in SENDS)
    return {
        **known,
        "sends_per_line": sends / delivered,
        "calls_per_line": sum(calls.values()) / delivered,
        "most": dict(sorted(calls.items(), key=lambda item: -item[1])[:5]),
    }


def _await_tracer(pid: int) -> None:
    """Wait until *pid* is traced, so that all calls are counted."""
    late = time.monotonic() + STRACE_WAIT
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0\n" in status.read_text():
        if time.monotonic() > late:
            raise RuntimeError("strace did not start: is it allowed to trace here?")
        time.sleep(0.01)


def _traced(running: Running, counts: Path) -> Cell:
    """Put the server under load while strace counts, and then end strace."""
    pid = str(running.process.pid)
    command = ["strace", "-c", "-f", "-q", "-o", str(counts), "-p", pid]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as strace:
        try:
            _await_tracer(running.process.pid)
            return load(running, WORK)
        finally:
            strace.send_signal(signal.SIGINT)
            try:
                strace.wait(STRACE_WAIT)
            except subprocess.TimeoutExpired:
                strace.kill()
