"""Messages that exceed the limits are counted at the start, and deleted at the end."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import LOBBY
from parlour.core.storage import Numbering
from parlour.history.retention import Retention
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    DAY,
    MANTUA,
    VERONA,
    Clocks,
    record,
    record_daily,
)


@pytest.mark.parametrize(
    ("retention", "messages"),
    [
        (Retention(), 0),
        (Retention(max_messages=5), 0),
        (Retention(max_messages=2), 3),
        (Retention(max_bytes=30), 0),
        (Retention(max_bytes=29), 1),
        (Retention(max_bytes=12), 3),
        (Retention(max_age=4 * DAY), 0),
        (Retention(max_age=1.5 * DAY), 3),
        (Retention(max_age=1.5 * DAY, max_messages=1), 4),
    ],
)
def test_messages_that_exceed_a_reduced_limit_are_counted(
    tmp_path: Path, retention: Retention, numbering: Numbering, messages: int
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks, numbering=numbering)  # six bytes each

    clocks.advance(300 * DAY)  # messages that expired meanwhile do not count
    with closing(clocks.open_store(path, retention)) as store:
        assert store.excess() == (messages, 5)


def test_the_excess_of_all_rooms_is_counted(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        record(store, "abcd", VERONA)
        record(store, "efg", MANTUA)
        record(store, "h", LOBBY)

    with closing(clocks.open_store(path, Retention(max_messages=2))) as store:
        assert store.excess() == (2 + 1, 8)


def test_closing_deletes_excess_messages(tmp_path: Path) -> None:
    path, clocks, retention = tmp_path / "chat.db", Clocks(), Retention(max_messages=10)
    with closing(clocks.open_store(path, retention)) as store:
        record(store, ["a"] * 3000)

    with closing(clocks.open_store(path, retention)) as store:
        assert store.excess() == (0, 10)


def test_closing_does_not_delete_messages_from_a_moved_file(tmp_path: Path) -> None:
    path, moved, clocks = tmp_path / "chat.db", tmp_path / "moved.db", Clocks()
    store = clocks.open_store(path, Retention(max_messages=10))
    record(store, ["a"] * 30)
    for name in ("", "-wal", "-shm"):
        path.with_name(f"chat.db{name}").rename(moved.with_name(f"moved.db{name}"))

    store.close()

    assert verify(moved).rooms[VERONA].messages == 30
