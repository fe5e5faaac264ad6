"""A file of an older release is copied and migrated when it is opened.

`frozen/schema-1.db` was written by release 1. Its lobby had 34 messages, of which the
last 20 are stored; "verona" has five, and "mantua" has one. The last message of the
lobby is not indexed.
"""

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StoredKey, StoredRoom
from parlour.history.retention import Retention
from parlour.journal.sqlite import copying
from parlour.journal.sqlite.connections import connect
from parlour.journal.sqlite.files import FileError, companion
from parlour.journal.sqlite.reader import Reader
from parlour.journal.sqlite.rows import SELECT_MESSAGE, MessageRow, checksum_input
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    after,
    batch,
    before,
    edit,
    head,
    maintain_fully,
    names,
    open_store,
    record,
    said,
    search,
    search_rooms,
    sequences,
    stored_texts,
    texts,
)

FROZEN = Path(__file__).with_name("frozen") / "schema-1.db"
EPOCH = "240000775bb550087c4b9cab178c9b48"
LOBBY_TEXTS = [
    *[f"line {number}" for number in range(15, 31)],
    "příliš žluťoučký kůň 🐴",
    "我喜欢咖啡",
    "a\nb",
    "not indexed",
]
VERONA_TEXTS = [f"verona {number}" for number in range(1, 6)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a copy of the frozen file, in a directory of its own."""
    directory = tmp_path / "history"
    directory.mkdir()
    return Path(shutil.copyfile(FROZEN, directory / "chat.db"))


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        ((found,),) = db.execute("PRAGMA user_version")
    assert isinstance(found, int)
    return found


def test_the_rooms_and_keys_of_an_older_file_are_loaded(path: Path) -> None:
    with closing(open_store(path)) as store:
        state = store.load()

    assert state.epoch == EPOCH
    assert state.rooms == (
        StoredRoom(LOBBY, 1, 34),
        StoredRoom(VERONA, 2, 5),
        StoredRoom(MANTUA, 3, 1),
    )
    assert len(state.keys) == 32
    assert state.keys[0] == StoredKey("key 1", "", LOBBY, 1)
    assert state.keys[-2:] == (
        StoredKey("key m", "", MANTUA, 1),
        StoredKey("last", "", LOBBY, 34),
    )


def test_the_messages_of_an_older_file_are_read(path: Path) -> None:
    with closing(open_store(path)) as store:
        page = store.read(after(0, room=LOBBY))

        assert stored_texts(store, LOBBY) == LOBBY_TEXTS
        assert sequences(page.messages) == list(range(15, 35))
        assert (page.total, page.expired) == (20, 14)
        assert stored_texts(store, VERONA) == VERONA_TEXTS
        assert stored_texts(store, MANTUA) == ["mantua 1"]


@pytest.mark.parametrize("is_maintained", [False, True])
def test_the_messages_of_an_older_file_are_found(
    path: Path, is_maintained: bool
) -> None:
    with closing(open_store(path)) as store:
        if is_maintained:
            maintain_fully(store)

        found = {
            words: texts(store.read(search_rooms(words, LOBBY, VERONA, MANTUA)))
            for words in ("zlutoucky", "咖啡", "indexed", "verona 4", "16", "14")
        }

    assert found == {
        "zlutoucky": ["příliš žluťoučký kůň 🐴"],
        "咖啡": ["我喜欢咖啡"],
        "indexed": ["not indexed"],
        "verona 4": ["verona 4"],
        "16": ["line 16"],
        "14": [],
    }


def test_a_migrated_file_is_used_with_many_rooms(path: Path) -> None:
    venice = RoomName("venice")
    with closing(open_store(path)) as store:
        store.append(batch(RoomOpened(VERONA, ROMEO), TopicSet(VERONA, ROMEO, "ay")))
        store.append(batch(RoomOpened(venice, ROMEO), said("new", venice, key="v")))
        store.append(batch(RoomClosed(MANTUA)))
        record(store, ["more"], LOBBY)
        record(store, ["verona 6"], VERONA)
        maintain_fully(store)

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(LOBBY, 1, 35),
            StoredRoom(VERONA, 2, 6, "ay"),
            StoredRoom(MANTUA, 3, 1, is_open=False),
            StoredRoom(venice, 4, 1),
        )
        assert stored_texts(store, LOBBY) == [*LOBBY_TEXTS, "more"]
        assert stored_texts(store, VERONA) == [*VERONA_TEXTS, "verona 6"]
        assert texts(store.read(search("6"))) == ["verona 6"]
    report = verify(path)
    assert report.problems == []
    assert report.keys == 33


def test_messages_of_an_older_file_are_deleted(path: Path) -> None:
    with closing(open_store(path, Retention(max_messages=3))) as store:
        assert store.excess() == (17 + 2, 26)
        maintain_fully(store)

        assert stored_texts(store, LOBBY) == LOBBY_TEXTS[-3:]
        assert stored_texts(store, VERONA) == VERONA_TEXTS[-3:]
        assert (head(store, LOBBY), head(store, VERONA)) == (34, 5)
    assert verify(path).problems == []


def test_a_file_in_which_another_room_has_the_number_of_the_lobby(path: Path) -> None:
    edit(path, "DELETE FROM room WHERE id > 1")
    edit(path, "DELETE FROM message WHERE place >> 40 > 1")
    edit(path, "UPDATE room SET name = 'verona', checksum = 753658777")

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(VERONA, 1, 34),
            StoredRoom(LOBBY, 2, 0),
        )
        record(store, ["hello"], LOBBY)
        record(store, ["mantua 1"], MANTUA)

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(VERONA, 1, 34),
            StoredRoom(LOBBY, 2, 1),
            StoredRoom(MANTUA, 3, 1),
        )


def test_the_file_is_copied_before_it_is_migrated(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["more"], LOBBY)

    copy = companion(path, ".schema-1")
    assert (version(copy), version(path)) == (1, 2)
    assert names(path.parent) == {"chat.db", "chat.db.lock", "chat.db.schema-1"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    report = verify(copy)
    assert report.problems == []
    assert (report.epoch, report.keys) == (EPOCH, 32)
    assert [room.head for room in report.rooms.values()] == [34, 5, 1]


def test_the_copy_has_the_messages_that_are_in_the_log(
    path: Path, tmp_path: Path
) -> None:
    crashed = tmp_path / "crashed.db"
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        last = MessageRow(*db.execute(SELECT_MESSAGE, ((1 << 40) + 34,)).fetchone())
        fields = last.place + 1, last.time, last.end, "Romeo", "in the log"
        row = (*fields, crc32(checksum_input(*fields)))
        db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", row)
        for suffix in ("", "-wal"):
            shutil.copyfile(companion(path, suffix), companion(crashed, suffix))

    open_store(crashed).close()

    copy = companion(crashed, ".schema-1")
    assert names(tmp_path) >= {copy.name}
    assert not companion(copy, "-wal").exists()
    assert verify(copy).rooms[LOBBY].head == 35


def test_a_migration_is_reported(path: Path) -> None:
    clocks = Clocks(NOW + 300)

    clocks.open_store(path).close()
    clocks.open_store(path).close()

    assert clocks.warnings == [
        ("history.migrated", {"schema": 2, "copy": str(companion(path, ".schema-1"))})
    ]


def test_another_file_with_the_name_of_the_copy_is_not_replaced(path: Path) -> None:
    companion(path, ".schema-1").write_bytes(b"dear diary")
    companion(path, ".schema-1-2").mkdir()

    open_store(path).close()

    assert companion(path, ".schema-1").read_bytes() == b"dear diary"
    assert verify(companion(path, ".schema-1-3")).problems == []


def test_an_equal_copy_is_not_made_again(path: Path) -> None:
    open_store(path).close()
    copy = companion(path, ".schema-1")
    old = copy.stat()
    shutil.copyfile(FROZEN, path)

    open_store(path).close()

    assert copy.stat() == old
    assert not companion(path, ".schema-1-2").exists()


def test_a_file_is_not_migrated_if_the_disk_has_no_room_for_the_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "free_space", lambda _: 1_000_000)

    with pytest.raises(FileError) as caught:
        open_store(path)

    assert str(caught.value) == (
        f"{path} is from an older Parlour and has to be copied before it is changed, "
        "but the disk has only 1,000,000 bytes left: free 110,016 more"
    )
    assert version(path) == 1
    assert names(path.parent) == {"chat.db", "chat.db.lock"}


def test_a_file_that_is_already_migrated_is_not_copied(path: Path) -> None:
    open_store(path).close()
    companion(path, ".schema-1").unlink()

    open_store(path).close()

    assert not companion(path, ".schema-1").exists()


def test_an_older_file_is_read_without_being_changed(path: Path) -> None:
    content = path.read_bytes()

    with closing(Reader(path)) as reader:
        rooms = [(room.id, room.name) for room in reader.rooms()]
        page = reader.read(before(room=LOBBY))

    assert rooms == [(1, LOBBY), (2, VERONA), (3, MANTUA)]
    assert texts(page) == LOBBY_TEXTS
    assert path.read_bytes() == content


def test_the_copy_can_be_restored(path: Path, tmp_path: Path) -> None:
    open_store(path).close()
    restored = tmp_path / "restored.db"

    restore(companion(path, ".schema-1"), restored)

    assert version(restored) == 1
    with closing(open_store(restored)) as store:
        assert stored_texts(store, LOBBY) == LOBBY_TEXTS


def test_a_backup_of_an_older_file_is_opened(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"

    backup(path, copy)

    with closing(open_store(copy)) as store:
        assert stored_texts(store, VERONA) == VERONA_TEXTS


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM room WHERE id = 2",
        "UPDATE room SET id = 5 WHERE id = 3",
        "DELETE FROM message WHERE place >> 40 = 1 AND place & 1023 = 15",
        "UPDATE room SET name = 'lobby2' WHERE id = 1",
    ],
)
def test_damage_in_an_older_file_is_detected(path: Path, statement: str) -> None:
    edit(path, statement)

    with pytest.raises(FileError, match="is damaged"):
        open_store(path)


class CrashedError(Exception):
    """The process ended at a failpoint."""


@pytest.mark.parametrize(
    ("failpoint", "left"), [("migrate.copied", 1), ("migrate.committed", 2)]
)
def test_a_crash_during_a_migration_leaves_a_file_that_is_opened(
    path: Path, failpoint: str, left: int
) -> None:
    def crash(name: str) -> None:
        if name == failpoint:
            raise CrashedError

    with pytest.raises(CrashedError):
        open_store(path, failpoint=crash)

    assert version(path) == left
    with closing(open_store(path)) as store:
        assert stored_texts(store, LOBBY) == LOBBY_TEXTS
    assert names(path.parent) == {"chat.db", "chat.db.lock", "chat.db.schema-1"}
    assert version(companion(path, ".schema-1")) == 1
