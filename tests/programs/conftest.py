"""A sandbox for every test of the programs, a path for a history, an installation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.distributions import Built, build_all, install
from tests.programs.sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a history that does not exist yet."""
    return tmp_path / "chat" / "history.db"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return the wheel and the source distribution of this checkout."""
    return build_all(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    install(built.wheel, folder)
    return folder
