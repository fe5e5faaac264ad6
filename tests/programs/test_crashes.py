"""Nothing is lost and nothing doubled, whenever the server is killed."""

import random
from pathlib import Path

import pytest

from .crashes import CLIENTS, run_crashes
from .launch import ENGINES
from .sandbox import Sandbox

ROUNDS = 10


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_lost_or_doubled_by_any_crash(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    seed = random.SystemRandom().getrandbits(32)

    report = run_crashes(sandbox, engine, tmp_path / "history.db", ROUNDS, seed)

    wrong = "\n".join(map(str, report.violations))
    assert not wrong, f"seed {seed}: {wrong}"
    assert report.acknowledged > CLIENTS * ROUNDS
    assert report.retried
