"""A file of an older program is read, and used after it was migrated."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import AccountIgnored, RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY, RoomName
from parlour.core.roles import Role
from parlour.core.storage import Page, ReadActs, StoredKey, StoredRoom
from parlour.history.retention import Retention
from parlour.journal.sqlite.files import FileError
from parlour.journal.sqlite.reader import Reader
from parlour.journal.tools.backup import backup
from parlour.journal.tools.exporting import export_lines, is_message
from parlour.journal.tools.verify import verify
from tests.journal.sqlite.frozen_files import (
    EPOCH,
    FIRST,
    LOBBY_TEXTS,
    PADUA,
    VERONA_TEXTS,
    Frozen,
    version,
)
from tests.journal.stores import (
    JULIET,
    MANTUA,
    ROMEO,
    VERONA,
    after,
    batch,
    before,
    edit,
    head,
    maintain_fully,
    open_store,
    record,
    registered,
    role_set,
    said,
    sanctioned,
    search,
    search_rooms,
    sequences,
    stored_account,
    stored_texts,
    texts,
)


@pytest.fixture
def path(older: Path) -> Path:
    return older


def test_the_rooms_and_keys_of_an_older_file_are_loaded(
    path: Path, frozen: Frozen
) -> None:
    with closing(open_store(path)) as store:
        state = store.load()

    assert state.epoch == EPOCH
    assert state.rooms == frozen.rooms
    assert len(state.keys) == 32
    assert state.keys[0] == StoredKey("key 1", frozen.token, LOBBY, 1)
    assert state.keys[-2:] == (
        StoredKey("key m", "", MANTUA, 1),
        StoredKey("last", "", LOBBY, 34),
    )
    assert (state.accounts, state.last_account) == ((), 0)
    assert (state.sanctions, state.last_sanction) == ((), 0)


def test_the_messages_of_an_older_file_are_read(path: Path, frozen: Frozen) -> None:
    with closing(open_store(path)) as store:
        page = store.read(after(0, room=LOBBY))

        assert stored_texts(store, LOBBY) == LOBBY_TEXTS
        assert sequences(page.messages) == list(range(15, 35))
        assert (page.total, page.expired) == (20, 14)
        assert stored_texts(store, VERONA) == VERONA_TEXTS
        assert stored_texts(store, MANTUA) == ["mantua 1"]
        padua = store.read(after(0, room=PADUA)).messages
        assert sequences(padua) == ([1, 3, 4, 6] if frozen.closed else [])


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


def test_a_migrated_file_is_used_with_many_rooms(path: Path, frozen: Frozen) -> None:
    venice, number = RoomName("venice"), 4 + len(frozen.closed)
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
            *frozen.closed,
            StoredRoom(venice, number, 1),
        )
        assert stored_texts(store, LOBBY) == [*LOBBY_TEXTS, "more"]
        assert stored_texts(store, VERONA) == [*VERONA_TEXTS, "verona 6"]
        assert texts(store.read(search("6"))) == ["verona 6"]
    report = verify(path)
    assert report.problems == []
    assert report.keys == 33


def test_a_migrated_file_is_used_with_accounts(path: Path) -> None:
    content = message_rows(path)
    ignored = AccountIgnored(ROMEO, JULIET, "Tybalt", "tybalt")
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet", (VERONA, LOBBY), device="a"), ignored))
        old = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == old
        assert stored_account(store).rooms == (VERONA, LOBBY)
    assert message_rows(path) == content
    report = verify(path)
    assert (report.problems, report.accounts) == ([], 1)


def test_a_migrated_file_is_used_to_keep_order(path: Path) -> None:
    content = message_rows(path)
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), sanctioned()))
        store.append(batch(role_set(JULIET, Role.OWNER, VERONA)))
        old = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == old
        found = store.read(ReadActs(VERONA, 9, 9)).acts
        assert [each.action for each in found] == ["mute", "owner"]
    assert message_rows(path) == content
    assert verify(path).problems == []


def message_rows(path: Path) -> list[tuple[object, ...]]:
    """Return the columns that messages have had since the first schema."""
    with closing(sqlite3.connect(path)) as db:
        columns = "place, time, start, source, text, checksum"
        return db.execute(f"SELECT {columns} FROM message").fetchall()


def test_messages_of_an_older_file_have_no_account(path: Path) -> None:
    open_store(path).close()

    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT DISTINCT account FROM message").fetchall()

    assert found == [(None,)]


def test_messages_of_an_older_file_are_deleted(path: Path, frozen: Frozen) -> None:
    with closing(open_store(path, Retention(max_messages=3))) as store:
        excess = 17 + 2 + len(frozen.closed)
        assert store.excess() == (excess, frozen.size)
        maintain_fully(store)

        assert stored_texts(store, LOBBY) == LOBBY_TEXTS[-3:]
        assert stored_texts(store, VERONA) == VERONA_TEXTS[-3:]
        assert (head(store, LOBBY), head(store, VERONA)) == (34, 5)
    assert verify(path).problems == []


def test_a_file_in_which_another_room_has_the_number_of_the_lobby(
    tmp_path: Path,
) -> None:
    path = FIRST.copy_to(tmp_path / "chat.db")
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


def test_an_older_file_is_read_without_being_changed(
    path: Path, frozen: Frozen
) -> None:
    content = path.read_bytes()

    with closing(Reader(path)) as reader:
        rooms = [(room.id, room.name) for room in reader.rooms()]
        page = reader.read(before(room=LOBBY))
        found = reader.read(search("verona"))
        accounts = reader.account_count()
        acts = reader.read(ReadActs(None, 9, 9))

    assert rooms == [(each.number, each.name) for each in frozen.rooms]
    assert texts(page) == LOBBY_TEXTS
    assert texts(found) == VERONA_TEXTS
    assert accounts == 0
    assert acts == Page((), has_more=False, total=0)
    assert path.read_bytes() == content


def test_an_older_file_is_verified_and_exported(path: Path, frozen: Frozen) -> None:
    report = verify(path)
    lines = list(export_lines(path))

    assert (report.problems, report.messages) == ([], frozen.size)
    assert sum(map(is_message, lines)) == frozen.size
    assert version(path) == frozen.version


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
