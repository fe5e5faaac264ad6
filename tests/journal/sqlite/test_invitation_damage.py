"""Changed and missing rows of invitations, and of private rooms, are detected."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import Invited, RoomOpened
from parlour.core.events import RoomName
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    JULIET,
    NOW,
    ROMEO,
    VERONA,
    batch,
    edit,
    open_store,
    registered,
)

CHANGED = "the record of invitation 1 was changed"
MISSING = "an invitation is missing"


def invited(code: str, room: RoomName | None) -> Invited:
    return Invited(ROMEO, "Romeo", room, NOW + 60.0, code=code)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with a private room and two invitations."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet")))
        store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET, is_private=True)))
        store.append(batch(invited("c", VERONA), invited("d", None)))
    return path


def test_an_undamaged_file_is_opened(path: Path) -> None:
    open_store(path).close()

    report = verify(path)

    assert (report.problems, report.invitations) == ([], 2)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE room SET is_private = NULL", "verona: the record of the room was "),
        ("UPDATE invitation SET room = 'mantua' WHERE id = 1", CHANGED),
        ("UPDATE invitation SET room = NULL WHERE id = 1", CHANGED),
        ("UPDATE invitation SET until = until + 1 WHERE id = 1", CHANGED),
        ("UPDATE invitation SET account = 1 WHERE id = 1", CHANGED),
        ("UPDATE invitation SET code = 'e' WHERE id = 1", CHANGED),
        ("UPDATE invitation SET actor = '' WHERE id = 1", CHANGED),
        ("UPDATE invitation SET is_ignored = 1 WHERE id = 1", CHANGED),
        ("DELETE FROM invitation WHERE id = 1", MISSING),
        ("UPDATE about SET invitations = 3", MISSING),
        ("UPDATE about SET invitations = NULL", MISSING),
        ("UPDATE about SET last_invitation = 1", MISSING),
        ("UPDATE about SET last_invitation = NULL", MISSING),
    ],
)
def test_a_damaged_file_is_refused(path: Path, statement: str, problem: str) -> None:
    edit(path, statement)

    with pytest.raises(FileError, match="damaged"):
        open_store(path)
    assert any(each.startswith(problem) for each in verify(path).problems)
