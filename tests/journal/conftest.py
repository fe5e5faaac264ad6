"""The stores that the contract tests run on, each with every numbering, and a path.

To test another store, add a line to `STORES`.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import Numbering, consecutive
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from tests.journal.stores import DEFAULT_RETENTION, Nth, open_store, sparse

STORES: dict[str, Callable[[Path, Numbering], Store]] = {
    "memory": lambda _, numbering: MemoryStore(DEFAULT_RETENTION, numbering=numbering),
    "sqlite": lambda path, numbering: open_store(path / "chat.db", numbering=numbering),
}


@pytest.fixture(params=[consecutive, sparse])
def numbering(request: pytest.FixtureRequest) -> Numbering:
    numbering: Numbering = request.param
    return numbering


@pytest.fixture
def nth(numbering: Numbering) -> Nth:
    """Return a function from the number of a message in its room to its sequence."""
    return Nth(numbering)


@pytest.fixture(params=STORES)
def store(
    request: pytest.FixtureRequest, numbering: Numbering, tmp_path: Path
) -> Iterator[Store]:
    with closing(STORES[request.param](tmp_path, numbering)) as store:
        yield store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a history that does not exist yet."""
    return tmp_path / "chat.db"
