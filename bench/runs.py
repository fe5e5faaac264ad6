"""All runs: every cell once, then every cell again, so that a drift hits all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from . import startup, syscalls
from .peers import PEERS
from .run import Cell, measure
from .scenarios import QUICK_SECONDS, SCENARIOS, Scenario
from .servers import BARE, OURS, TEXTBOOK, Server

SERVERS: dict[str, Server] = {s.name: s for s in (BARE, *OURS, *PEERS, TEXTBOOK)}

Work = tuple[Scenario, Sequence[Server]]
"""What is to be done, and by whom."""
Tell = Callable[[str], None]


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [server.name for server in SERVERS.values() if server.is_missing]


def chosen(names: Sequence[str], *, quick: bool) -> list[Scenario]:
    """Return the scenarios that are to run: those named, or all."""
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
    """Return who is to do that work: all, or those of *only* and the yardstick."""
    asked = [name for name in scenario.servers if name in (only or scenario.servers)]
    if asked and BARE.name in scenario.servers:
        asked = list(dict.fromkeys([BARE.name, *asked]))
    return [SERVERS[name] for name in asked if not SERVERS[name].is_missing]


def run_all(
    works: Sequence[Work], runs: int, tell: Tell, *, with_rest: bool
) -> list[Cell]:
    """Measure every cell once, then all of them again, so often.

    Whatever is compared, be it two servers or two scenarios, is of one run, minutes
    apart. A failure is told at once. *with_rest* adds what the generator does not time.
    """
    cells: list[Cell] = []
    for number in range(runs):
        begun = time.monotonic()
        found = _run_once(works, tell)
        if with_rest:
            found += startup.measure_all()
        cells += [{**cell, "run": number} for cell in found]
        took = time.monotonic() - begun
        tell(f"run {number + 1} of {runs}: {len(found)} cells in {took:.0f} s")
    if with_rest and syscalls.is_possible():  # once: they do not drift
        counted = ("bare loop", "async", "async, SQLite", "threads")
        cells += [{**syscalls.measure(SERVERS[name]), "run": 0} for name in counted]
    return cells


def _run_once(works: Sequence[Work], tell: Tell) -> list[Cell]:
    cells = []
    for scenario, servers in works:
        for server in servers:
            cell = measure(scenario, server)
            cells.append(cell)
            if "failed" in cell:
                tell(f"  {scenario.name}, {server.name} FAILED: {cell['failed']}")
    return cells
