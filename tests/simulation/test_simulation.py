"""Fifty simulated runs: each replays exactly, and none breaks a promise."""

import os
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest

from tests.simulation.planted_bugs import BUGS, PlantBug
from tests.simulation.seeds import BUG_SEEDS, SEEDS
from tests.simulation.simulation import simulate

KINDS = {
    "closed connections",
    "dead connections",
    "failed commits",
    "half-closed connections",
    "killed servers",
    "lingering connections",
    "new epochs",
    "refused commits",
    "reset connections",
    "stalled readers",
    "stopped servers",
    "truncated logs",
    "unknown commits",
}

outcome_of = cache(simulate)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_run_breaks_no_promise(seed: int) -> None:
    outcome = outcome_of(seed)

    assert not outcome.violations, outcome.explain()


def test_the_seeds_cover_all_kinds_of_faults() -> None:
    faults = sum((outcome_of(seed).faults for seed in SEEDS), Counter[str]())

    assert set(faults) >= KINDS


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_seed_replays_exactly(seed: int) -> None:
    assert simulate(seed) == outcome_of(seed)


def test_a_seed_replays_exactly_in_another_process() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "tests.simulation", "4"],
            env=os.environ | {"PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for salt in ("1", "2")
    ]

    assert outputs[0] == outputs[1]
    assert outcome_of(4).trace in outputs[0]


@pytest.mark.parametrize("plant", BUGS)
def test_a_planted_bug_is_found(
    plant: PlantBug, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)

    assert any(simulate(seed).violations for seed in BUG_SEEDS)
