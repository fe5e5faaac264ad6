"""Changed and missing rows of roles, sanctions and acts are detected."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import RoomOpened, RoomSet
from parlour.core.events import AccountNumber
from parlour.core.roles import Role
from parlour.core.storage import ReadActs, StorageError
from parlour.journal.sqlite.errors import REASONS
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    ALL,
    END,
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    edit,
    open_store,
    registered,
    role_set,
    sanctioned,
)

CHANGED_ROOM = "verona: the record of the room was changed"
CHANGED_ROLE = "verona: the record of a role was changed"
MISSING_ROLE = "verona: a role is missing"
NO_ROOM = "a role belongs to no room"
CHANGED = "the record of sanction 1 was changed"
MISSING = "a sanction is missing"
MISSING_ACT = "an act of the audit log is missing"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with two roles, two sanctions and six acts."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), registered("Tybalt")))
        store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET)))
        store.append(batch(RoomOpened(MANTUA, ROMEO)))
        store.append(batch(role_set(AccountNumber(2), Role.MODERATOR, VERONA)))
        store.append(batch(RoomSet(ROMEO, "Romeo", VERONA, is_locked=True, slow=30)))
        store.append(batch(sanctioned(until=NOW + 1), sanctioned(room=None)))
    return path


def test_an_undamaged_file_is_opened(path: Path) -> None:
    open_store(path).close()

    report = verify(path)

    assert report.problems == []
    assert (report.sanctions, report.acts) == (2, 6)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE room SET is_locked = NULL WHERE name = 'verona'", CHANGED_ROOM),
        ("UPDATE room SET slow = 5 WHERE name = 'verona'", CHANGED_ROOM),
        ("UPDATE room SET roles = 1 WHERE name = 'verona'", CHANGED_ROOM),
        ("UPDATE room_role SET account = 3 WHERE position = 1", CHANGED_ROLE),
        ("UPDATE room_role SET role = 3 WHERE position = 2", CHANGED_ROLE),
        ("UPDATE room_role SET position = 9 WHERE position = 2", CHANGED_ROLE),
        ("DELETE FROM room_role WHERE position = 2", MISSING_ROLE),
        ("UPDATE room_role SET room = 3 WHERE position = 2", MISSING_ROLE),
        ("UPDATE room_role SET room = 9 WHERE position = 2", NO_ROOM),
        *[
            (f"UPDATE sanction SET {column} WHERE id = 1", CHANGED)
            for column in (
                "kind = 'ban'",
                "room = NULL",
                "name = 'Tybalt'",
                "account = 1",
                "token = 't'",
                "network = '::/64'",
                "actor = ''",
                "since = 0",
                "until = NULL",
                "reason = 'x'",
                "checksum = 0",
            )
        ],
        ("DELETE FROM sanction WHERE id = 1", MISSING),
        ("DELETE FROM sanction WHERE id = 2", MISSING),
        ("UPDATE about SET sanctions = 3", MISSING),
        ("UPDATE about SET sanctions = NULL", MISSING),
        ("UPDATE about SET last_sanction = 1", MISSING),
        *[
            (
                f"UPDATE act SET {column} WHERE id = 6",
                "the record of act 6 was changed",
            )
            for column in ("time = 0", "actor = ''", "action = 'ban'", "name = ''")
        ],
        ("DELETE FROM act WHERE id = 1", MISSING_ACT),
        ("DELETE FROM act WHERE id = 6", MISSING_ACT),
        ("DELETE FROM act", MISSING_ACT),
        ("DELETE FROM act WHERE id = 3", MISSING_ACT),
        ("UPDATE about SET acts = 4", MISSING_ACT),
        ("UPDATE about SET acts = NULL, last_act = NULL", MISSING_ACT),
        ("UPDATE about SET last_act = 7", MISSING_ACT),
    ],
)
def test_damage_is_detected(path: Path, statement: str, problem: str) -> None:
    edit(path, statement)

    with pytest.raises(FileError, match="is damaged"):
        open_store(path)
    assert problem in verify(path).problems


def test_damage_within_the_audit_log_is_detected_when_it_is_read(path: Path) -> None:
    edit(path, "UPDATE act SET reason = 'x' WHERE id = 3")

    with closing(open_store(path)) as store:
        assert len(store.read(ReadActs(None, END, 1)).acts) == 1
        with pytest.raises(StorageError, match=REASONS["history_damaged"]):
            store.read(ReadActs(None, END, ALL))
    assert verify(path).problems == ["the record of act 3 was changed"]
