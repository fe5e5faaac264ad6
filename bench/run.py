"""One cell: one server does one kind of work."""

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

LIMIT: Final = 60  # seconds to come in, to work and to take in what is under way
OVERTIME: Final = 30  # seconds that the generator may take beyond

Cell = dict[str, object]
"""What the generator told of one run."""


def measure(scenario: Scenario, server: Server) -> Cell:
    """Run *server* under *scenario*; a failure is a cell with `failed`."""
    known: Cell = {"scenario": scenario.name, "server": server.name}
    with tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place:
        try:
            with serve(server, Path(place)) as running:
                return {**known, **load(running, scenario.options)}
        except (OSError, RuntimeError, subprocess.TimeoutExpired) as exc:
            return {**known, "failed": str(exc)}


def load(running: Running, options: Options) -> Cell:
    """Let the generator do as *options* say, and return what it prints."""
    with start_load(running, options) as generator:
        return outcome(generator)


@contextmanager
def start_load(running: Running, options: Options) -> Iterator[subprocess.Popen[str]]:
    """Start the generator; it ends with the context, whatever it has yet to do."""
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
    """Wait until the generator has done its work, and return what it printed."""
    told, complaint = generator.communicate(timeout=LIMIT + OVERTIME)
    if not told:
        return {"failed": complaint.strip() or f"exit code {generator.returncode}"}
    try:
        cell: Cell = json.loads(told)
    except ValueError:  # it was ended while it told
        return {"failed": f"the generator told {told[:60]!r}"}
    cpu, took = cell.get("cpu"), cell.get("seconds")
    if isinstance(cpu, float) and isinstance(took, float) and took:
        cell["busy"] = cpu / took  # of the server's core: who waited for whom
    return cell


def command(running: Running, options: Options) -> list[str]:
    """Return the generator's command."""
    asked: Options = {
        "dialect": running.server.dialect,
        "port": running.port,
        "pid": running.process.pid,
        "at-once": running.server.at_once,
        "limit": LIMIT,
        **options,
    }
    words = [(f"--{name}", str(value)) for name, value in asked.items()]
    return [str(BUILD / "load"), *(word for pair in words for word in pair)]
