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
    in_file,
    kept,
    messages,
    search,
    sequences,
    texts,
    tidy,
)

HOUR, DAY = 3_600.0, 86_400.0


def said_day_by_day(path: Path, clocks: Clocks, days: int = 5) -> None:
    """Record the number of each day in the history *path*."""
    with closing(clocks.in_file(path)) as history:
        for day in range(days):
            history.append([draft(str(day))], clocks.wall)
            clocks.pass_by(DAY)


def test_messages_expire_at_their_age(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    said_day_by_day(path, clocks)

    with closing(clocks.in_file(path, Retention(max_age=2.5 * DAY))) as history:
        tidy(history)

        assert kept(history) == ["3", "4"]
        assert (history.extent(VERONA).first, history.extent(VERONA).head) == (4, 5)
    assert clocks.warnings == []


def in_clocks(kind: str, path: Path, clocks: Clocks, keep: Retention) -> Store:
    return clocks.in_file(path, keep) if kind == "file" else clocks.in_memory(keep)


each_back_end = pytest.mark.parametrize("kind", ["file", "memory"])


@each_back_end
def test_messages_expire_while_the_server_runs(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    keep = Retention(max_age=7 * DAY)
    with closing(in_clocks(kind, tmp_path / "chat.db", clocks, keep)) as history:
        for day in range(30):
            history.append([draft(str(day))], clocks.wall)
            tidy(history)
            clocks.pass_by(DAY)
        tidy(history)

        assert kept(history)[-7:] == [str(day) for day in range(23, 30)]
        assert len(kept(history)) <= 8


@each_back_end
@pytest.mark.parametrize("jump", [31 * DAY, -20_000 * DAY, -18_000 * DAY])
def test_a_jump_of_the_clock_is_reported_and_deletes_nothing(
    tmp_path: Path, kind: str, jump: float
) -> None:
    clocks, keep = Clocks(), Retention(max_age=30 * DAY)
    with closing(in_clocks(kind, tmp_path / "chat.db", clocks, keep)) as history:
        history.append(drafts("ab"), clocks.wall)
        tidy(history)
        clocks.wall += jump
        history.append(drafts("c"), clocks.wall)
        tidy(history)
        clocks.wall -= jump
        clocks.pass_by(DISTRUST_PERIOD)
        history.append(drafts("d"), clocks.wall)
        tidy(history)
        clocks.pass_by(1)
        tidy(history)

        assert kept(history) == ["a", "b", "c", "d"]
    assert [event for event, _ in clocks.warnings] == ["clock.jumped"] * 2
    assert clocks.warnings[0][1]["expected"] == "2023-11-14T22:13:20Z"


def test_messages_of_an_earlier_server_do_not_expire_after_a_jump(
    tmp_path: Path,
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    said_day_by_day(path, clocks)

    with closing(clocks.in_file(path, Retention(max_age=30 * DAY))) as history:
        tidy(history)
        clocks.wall += 400 * DAY
        tidy(history)
        clocks.pass_by(DISTRUST_PERIOD - 1)
        tidy(history)
        assert kept(history) == ["0", "1", "2", "3", "4"]

        clocks.pass_by(1)
        tidy(history)
        assert kept(history) == []


def test_a_jump_in_small_steps_is_detected(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append(drafts("ab"), clocks.wall)

    with closing(clocks.in_file(path, Retention(max_age=2 * HOUR))) as history:
        for _ in range(300):
            clocks.wall += 50
            clocks.pass_by(1)
            tidy(history)

        assert kept(history) == ["a", "b"]
    assert clocks.warnings[0][0] == "clock.jumped"


def test_a_start_at_which_every_message_would_expire_deletes_nothing(
    tmp_path: Path,
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append(drafts("ab"), clocks.wall)
    clocks.wall += 3 * HOUR

    with closing(clocks.in_file(path, Retention(max_age=2 * HOUR))) as history:
        tidy(history)
        clocks.wall -= 3 * HOUR
        tidy(history)
        clocks.pass_by(HOUR)
        tidy(history)

        assert kept(history) == ["a", "b"]
    assert clocks.warnings[0][0] == "clock.doubted"


@pytest.mark.parametrize("start", [400 * DAY, -1000 * DAY])
def test_a_start_with_a_wrong_clock_is_reported_and_deletes_nothing(
    tmp_path: Path, start: float
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    said_day_by_day(path, clocks)
    clocks.wall += start

    with closing(clocks.in_file(path, Retention(max_age=30 * DAY))) as history:
        history.append(drafts("x"), clocks.wall)
        tidy(history)
        clocks.wall -= start
        tidy(history)
        clocks.pass_by(DISTRUST_PERIOD)
        tidy(history)

        assert kept(history) == ["0", "1", "2", "3", "4", "x"]
    assert clocks.warnings[0][0] == "clock.doubted"
    assert clocks.warnings[0][1]["newest_message"] == "2023-11-18T22:13:20Z"


def test_a_time_in_the_past_expires_no_younger_message(tmp_path: Path) -> None:
    path, clocks, keep = tmp_path / "chat.db", Clocks(), Retention(max_age=30 * DAY)
    with closing(clocks.in_file(path)) as history:
        history.append(drafts("a"), clocks.wall)
        history.append(drafts("b"), 0.0)
        history.append(drafts("c"), clocks.wall)

    with closing(clocks.in_file(path, keep)) as history:
        tidy(history)
        assert kept(history) == ["a", "b", "c"]

        clocks.pass_by(30 * DAY + 61)
        tidy(history)
        assert kept(history) == []


@pytest.mark.parametrize("count", [1, 2500])
def test_a_time_in_the_future_delays_no_expiry(tmp_path: Path, count: int) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append(drafts(["a"] * count), clocks.wall + 900 * DAY)
        history.append(drafts("b"), clocks.wall)
        clocks.pass_by(2 * DAY)
        history.append(drafts("c"), clocks.wall)

    with closing(clocks.in_file(path, Retention(max_age=DAY))) as history:
        tidy(history)

        assert kept(history) == ["c"]


def test_many_expired_messages_are_deleted_in_chunks(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append(drafts(["a"] * 3500), clocks.wall)
        clocks.pass_by(2 * DAY)
        history.append(drafts("b"), clocks.wall)

    with closing(clocks.in_file(path, Retention(max_age=DAY))) as history:
        tidy(history)

        assert kept(history) == ["b"]


@each_back_end
def test_a_retry_is_recognised_after_a_jump_of_the_clock(
    tmp_path: Path, kind: str
) -> None:
    clocks = Clocks()
    with closing(in_clocks(kind, tmp_path / "chat.db", clocks, Retention())) as history:
        history.append([draft("a", key="k")], clocks.wall)
        clocks.wall += 400 * DAY
        history.append([draft("b", key="l")], clocks.wall)
        tidy(history)

        again = history.append([draft("a", key="k")], clocks.wall)

    assert again == [Duplicate(VERONA, 1)]


def test_a_retry_is_recognised_after_a_start_with_a_wrong_clock(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append([draft("a", key="k")], clocks.wall)
    clocks.wall += 400 * DAY

    with closing(clocks.in_file(path)) as history:
        tidy(history)

        assert history.append([draft("a", key="k")], clocks.wall) == [
            Duplicate(VERONA, 1)
        ]


@each_back_end
@pytest.mark.parametrize("wall", [-1e9, 1e15])
def test_a_recorded_time_can_always_be_exported(
    tmp_path: Path, kind: str, wall: float
) -> None:
    clocks = Clocks()
    with closing(in_clocks(kind, tmp_path / "chat.db", clocks, Retention())) as history:
        (message,) = messages(history.append(drafts("a"), wall))

    assert parse(render(message)) == message


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_search_does_not_find_deleted_messages(
    tmp_path: Path, is_indexed: bool
) -> None:
    path = tmp_path / "chat.db"
    with closing(in_file(path)) as history:
        history.append(drafts(["sun one", "sun two", "sun three"]), NOW)
        if is_indexed:
            tidy(history)

    with closing(in_file(path, Retention(max_messages=1))) as history:
        tidy(history)

        assert texts(history.read(search("sun"))) == ["sun three"]
        assert texts(history.read(search("one"))) == []


def test_sequences_continue_after_every_message_was_deleted(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(in_file(path, nothing)) as history:
        history.append(drafts("abc"), NOW)
        tidy(history)

    with closing(in_file(path, nothing)) as history:
        assert (history.extent(VERONA).first, history.extent(VERONA).head) == (4, 3)
        assert sequences(history.append(drafts("d"), NOW)) == [4]


def test_a_key_outlives_its_message(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(in_file(path, nothing)) as history:
        history.append([draft("a", key="k")], NOW)
        tidy(history)

    with closing(in_file(path, nothing)) as history:
        assert history.append([draft("a", key="k")], NOW) == [Duplicate(VERONA, 1)]


def test_old_keys_are_deleted_from_the_file(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.in_file(path)) as history:
        history.append([draft("a", key=str(each)) for each in range(2500)], NOW)
        tidy(history)
        clocks.pass_by(DAY + 1)
        tidy(history)
        again = history.append([draft("a", key="0")], NOW)

    assert sequences(again) == [2501]
    assert verify(path).keys == 2


def test_a_busy_store_does_not_grow_without_bound(
    tmp_path: Path,
) -> None:
    with closing(
        in_file(tmp_path / "chat.db", Retention(max_messages=2000))
    ) as history:
        for _ in range(20):
            history.append(drafts(["x"] * 3000), NOW)

        extent = history.extent(VERONA)

        assert extent.head == 60_000
        assert extent.head - extent.first < 2000 * 1.1 + 1000 + 3000 + 3000


@pytest.mark.parametrize(
    ("keep", "messages"),
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
    tmp_path: Path, keep: Retention, messages: int
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    said_day_by_day(path, clocks)  # each of six bytes

    clocks.pass_by(300 * DAY)  # what grew too old meanwhile does not count
    with closing(clocks.in_file(path, keep)) as history:
        assert history.excess() == (messages, 5)


def test_closing_deletes_excess_messages(tmp_path: Path) -> None:
    path, clocks, keep = tmp_path / "chat.db", Clocks(), Retention(max_messages=10)
    with closing(clocks.in_file(path, keep)) as history:
        history.append(drafts(["a"] * 3000), NOW)

    with closing(clocks.in_file(path, keep)) as history:
        assert history.excess() == (0, 10)


def test_closing_deletes_nothing_from_a_file_that_was_moved(
    tmp_path: Path,
) -> None:
    path, moved, clocks = tmp_path / "chat.db", tmp_path / "moved.db", Clocks()
    history = clocks.in_file(path, Retention(max_messages=10))
    history.append(drafts(["a"] * 30), NOW)
    for name in ("", "-wal", "-shm"):
        path.with_name(f"chat.db{name}").rename(moved.with_name(f"moved.db{name}"))

    history.close()

    assert verify(moved).rooms[VERONA].messages == 30


@pytest.mark.parametrize(
    ("keep", "start", "told"),
    [
        (Retention(), 3 * DAY, 0),
        (Retention(), -3 * DAY, 1),
        (Retention(max_age=DAY), 3 * DAY, 1),
    ],
)
def test_a_long_pause_is_reported_only_if_messages_expire(
    tmp_path: Path, keep: Retention, start: float, told: int
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    said_day_by_day(path, clocks)
    clocks.wall += start

    clocks.in_file(path, keep).close()

    assert len(clocks.warnings) == told
