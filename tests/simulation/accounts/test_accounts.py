"""Simulated runs with accounts and sanctions: none breaks a promise."""

from collections import Counter
from functools import cache
from typing import Final

import pytest

from tests.simulation.accounts.planted_bugs import BUGS, Planted
from tests.simulation.accounts.simulation import simulate_accounts
from tests.simulation.seeds import ACCOUNT_SEEDS, in_turn

BUG_SEEDS: Final = range(60)

KINDS = {
    "dead connections",
    "enable",
    "erase",
    "failed commits",
    "invite",
    "kick",
    "killed servers",
    "revoke",
    "sanction",
    "set password",
    "signed out",
    "used codes",
}

outcome_of = cache(simulate_accounts)


@pytest.mark.parametrize("seed", ACCOUNT_SEEDS)
def test_a_simulated_run_with_accounts_breaks_no_promise(seed: int) -> None:
    outcome = outcome_of(seed)

    assert not outcome.violations, outcome.explain("--accounts")


def test_the_seeds_cover_all_kinds_of_acts_and_faults() -> None:
    faults = sum((outcome_of(seed).faults for seed in ACCOUNT_SEEDS), Counter[str]())

    assert set(faults) >= KINDS


def test_a_seed_replays_exactly() -> None:
    assert simulate_accounts(1) == outcome_of(1)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    seeds = in_turn(BUG_SEEDS, bug.first)

    assert any(simulate_accounts(seed).violations for seed in seeds)
