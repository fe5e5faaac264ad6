"""A file of an older program is copied and migrated when it is opened."""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from parlour.core.events import LOBBY
from parlour.journal.sqlite import copying
from parlour.journal.sqlite.connections import connect
from parlour.journal.sqlite.files import FileError, companion
from parlour.journal.sqlite.rows import MessageRow, checksum_input
from parlour.journal.tools.backup import restore
from parlour.journal.tools.verify import verify
from tests.journal.sqlite.frozen_files import (
    EPOCH,
    LOBBY_TEXTS,
    Frozen,
    version,
)
from tests.journal.stores import (
    NOW,
    Clocks,
    edit,
    names,
    open_store,
    record,
    stored_texts,
)

CURRENT = 3  # the version of the schema
SELECT_MESSAGE_34 = f"SELECT * FROM message WHERE place = {(1 << 40) + 34}"


@pytest.fixture
def path(older: Path) -> Path:
    return older


@pytest.fixture
def suffix(frozen: Frozen) -> str:
    """Return the end of the name of the copy that is kept."""
    return f".schema-{frozen.version}"


def test_the_file_is_copied_before_it_is_migrated(
    path: Path, frozen: Frozen, suffix: str
) -> None:
    with closing(open_store(path)) as store:
        record(store, ["more"], LOBBY)

    copy = companion(path, suffix)
    assert (version(copy), version(path)) == (frozen.version, CURRENT)
    assert names(path.parent) == {"chat.db", "chat.db.lock", copy.name}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    report = verify(copy)
    assert report.problems == []
    assert (report.epoch, report.keys) == (EPOCH, 32)
    heads = [room.sequence for room in frozen.rooms]
    assert [room.head for room in report.rooms.values()] == heads


def test_the_copy_has_the_messages_that_are_in_the_log(
    path: Path, suffix: str, tmp_path: Path
) -> None:
    crashed = tmp_path / "crashed.db"
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        last = MessageRow(*db.execute(SELECT_MESSAGE_34).fetchone())
        fields = last.place + 1, last.time, last.end, "Romeo", "in the log"
        row = (*fields, crc32(checksum_input(*fields)))
        db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", row)
        for each in ("", "-wal"):
            shutil.copyfile(companion(path, each), companion(crashed, each))

    open_store(crashed).close()

    copy = companion(crashed, suffix)
    assert names(tmp_path) >= {copy.name}
    assert not companion(copy, "-wal").exists()
    assert verify(copy).rooms[LOBBY].head == 35


def test_a_migration_is_reported(path: Path, suffix: str) -> None:
    clocks = Clocks(NOW + 300)

    clocks.open_store(path).close()
    clocks.open_store(path).close()

    assert clocks.warnings == [
        ("history.migrated", {"schema": 3, "copy": str(companion(path, suffix))})
    ]


def test_another_file_with_the_name_of_the_copy_is_not_replaced(
    path: Path, suffix: str
) -> None:
    companion(path, suffix).write_bytes(b"dear diary")
    companion(path, f"{suffix}-2").mkdir()

    open_store(path).close()

    assert companion(path, suffix).read_bytes() == b"dear diary"
    assert verify(companion(path, f"{suffix}-3")).problems == []


def test_an_equal_copy_is_not_made_again(
    path: Path, frozen: Frozen, suffix: str
) -> None:
    open_store(path).close()
    copy = companion(path, suffix)
    old = copy.stat()
    frozen.copy_to(path)

    open_store(path).close()

    assert copy.stat() == old
    assert not companion(path, f"{suffix}-2").exists()


def test_a_file_is_not_migrated_if_the_disk_has_no_room_for_the_copy(
    path: Path, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "free_space", lambda _: 1_000_000)

    with pytest.raises(FileError) as caught:
        open_store(path)

    assert str(caught.value) == (
        f"{path} is from an older Parlour and has to be copied before it is changed, "
        "but the disk has only 1,000,000 bytes left: free "
        f"{110_016 if frozen.version == 1 else 114_112:,} more"
    )
    assert version(path) == frozen.version
    assert names(path.parent) == {"chat.db", "chat.db.lock"}


def test_a_file_that_is_already_migrated_is_not_copied(path: Path, suffix: str) -> None:
    open_store(path).close()
    companion(path, suffix).unlink()

    open_store(path).close()

    assert names(path.parent) == {"chat.db", "chat.db.lock"}


def test_the_copy_can_be_restored(
    path: Path, frozen: Frozen, suffix: str, tmp_path: Path
) -> None:
    open_store(path).close()
    restored = tmp_path / "restored.db"

    restore(companion(path, suffix), restored)

    assert version(restored) == frozen.version
    with closing(open_store(restored)) as store:
        assert stored_texts(store, LOBBY) == LOBBY_TEXTS


class CrashedError(Exception):
    """The process ended at a failpoint."""


@pytest.mark.parametrize("failpoint", ["migrate.copied", "migrate.committed"])
def test_a_crash_during_a_migration_leaves_a_file_that_is_opened(
    path: Path, frozen: Frozen, suffix: str, failpoint: str
) -> None:
    def crash(name: str) -> None:
        if name == failpoint:
            raise CrashedError

    with pytest.raises(CrashedError):
        open_store(path, failpoint=crash)

    is_migrated = failpoint == "migrate.committed"
    assert version(path) == (CURRENT if is_migrated else frozen.version)
    with closing(open_store(path)) as store:
        assert stored_texts(store, LOBBY) == LOBBY_TEXTS
    copy = companion(path, suffix)
    assert names(path.parent) == {"chat.db", "chat.db.lock", copy.name}
    assert version(copy) == frozen.version


def test_a_migration_that_fails_changes_nothing(path: Path, frozen: Frozen) -> None:
    edit(path, "CREATE TABLE ignored (name TEXT)")

    with pytest.raises(FileError, match="already exists"):
        open_store(path)

    assert version(path) == frozen.version
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("account",) not in tables
