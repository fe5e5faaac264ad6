from contextlib import closing
from pathlib import Path

import pytest

from tests.journal.stores import NOW, draft, maintain_fully, open_store


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return the path of a history with the messages a, b and c."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append([draft(each, key=each) for each in "abc"], NOW)
        maintain_fully(store)
    return path
