"""The stores that the contract tests run on.

To test another store, add a line to `STORES`.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from tests.journal.stores import DEFAULT_RETENTION, open_store

STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(DEFAULT_RETENTION),
    "sqlite": lambda directory: open_store(directory / "chat.db"),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with closing(STORES[request.param](tmp_path)) as store:
        yield store
