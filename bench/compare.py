"""Interleaved measurements of this checkout and another.

Each pair of measurements is one of both, seconds apart, in the order A B B A: what the
machine does meanwhile affects both alike. The generator is always that of this
checkout, and both run the same Python; only the servers differ. A figure is worse only
if the whole interval of its ratio lies beyond what is allowed.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from .figures import Figures
from .intervals import LEAST_PAIRS, Interval, ratio
from .machine import ROOT, commit, description
from .run import Cell, measure
from .scenarios import SCENARIOS, Scenario
from .servers import OURS, Server, interpreter, variants

NAME: Final = "compare.json"
PAIRS: Final = 15
OTHER: Final = ", other"
"""After the name of a server of the other checkout."""
MOST: Final = ("async, sessions", "async, sessions, SQLite", "threads")
WORKS: Final[dict[str, tuple[str, ...]]] = {
    "saturated-200": ("async", "async, SQLite", *MOST),
    "saturated-1000": MOST,
    "paced-200-500": ("async", *MOST),
    "small-windows": ("async", *MOST),
    "inbound": ("async", "async, SQLite", "async, sessions, SQLite", "threads"),
    "idle-1000": ("async", "async, sessions", "threads"),
}
"""What is compared unless something else is chosen: the figures of one room."""

BUILD_OF_PYTHON: Final = "import sys; print(sys.version, 'in', sys.base_prefix)"

Report = Callable[[str], None]
Work = tuple[Scenario, Server]


class Measure(NamedTuple):
    """A figure that is compared."""

    key: str
    name: str
    allowed: float
    """The ratio beyond which it is worse: that of costs, if above 1, or of speeds."""


COST: Final = Measure("per_line", "CPU us/line", 1.03)
SPEED: Final = Measure("lines_per_second", "lines/s", 1 / 1.03)
MEMORY: Final = Measure("bytes_each", "bytes each", 1.10)


@dataclass(frozen=True)
class Row:
    """One figure of both checkouts, and the ratio of this one to the other."""

    work: Work
    measure: Measure
    other: float
    this: float
    ratio: Interval

    @property
    def is_worse(self) -> bool:
        """Whether the interval lies wholly beyond what is allowed."""
        if self.measure.allowed > 1:
            return self.ratio.low > self.measure.allowed
        return self.ratio.high < self.measure.allowed

    def __str__(self) -> str:
        scenario, server = self.work
        found = self.ratio
        return (
            f"{scenario.name:15} {server.name:24} {self.measure.name:11} "
            f"{self.other:12,.3f} -> {self.this:12,.3f}  {found.estimate:6.3f} x "
            f"({found.low:.3f} to {found.high:.3f})"
            f"{'  worse' if self.is_worse else ''}"
        )


def chosen_works(only: Sequence[str], servers: Sequence[str]) -> list[Work]:
    """Return the works to compare: those of WORKS, or what is chosen by name."""
    found = []
    for scenario in SCENARIOS:
        if only and not any(name in scenario.name for name in only):
            continue
        usual = WORKS.get(scenario.name, scenario.servers if only else ())
        names = servers if usual else ()
        found += [(scenario, one) for one in OURS if one.name in (names or usual)]
    return found


def run_pairs(
    works: Sequence[Work], root: Path, pairs: int, report: Report
) -> list[Cell]:
    """Measure the works in this checkout and in *root*, in turns, *pairs* times."""
    others = {server.name: server for server in variants(root)}
    cells = []
    for number in range(pairs):
        for scenario, server in works:
            other = replace(others[server.name], name=server.name + OTHER)
            for one in (server, other) if number % 2 else (other, server):
                cell = measure(scenario, one)
                cells.append({**cell, "run": number})
                if "failed" in cell:
                    report(f"  {scenario.name}, {one.name} FAILED: {cell['failed']}")
        report(f"pair {number + 1} of {pairs}")
    return cells


def rows(works: Sequence[Work], figures: Figures) -> Iterator[Row]:
    """Return a row for each figure of which there are enough pairs."""
    for work in works:
        scenario, name = work[0].name, work[1].name
        for one in _measures(work[0]):
            pairs = figures.pairs((scenario, name), (scenario, name + OTHER), one.key)
            found = ratio(pairs)
            this = figures.median(scenario, name, one.key)
            other = figures.median(scenario, name + OTHER, one.key)
            if found and this is not None and other is not None:
                yield Row(work, one, other, this, found)


def _measures(scenario: Scenario) -> tuple[Measure, ...]:
    if scenario.options.get("mode") == "idle":
        return (MEMORY,)
    if "mode" in scenario.options:
        return ()
    return (COST,) if "rate" in scenario.options else (COST, SPEED)


def interpreter_error(root: Path) -> str:
    """Return why the servers cannot be compared with those of *root*; "" if they can.

    Two builds of the same Python can differ by more than any change of the project.
    """
    found = []
    for each in (ROOT, root):
        command = [str(interpreter(each)), "-c", BUILD_OF_PYTHON]
        try:
            found.append(subprocess.check_output(command, text=True).strip())
        except (OSError, subprocess.CalledProcessError) as exc:
            return f"the Python of {each} does not run: {exc}"
    if found[0] == found[1]:
        return ""
    return f"{root} has another Python than this checkout: {found[1]}, not {found[0]}"


def compare(
    root: Path, pairs: int, works: Sequence[Work], place: Path, report: Report
) -> int:
    """Compare this checkout with *root*; return 1 if anything failed or is worse."""
    root = root.resolve()
    if pairs < LEAST_PAIRS:
        report(f"there is no interval of fewer than {LEAST_PAIRS} pairs")
    cells = run_pairs(works, root, pairs, report)
    figures = Figures(cells)
    facts = {**description(), "other": commit(root), "pairs": str(pairs)}
    place.mkdir(parents=True, exist_ok=True)
    (place / NAME).write_text(json.dumps({"facts": facts, "cells": cells}, indent=1))
    found = list(rows(works, figures))
    print(f"{facts['other']} -> {facts['commit']}, {pairs} pairs, 95 % intervals")
    for row in found:
        print(row)
    names = [server.name + end for _, server in works for end in ("", OTHER)]
    for line in (failures := figures.failures(dict.fromkeys(names))):
        print(line)
    return 1 if failures or any(row.is_worse for row in found) else 0
