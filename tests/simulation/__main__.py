"""Run one seed of the simulation: python -m tests.simulation SEED [--trace]."""

import logging
import sys

from .simulation import ignore, simulate


def main(seed: int, *, is_traced: bool) -> int:
    logging.disable()
    outcome = simulate(seed, print if is_traced else ignore)
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
    raise SystemExit(main(int(sys.argv[1]), is_traced="--trace" in sys.argv))
