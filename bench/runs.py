"""All runs, in turn: each server once, then each again, so that a drift hits all."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from . import startup, syscalls
from .peers import PEERS
from .run import Cell, measure
from .scenarios import QUICK_SECONDS, SCENARIOS, Scenario
from .servers import BARE, OURS, TEXTBOOK, Server

SERVERS: dict[str, Server] = {s.name: s for s in (BARE, *OURS, *PEERS, TEXTBOOK)}


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


def run(
    scenario: Scenario,
    servers: Sequence[Server],
    runs: int,
    tell: Callable[[str], None],
) -> list[Cell]:
    """Run one scenario so often on each of *servers*, interleaved."""
    begun, cells = time.monotonic(), []
    for number in range(runs):
        for server in servers:
            cell = measure(scenario, server)
            cells.append({**cell, "run": number})
            if "failed" in cell:
                tell(f"  {server.name} FAILED: {cell['failed']}")
    tell(f"{scenario.name}: {len(cells)} runs in {time.monotonic() - begun:.0f} s")
    return cells


def run_rest(runs: int, tell: Callable[[str], None]) -> list[Cell]:
    """Measure start-up, and count system calls where that is possible."""
    cells: list[Cell] = []
    for number in range(runs):
        cells += [{**cell, "run": number} for cell in startup.measure_all()]
    if syscalls.is_possible():
        counted = ("bare loop", "async", "async, SQLite", "threads")
        cells += [{**syscalls.measure(SERVERS[name]), "run": 0} for name in counted]
    else:
        tell("strace is not installed: system calls are not counted")
    return cells
