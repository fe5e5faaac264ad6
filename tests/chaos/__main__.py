"""Break the connections between real programs in every way: `make chaos`.

A proxy between clients and a server delays bytes, sends them one at a time, limits
their rate, loses them, cuts one direction, and resets or half-closes connections, those
of all clients at once, too. Then the faults end, all clients recover, and the proof
checker compares what they received with what is stored. Exits with 1 if a promise was
broken. A seed repeats the faults; what happens meanwhile depends on the machine.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox
from tests.programs.secure_server import start_secure_server
from tests.server.tls.pairs import localhost_pair
from tests.signals import heed_signals

from .faults import Plan
from .meeting import ChaosReport, run_chaos

ROUNDS: Final = 3  # for each engine
SECONDS: Final = 30.0  # of faults in a round
EACH: Final = 2  # session clients of each of four kinds
SHOWN: Final = 20  # violations of a round


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--engine", choices=ENGINES, help="of the server")
    parser.add_argument("--seed", type=int, help="of the first round")
    return parser


def main() -> int:
    heed_signals()
    chosen = options().parse_args()
    seed = random.SystemRandom().getrandbits(32) if chosen.seed is None else chosen.seed
    started, violations = time.monotonic(), 0
    for engine in ENGINES if chosen.engine is None else [chosen.engine]:
        for number in range(chosen.rounds):
            report = run_round(engine, seed + number, chosen.seconds)
            print(f"chaos ({engine}): {report}", flush=True)
            for each in report.violations[:SHOWN]:
                print(f"  {each}", flush=True)
            violations += len(report.violations)
    taken = time.monotonic() - started
    print(f"chaos: {violations:,} violations in {taken:,.0f} s")
    return 1 if violations else 0


def run_round(engine: str, seed: int, seconds: float) -> ChaosReport:
    """Run one round, with programs in pipes and on terminals."""
    programs = 2 * len(ENGINES)
    links = 4 * EACH + programs
    with tempfile.TemporaryDirectory() as home, Sandbox(Path(home)) as sandbox:
        history = Path(home) / "chat.db"
        server, ports = start_secure_server(sandbox, engine, history, localhost_pair())
        return run_chaos(
            *(sandbox, server, ports, history),
            *(Plan.of(seed, links, seconds), seed),
            each=EACH,
            pipes=ENGINES,
            terminals=ENGINES,
        )


if __name__ == "__main__":
    sys.exit(main())
