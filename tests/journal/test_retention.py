"""Messages are deleted by number, size and age."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import StoredKey
from parlour.history.retention import Retention
from parlour.journal.sqlite import holes
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    DAY,
    END,
    VERONA,
    Clocks,
    after,
    batch,
    before,
    count,
    each_store,
    head,
    maintain_fully,
    open_store,
    record,
    record_daily,
    said,
    search,
    sequences,
    sparse,
    stored_texts,
    texts,
)


def test_messages_expire_at_the_maximum_age(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)

    with closing(clocks.open_store(path, Retention(max_age=2.5 * DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["3", "4"]
        assert sequences(store.read(before()).messages) == [4, 5]
    assert clocks.warnings == []


@each_store
def test_messages_expire_while_the_server_runs(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    retention = Retention(max_age=7 * DAY)
    with closing(clocks.open(kind, tmp_path / "chat.db", retention)) as store:
        for day in range(30):
            store.append(batch(said(str(day)), time=clocks.wall))
            maintain_fully(store)
            clocks.advance(DAY)
        maintain_fully(store)

        assert stored_texts(store)[-7:] == [str(day) for day in range(23, 30)]
        assert len(stored_texts(store)) <= 8


def test_a_time_in_the_past_does_not_make_later_messages_expire(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    retention = Retention(max_age=30 * DAY)
    with closing(clocks.open_store(path)) as store:
        record(store, "a", time=clocks.wall)
        record(store, "b", time=0.0)
        record(store, "c", time=clocks.wall)

    with closing(clocks.open_store(path, retention)) as store:
        maintain_fully(store)
        assert stored_texts(store) == ["a", "b", "c"]

        clocks.advance(30 * DAY + 61)
        maintain_fully(store)
        assert stored_texts(store) == []


@pytest.mark.parametrize("count", [1, 2500])
def test_a_time_in_the_future_does_not_delay_expiry(tmp_path: Path, count: int) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        record(store, ["a"] * count, time=clocks.wall + 900 * DAY)
        record(store, "b", time=clocks.wall)
        clocks.advance(2 * DAY)
        record(store, "c", time=clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["c"]


def test_many_expired_messages_are_deleted_in_chunks(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        record(store, ["a"] * 3500, time=clocks.wall)
        clocks.advance(2 * DAY)
        record(store, "b", time=clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["b"]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_search_does_not_find_deleted_messages(
    tmp_path: Path, is_indexed: bool
) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        record(store, ["sun one", "sun two", "sun three"])
        if is_indexed:
            maintain_fully(store)

    with closing(open_store(path, Retention(max_messages=1))) as store:
        maintain_fully(store)

        assert texts(store.read(search("sun"))) == ["sun three"]
        assert texts(store.read(search("one"))) == []


def test_sequences_continue_after_every_message_was_deleted(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        record(store, "abc")
        maintain_fully(store)

    with closing(open_store(path, nothing)) as store:
        assert (count(store), head(store)) == (0, 3)
        record(store, "d")
        assert head(store) == 4


def test_a_key_outlives_its_message(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        store.append(batch(said("a", key="k")))
        maintain_fully(store)

    with closing(open_store(path, nothing)) as store:
        assert store.load().keys == (StoredKey("k", "", VERONA, 1),)


def test_old_keys_are_deleted_from_the_file(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(batch(*[said("a", key=str(each)) for each in range(2500)]))
        maintain_fully(store)
        clocks.advance(DAY + 1)
        maintain_fully(store)

    assert verify(path).keys == 1


def test_a_busy_store_does_not_grow_without_bound(tmp_path: Path) -> None:
    retention = Retention(max_messages=2000)
    with closing(open_store(tmp_path / "chat.db", retention)) as store:
        for _ in range(20):
            record(store, ["x"] * 3000)

        assert head(store) == 60_000
        assert count(store) < 2000 * 1.1 + 1000 + 3000 + 3000


def test_only_the_newest_holes_of_deleted_messages_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holes, "MAX_OLD_HOLES", 10)
    path, retention = tmp_path / "chat.db", Retention(max_messages=5)
    with closing(open_store(path, retention, numbering=sparse)) as store:
        for _ in range(4):
            record(store, "x" * 25)  # every other message is after a hole
            maintain_fully(store)

        recent = store.read(after(head(store) - 20, head=END))
        old = store.read(after(0))

    assert (recent.total, recent.expired) == (5, 8)
    assert 95 <= old.expired <= 145  # forgotten holes count
    assert stored_holes(path) == 10 + 3
    assert verify(path).problems == []


def stored_holes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        ((found,),) = db.execute("SELECT count(*) FROM hole")
    assert isinstance(found, int)
    return found
