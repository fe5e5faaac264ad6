"""Crash tests and simulations that take too long for every test run: `make stress`.

Kills a real server 200 times, half of them on each engine, and simulates 1,000 seeds
with one server, 1,000 with several nodes and 1,000 with accounts. Floods servers with
sign-ins, registrations and connections, and attacks them at TLS, HTTP and TCP, while
two people chat. Suspends servers. Prints the figures, and exits with 1 if a promise was
broken.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.programs.attack_client import ATTACKS
from tests.programs.attacks import measure_attack
from tests.programs.crashes import CrashReport, run_crashes
from tests.programs.flood_client import FLOODS
from tests.programs.floods import MAX_RATIO, measure_flood
from tests.programs.launch import ENGINES
from tests.programs.pauses import pause
from tests.programs.sandbox import Sandbox
from tests.proof.violation import Violation
from tests.signals import heed_signals
from tests.simulation.accounts.simulation import simulate_accounts
from tests.simulation.cluster import simulate_cluster
from tests.simulation.run import Outcome
from tests.simulation.seeds import ACCOUNT_SEEDS, SEEDS
from tests.simulation.simulation import simulate

ROUNDS = 200
ROUNDS_PER_FILE = 10  # after these, the history is checked and replaced
SEED_COUNT = 1000
PAUSE = 60.0
"""Seconds for which a server is suspended: longer than a client may be silent."""
FLOOD_ROUNDS = 5  # of each flood and each attack


class Simulation(NamedTuple):
    """A kind of simulation; *option* replays it, and *first* is its first seed."""

    servers: str
    run: Callable[[int], Outcome]
    option: str
    first: int


SIMULATIONS = (  # every test run simulates the seeds before these
    Simulation("one server", simulate, "", SEEDS.stop),
    Simulation("several nodes", simulate_cluster, "--nodes", SEEDS.stop),
    Simulation("accounts", simulate_accounts, "--accounts", ACCOUNT_SEEDS.stop),
)


def options() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--seeds", type=int, default=SEED_COUNT)
    options.add_argument("--first", type=int, help="the first seed")
    options.add_argument("--floods", type=int, default=FLOOD_ROUNDS, help="rounds")
    options.add_argument("--seed", type=int, help="the seed of the crash times")
    pause = "how long a server is suspended; 0: not at all"
    options.add_argument("--pause", type=float, default=PAUSE, help=pause)
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    heed_signals()
    chosen = options().parse_args(arguments)
    seed = random.SystemRandom().getrandbits(32) if chosen.seed is None else chosen.seed
    started_at = time.monotonic()
    violations = crash_all(chosen.rounds, seed)
    violations += flood_all(chosen.floods)
    violations += attack_all(chosen.floods)
    violations += pause_all(chosen.pause)
    for each in SIMULATIONS:
        first = each.first if chosen.first is None else chosen.first
        violations += simulate_all(each, range(first, first + chosen.seeds))
    print(
        f"stress: {chosen.rounds:,} crashes and {chosen.seeds:,} simulated runs in "
        f"{time.monotonic() - started_at:,.0f} s, {violations:,} violations"
    )
    return 1 if violations else 0


def crash_all(rounds: int, seed: int) -> int:
    """Kill servers in *rounds* rounds; return the number of violations."""
    violations = 0
    for engine in ENGINES:
        reports = list(crashes(engine, rounds // len(ENGINES), seed))
        found = [violation for each in reports for violation in each.violations]
        report(found, f"make stress ARGS='--seed {seed}'")
        violations += len(found)
        print(
            f"crashes ({engine}): {sum(r.rounds for r in reports):,} rounds, "
            f"{sum(r.messages for r in reports):,} messages stored, "
            f"{sum(r.deliveries for r in reports):,} received, "
            f"{sum(r.acknowledged for r in reports):,} acknowledged, "
            f"{sum(r.retried for r in reports):,} repeated, "
            f"{len(found):,} violations (seed {seed})",
            flush=True,
        )
    return violations


def crashes(engine: str, rounds: int, seed: int) -> Iterator[CrashReport]:
    """Run *rounds* rounds, a few with each file."""
    for start in range(0, rounds, ROUNDS_PER_FILE):
        with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
            count = min(ROUNDS_PER_FILE, rounds - start)
            yield run_crashes(
                sandbox, engine, Path(home) / "chat.db", count, seed + start
            )


def flood_all(rounds: int) -> int:
    """Flood each engine in several ways; return how many slow the pair too much."""
    found = 0
    for engine in ENGINES:
        for flood in FLOODS if rounds else ():
            with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
                history = Path(home) / "chat.db"
                result = measure_flood(sandbox, engine, history, flood, rounds)
            found += result.ratio > MAX_RATIO
            print(f"flood ({engine}) {result}", flush=True)
    return found


def attack_all(rounds: int) -> int:
    """Attack each engine in every way; return how many attacks exceed a bound."""
    found = 0
    for engine in ENGINES:
        for attack in ATTACKS if rounds else ():
            with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
                history = Path(home) / "chat.db"
                result = measure_attack(sandbox, engine, history, attack, rounds)
            found += result.is_bad
            print(f"attack ({engine}) {result}", flush=True)
    return found


def pause_all(seconds: float) -> int:
    """Suspend a server of each engine; return how many lose a client or a message."""
    found = 0
    for engine in ENGINES if seconds else ():
        with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
            result = pause(sandbox, engine, Path(home) / "chat.db", seconds=seconds)
        found += result.is_bad
        print(f"suspended for {seconds:g} s ({engine}): {result}", flush=True)
    return found


def simulate_all(simulation: Simulation, seeds: range) -> int:
    """Simulate *seeds*; return the number of violations."""
    violations = messages = received = 0
    seconds, faults = 0.0, Counter[str]()
    with ProcessPoolExecutor() as pool:
        for outcome in pool.map(
            partial(run_quietly, simulation.run), seeds, chunksize=10
        ):
            report(outcome.violations, outcome.replay(simulation.option))
            violations += len(outcome.violations)
            messages += outcome.messages
            received += outcome.received
            seconds += outcome.seconds
            faults += outcome.faults
    summary = ", ".join(f"{count:,} {kind}" for kind, count in sorted(faults.items()))
    print(
        f"simulation of {simulation.servers}: {len(seeds):,} seeds from {seeds.start}, "
        f"{seconds / 3600:,.1f} hours of virtual time, "
        f"{messages:,} messages stored, {received:,} received, "
        f"{violations:,} violations; faults: {summary}",
        flush=True,
    )
    return violations


def run_quietly(run: Callable[[int], Outcome], seed: int) -> Outcome:
    logging.disable()
    return run(seed)


def report(violations: list[Violation], replay: str) -> None:
    for violation in violations:
        print(violation)
    if violations:
        print(f"  to replay: {replay}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
