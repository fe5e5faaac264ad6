"""Attacks at TLS, HTTP and TCP neither stop a conversation nor fill the memory.

How long the messages of others take is measured by `make stress`, for each attack.
"""

from pathlib import Path

import pytest

from .attacks import MAX_MEMORY, measure_attack
from .installed import require
from .launch import ENGINES
from .sandbox import Sandbox


@pytest.mark.parametrize("engine", ENGINES)
def test_all_attacks_at_once_are_bounded_in_memory_and_leave_nothing(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    require("openssl")
    report = measure_attack(sandbox, engine, path, "all", rounds=1, messages=100)

    assert report.flood.requests > 0
    assert report.peak - report.before < MAX_MEMORY
    assert report.descriptors <= 0
    assert report.faults == []
