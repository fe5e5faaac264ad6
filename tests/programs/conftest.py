"""A sandbox for every test of the two programs, and a path for a history."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a history that does not exist yet."""
    return tmp_path / "chat" / "history.db"
