"""The seeds of the suite and of `make stress`."""

from tests.simulation.seeds import ACCOUNT_SEEDS, SEEDS
from tests.stress import SIMULATIONS


def test_stress_continues_after_the_seeds_of_the_suite() -> None:
    firsts = {each.servers: each.first for each in SIMULATIONS}

    assert firsts == {
        "one server": len(SEEDS),
        "several nodes": len(SEEDS),
        "accounts": len(ACCOUNT_SEEDS),
    }
