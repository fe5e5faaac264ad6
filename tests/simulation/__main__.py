"""Run one seed: python -m tests.simulation SEED [--nodes] [--trace].

There are several nodes with --nodes, otherwise there is one server.
"""

import logging
import sys
from collections.abc import Callable

from .cluster import simulate_cluster
from .simulation import Outcome, ignore, simulate


def main(seed: int, run: Callable[..., Outcome], *, is_traced: bool) -> int:
    logging.disable()
    outcome = run(seed, print if is_traced else ignore)
    for violation in outcome.violations:
        print(violation)
    faults = ", ".join(f"{count} {kind}" for kind, count in outcome.faults.items())
    print(
        f"seed {seed}: {outcome.messages} messages stored, {outcome.received} received"
    )
    print(f"{outcome.seconds:.1f} s of virtual time; {faults or 'no faults'}")
    print(f"trace {outcome.trace}, {len(outcome.violations)} violations")
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    chosen = simulate_cluster if "--nodes" in sys.argv else simulate
    raise SystemExit(main(int(sys.argv[1]), chosen, is_traced="--trace" in sys.argv))
