"""A stage for every test of the two programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.sandbox import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage
