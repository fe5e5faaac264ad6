"""A wrong clock deletes neither messages nor keys."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.history.retention import Retention
from parlour.journal.clock import DISTRUST_PERIOD
from parlour.journal.tools.json_lines import parse, render
from tests.journal.stores import (
    DAY,
    HOUR,
    Clocks,
    batch,
    before,
    each_store,
    maintain_fully,
    record,
    record_daily,
    said,
    stored_keys,
    stored_texts,
)


@each_store
@pytest.mark.parametrize("jump", [31 * DAY, -20_000 * DAY, -18_000 * DAY])
def test_a_jump_of_the_clock_is_reported_and_deletes_nothing(
    tmp_path: Path, kind: str, jump: float
) -> None:
    clocks, retention = Clocks(), Retention(max_age=30 * DAY)
    with closing(clocks.open(kind, tmp_path / "chat.db", retention)) as store:
        record(store, "ab", time=clocks.wall)
        maintain_fully(store)
        clocks.wall += jump
        record(store, "c", time=clocks.wall)
        maintain_fully(store)
        clocks.wall -= jump
        clocks.advance(DISTRUST_PERIOD)
        record(store, "d", time=clocks.wall)
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
        record(store, "ab", time=clocks.wall)

    with closing(clocks.open_store(path, Retention(max_age=2 * HOUR))) as store:
        for _ in range(300):
            clocks.wall += 50
            clocks.advance(1)
            maintain_fully(store)

        assert stored_texts(store) == ["a", "b"]
    assert clocks.warnings[0][0] == "clock.jumped"


def test_startup_deletes_nothing_if_every_message_would_expire(
    tmp_path: Path,
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        record(store, "ab", time=clocks.wall)
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
def test_a_wrong_clock_at_startup_is_reported_and_deletes_nothing(
    tmp_path: Path, start: float
) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    record_daily(path, clocks)
    clocks.wall += start

    with closing(clocks.open_store(path, Retention(max_age=30 * DAY))) as store:
        record(store, "x", time=clocks.wall)
        maintain_fully(store)
        clocks.wall -= start
        maintain_fully(store)
        clocks.advance(DISTRUST_PERIOD)
        maintain_fully(store)

        assert stored_texts(store) == ["0", "1", "2", "3", "4", "x"]
    assert clocks.warnings[0][0] == "clock.doubted"
    assert clocks.warnings[0][1]["newest_message"] == "2023-11-18T22:13:20Z"


@each_store
def test_a_key_is_stored_after_a_jump_of_the_clock(tmp_path: Path, kind: str) -> None:
    clocks = Clocks()
    with closing(clocks.open(kind, tmp_path / "chat.db", Retention())) as store:
        store.append(batch(said("a", key="k"), time=clocks.wall))
        clocks.wall += 400 * DAY
        store.append(batch(said("b", key="l"), time=clocks.wall))
        maintain_fully(store)

        assert stored_keys(store) == ["k", "l"]


def test_a_key_is_stored_after_startup_with_a_wrong_clock(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    with closing(clocks.open_store(path)) as store:
        store.append(batch(said("a", key="k"), time=clocks.wall))
    clocks.wall += 400 * DAY

    with closing(clocks.open_store(path)) as store:
        maintain_fully(store)

        assert stored_keys(store) == ["k"]


@each_store
@pytest.mark.parametrize("wall", [-1e9, 1e15])
def test_a_recorded_time_can_always_be_exported(
    tmp_path: Path, kind: str, wall: float
) -> None:
    clocks = Clocks()
    with closing(clocks.open(kind, tmp_path / "chat.db", Retention())) as store:
        record(store, "a", time=wall)
        (message,) = store.read(before()).messages

    assert parse(render(message)) == message


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
