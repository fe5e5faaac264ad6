"""One measurement: one server and one kind of work."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .machine import BUILD, cores, pinned
from .scenarios import Options, Scenario
from .servers import Running, Server, serve

LIMIT: Final = 60  # seconds to join, work and drain
OVERTIME: Final = 30  # seconds that the generator may take in addition

Cell = dict[str, object]
"""The output of the generator for one run."""


def measure(scenario: Scenario, server: Server) -> Cell:
    """Measure *server* under *scenario*; a failure has the key `failed`."""
    known: Cell = {"scenario": scenario.name, "server": server.name}
    with tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place:
        try:
            with serve(server, Path(place)) as running:
                return {**known, **load(running, scenario.options)}
        except (OSError, RuntimeError, subprocess.TimeoutExpired) as exc:
            return {**known, "failed": str(exc)}


def load(running: Running, options: Options) -> Cell:
    """Run the generator with *options*, and return its output."""
    with start_load(running, options) as generator:
        return outcome(generator)


@contextmanager
def start_load(running: Running, options: Options) -> Iterator[subprocess.Popen[str]]:
    """Start the generator; it is killed at the end of the context."""
    with subprocess.Popen(
        pinned(cores().generator, command(running, options)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as generator:
        try:
            yield generator
        finally:
            generator.kill()


def outcome(generator: subprocess.Popen[str]) -> Cell:
    """Wait for the generator to finish, and return its output."""
    output, error = generator.communicate(timeout=LIMIT + OVERTIME)
    if not output:
        return {"failed": error.strip() or f"exit code {generator.returncode}"}
    try:
        cell: Cell = json.loads(output)
    except ValueError:  # it was killed while it printed
        return {"failed": f"the generator printed {output[:60]!r}"}
    cpu, took = cell.get("cpu"), cell.get("seconds")
    if isinstance(cpu, float) and isinstance(took, float) and took:
        # Near 1, the generator waited for the server; far below, the server waited.
        cell["busy"] = cpu / took
    return cell


def command(running: Running, options: Options) -> list[str]:
    """Return the command of the generator."""
    asked: Options = {
        "dialect": running.server.dialect,
        "port": running.port,
        "at-once": running.server.at_once,
        "limit": LIMIT,
        "tls": int(running.server.has_tls),
        **options,
    }
    words = [(f"--{name}", str(value)) for name, value in asked.items()]
    words += [("--pid", str(pid)) for pid in running.pids]
    return [str(BUILD / "load"), *(word for pair in words for word in pair)]
