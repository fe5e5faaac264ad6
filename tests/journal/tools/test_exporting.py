from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.exporting import export_lines, write_lines
from parlour.journal.tools.importing import import_lines
from tests.journal.stores import (
    EXPORTED,
    edit,
    encoded,
    open_store,
    record,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def test_an_exported_line_is_a_message_of_the_session_dialect(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["kůň \n 🐴"])

        assert list(export_lines(path)) == [EXPORTED]


def test_every_line_is_written_and_counted(path: Path, tmp_path: Path) -> None:
    import_lines(encoded([EXPORTED]), path)

    assert write_lines(export_lines(path), tmp_path / "lines") == 1
    assert (tmp_path / "lines").read_text() == f"{EXPORTED}\n"


def test_a_damaged_row_is_not_exported(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, "abc")
    edit(path, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(FileError, match="cannot be read: the history is damaged"):
        list(export_lines(path))
