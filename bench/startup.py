"""The start-up times of the two programs."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from .machine import BUILD, ROOT, cores, pinned
from .run import Cell
from .servers import OURS, Server, serve

NAME: Final = "start-up"


def measure_start(server: Server) -> Cell:
    """Start *server* and return the seconds until it listens."""
    with tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place:
        started_at = time.monotonic()
        try:
            with serve(server, Path(place)):
                took = time.monotonic() - started_at
        except RuntimeError as exc:
            return {"scenario": NAME, "server": server.name, "failed": str(exc)}
    return {"scenario": NAME, "server": server.name, "seconds": took}


def measure_help() -> Cell:
    """Return the seconds that `client.py --help` takes."""
    command = pinned(
        cores().server, [sys.executable, str(ROOT / "client.py"), "--help"]
    )
    known: Cell = {"scenario": NAME, "server": "client.py --help"}
    started_at = time.monotonic()
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    took = time.monotonic() - started_at
    if done.returncode:
        return {**known, "failed": f"exit code {done.returncode}"}
    return {**known, "seconds": took}


def measure_all() -> list[Cell]:
    """Measure each variant of the server, and the client, once."""
    forms = [s for s in OURS if s.dialect != "session"]
    return [*map(measure_start, forms), measure_help()]
