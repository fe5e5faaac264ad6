"""The back ends that keep the promises of a history.

Another one joins by a line in `BACK_ENDS`.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from tests.journal.helpers import PLENTY, in_file

BACK_ENDS: dict[str, Callable[[Path], Store]] = {
    "memory": lambda _: MemoryStore(PLENTY),
    "sqlite": lambda directory: in_file(directory / "chat.db"),
}


@pytest.fixture(params=BACK_ENDS)
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with closing(BACK_ENDS[request.param](tmp_path)) as history:
        yield history
