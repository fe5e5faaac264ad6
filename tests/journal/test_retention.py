from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import Duplicate
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.clock import DISTRUST_PERIOD
from parlour.journal.tools.json_lines import parse, render
from parlour.journal.tools.verify import verify
from tests.journal.helpers import (
    NOW,
    VERONA,
    Clocks,
    draft,
    drafts,
    maintain_fully,
    messages,
    open_store,
    search,
    sequences,
    stored_texts,
    texts,
)

HOUR, DAY = 3_600.0, 86_400.0


def record_daily(path: Path, clocks: Clocks, days: int = 5) -> None:
    """Record one message a day in the history *path*: its number."""
    with closing(clocks.open_store(path)) as store:
        for day in range(days):
            store.append([draft(str(day))], clocks.wall)
            clocks.advance(DAY)


def test_messages_expire_at_their_age(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)

    with closing(clocks.open_store(path, Retention(max_age=2.5 * DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["3", "4"]
        assert (store.extent(VERONA).first, store.extent(VERONA).head) == (4, 5)
    assert clocks.warnings == []


def open_with(kind: str, path: Path, clocks: Clocks, retention: Retention) -> Store:
    return (
        clocks.open_store(path, retention)
        if kind == "file"
        else clocks.open_memory_store(retention)
    )


each_store = pytest.mark.parametrize("kind", ["file", "memory"])


@each_store
def test_messages_expire_while_the_server_runs(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    retention = Retention(max_age=7 * DAY)
    with closing(open_with(kind, tmp_path / "chat.db", clocks, retention)) as store:
        for day in range(30):
            store.append([draft(str(day))], clocks.wall)
            maintain_fully(store)
            clocks.advance(DAY)
        maintain_fully(store)

        assert stored_texts(store)[-7:] == [str(day) for day in range(23, 30)]
        assert len(stored_texts(store)) <= 8


@each_store
@pytest.mark.parametrize("jump", [31 * DAY, -20_000 * DAY, -18_000 * DAY])
def test_a_jump_of_the_clock_is_reported_and_deletes_nothing(
    tmp_path: Path, kind: str, jump: float
) -> None:
    clocks, retention = Clocks(), Retention(max_age=30 * DAY)
    with closing(open_with(kind, tmp_path / "chat.db", clocks, retention)) as store:
        store.append(drafts("ab"), clocks.wall)
        maintain_fully(store)
        clocks.wall += jump
        store.append(drafts("c"), clocks.wall)
        maintain_fully(store)
        clocks.wall -= jump
        clocks.advance(DISTRUST_PERIOD)
        store.append(drafts("d"), clocks.wall)
        maintain_fully(store)
        clocks.advance(1)
        maintain_fully(store)

        assert stored_texts(store) == ["a", "b", "c", "d"]
    assert [event for event, _ in clocks.warnings] == ["clock.jumped"] * 2
    assert clocks.warnings[0][1]["expected"] == "2023-11-14T22:13:20Z"


def test_messages_of_an_earlier_server_do_not_expire_after_a_jump(
    tmp_path: Path,
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)

    with closing(clocks.open_store(path, Retention(max_age=30 * DAY))) as store:
        maintain_fully(store)
        clocks.wall += 400 * DAY
        maintain_fully(store)
        clocks.advance(DISTRUST_PERIOD - 1)
        maintain_fully(store)
        assert stored_texts(store) == ["0", "1", "2", "3", "4"]

        clocks.advance(1)
        maintain_fully(store)
        assert stored_texts(store) == []


def test_a_jump_in_small_steps_is_detected(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(drafts("ab"), clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=2 * HOUR))) as store:
        for _ in range(300):
            clocks.wall += 50
            clocks.advance(1)
            maintain_fully(store)

        assert stored_texts(store) == ["a", "b"]
    assert clocks.warnings[0][0] == "clock.jumped"


def test_a_start_at_which_every_message_would_expire_deletes_nothing(
    tmp_path: Path,
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(drafts("ab"), clocks.wall)
    clocks.wall += 3 * HOUR

    with closing(clocks.open_store(path, Retention(max_age=2 * HOUR))) as store:
        maintain_fully(store)
        clocks.wall -= 3 * HOUR
        maintain_fully(store)
        clocks.advance(HOUR)
        maintain_fully(store)

        assert stored_texts(store) == ["a", "b"]
    assert clocks.warnings[0][0] == "clock.doubted"


@pytest.mark.parametrize("start", [400 * DAY, -1000 * DAY])
def test_a_start_with_a_wrong_clock_is_reported_and_deletes_nothing(
    tmp_path: Path, start: float
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)
    clocks.wall += start

    with closing(clocks.open_store(path, Retention(max_age=30 * DAY))) as store:
        store.append(drafts("x"), clocks.wall)
        maintain_fully(store)
        clocks.wall -= start
        maintain_fully(store)
        clocks.advance(DISTRUST_PERIOD)
        maintain_fully(store)

        assert stored_texts(store) == ["0", "1", "2", "3", "4", "x"]
    assert clocks.warnings[0][0] == "clock.doubted"
    assert clocks.warnings[0][1]["newest_message"] == "2023-11-18T22:13:20Z"


def test_a_time_in_the_past_expires_no_younger_message(tmp_path: Path) -> None:
    path, clocks, retention = (
        tmp_path / "chat.db",
        Clocks(),
        Retention(max_age=30 * DAY),
    )
    with closing(clocks.open_store(path)) as store:
        store.append(drafts("a"), clocks.wall)
        store.append(drafts("b"), 0.0)
        store.append(drafts("c"), clocks.wall)

    with closing(clocks.open_store(path, retention)) as store:
        maintain_fully(store)
        assert stored_texts(store) == ["a", "b", "c"]

        clocks.advance(30 * DAY + 61)
        maintain_fully(store)
        assert stored_texts(store) == []


@pytest.mark.parametrize("count", [1, 2500])
def test_a_time_in_the_future_delays_no_expiry(tmp_path: Path, count: int) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(drafts(["a"] * count), clocks.wall + 900 * DAY)
        store.append(drafts("b"), clocks.wall)
        clocks.advance(2 * DAY)
        store.append(drafts("c"), clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["c"]


def test_many_expired_messages_are_deleted_in_chunks(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(drafts(["a"] * 3500), clocks.wall)
        clocks.advance(2 * DAY)
        store.append(drafts("b"), clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=DAY))) as store:
        maintain_fully(store)

        assert stored_texts(store) == ["b"]


@each_store
def test_a_retry_is_recognised_after_a_jump_of_the_clock(
    tmp_path: Path, kind: str
) -> None:
    clocks = Clocks()
    with closing(open_with(kind, tmp_path / "chat.db", clocks, Retention())) as store:
        store.append([draft("a", key="k")], clocks.wall)
        clocks.wall += 400 * DAY
        store.append([draft("b", key="l")], clocks.wall)
        maintain_fully(store)

        again = store.append([draft("a", key="k")], clocks.wall)

    assert again == [Duplicate(VERONA, 1)]


def test_a_retry_is_recognised_after_a_start_with_a_wrong_clock(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append([draft("a", key="k")], clocks.wall)
    clocks.wall += 400 * DAY

    with closing(clocks.open_store(path)) as store:
        maintain_fully(store)

        assert store.append([draft("a", key="k")], clocks.wall) == [
            Duplicate(VERONA, 1)
        ]


@each_store
@pytest.mark.parametrize("wall", [-1e9, 1e15])
def test_a_recorded_time_can_always_be_exported(
    tmp_path: Path, kind: str, wall: float
) -> None:
    clocks = Clocks()
    with closing(open_with(kind, tmp_path / "chat.db", clocks, Retention())) as store:
        (message,) = messages(store.append(drafts("a"), wall))

    assert parse(render(message)) == message


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_search_does_not_find_deleted_messages(
    tmp_path: Path, is_indexed: bool
) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(drafts(["sun one", "sun two", "sun three"]), NOW)
        if is_indexed:
            maintain_fully(store)

    with closing(open_store(path, Retention(max_messages=1))) as store:
        maintain_fully(store)

        assert texts(store.read(search("sun"))) == ["sun three"]
        assert texts(store.read(search("one"))) == []


def test_sequences_continue_after_every_message_was_deleted(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        store.append(drafts("abc"), NOW)
        maintain_fully(store)

    with closing(open_store(path, nothing)) as store:
        assert (store.extent(VERONA).first, store.extent(VERONA).head) == (4, 3)
        assert sequences(store.append(drafts("d"), NOW)) == [4]


def test_a_key_outlives_its_message(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        store.append([draft("a", key="k")], NOW)
        maintain_fully(store)

    with closing(open_store(path, nothing)) as store:
        assert store.append([draft("a", key="k")], NOW) == [Duplicate(VERONA, 1)]


def test_old_keys_are_deleted_from_the_file(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append([draft("a", key=str(each)) for each in range(2500)], NOW)
        maintain_fully(store)
        clocks.advance(DAY + 1)
        maintain_fully(store)
        again = store.append([draft("a", key="0")], NOW)

    assert sequences(again) == [2501]
    assert verify(path).keys == 2


def test_a_busy_store_does_not_grow_without_bound(
    tmp_path: Path,
) -> None:
    with closing(
        open_store(tmp_path / "chat.db", Retention(max_messages=2000))
    ) as store:
        for _ in range(20):
            store.append(drafts(["x"] * 3000), NOW)

        extent = store.extent(VERONA)

        assert extent.head == 60_000
        assert extent.head - extent.first < 2000 * 1.1 + 1000 + 3000 + 3000


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
def test_messages_over_a_smaller_limit_are_counted(
    tmp_path: Path, retention: Retention, messages: int
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)  # six bytes each

    clocks.advance(300 * DAY)  # messages that expired meanwhile do not count
    with closing(clocks.open_store(path, retention)) as store:
        assert store.excess() == (messages, 5)


def test_closing_deletes_excess_messages(tmp_path: Path) -> None:
    path, clocks, retention = tmp_path / "chat.db", Clocks(), Retention(max_messages=10)
    with closing(clocks.open_store(path, retention)) as store:
        store.append(drafts(["a"] * 3000), NOW)

    with closing(clocks.open_store(path, retention)) as store:
        assert store.excess() == (0, 10)


def test_closing_deletes_nothing_from_a_file_that_was_moved(
    tmp_path: Path,
) -> None:
    path, moved, clocks = tmp_path / "chat.db", tmp_path / "moved.db", Clocks()
    store = clocks.open_store(path, Retention(max_messages=10))
    store.append(drafts(["a"] * 30), NOW)
    for name in ("", "-wal", "-shm"):
        path.with_name(f"chat.db{name}").rename(moved.with_name(f"moved.db{name}"))

    store.close()

    assert verify(moved).rooms[VERONA].messages == 30


@pytest.mark.parametrize(
    ("retention", "start", "warnings"),
    [
        (Retention(), 3 * DAY, 0),
        (Retention(), -3 * DAY, 1),
        (Retention(max_age=DAY), 3 * DAY, 1),
    ],
)
def test_a_long_pause_is_reported_only_if_messages_expire(
    tmp_path: Path, retention: Retention, start: float, warnings: int
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)
    clocks.wall += start

    clocks.open_store(path, retention).close()

    assert len(clocks.warnings) == warnings
