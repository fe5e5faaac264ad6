"""Changed rows of rooms and holes are detected when the file is opened or read."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY
from parlour.core.storage import StorageError
from parlour.history.retention import Retention
from parlour.journal.sqlite.files import FileError
from tests.journal.stores import (
    MANTUA,
    ROMEO,
    VERONA,
    after,
    batch,
    before,
    edit,
    maintain_fully,
    open_store,
    record,
    said,
    sparse,
    texts,
)

TEXTS = [f"text {number}" for number in range(20)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history in which the lobby has holes and "mantua" has no messages."""
    path = tmp_path / "chat.db"
    with closing(
        open_store(path, Retention(max_messages=20), numbering=sparse)
    ) as store:
        record(store, [*"abc", *TEXTS], LOBBY)
        store.append(batch(said("a", VERONA), RoomClosed(VERONA)))
        store.append(batch(RoomOpened(MANTUA, ROMEO), TopicSet(MANTUA, ROMEO, "ay")))
        maintain_fully(store)
    return path


def is_detected(path: Path) -> bool:
    """Open the history and read the lobby; return whether damage is detected."""
    try:
        with closing(open_store(path)) as store:
            store.load()
            back, forth = (
                store.read(before(room=LOBBY)),
                store.read(after(0, room=LOBBY)),
            )
    except (FileError, StorageError):
        return True
    assert texts(back) == texts(forth) == TEXTS
    assert (back.total, forth.total, forth.expired) == (20, 20, 3)
    return False


def test_an_undamaged_file_is_read(path: Path) -> None:
    assert not is_detected(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM hole WHERE place & 1023 = 9",
        "DELETE FROM hole WHERE place & 1023 = (SELECT max(place) & 1023 FROM hole)",
        "DELETE FROM hole",
        "UPDATE hole SET size = size + 1 WHERE place & 1023 = 9",
        "UPDATE hole SET total = total + 1",
        "UPDATE hole SET checksum = checksum + 1 WHERE place & 1023 = 9",
        "UPDATE hole SET place = place + 100 WHERE place & 1023 = 9",
        "DELETE FROM message WHERE place & 1023 = 9",
        "DELETE FROM message WHERE place & 1023 = 10",
        "DELETE FROM message WHERE place & 1023 < 9",
        "UPDATE room SET topic = 'x' WHERE name = 'mantua'",
        "UPDATE room SET topic = NULL WHERE name = 'mantua'",
        "UPDATE room SET topic = '' WHERE name = 'lobby'",
        "UPDATE room SET is_closed = NULL WHERE name = 'verona'",
        "UPDATE room SET is_closed = 0 WHERE name = 'verona'",
        "UPDATE room SET is_closed = 1 WHERE name = 'lobby'",
        "UPDATE room SET id = 4 WHERE name = 'mantua'",
        "DELETE FROM room WHERE name = 'verona'",
        "DELETE FROM room WHERE name = 'mantua'",
        "UPDATE about SET rooms = rooms + 1",
        "UPDATE about SET last_room = 2",
        "DELETE FROM about",
    ],
)
def test_a_changed_row_is_detected(path: Path, statement: str) -> None:
    edit(path, statement)

    assert is_detected(path)
