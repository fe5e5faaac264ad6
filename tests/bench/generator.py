"""Running the load generator against a relay."""

import json
import os
import subprocess
from pathlib import Path

from .relay import MEMBERS, Relay

QUICK = {"members": MEMBERS, "speakers": 1, "seconds": 0.1, "patience": 20}
TIME = 30.0  # seconds that a run may take on a slow machine


def start(
    program: Path, port: int, *pids: int, **more: object
) -> subprocess.Popen[str]:
    """Start the generator against a server with the processes *pids*."""
    options = {"dialect": "bare", "port": port, **QUICK, **more}
    pairs = [(f"--{name.replace('_', '-')}", str(v)) for name, v in options.items()]
    pairs += [("--pid", str(pid)) for pid in pids]
    return subprocess.Popen(
        [str(program / "load"), *(word for pair in pairs for word in pair)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(load: subprocess.Popen[str], code: int = 0) -> dict[str, object]:
    """Wait until the generator ends with *code*, and return its report."""
    out, error = load.communicate(timeout=TIME)
    assert load.returncode == code, out + error
    report: dict[str, object] = json.loads(out)
    return report


def run(program: Path, relay: Relay, **more: object) -> dict[str, object]:
    """Run the generator against *relay* to its end; return its report."""
    with relay.open():
        return end(start(program, relay.port, os.getpid(), **more))
