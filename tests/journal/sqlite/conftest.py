from pathlib import Path

import pytest

from tests.journal.sqlite.frozen_files import FIRST, SECOND, Frozen


@pytest.fixture(params=[FIRST, SECOND], ids=["schema-1", "schema-2"])
def frozen(request: pytest.FixtureRequest) -> Frozen:
    found: Frozen = request.param
    return found


@pytest.fixture
def older(frozen: Frozen, tmp_path: Path) -> Path:
    """Return a copy of the frozen file, in a directory of its own."""
    directory = tmp_path / "history"
    directory.mkdir()
    return frozen.copy_to(directory / "chat.db")
