"""System calls for each delivered line, counted by strace where it is installed.

They do not depend on how busy the machine is, but strace slows the server down, so
nothing is timed meanwhile.
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
STRACE_WAIT: Final = 10.0  # seconds until a strace that is asked to end is killed
SENDS: Final = {"write", "writev", "send", "sendto", "sendmsg", "sendmmsg"}
ROW: Final = re.compile(
    r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", re.MULTILINE
)


def is_possible() -> bool:
    """Tell whether strace is installed."""
    return shutil.which("strace") is not None


def measure(server: Server) -> Cell:
    """Return sends, and calls of all kinds, per delivered line when saturated."""
    known: Cell = {"scenario": NAME, "server": server.name}
    with tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place:
        counts = Path(place) / "strace"
        try:
            with serve(server, Path(place)) as running:
                told = _traced(running, counts)
        except (RuntimeError, subprocess.TimeoutExpired) as exc:
            return {**known, "failed": str(exc)}
        text = counts.read_text() if counts.exists() else ""
    calls = {name: int(count) for count, name in ROW.findall(text)}
    calls.pop("total", None)
    heard = told.get("delivered_in_all")
    if not isinstance(heard, int) or heard == 0:
        return {**known, "failed": str(told.get("failed"))}
    if not calls:
        return {**known, "failed": "strace counted nothing: may it trace here?"}
    sends = sum(count for name, count in calls.items() if name in SENDS)
    return {
        **known,
        "sends_per_line": sends / heard,
        "calls_per_line": sum(calls.values()) / heard,
        "most": dict(sorted(calls.items(), key=lambda item: -item[1])[:5]),
    }


def _await_tracer(pid: int) -> None:
    """Wait until *pid* is traced: what is not counted would pass for cheap."""
    late = time.monotonic() + STRACE_WAIT
    status = Path(f"/proc/{pid}/status")
    while "TracerPid:\t0\n" in status.read_text():
        if time.monotonic() > late:
            raise RuntimeError("strace did not begin: may it trace here?")
        time.sleep(0.01)


def _traced(running: Running, counts: Path) -> Cell:
    """Load the server while strace counts; strace ends however the load does."""
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
