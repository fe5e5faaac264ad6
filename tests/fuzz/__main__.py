"""Fuzz the targets in turn, each for a bounded time: `make fuzz`.

Prints a row for each target. A finding is written to `build/fuzz/found`, with the
command that replays it, and the exit code is 1. What reaches new code goes to
`build/fuzz/corpus`, and with --merge the best of it to the repository.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.fuzz.inputs import (
    HERE,
    MAX_INPUT,
    MAX_INPUTS,
    corpus_file,
    inputs_of,
    read_inputs,
    unpack,
    write_inputs,
)
from tests.fuzz.table import TARGETS

BUILD: Final = HERE.parents[1] / "build" / "fuzz"
SECONDS: Final = 60  # of each target
GRACE: Final = 600  # seconds more: to import what is measured, and to read the corpus
COVERAGE: Final = re.compile(r"^#(\d+)\s+(\w+).*? cov: (\d+)", re.MULTILINE)


class Outcome(NamedTuple):
    """What one run has done."""

    executions: int
    seconds: float
    coverage: tuple[int, int]
    """The points of the code that were reached: by the corpus, and at the end."""
    new: int
    """Inputs that reached new code."""
    found: list[Path]
    output: str


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--only", nargs="+", choices=TARGETS, metavar="TARGET")
    parser.add_argument("--seed", type=int, help="of the mutations")
    parser.add_argument("--merge", action="store_true", help="change the corpus")
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options().parse_args(arguments)
    if chosen.replay:
        name, file = chosen.replay
        TARGETS[name].fuzz(Path(file).read_bytes())
        print(f"{name}: no finding")
        return 0
    seed = random.SystemRandom().getrandbits(31) if chosen.seed is None else chosen.seed
    print(f"fuzz: seed {seed}, {chosen.seconds} s each")
    print(
        f"{'target':<12}{'runs':>11}{'a second':>10}{'coverage':>14}{'new':>6}  found"
    )
    findings: list[tuple[str, Path]] = []
    for name in chosen.only or TARGETS:
        outcome = fuzz(name, chosen.seconds, seed)
        show(name, outcome)
        findings += [(name, path) for path in outcome.found]
        if chosen.merge:
            merge(name)
    for name, path in findings:
        file = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        print(f"replay: {sys.executable} -m tests.fuzz --replay {name} {file}")
    return 1 if findings else 0


def show(name: str, outcome: Outcome) -> None:
    """Print the row of a target, and the traceback of what was found."""
    first, last = outcome.coverage
    speed = outcome.executions / max(outcome.seconds, 1e-9)
    print(
        f"{name:<12}{outcome.executions:>11,}{speed:>10,.0f}{first:>7,} {last:>6,}"
        f"{outcome.new:>6,}  {len(outcome.found)}",
        flush=True,
    )
    if outcome.found:
        print(outcome.output, flush=True)


def fuzz(name: str, seconds: int, seed: int) -> Outcome:
    """Fuzz one target in a process of its own."""
    corpus, found = BUILD / "corpus" / name, BUILD / "found" / name
    unpack(inputs_of(name), corpus)
    found.mkdir(parents=True, exist_ok=True)
    words = BUILD / f"{name}.dict"
    words.write_text("".join(f"{_quoted(each)}\n" for each in TARGETS[name].words))
    flags = [
        *(f"-max_total_time={seconds}", f"-seed={seed}", f"-dict={words}"),
        *(f"-max_len={TARGETS[name].max_size}", f"-artifact_prefix={found}/"),
        *("-rss_limit_mb=2048", "-print_final_stats=1"),
    ]
    before, known = set(found.iterdir()), len(list(corpus.iterdir()))
    started_at = time.monotonic()
    output, code = _run(name, corpus, seconds + GRACE, flags)
    points = [(int(runs), int(cov)) for runs, _, cov in COVERAGE.findall(output)]
    executed = re.search(r"number_of_executed_units: *(\d+)", output)
    new_files = sorted(set(found.iterdir()) - before)
    if code and not new_files:
        raise SystemExit(f"fuzz: {name} did not run:\n{output[-4_000:]}")
    return Outcome(
        int(executed[1]) if executed else (points[-1][0] if points else 0),
        time.monotonic() - started_at,
        (points[0][1], points[-1][1]) if points else (0, 0),
        max(0, len(list(corpus.iterdir())) - known),
        new_files,
        _traceback(output),
    )


def _run(
    name: str, corpus: Path, timeout: float, flags: Sequence[str]
) -> tuple[str, int]:
    """Run the engine; return what it printed, and its exit code."""
    process = subprocess.Popen(
        [*engine(name), str(corpus), *flags],
        cwd=HERE.parents[1],
        env=os.environ | {"PYTHONHASHSEED": "0", "TZ": "UTC"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        output += f"it did not end within {timeout:.0f} s"
    return output, process.returncode


def engine(name: str) -> list[str]:
    """Return the command that runs a target under Atheris.

    It imports only the modules that the target needs, since measuring takes long.
    """
    module = TARGETS[name].fuzz.__module__
    return [sys.executable, "-m", "tests.fuzz.engine", module, name]


def merge(name: str) -> None:
    """Let the corpus in the repository be the smallest inputs that reach most code."""
    corpus, best = BUILD / "corpus" / name, BUILD / "merged" / name
    subprocess.run(["rm", "-rf", str(best)], check=True)
    best.mkdir(parents=True)
    subprocess.run(
        [
            *(*engine(name), "-merge=1"),
            *(str(best), str(corpus), f"-max_len={MAX_INPUT}"),
        ],
        cwd=HERE.parents[1],
        capture_output=True,
        check=True,
    )
    merged = [path.read_bytes() for path in best.iterdir()]
    smallest = sorted((data for data in merged if len(data) <= MAX_INPUT), key=len)
    kept = set(read_inputs(corpus_file(name)))  # what somebody wrote stays
    step = max(1, len(smallest) // max(1, MAX_INPUTS - len(kept)))
    for data in smallest[::step]:
        if len(kept) < MAX_INPUTS:
            kept.add(data)
    write_inputs(corpus_file(name), kept)


def _quoted(word: bytes) -> str:
    """Return a word as the dictionaries of libFuzzer have it."""
    return (
        '"'
        + "".join(
            chr(each)
            if 0x20 <= each < 0x7F and each not in b'"\\'
            else f"\\x{each:02x}"
            for each in word
        )
        + '"'
    )


def _traceback(output: str) -> str:
    """Return the part of the output that says what was found."""
    start = output.find(" === Uncaught Python exception")
    return output[start : start + 6_000] if start >= 0 else output[-6_000:]


if __name__ == "__main__":
    sys.exit(main())
