from contextlib import closing
from pathlib import Path

import pytest

from tests.journal.stores import (
    batch,
    maintain_fully,
    open_store,
    said,
)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return the path of a history with the messages a, b and c."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(*[said(each, key=each) for each in "abc"]))
        maintain_fully(store)
    return path
