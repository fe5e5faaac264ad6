"""Profiles of the server: py-spy for Python functions, perf for everything else.

`python -m bench.profiles` writes tables for several loads, and flame graphs.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from .machine import BUILD, RESULTS, cores, description, pinned, prepare
from .run import outcome, start_load
from .runs import SERVERS
from .scenarios import SCENARIOS, Options
from .servers import Running, serve

SECONDS: Final = 5
SHOWN: Final = 14
SYMBOLS: Final = 12
LEAST: Final = 0.01
FRAME: Final = re.compile(r"(\([^()]*):\d+\)$")  # a frame with its line number
PERF_ROW: Final = re.compile(r" *([\d.]+)% +(.+?)(?: +- +-)? *$")  # IPC may be empty
ABOVE: Final = ("serve (", "Runner.run (", "Thread._bootstrap", "Thread.run (")
# The title, which contains a command.
TITLE: Final = re.compile(r'(<text id="title"[^>]*>)[^<]*(</text>)')
PY_SPY: Final = Path(sys.executable).with_name("py-spy")
WORKS: Final[dict[str, Options]] = {
    one.name: one.options for one in SCENARIOS if "mode" not in one.options
}
DRAWN: Final = "saturated-200"
"""The work of the flame graphs, one for each server."""
DEFAULT_WORK: Final[dict[str, tuple[str, ...]]] = {
    "async": ("saturated-200", "saturated-1000", "small-windows", "paced-200-500"),
    "async, SQLite": (DRAWN,),
    "async, sessions": (DRAWN, "rooms-1000"),
    "threads": (DRAWN, "paced-200-500"),
}


class Share(NamedTuple):
    """The share of the time that is spent in one place."""

    place: str
    share: float


def options() -> argparse.ArgumentParser:
    """Return the options of this program."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiles")
    parser.add_argument("--server", action="append", default=[], choices=SERVERS)
    parser.add_argument("--work", action="append", default=[], choices=WORKS)
    where = "default: bench/results, or bench/build/results for a part"
    parser.add_argument("--results", type=Path, metavar="DIRECTORY", help=where)
    return parser


def main() -> None:
    """Profile the chosen servers under the chosen loads."""
    args = options().parse_args()
    prepare()
    is_whole = not (args.server or args.work)
    results: Path = args.results or (RESULTS if is_whole else BUILD / "results")
    results.mkdir(parents=True, exist_ok=True)
    lines = ["# Where the time goes", ""]
    lines += [f"- {name}: {fact}" for name, fact in description().items()]
    if not shutil.which("perf"):
        lines += ["- **perf is not installed: there are no figures of the kernel**"]
    for server, work in chosen_work(args.server, args.work):
        print(f"{server}, {work} ...", file=sys.stderr, flush=True)
        lines += ["", f"## {server}, {work}"]
        try:
            lines += profile(server, work, results)
        except (RuntimeError, subprocess.TimeoutExpired) as exc:
            lines += ["", f"**failed: {exc}**"]
    (results / "profiles.md").write_text("\n".join(lines) + "\n")
    print(f"written to {results}/profiles.md", file=sys.stderr)


def chosen_work(servers: Sequence[str], works: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of server and work to profile, by default the usual ones."""
    return [
        (server, work)
        for server in servers or DEFAULT_WORK
        for work in works or DEFAULT_WORK.get(server, (DRAWN,))
    ]


def profile(name: str, work: str, results: Path) -> list[str]:
    """Return the tables of one server under one load, and draw its flame graph."""
    options: Options = {**WORKS[work], "seconds": 5 * SECONDS}
    with (
        tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place,
        serve(SERVERS[name], Path(place)) as running,
        start_load(running, options) as generator,
    ):
        _await_work(generator)
        lines = _perf(running, Path(place)) if shutil.which("perf") else []
        raw = _py_spy(running, "raw", Path(place) / "raw")
        stacks = raw.read_text() if raw.exists() else ""
        lines += _table("py-spy: in this function itself", own_times(stacks))
        lines += _table("py-spy: in it and what it calls", whole_times(stacks))
        drawn = _draw(running, results) if work == DRAWN else ""
        cell = outcome(generator)
    cost = cell.get("failed") or f"{cell.get('per_line')} us per line meanwhile"
    return [*lines, "", f"{cost}{drawn}"]


def _await_work(generator: subprocess.Popen[str]) -> None:
    """Wait until the generator says that all members have joined."""
    assert generator.stderr is not None
    if not generator.stderr.readline():
        raise RuntimeError(f"the generator ended at once: {outcome(generator)}")


def _draw(running: Running, results: Path) -> str:
    name = running.server.name.replace(", ", "-").lower()
    graph = _py_spy(running, "flamegraph", results / f"flame-{name}.svg")
    title = rf"\g<1>{running.server.name}, {DRAWN}\g<2>"
    drawn = graph.read_text() if graph.exists() else ""
    graph.unlink(missing_ok=True)
    if not TITLE.search(drawn):  # with hundreds of threads, it draws an error
        return "; py-spy could not draw a graph"
    graph.write_text(TITLE.sub(title, drawn))
    return f"; [flame graph]({graph.name})"


def _py_spy(running: Running, form: str, path: Path) -> Path:
    """Sample for a while, on the generator's core."""
    path.unlink(missing_ok=True)  # an old one could be mistaken for it
    command = [str(PY_SPY), "record", "--nonblocking", "--rate", "400"]
    where = ["--pid", str(running.process.pid), "--duration", str(SECONDS)]
    what = ["--format", form, "--output", str(path)]
    subprocess.run(
        pinned(cores().generator, [*command, *where, *what]),
        check=False,  # with hundreds of threads it may fail
        capture_output=True,
    )
    return path


def own_times(stacks: str) -> list[Share]:
    """Return the share of samples by the innermost function."""
    counts: Counter[str] = Counter()
    for stack, count in _stacks(stacks):
        counts[stack[-1]] += count
    return _shares(counts, sum(counts.values()))


def whole_times(stacks: str) -> list[Share]:
    """Return the share of samples by any function in the stack."""
    counts: Counter[str] = Counter()
    total = 0
    for stack, count in _stacks(stacks):
        total += count
        for place in set(stack):
            counts[place] += count
    return _shares(counts, total)


def _stacks(text: str) -> list[tuple[list[str], int]]:
    """Return each stack below the driver's entry, and its number of samples."""
    found = []
    for line in text.splitlines():
        names, _, count = line.rpartition(" ")
        stack = [FRAME.sub(r"\1)", name) for name in names.split(";")]
        starts = [i for i, name in enumerate(stack) if name.startswith(ABOVE)]
        found.append((stack[max(starts, default=-1) + 1 :] or stack[-1:], int(count)))
    return found


def _shares(counts: Counter[str], total: int) -> list[Share]:
    most = counts.most_common(SHOWN)
    return [Share(place, count / max(total, 1)) for place, count in most]


def _perf(running: Running, place: Path) -> list[str]:
    """Return the shares by binary, and by function of the kernel and of C."""
    data = str(place / "perf")
    who = ["-p", str(running.process.pid)]
    run = ["perf", "record", "-q", "-F", "999", "-o", data, *who]
    subprocess.run(
        [*run, "--", "sleep", str(SECONDS)], check=False, capture_output=True
    )
    owners = [one for one in _reported(data, "dso") if one.share >= LEAST]
    symbols = _reported(data, "symbol")[:SYMBOLS]
    return [*_table("perf: whose code", owners), *_table("perf: which", symbols)]


def _reported(data: str, by: str) -> list[Share]:
    command = ["perf", "report", "-i", data, "--stdio", "--sort", by, "-q"]
    report = subprocess.run(command, check=False, capture_output=True, text=True)
    return perf_shares(report.stdout)


def perf_shares(report: str) -> list[Share]:
    """Return the entries of a report of perf, in its order."""
    rows = [found for line in report.splitlines() if (found := PERF_ROW.match(line))]
    return [Share(row[2], float(row[1]) / 100) for row in rows]


def _table(head: str, shares: list[Share]) -> list[str]:
    rows = [f"| `{place}` | {share:.1%} |" for place, share in shares]
    return ["", f"| {head} | share |", "| --- | --- |", *rows]


if __name__ == "__main__":
    main()
