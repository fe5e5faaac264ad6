"""A flood of sign-ins, registrations or connections does not stop a conversation.

How long its messages take is measured by `make stress`.
"""

from pathlib import Path

import pytest

from .flood_client import FLOODS
from .floods import measure_flood
from .launch import ENGINES
from .sandbox import Sandbox


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("engine", ENGINES)
def test_all_messages_of_a_pair_arrive_during_a_flood(
    sandbox: Sandbox, path: Path, engine: str, flood: str
) -> None:
    report = measure_flood(sandbox, engine, path, flood, rounds=1, messages=20)

    assert report.requests > 0, "the server answers the flood, too"
