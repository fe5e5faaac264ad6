"""All runs: each measurement once, then each again, so that a drift affects all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from . import startup, syscalls
from .encrypted import ENCRYPTED
from .peers import PEERS
from .run import Cell, measure
from .scenarios import QUICK_SECONDS, SCENARIOS, Scenario
from .servers import BARE, OURS, TEXTBOOK, Server

SERVERS: dict[str, Server] = {
    s.name: s for s in (BARE, *OURS, *PEERS, *ENCRYPTED, TEXTBOOK)
}

Work = tuple[Scenario, Sequence[Server]]
"""A scenario and its servers."""
Report = Callable[[str], None]


def missing() -> list[str]:
    """Return the servers that are not installed."""
    return [server.name for server in SERVERS.values() if server.is_missing]


def chosen(names: Sequence[str], *, quick: bool) -> list[Scenario]:
    """Return the scenarios whose name contains any of *names*, or all."""
    named = [
        scenario
        for scenario in SCENARIOS
        if not names or any(name in scenario.name for name in names)
    ]
    if not quick:
        return named
    return [
        replace(
            one, servers=one.quick, options={**one.options, "seconds": QUICK_SECONDS}
        )
        for one in named
        if one.quick
    ]


def participants(scenario: Scenario, only: Sequence[str]) -> list[Server]:
    """Return the servers of *scenario*: all, or those of *only* and the bare loop."""
    asked = [name for name in scenario.servers if name in (only or scenario.servers)]
    if asked and BARE.name in scenario.servers:
        asked = list(dict.fromkeys([BARE.name, *asked]))
    return [SERVERS[name] for name in asked if not SERVERS[name].is_missing]


def run_all(
    works: Sequence[Work], runs: int, report: Report, *, with_rest: bool
) -> list[Cell]:
    """Measure everything once, then everything again, *runs* times.

    Servers and scenarios are compared within one run, minutes apart. A failure is
    reported at once. *with_rest* adds the measurements without the generator.
    """
    cells: list[Cell] = []
    for number in range(runs):
        started_at = time.monotonic()
        found = _run_once(works, report)
        if with_rest:
            found += startup.measure_all()
        cells += [{**cell, "run": number} for cell in found]
        took = time.monotonic() - started_at
        report(f"run {number + 1} of {runs}: {len(found)} cells in {took:.0f} s")
    if with_rest and syscalls.is_possible():  # once: they do not drift
        counted = ("bare loop", "async", "async, SQLite", "threads")
        cells += [{**syscalls.measure(SERVERS[name]), "run": 0} for name in counted]
    return cells


def _run_once(works: Sequence[Work], report: Report) -> list[Cell]:
    cells = []
    for scenario, servers in works:
        for server in servers:
            cell = measure(scenario, server)
            cells.append(cell)
            if "failed" in cell:
                report(f"  {scenario.name}, {server.name} FAILED: {cell['failed']}")
    return cells
