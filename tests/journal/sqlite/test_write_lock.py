"""Only one process writes a history, under any of its names."""

import fcntl
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.journal.sqlite.files import FileError, companion
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    NOW,
    open_store,
    record,
    stored_texts,
)


def fill(path: Path, texts: str = "abc") -> None:
    """Record messages in the history *path*."""
    with closing(open_store(path)) as store:
        record(store, texts)


def test_a_second_store_reports_which_process_uses_the_file(path: Path) -> None:
    with (
        closing(open_store(path)),
        pytest.raises(FileError, match=f"{path} is in use by process {os.getpid()}: "),
    ):
        open_store(path)

    fill(path, "d")


def test_another_process_reports_which_process_uses_the_file(path: Path) -> None:
    writer = Path(__file__).with_name("batch_writer.py")
    with closing(open_store(path)):
        second = subprocess.run(
            [sys.executable, writer, path, "1"],
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode != 0
    assert f"is in use by process {os.getpid()}: stop it first" in second.stderr


def test_a_symbolic_link_has_the_same_lock(path: Path) -> None:
    other = path.with_name("other.db")
    other.symlink_to(path)

    with closing(open_store(path)), pytest.raises(FileError, match="is in use"):
        open_store(other)


def test_a_deleted_lock_file_is_replaced(path: Path) -> None:
    with closing(open_store(path)) as store:
        companion(path, ".lock").unlink()
        record(store, "a", time=NOW + 1)

        with pytest.raises(FileError, match=f"is in use by process {os.getpid()}"):
            open_store(path)


def test_the_file_stays_locked_after_its_lock_file_was_deleted(path: Path) -> None:
    with closing(open_store(path)) as store:
        companion(path, ".lock").unlink()

        with pytest.raises(FileError, match="is in use by another process"):
            open_store(path)

        # The refused store has not created the lock file.
        assert not companion(path, ".lock").exists()
        record(store, "a", time=NOW + 1)
        assert companion(path, ".lock").exists()


def test_a_store_that_lost_its_lock_never_writes_again(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, "a")
        companion(path, ".lock").unlink()
        # A program that locks only the name, like the first release.
        with companion(path, ".lock").open("wb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)

            with pytest.raises(StorageError) as caught:
                record(store, "c", time=NOW + 1)
            assert caught.value.code == "storage_busy"
            assert caught.value.is_outcome_unknown
        with pytest.raises(StorageError):
            record(store, "c", time=NOW + 2)

        assert stored_texts(store) == ["a"]


def test_a_hard_link_to_a_file_in_use_is_refused(path: Path) -> None:
    other = path.with_name("other.db")
    with closing(open_store(path)) as store:
        record(store, "a")
        other.hardlink_to(path)

        with pytest.raises(FileError, match="in use by another process, perhaps under"):
            open_store(other)
        for tool in (lambda: verify(other), lambda: list(export_lines(other))):
            with pytest.raises(FileError, match="has another name"):
                tool()

        assert verify(path).problems == []
        record(store, "b")
        assert stored_texts(store) == ["a", "b"]
    assert {each.name for each in path.parent.iterdir()} == {
        "chat.db",
        "chat.db.lock",
        "other.db",
    }


def test_a_file_with_two_names_is_refused_until_one_is_removed(path: Path) -> None:
    fill(path)
    other = path.with_name("other.db")
    other.hardlink_to(path)

    for name in (path, other):
        with pytest.raises(FileError, match=f"{name} has another name"):
            open_store(name)

    companion(path, "-wal").write_bytes(b"")
    with pytest.raises(FileError, match="is beside this name: remove the other"):
        open_store(path)
    with pytest.raises(FileError, match="may be beside the other name: remove this"):
        open_store(other)

    other.unlink()
    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_a_second_process_is_refused_under_every_name(path: Path) -> None:
    other = path.with_name("other.db")
    writer = Path(__file__).with_name("batch_writer.py")
    with closing(open_store(path)):
        other.hardlink_to(path)
        second = subprocess.run(
            [sys.executable, writer, other, "1"],
            capture_output=True,
            text=True,
            check=False,
        )

    assert second.returncode != 0
    assert "is in use by another process, perhaps under another name" in second.stderr


@pytest.mark.parametrize("has_log", [False, True])
def test_an_interrupted_restore_is_undone(path: Path, has_log: bool) -> None:
    fill(path)
    store = open_store(path)
    record(store, "d")
    log = path.with_name("chat.db-wal").read_bytes()
    store.close()
    path.with_name("chat.db.replaced").hardlink_to(path)
    if has_log:
        path.with_name("chat.db.replaced-wal").write_bytes(log)

    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c", "d"]

    assert {each.name for each in path.parent.iterdir()} == {"chat.db", "chat.db.lock"}


def test_a_running_restore_is_not_undone(path: Path) -> None:
    fill(path)
    replaced = path.with_name("chat.db.replaced")
    with closing(open_store(path)):  # a restore holds the same lock
        replaced.hardlink_to(path)

        with pytest.raises(FileError, match="is in use by process"):
            open_store(path)

        assert replaced.exists()


def test_a_lock_file_that_is_a_symbolic_link_is_not_followed(
    path: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious\n")
    companion(path, ".lock").symlink_to(victim)

    with pytest.raises(FileError, match="lock is a symbolic link"):
        open_store(path)

    assert victim.read_text() == "precious\n"
    assert not path.exists()


@pytest.mark.parametrize("kind", ["hard link", "text", "pipe", "directory"])
def test_an_unrelated_file_in_place_of_the_lock_file_is_unchanged(
    path: Path, kind: str
) -> None:
    lock, victim = companion(path, ".lock"), path.with_name("victim")
    victim.write_text("1234\n")
    if kind == "hard link":
        lock.hardlink_to(victim)
    elif kind == "text":
        lock.write_text("precious\n")
    elif kind == "pipe":
        os.mkfifo(lock)
    else:
        lock.mkdir()

    with pytest.raises(FileError):
        open_store(path)

    assert victim.read_text() == "1234\n"
    assert kind != "text" or lock.read_text() == "precious\n"
    assert not path.exists()


def test_a_refused_file_is_not_locked(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(FileError):
        open_store(path)

    path.unlink()
    fill(path)
