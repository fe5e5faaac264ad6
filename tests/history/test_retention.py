from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import Repeated
from parlour.history.memory import MemoryHistory
from parlour.history.retention import Retention
from tests.history.helpers import (
    NOW,
    VERONA,
    draft,
    drafts,
    in_file,
    kept,
    search,
    sequences,
    texts,
    tidy,
)

DAY = 86_400.0


def test_the_oldest_go_after_their_time(tmp_path: Path) -> None:
    path, week = tmp_path / "chat.db", Retention(max_age=7 * DAY)
    with closing(in_file(path, week)) as history:
        for day in range(5):
            history.append([draft(str(day))], NOW + day * DAY)

    with closing(in_file(path, week, now=NOW + 9 * DAY)) as history:
        tidy(history)

        assert kept(history) == ["2", "3", "4"]
        assert (history.reach(VERONA).first, history.reach(VERONA).head) == (3, 5)


def test_a_message_that_was_said_in_the_future_holds_up_nothing(
    tmp_path: Path,
) -> None:
    with closing(
        in_file(tmp_path / "chat.db", Retention(max_age=DAY), now=NOW + 2 * DAY)
    ) as history:
        history.append(drafts("a"), NOW + 900 * DAY)
        history.append(drafts("b"), NOW)
        history.append(drafts("c"), NOW + 2 * DAY)

        tidy(history)

        assert kept(history) == ["c"]


def test_memory_forgets_by_age_when_something_is_said() -> None:
    history = MemoryHistory(Retention(max_age=DAY))
    history.append(drafts("ab"), NOW)

    history.append(drafts("c"), NOW + DAY + 1)

    assert kept(history) == ["c"]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_what_was_deleted_is_found_no_more(tmp_path: Path, is_indexed: bool) -> None:
    path = tmp_path / "chat.db"
    with closing(in_file(path)) as history:
        history.append(drafts(["sun one", "sun two", "sun three"]), NOW)
        if is_indexed:
            tidy(history)

    with closing(in_file(path, Retention(max_messages=1))) as history:
        tidy(history)

        assert texts(history.read(search("sun"))) == ["sun three"]
        assert texts(history.read(search("one"))) == []


def test_sequences_go_on_after_all_was_deleted(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(in_file(path, nothing)) as history:
        history.append(drafts("abc"), NOW)
        tidy(history)

    with closing(in_file(path, nothing)) as history:
        assert (history.reach(VERONA).first, history.reach(VERONA).head) == (4, 3)
        assert sequences(history.append(drafts("d"), NOW)) == [4]


def test_a_key_outlives_its_message(tmp_path: Path) -> None:
    path, nothing = tmp_path / "chat.db", Retention(max_messages=0)
    with closing(in_file(path, nothing)) as history:
        history.append([draft("a", key="k")], NOW)
        tidy(history)

    with closing(in_file(path, nothing)) as history:
        assert history.append([draft("a", key="k")], NOW) == [Repeated(VERONA, 1)]


def test_old_keys_are_deleted_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(in_file(path)) as history:
        history.append([draft("a", key=str(each)) for each in range(2500)], NOW)
    before = path.stat().st_size

    with closing(in_file(path, now=NOW + DAY + 1)) as history:
        tidy(history)
        again = history.append([draft("a", key="0")], NOW + DAY + 1)

    assert sequences(again) == [2501]
    assert path.stat().st_size <= before * 1.5


def test_a_history_that_is_never_idle_does_not_grow_without_bound(
    tmp_path: Path,
) -> None:
    with closing(
        in_file(tmp_path / "chat.db", Retention(max_messages=2000))
    ) as history:
        for _ in range(20):
            history.append(drafts(["x"] * 3000), NOW)

        reach = history.reach(VERONA)

        assert reach.head == 60_000
        assert reach.head - reach.first < 2000 * 1.1 + 1000 + 3000 + 3000
