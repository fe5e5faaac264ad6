"""Where the server's time goes: py-spy for Python's functions, perf for all else.

`python -m bench.profiles` writes a table for each of some loads, and a flame graph.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from .machine import BUILD, RESULTS, cores, description, prepare
from .run import load
from .runs import SERVERS
from .scenarios import Options
from .servers import Running, serve

SECONDS: Final = 5
SETTLE: Final = 2  # seconds until the load has come in
SHOWN: Final = 14
FRAME: Final = re.compile(r"(\([^()]*):\d+\)$")  # its line
ABOVE: Final = ("serve (", "Runner.run (", "Thread._bootstrap", "Thread.run (")
PY_SPY: Final = Path(sys.executable).with_name("py-spy")
WORKS: Final[dict[str, Options]] = {
    "saturated-200": {"members": 200},
    "saturated-1000": {"members": 1000},
    "paced-200-500": {"members": 200, "rate": 500},
    "bursts-200": {"members": 200, "window": 20, "batch": 10},
    "inbound": {"members": 10, "window": 1000, "batch": 50},
}


class Share(NamedTuple):
    """How much of the time is spent in a place."""

    place: str
    share: float


def main() -> None:
    """Profile each server under each load that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiles")
    parser.add_argument("--server", action="append", choices=SERVERS)
    parser.add_argument("--work", action="append", choices=WORKS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    args = parser.parse_args()
    prepare()
    args.results.mkdir(parents=True, exist_ok=True)
    lines = ["# Where the time goes", ""]
    lines += [f"- {name}: {fact}" for name, fact in description().items()]
    for server in args.server or ["async", "async, SQLite", "threads"]:
        for work in args.work or ["saturated-200", "saturated-1000", "paced-200-500"]:
            print(f"{server}, {work} ...", file=sys.stderr, flush=True)
            lines += ["", f"## {server}, {work}", *profile(server, work, args.results)]
    (args.results / "profiles.md").write_text("\n".join(lines) + "\n")


def profile(name: str, work: str, results: Path) -> list[str]:
    """Return the tables of one server under one load, and draw its flame graph."""
    lines: list[str] = []
    graph = results / f"flame-{name.replace(', ', '-').lower()}-{work}.svg"
    options: Options = {**WORKS[work], "seconds": 5 * SECONDS + SETTLE}
    with (
        tempfile.TemporaryDirectory(dir=BUILD, ignore_cleanup_errors=True) as place,
        serve(SERVERS[name], Path(place)) as running,
        ThreadPoolExecutor(1) as pool,
    ):
        loading = pool.submit(load, running, options)
        subprocess.run(["sleep", str(SETTLE)], check=True)
        if shutil.which("perf"):
            found = _perf(running, Path(place))
            lines += [
                "",
                "| perf: whose code | share |",
                "| --- | --- |",
                *_rows(found),
            ]
        raw = _py_spy(running, "raw", Path(place) / "raw")
        stacks = raw.read_text() if raw.exists() else ""
        lines += ["", "| py-spy: in this function itself | share |", "| --- | --- |"]
        lines += _rows(own_times(stacks))
        lines += ["", "| py-spy: in it and what it calls | share |", "| --- | --- |"]
        lines += _rows(whole_times(stacks))
        _py_spy(running, "flamegraph", graph)
        told = loading.result()
    cost = told.get("per_line")
    drawn = f"[flame graph]({graph.name})" if graph.exists() else "py-spy failed"
    return [*lines, "", f"{cost} us per line meanwhile; {drawn}"]


def _py_spy(running: Running, form: str, path: Path) -> Path:
    """Sample a while on the generator's core, so that the server keeps its own."""
    command = [str(PY_SPY), "record", "--nonblocking", "--rate", "400"]
    where = ["--pid", str(running.process.pid), "--duration", str(SECONDS)]
    what = ["--format", form, "--output", str(path)]
    subprocess.run(
        ["taskset", "-c", str(cores().generator), *command, *where, *what],
        check=False,  # with hundreds of threads it may lose its way; then say so
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
    """Return each stack, from where the driver begins, and how often it was seen."""
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


def _perf(running: Running, place: Path) -> list[Share]:
    """Return the share of samples in the kernel and in each library."""
    data = str(place / "perf")
    who = ["-p", str(running.process.pid)]
    run = ["perf", "record", "-q", "-F", "999", "-o", data, *who]
    subprocess.run(
        [*run, "--", "sleep", str(SECONDS)], check=False, capture_output=True
    )
    told = subprocess.run(
        ["perf", "report", "-i", data, "--stdio", "--sort", "dso", "-q"],
        check=False,
        capture_output=True,
        text=True,
    ).stdout
    rows = [line.split(None, 1) for line in told.splitlines() if "%" in line]
    shares = [Share(row[1].strip(), float(row[0].rstrip("%")) / 100) for row in rows]
    return [share for share in shares if share.share >= 0.01]


def _rows(shares: list[Share]) -> list[str]:
    return [f"| `{place}` | {share:.1%} |" for place, share in shares]


if __name__ == "__main__":
    main()
