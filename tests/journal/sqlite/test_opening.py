"""Creating and opening the file of a history, and which files are refused."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import parlour.journal.sqlite
from parlour.journal.sqlite.files import FileError
from parlour.journal.sqlite.opening import MIGRATIONS
from parlour.journal.sqlite.reader import Reader
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    edit,
    head,
    maintain_fully,
    open_store,
    record,
    stored_texts,
)

FROZEN = Path(__file__).with_name("frozen")
SOURCE = Path(parlour.journal.sqlite.__file__).parent


def fill(path: Path, texts: str = "abc") -> str:
    """Record messages in the history *path*; return its epoch."""
    with closing(open_store(path)) as store:
        record(store, texts)
        maintain_fully(store)
        return store.load().epoch


def test_messages_persist_when_the_file_is_reopened(path: Path) -> None:
    epoch = fill(path)

    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c"]
        assert store.load().epoch == epoch
        record(store, "d")
        assert head(store) == 4


def test_each_file_has_its_own_epoch(tmp_path: Path) -> None:
    assert fill(tmp_path / "one.db") != fill(tmp_path / "two.db")


def test_only_the_owner_can_read_the_files(path: Path) -> None:
    old = os.umask(0)
    try:
        with closing(open_store(path)) as store:
            record(store, "a")
            modes = {
                each.name: stat.S_IMODE(each.stat().st_mode)
                for each in path.parent.iterdir()
            }
    finally:
        os.umask(old)

    assert modes == dict.fromkeys(
        ["chat.db", "chat.db-wal", "chat.db-shm", "chat.db.lock"], 0o600
    )


def test_opening_removes_the_permissions_of_other_users(path: Path) -> None:
    fill(path)
    path.chmod(0o644)

    with closing(open_store(path)):
        modes = [stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()]

    assert set(modes) == {0o600}


def test_a_closed_store_leaves_one_file_and_its_lock(path: Path) -> None:
    fill(path)

    assert {each.name for each in path.parent.iterdir()} == {"chat.db", "chat.db.lock"}


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    fill(path)
    edit(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")

    with pytest.raises(FileError, match=f"{path} was written by a newer Parlour"):
        open_store(path)


@pytest.mark.parametrize("tool", ["read", "verify", "export", "backup", "restore"])
def test_every_tool_refuses_a_file_of_a_newer_version(path: Path, tool: str) -> None:
    fill(path)
    edit(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    other = path.with_name("other.db")
    tools: dict[str, Callable[[], object]] = {
        "read": lambda: Reader(path),
        "verify": lambda: verify(path),
        "export": lambda: list(export_lines(path)),
        "backup": lambda: backup(path, other),
        "restore": lambda: restore(path, other),
    }

    with pytest.raises(FileError, match=f"{path} was written by a newer Parlour"):
        tools[tool]()

    assert not other.exists()


def test_a_file_that_is_not_a_database_is_refused_and_unchanged(path: Path) -> None:
    path.write_bytes(b"dear diary\n" * 1000)

    with pytest.raises(FileError, match=f"{path} is not a database"):
        open_store(path)

    assert path.read_bytes() == b"dear diary\n" * 1000


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_of_another_program_is_refused_and_unchanged(
    path: Path, mode: str
) -> None:
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA journal_mode = {mode}")
    db.execute("CREATE TABLE bookmark (url TEXT)")
    db.close()
    content = path.read_bytes()

    with pytest.raises(FileError, match=f"{path} is not a history of Parlour"):
        open_store(path)

    assert path.read_bytes() == content
    assert {each.name for each in path.parent.iterdir()} == {"chat.db", "chat.db.lock"}


def test_an_empty_file_is_refused(path: Path) -> None:
    path.touch()

    with pytest.raises(FileError, match=f"{path} is empty. It may have been"):
        open_store(path)


def test_a_pipe_is_refused(path: Path) -> None:
    os.mkfifo(path)

    with pytest.raises(FileError, match=f"{path} is not a regular file"):
        open_store(path)


def test_a_directory_is_refused(path: Path) -> None:
    path.mkdir()

    with pytest.raises(FileError, match="is a directory"):
        open_store(path)


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file or directory"):
        open_store(tmp_path / "nowhere" / "chat.db")


def test_a_log_without_its_file_is_refused(path: Path) -> None:
    fill(path)
    store = open_store(path)
    record(store, "d")
    path.with_name("saved-wal").write_bytes(path.with_name("chat.db-wal").read_bytes())
    store.close()
    path.unlink()
    path.with_name("saved-wal").rename(path.with_name("chat.db-wal"))

    with pytest.raises(
        FileError, match=r"is missing, but its log .*chat.db-wal exists"
    ):
        open_store(path)


def test_an_empty_log_without_its_file_is_ignored(path: Path) -> None:
    path.with_name("chat.db-wal").touch()  # as a reader leaves it

    fill(path)

    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_an_unfinished_new_file_is_replaced(path: Path) -> None:
    path.with_name("chat.db.new").write_bytes(b"half")
    path.with_name("chat.db.new-journal").write_bytes(b"half")

    fill(path)

    assert not path.with_name("chat.db.new").exists()


@pytest.mark.parametrize("number", range(len(MIGRATIONS)))
def test_a_schema_never_changes(number: int) -> None:
    name = f"schema-{number + 1}.sql"

    assert MIGRATIONS[number] == name
    assert (SOURCE / name).read_text() == (FROZEN / name).read_text()


def test_each_schema_is_in_the_list_of_migrations() -> None:
    assert {each.name for each in SOURCE.glob("*.sql")} == set(MIGRATIONS)


def test_a_schema_that_is_not_unicode_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    open_store(path).close()
    content = path.read_bytes()
    damaged = content.replace(b"CREATE TABLE about (", b"CREATE TAB\xa0E about (")
    path.write_bytes(damaged)

    with pytest.raises(FileError, match="is damaged"):
        open_store(path)
    assert verify(path).problems == ["SQLite: the schema is damaged"]
