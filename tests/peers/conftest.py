"""A sandbox for the tests with old programs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox
