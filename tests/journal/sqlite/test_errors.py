"""What cannot be kept is refused with a reason, and works again when the disk does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.journal.sqlite import opening
from parlour.journal.sqlite.errors import REASONS, read_error, write_error
from parlour.journal.sqlite.store import SQLiteStore
from tests.journal.helpers import (
    NOW,
    before,
    draft,
    drafts,
    edit,
    in_file,
    kept,
    search,
    sequences,
    texts,
    tidy,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


class Disk:
    """A disk that is as full as the test wants it."""

    def __init__(self) -> None:
        self._writers: list[sqlite3.Connection] = []
        self._connect = opening.connect

    def connect(self, path: Path) -> sqlite3.Connection:
        self._writers.append(self._connect(path))
        return self._writers[-1]

    def leave(self, pages: int) -> None:
        """Let the database grow by *pages* and no more."""
        db = self._writers[-1]
        (used,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {used + pages}")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(opening, "connect", disk.connect)
    return disk


@pytest.fixture
def history(path: Path, disk: Disk) -> Iterator[SQLiteStore]:
    assert disk
    with closing(in_file(path)) as history:
        history.append(drafts("ab"), NOW)
        yield history


def refused(history: SQLiteStore, texts: list[str], time: float = NOW) -> str:
    """Require that *texts* are refused for certain, and return the code."""
    with pytest.raises(StorageError) as caught:
        history.append([draft(each, key=each[:4]) for each in texts], time)
    assert not caught.value.is_outcome_unknown
    assert str(caught.value) == caught.value.reason == REASONS[caught.value.code]
    return caught.value.code


def test_a_full_disk_refuses_messages_until_it_has_space_again(
    history: SQLiteStore, disk: Disk
) -> None:
    disk.leave(2)
    big = [f"{number:4} {'c' * 4000}" for number in range(10)]

    assert refused(history, big) == "storage_full"
    assert refused(history, big) == "storage_full"
    assert kept(history) == ["a", "b"]
    assert texts(history.read(search("b"))) == ["b"]

    disk.leave(1000)
    told = history.append([draft(each, key=each[:4]) for each in big], NOW)

    assert sequences(told) == list(range(3, 13))  # no key of a refused one is known


def test_a_full_disk_still_records_small_batches(
    history: SQLiteStore, disk: Disk
) -> None:
    disk.leave(2)

    assert refused(history, ["c" * 40_000]) == "storage_full"
    assert sequences(history.append(drafts("d"), NOW)) == [3]


def test_failed_maintenance_has_a_reason_and_succeeds_later(
    history: SQLiteStore, disk: Disk
) -> None:
    history.append(drafts([f"word{each}" for each in range(2000)]), NOW)
    disk.leave(0)
    with pytest.raises(StorageError) as caught:
        tidy(history)
    assert (caught.value.code, caught.value.is_outcome_unknown) == (
        "storage_full",
        False,
    )

    disk.leave(1000)
    tidy(history)

    assert sequences(history.read(search("word1999")).messages) == [2002]


def test_a_file_locked_by_another_program_is_reported_until_released(
    history: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT", 0.0)
    with closing(in_file(path.with_name("impatient.db"))) as impatient:
        stray = sqlite3.connect(path.with_name("impatient.db"), isolation_level=None)
        stray.execute("BEGIN IMMEDIATE")

        assert refused(impatient, ["c"]) == "storage_busy"
        assert kept(impatient) == []

        stray.execute("ROLLBACK")
        stray.close()
        assert sequences(impatient.append(drafts("c"), NOW)) == [1]
    assert sequences(history.append(drafts("c"), NOW)) == [3]


@pytest.mark.parametrize("name", ["chat.db", "chat.db-wal"])
def test_a_deleted_file_is_not_written(
    history: SQLiteStore, path: Path, name: str
) -> None:
    path.with_name(name).unlink()

    assert refused(history, ["c"], NOW + 1) == "history_gone"
    assert refused(history, ["c"], NOW + 1) == "history_gone"
    assert kept(history) == ["a", "b"]


def test_a_moved_file_is_written_again_after_it_is_moved_back(
    history: SQLiteStore, path: Path
) -> None:
    moved = path.rename(path.with_name("moved.db"))
    assert refused(history, ["c"], NOW + 1) == "history_gone"

    moved.rename(path)

    assert sequences(history.append(drafts("c"), NOW + 1)) == [3]


def test_a_file_that_replaced_the_history_is_not_written(
    history: SQLiteStore, path: Path
) -> None:
    path.rename(path.with_name("moved.db"))
    path.write_bytes(b"")

    assert refused(history, ["c"], NOW + 1) == "history_gone"
    assert path.read_bytes() == b""


def test_a_changed_row_is_an_error_and_others_can_be_read(
    history: SQLiteStore, path: Path
) -> None:
    history.append(drafts("cd"), NOW)
    edit(path, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(StorageError) as caught:
        history.read(before())

    assert caught.value.code == "history_damaged"
    assert texts(history.read(before(limit=2))) == ["c", "d"]
    assert sequences(history.append(drafts("e"), NOW)) == [5]


@pytest.mark.parametrize(
    ("kind", "code", "while_writing", "at_commit"),
    [
        (sqlite3.SQLITE_FULL, "storage_full", False, False),
        (sqlite3.SQLITE_READONLY, "storage_readonly", False, False),
        (sqlite3.SQLITE_CANTOPEN, "storage_readonly", False, False),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "storage_busy", False, False),
        (sqlite3.SQLITE_CORRUPT_VTAB, "history_damaged", False, True),
        (sqlite3.SQLITE_NOTADB, "history_damaged", False, True),
        (sqlite3.SQLITE_IOERR_FSYNC, "storage_failed", True, True),
        (sqlite3.SQLITE_IOERR_WRITE, "storage_failed", True, True),
        (sqlite3.SQLITE_NOMEM, "history_failed", False, True),
    ],
)
def test_each_error_has_a_code_and_says_whether_the_outcome_is_known(
    kind: int, code: str, while_writing: bool, at_commit: bool
) -> None:
    error = sqlite3.OperationalError("it went wrong in /home/romeo/chat.db")
    error.sqlite_errorcode = kind

    during, at = write_error(error, at_commit=False), write_error(error, at_commit=True)

    assert (during.code, during.is_outcome_unknown) == (code, while_writing)
    assert (at.code, at.is_outcome_unknown) == (code, at_commit)
    assert not read_error(error).is_outcome_unknown
    assert "romeo" not in f"{during}{at}{read_error(error)}"


def test_text_that_is_not_utf_8_is_damage() -> None:
    assert read_error(sqlite3.OperationalError("UTF-8")).code == "history_damaged"
