"""What takes too long for every test run: `make stress`.

200 rounds of killing a real server, half of them on each engine, and 1,000 seeds of
the simulation. Prints what happened, and ends with 1 if a promise was broken.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.programs.crashes import CrashReport, run_crashes
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox
from tests.proof.violation import Violation
from tests.simulation.simulation import Outcome, simulate

ROUNDS = 200
A_FILE = 10  # rounds with one file, which is judged after them
SEEDS = 1000
FIRST = 50  # those before it are in every test run


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--seeds", type=int, default=SEEDS)
    options.add_argument("--first", type=int, default=FIRST, help="the first seed")
    options.add_argument("--seed", type=int, help="of the moments of the crashes")
    chosen = options.parse_args()
    seed = random.SystemRandom().getrandbits(32) if chosen.seed is None else chosen.seed
    begun = time.monotonic()
    wrong = crash_all(chosen.rounds, seed)
    wrong += simulate_all(range(chosen.first, chosen.first + chosen.seeds))
    print(
        f"stress: {chosen.rounds:,} crashes and {chosen.seeds:,} simulated runs in "
        f"{time.monotonic() - begun:,.0f} s, {wrong:,} violations"
    )
    return 1 if wrong else 0


def crash_all(rounds: int, seed: int) -> int:
    """Let servers be killed so often; return how many promises were broken."""
    wrong = 0
    for engine in ENGINES:
        reports = list(crashes(engine, rounds // len(ENGINES), seed))
        found = [violation for report in reports for violation in report.violations]
        tell(found, f"make stress ARGS='--seed {seed}'")
        wrong += len(found)
        print(
            f"crashes ({engine}): {sum(r.rounds for r in reports):,} rounds, "
            f"{sum(r.messages for r in reports):,} messages kept, "
            f"{sum(r.deliveries for r in reports):,} seen, "
            f"{sum(r.acknowledged for r in reports):,} acknowledged, "
            f"{sum(r.retried for r in reports):,} sent again, "
            f"{len(found):,} violations (seed {seed})",
            flush=True,
        )
    return wrong


def crashes(engine: str, rounds: int, seed: int) -> Iterator[CrashReport]:
    """Take so many rounds, a few with each file."""
    for start in range(0, rounds, A_FILE):
        with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
            count = min(A_FILE, rounds - start)
            yield run_crashes(
                sandbox, engine, Path(home) / "chat.db", count, seed + start
            )


def simulate_all(seeds: range) -> int:
    """Simulate *seeds*; return how many promises were broken."""
    wrong = messages = sights = 0
    seconds, faults = 0.0, Counter[str]()
    with ProcessPoolExecutor() as pool:
        for outcome in pool.map(quietly, seeds, chunksize=10):
            replay = f".venv/bin/python -m tests.simulation {outcome.seed} --trace"
            tell(outcome.violations, replay)
            wrong += len(outcome.violations)
            messages += outcome.messages
            sights += outcome.received
            seconds += outcome.seconds
            faults += outcome.faults
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(faults.items()))
    print(
        f"simulation: {len(seeds):,} seeds from {seeds.start}, {seconds / 3600:,.1f} "
        f"hours of virtual time, {messages:,} messages kept, {sights:,} seen, "
        f"{wrong:,} violations; faults: {told}",
        flush=True,
    )
    return wrong


def quietly(seed: int) -> Outcome:
    logging.disable()
    return simulate(seed)


def tell(violations: list[Violation], replay: str) -> None:
    for violation in violations:
        print(violation)
    if violations:
        print(f"  to see it again: {replay}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
