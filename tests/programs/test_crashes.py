"""No message is lost or duplicated when the server is killed."""

import random
from pathlib import Path

import pytest

from .crashes import CLIENTS, ROOMS, run_crashes
from .launch import ENGINES
from .sandbox import Sandbox

ROUNDS = 10


@pytest.mark.parametrize("engine", ENGINES)
def test_no_message_is_lost_or_duplicated_by_crashes(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    seed = random.SystemRandom().getrandbits(32)

    report = run_crashes(sandbox, engine, tmp_path / "history.db", ROUNDS, seed)

    violations = "\n".join(map(str, report.violations))
    assert not violations, f"seed {seed}: {violations}"
    assert report.acknowledged > CLIENTS * ROUNDS
    assert report.retried
    assert report.rooms > len(ROOMS) / 2
    assert report.conversations > ROUNDS
