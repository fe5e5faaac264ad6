"""Run one seed: python -m tests.simulation SEED [--nodes | --accounts] [--trace].

There are several nodes with --nodes, and accounts with --accounts; otherwise there is
one server, and nobody has an account.
"""

import logging
import sys
from collections.abc import Callable

from .accounts.simulation import simulate_accounts
from .cluster import simulate_cluster
from .run import Outcome, ignore
from .simulation import simulate


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
    chosen = simulate_accounts if "--accounts" in sys.argv else chosen
    raise SystemExit(main(int(sys.argv[1]), chosen, is_traced="--trace" in sys.argv))
