"""A failed write raises an error with a reason, and writing resumes after recovery."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.journal.sqlite import connections, opening
from parlour.journal.sqlite.errors import REASONS, read_error, write_error
from parlour.journal.sqlite.store import SQLiteStore
from tests.journal.stores import (
    NOW,
    batch,
    before,
    edit,
    head,
    maintain_fully,
    open_store,
    record,
    said,
    search,
    sequences,
    stored_texts,
    texts,
)


class Disk:
    """A disk whose free space the test controls."""

    def __init__(self) -> None:
        self._writers: list[sqlite3.Connection] = []
        self._connect = connections.connect

    def connect(self, path: Path) -> sqlite3.Connection:
        self._writers.append(self._connect(path))
        return self._writers[-1]

    def leave_pages(self, pages: int) -> None:
        """Leave free space for *pages* pages."""
        db = self._writers[-1]
        (used,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {used + pages}")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(opening, "connect", disk.connect)
    return disk


@pytest.fixture
def store(path: Path, disk: Disk) -> Iterator[SQLiteStore]:
    assert disk
    with closing(open_store(path)) as store:
        record(store, "ab")
        yield store


def refused(store: SQLiteStore, texts: list[str], time: float = NOW) -> str:
    """Require that *texts* are refused with a known outcome; return the code."""
    with pytest.raises(StorageError) as caught:
        store.append(batch(*[said(each, key=each[:4]) for each in texts], time=time))
    assert not caught.value.is_outcome_unknown
    assert str(caught.value) == caught.value.reason == REASONS[caught.value.code]
    return caught.value.code


def test_messages_are_refused_while_the_disk_is_full(
    store: SQLiteStore, disk: Disk
) -> None:
    disk.leave_pages(2)
    big = [f"{number:4} {'c' * 4000}" for number in range(10)]

    assert refused(store, big) == "storage_full"
    assert refused(store, big) == "storage_full"
    assert stored_texts(store) == ["a", "b"]
    assert texts(store.read(search("b"))) == ["b"]

    disk.leave_pages(1000)
    store.append(batch(*[said(each, key=each[:4]) for each in big]))

    assert stored_texts(store) == ["a", "b", *big]
    assert len(store.load().keys) == 10  # refused messages left none


def test_small_batches_are_recorded_on_a_nearly_full_disk(
    store: SQLiteStore, disk: Disk
) -> None:
    disk.leave_pages(2)

    assert refused(store, ["c" * 40_000]) == "storage_full"
    record(store, "d")
    assert head(store) == 3


def test_maintenance_fails_on_a_full_disk_and_succeeds_later(
    store: SQLiteStore, disk: Disk
) -> None:
    record(store, [f"word{each}" for each in range(2000)])
    disk.leave_pages(0)
    with pytest.raises(StorageError) as caught:
        maintain_fully(store)
    assert caught.value.code == "storage_full"
    assert not caught.value.is_outcome_unknown

    disk.leave_pages(1000)
    maintain_fully(store)

    assert sequences(store.read(search("word1999")).messages) == [2002]


def test_a_file_locked_by_another_program_is_reported_until_released(
    store: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT", 0.0)
    with closing(open_store(path.with_name("locked.db"))) as locked:
        stray = sqlite3.connect(path.with_name("locked.db"), isolation_level=None)
        stray.execute("BEGIN IMMEDIATE")

        assert refused(locked, ["c"]) == "storage_busy"
        assert stored_texts(locked) == []

        stray.execute("ROLLBACK")
        stray.close()
        record(locked, "c")
        assert head(locked) == 1
    record(store, "c")
    assert head(store) == 3


@pytest.mark.parametrize("name", ["chat.db", "chat.db-wal"])
def test_a_deleted_file_is_not_written(
    store: SQLiteStore, path: Path, name: str
) -> None:
    path.with_name(name).unlink()

    assert refused(store, ["c"], NOW + 1) == "history_gone"
    assert refused(store, ["c"], NOW + 1) == "history_gone"
    assert stored_texts(store) == ["a", "b"]


def test_a_moved_file_is_written_again_after_it_is_moved_back(
    store: SQLiteStore, path: Path
) -> None:
    moved = path.rename(path.with_name("moved.db"))
    assert refused(store, ["c"], NOW + 1) == "history_gone"

    moved.rename(path)

    record(store, "c", time=NOW + 1)
    assert head(store) == 3


def test_a_file_that_replaced_the_history_is_not_written(
    store: SQLiteStore, path: Path
) -> None:
    path.rename(path.with_name("moved.db"))
    path.write_bytes(b"")

    assert refused(store, ["c"], NOW + 1) == "history_gone"
    assert path.read_bytes() == b""


def test_a_changed_row_is_reported_and_other_rows_can_be_read(
    store: SQLiteStore, path: Path
) -> None:
    record(store, "cd")
    edit(path, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(StorageError) as caught:
        store.read(before())

    assert caught.value.code == "history_damaged"
    assert texts(store.read(before(limit=2))) == ["c", "d"]
    record(store, "e")
    assert head(store) == 5


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
    error = sqlite3.OperationalError("failed in /home/romeo/chat.db")
    error.sqlite_errorcode = kind

    during, at = write_error(error, at_commit=False), write_error(error, at_commit=True)

    assert (during.code, during.is_outcome_unknown) == (code, while_writing)
    assert (at.code, at.is_outcome_unknown) == (code, at_commit)
    assert not read_error(error).is_outcome_unknown
    assert "romeo" not in f"{during}{at}{read_error(error)}"


def test_text_that_is_not_utf_8_is_reported_as_damage() -> None:
    assert read_error(sqlite3.OperationalError("UTF-8")).code == "history_damaged"
