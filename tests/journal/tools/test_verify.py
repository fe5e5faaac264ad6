import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY
from parlour.history.retention import Retention
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.inspection import require_damage
from parlour.journal.tools.report import VerifiedRoom
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    MANTUA,
    ROMEO,
    VERONA,
    batch,
    edit,
    head,
    maintain_fully,
    open_store,
    record,
    said,
    sparse,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with messages 11 to 50 in one room and 1 to 3 in another."""
    path = tmp_path / "chat.db"
    with closing(open_store(path, Retention(max_messages=40))) as store:
        store.append(batch(*[said(f"sun {each}", key=str(each)) for each in range(50)]))
        record(store, "abc", MANTUA)
        maintain_fully(store)
    return path


def test_an_intact_file_has_no_problems(path: Path) -> None:
    report = verify(path)

    assert report.problems == []
    assert report.rooms == {
        VERONA: VerifiedRoom(11, 50, 40),
        MANTUA: VerifiedRoom(1, 3, 3),
    }
    assert report.keys == 50
    with closing(open_store(path)) as store:
        assert report.epoch == store.load().epoch


def test_a_file_in_use_is_verified(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, "d", MANTUA)

        report = verify(path)

    assert report.problems == []
    assert report.rooms[MANTUA] == VerifiedRoom(1, 4, 4)


def test_verification_uses_little_memory(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["x"] * 20_000)
        maintain_fully(store)
    tracemalloc.start()

    report = verify(path)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.problems == []
    assert peak < 1_000_000  # bytes; a list of all places needs more


def test_the_progress_is_reported(path: Path) -> None:
    reports: list[tuple[int, int]] = []

    verify(path, lambda done, total: reports.append((done, total)))

    assert reports == [(0, 43), (43, 43)]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE message SET text = 'moon' WHERE text = 'sun 20'",
            "verona: message 21 was changed",
        ),
        (
            "UPDATE message SET source = 'Tybalt' WHERE text = 'a'",
            "mantua: message 1 was changed",
        ),
        (
            "DELETE FROM message WHERE text IN ('sun 20', 'sun 21')",
            "verona: messages 21 to 22 are missing",
        ),
        (
            "DELETE FROM message WHERE text = 'sun 10'",
            "verona: messages 11 to 11 are missing",
        ),
        (
            "DELETE FROM message WHERE text = 'c'",
            "mantua: messages at the end are missing",
        ),
        (
            "UPDATE message SET place = place + 50 WHERE text = 'sun 49'",
            "verona: messages 50 to 99 are missing",
        ),
        (
            "UPDATE message SET place = place - 20 WHERE text = 'sun 10'",
            "belongs to no room",
        ),
        (
            "UPDATE message SET place = place - 5 WHERE text = 'sun 10'",
            "verona: message 6 should have been deleted",
        ),
        (
            "UPDATE message SET start = start + 1 WHERE text = 'sun 20'",
            "verona: the recorded size before message 21 is wrong",
        ),
        ("UPDATE room SET floor = 0", "verona: the record of the room was changed"),
        ("DELETE FROM room WHERE id = 2", "a room is missing"),
        ("DELETE FROM about", "the epoch is missing"),
        (
            "INSERT INTO word (word, rowid, text) VALUES ('delete', 2199023255572, '')",
            "the search index does not match the stored messages",
        ),
        ("DROP TABLE key", "SQLite: no such table: key"),
    ],
)
def test_each_problem_is_found(path: Path, statement: str, problem: str) -> None:
    edit(path, statement)

    assert any(problem in each for each in verify(path).problems)


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """Return a history with holes and several rooms.

    The lobby has the messages 6, 7, 9, 10, 12, 13; "verona", which is closed, has 1;
    "mantua" has a topic and no messages.
    """
    path = tmp_path / "rooms.db"
    retention = Retention(max_messages=6)
    with closing(open_store(path, retention, numbering=sparse)) as store:
        store.append(batch(*[said(each, LOBBY, key=each) for each in "abcdefghi"]))
        store.append(batch(said("a", VERONA), RoomClosed(VERONA)))
        store.append(batch(RoomOpened(MANTUA, ROMEO), TopicSet(MANTUA, ROMEO, "ay")))
        maintain_fully(store)
    return path


def test_every_room_is_reported(rooms: Path) -> None:
    report = verify(rooms)

    assert report.problems == []
    assert list(report.rooms.items()) == [
        (LOBBY, VerifiedRoom(6, 13, 6)),
        (VERONA, VerifiedRoom(1, 1, 1, is_open=False)),
        (MANTUA, VerifiedRoom(1, 0, 0)),
    ]
    assert (report.messages, report.keys) == (7, 9)


HOLE = (1 << 40) + 9  # the place of a message after a hole
CHANGED_HOLE = "lobby: the record of the hole before message 9 was changed"


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            f"DELETE FROM hole WHERE place = {HOLE}",
            "lobby: messages 8 to 8 are missing",
        ),
        (f"UPDATE hole SET size = 2 WHERE place = {HOLE}", CHANGED_HOLE),
        (f"UPDATE hole SET total = 9 WHERE place = {HOLE}", CHANGED_HOLE),
        (f"UPDATE hole SET checksum = 0 WHERE place = {HOLE}", CHANGED_HOLE),
        (
            "UPDATE hole SET place = place - 2 WHERE place & 1023 = 9",
            "lobby: the record of the hole before message 7 was changed",
        ),
        (
            "INSERT INTO hole VALUES ((9 << 40) + 1, 1, 1, 0)",
            "the hole before message 1 is in no room",
        ),
        ("DELETE FROM message WHERE place & 1023 = 9", "messages 8 to 9 are missing"),
        (
            "DELETE FROM message WHERE place & 1023 = 10",
            "messages 10 to 10 are missing",
        ),
        ("DELETE FROM message WHERE place & 1023 = 13", "at the end are missing"),
        ("UPDATE room SET topic = 'x'", "mantua: the record of the room was changed"),
        ("UPDATE room SET topic = NULL", "mantua: the record of the room was changed"),
        ("UPDATE room SET is_closed = NULL", "verona: the record of the room was"),
        ("UPDATE room SET is_closed = 1", "lobby: the record of the room was changed"),
        ("DELETE FROM room WHERE name = 'mantua'", "a room is missing"),
        ("UPDATE about SET rooms = 4", "a room is missing"),
        ("UPDATE about SET last_room = 2", "a room is missing"),
        (
            "UPDATE key SET place = (9 << 40) + 1",
            "9 idempotency keys belong to no room",
        ),
        ("UPDATE key SET place = place + 1 WHERE key = 'i'", "at the end are missing"),
    ],
)
def test_each_problem_of_rooms_and_holes_is_found(
    rooms: Path, statement: str, problem: str
) -> None:
    edit(rooms, statement)

    assert any(problem in each for each in verify(rooms).problems)


@pytest.mark.parametrize("column", ["message.start", "room.floor", "hole.size"])
def test_a_value_of_the_wrong_type_is_found(rooms: Path, column: str) -> None:
    table, name = column.split(".")
    db = sqlite3.connect(rooms, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    tables = "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '')"
    db.execute(f"{tables} WHERE type = 'table'")
    db.close()
    edit(rooms, f"UPDATE {table} SET {name} = NULL")

    assert verify(rooms).problems != []


def test_at_most_a_hundred_problems_are_reported(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["x"] * 500)
    edit(path, "UPDATE message SET checksum = 0")

    assert len(verify(path).problems) == 100


def test_overwritten_pages_are_found(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 8] = b"overwrit"
    path.write_bytes(content)

    assert any(each.startswith("SQLite: ") for each in verify(path).problems)


def test_a_file_that_is_not_a_history_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "diary"
    path.write_bytes(b"dear diary\n" * 1000)

    with pytest.raises(FileError, match="is not a database"):
        verify(path)


@pytest.mark.parametrize(
    ("number", "is_damage"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_ERROR, True),
        (sqlite3.SQLITE_IOERR_SHORT_READ, True),
        (sqlite3.SQLITE_IOERR_READ, False),
        (sqlite3.SQLITE_CANTOPEN, False),
        (sqlite3.SQLITE_READONLY_DIRECTORY, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_INTERRUPT, False),
        (sqlite3.SQLITE_PROTOCOL, False),
    ],
)
def test_only_an_error_in_the_content_is_reported_as_damage(
    path: Path, number: int, is_damage: bool
) -> None:
    error = sqlite3.OperationalError("failed")
    error.sqlite_errorcode = number

    if is_damage:
        require_damage(path, error)
    else:
        with pytest.raises(FileError) as caught:
            require_damage(path, error)
        assert "damaged" not in str(caught.value)


def test_a_file_is_verified_while_a_server_writes(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path, Retention(max_messages=3000))) as store:
        record(store, ["a"] * 3000)
        maintain_fully(store)

        def write(_done: int, _total: int) -> None:
            if head(store) < 20_000:
                record(store, ["b"] * 1500)
                record(store, ["c"] * 10, MANTUA)
                maintain_fully(store)

        report = verify(path, write)

        assert report.problems == []
        assert report.rooms[VERONA].head == head(store)
