"""Fifty simulated runs of several nodes: none breaks a promise."""

from collections import Counter
from functools import cache

import pytest

from tests.simulation.cluster import simulate_cluster
from tests.simulation.planted_bugs import PlantBug
from tests.simulation.planted_cluster_bugs import BUGS, reserve_names
from tests.simulation.seeds import BUG_SEEDS, SEEDS, in_turn

KINDS = {
    "failed reads",
    "falsely lost nodes",
    "killed nodes",
    "refused batches",
    "restored snapshots",
    "stalled nodes",
    "stopped nodes",
    "unknown batches",
    "vanished clients",
}

FIRST_SEEDS: dict[PlantBug, int] = {reserve_names: 67}
"""Where to begin with the bugs that most seeds do not find."""

outcome_of = cache(simulate_cluster)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_run_of_several_nodes_breaks_no_promise(seed: int) -> None:
    outcome = outcome_of(seed)

    assert not outcome.violations, outcome.explain("--nodes")


def test_the_seeds_cover_all_kinds_of_faults() -> None:
    faults = sum((outcome_of(seed).faults for seed in SEEDS), Counter[str]())

    assert set(faults) >= KINDS


def test_a_seed_replays_exactly() -> None:
    assert simulate_cluster(1) == outcome_of(1)


@pytest.mark.parametrize("plant", BUGS)
def test_a_planted_bug_is_found(
    plant: PlantBug, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    seeds = in_turn(BUG_SEEDS, FIRST_SEEDS.get(plant, 0))

    assert any(simulate_cluster(seed).violations for seed in seeds)
