"""Changed and missing rows of accounts are detected when the file is opened."""

import sqlite3
from contextlib import closing
from pathlib import Path
from zlib import crc32

import pytest

from parlour.core.entries import AccountIgnored, DeviceAdded, RoomClosed
from parlour.core.events import LOBBY
from parlour.core.storage import StorageError
from parlour.journal.sqlite.errors import REASONS
from parlour.journal.sqlite.files import FileError
from parlour.journal.sqlite.rows import SELECT_MESSAGES, MessageRow, checksum_input
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    JULIET,
    MANTUA,
    ROMEO,
    VERONA,
    batch,
    before,
    edit,
    maintain_fully,
    open_store,
    registered,
    said,
    texts,
)

CHANGED_PART = (
    "account Juliet: the record of a device, a room or an ignored name was changed"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with three accounts, the last one without anything."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        rooms = LOBBY, VERONA, MANTUA
        for name in ("Juliet", "Tybalt"):
            store.append(batch(registered(name, rooms, device="a", label="phone")))
        store.append(batch(DeviceAdded(JULIET, 1, "b", "tablet")))
        for name in ("Paris", "Romeo"):
            store.append(batch(AccountIgnored(ROMEO, JULIET, name, name.lower())))
        store.append(batch(registered("Nurse"), said("a"), RoomClosed(VERONA)))
        maintain_fully(store)
    return path


def test_an_undamaged_file_is_opened(path: Path) -> None:
    open_store(path).close()

    report = verify(path)

    assert (report.problems, report.accounts) == ([], 3)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        *[
            (
                f"UPDATE account SET {column} WHERE id = 1",
                "account {}: the record of the account was changed",
            )
            for column in (
                "name = 'Julia'",
                "password = 'other'",
                "generation = 2",
                "role = 4",
                "created = created + 1",
                "is_enabled = 0",
                "last_device = 9",
                "devices = 1",
                "checksum = checksum + 1",
            )
        ],
        *[
            (
                statement,
                CHANGED_PART,
            )
            for statement in (
                "UPDATE device SET key = 'c' WHERE account = 1 AND number = 1",
                "UPDATE device SET label = '' WHERE account = 1 AND number = 1",
                "UPDATE device SET added = 0 WHERE account = 1 AND number = 1",
                "UPDATE device SET number = 5 WHERE account = 1 AND number = 1",
                "UPDATE membership SET room = 3 WHERE account = 1 AND position = 1",
                "UPDATE membership SET read = 1 WHERE account = 1 AND position = 1",
                "UPDATE membership SET position = 9 WHERE account = 1 AND room = 1",
                "UPDATE ignored SET name = 'x' WHERE key = 'paris'",
                "UPDATE ignored SET key = 'x' WHERE key = 'paris'",
                "UPDATE ignored SET position = 9 WHERE key = 'paris'",
            )
        ],
        *[
            (
                statement,
                "account Juliet: a device, a room or an ignored name is missing",
            )
            for statement in (
                "DELETE FROM device WHERE account = 1 AND number = 2",
                "DELETE FROM membership WHERE account = 1 AND position = 2",
                "DELETE FROM ignored WHERE key = 'romeo'",
                "UPDATE device SET account = 3 WHERE account = 1 AND number = 1",
            )
        ],
        ("DELETE FROM account WHERE id = 3", "an account is missing"),
        (
            "DELETE FROM account WHERE id = 2",
            "a device, a room or an ignored name belongs to no account",
        ),
        ("UPDATE about SET accounts = 4", "an account is missing"),
        ("UPDATE about SET accounts = NULL", "an account is missing"),
        ("UPDATE about SET last_account = 2", "an account is missing"),
        (
            "DELETE FROM room WHERE name = 'mantua'",
            "account Juliet: one of its rooms is missing",
        ),
    ],
)
def test_damage_is_detected(path: Path, statement: str, problem: str) -> None:
    edit(path, statement)

    with pytest.raises(FileError, match="is damaged"):
        open_store(path)
    name = "Julia" if "Julia" in statement else "Juliet"
    assert problem.format(name) in verify(path).problems


def test_a_problem_of_one_account_does_not_hide_that_of_another(path: Path) -> None:
    edit(path, "UPDATE account SET role = 4 WHERE id IN (1, 3)")

    report = verify(path)

    assert report.problems == [
        "account Juliet: the record of the account was changed",
        "account Nurse: the record of the account was changed",
    ]
    assert report.accounts == 1


def set_account(path: Path, checksum: int) -> None:
    """Set the author's account of the message in "verona", and its checksum."""
    edit(path, "UPDATE message SET account = 1, checksum = ?", [checksum])


def test_the_checksum_of_a_message_covers_its_account(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        row = MessageRow(*db.execute(SELECT_MESSAGES).fetchone())
    of_account = crc32(checksum_input(*row[:5]) + b"\x001")

    with closing(open_store(path)) as store:
        set_account(path, of_account)
        assert texts(store.read(before())) == ["a"]

        set_account(path, row.checksum)
        with pytest.raises(StorageError, match=REASONS["history_damaged"]):
            store.read(before())
    with pytest.raises(FileError, match="is damaged"):
        open_store(path)
    assert verify(path).problems == ["verona: message 1 was changed"]
