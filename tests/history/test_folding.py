"""The log beside the file is brought into it before it is too long."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.history.folding import LONG, TOO_LONG, has_pages
from parlour.history.opening import connect_to_read
from parlour.history.sqlite import SQLiteHistory
from tests.history.helpers import NOW, before, drafts, in_file, tidy

FRAME = 4096 + 24  # bytes of a page in the log
BATCH = drafts(["x" * 3000] * 100)  # more than 73 pages, and less than 150


def longest(
    path: Path, batches: int, then: Callable[[SQLiteHistory], object]
) -> tuple[int, int]:
    """Return how many pages the log had at most, and the file in the end."""
    log, most = path.with_name("chat.db-wal"), 0
    with closing(in_file(path)) as history:
        for _ in range(batches):
            history.append(BATCH, NOW)
            then(history)
            most = max(most, log.stat().st_size // FRAME)
        return most, path.stat().st_size // 4096


def test_a_log_is_brought_into_the_file_when_there_is_time(tmp_path: Path) -> None:
    most, size = longest(tmp_path / "chat.db", 60, tidy)

    assert LONG <= most < 2 * LONG
    assert size > 60 * 73 - 2 * LONG


def test_a_log_is_brought_into_the_file_when_there_is_never_time(
    tmp_path: Path,
) -> None:
    most, size = longest(tmp_path / "chat.db", 120, lambda _: None)

    assert TOO_LONG <= most < TOO_LONG + 150
    assert size > 120 * 73 - TOO_LONG - 150


def test_who_reads_an_older_moment_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(in_file(path)) as history:
        history.append(BATCH, NOW)
        with closing(connect_to_read(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM message").fetchone()
            for _ in range(60):
                history.append(BATCH, NOW)
            tidy(history)
        history.append(BATCH, NOW)
        tidy(history)

        assert history.read(before(limit=1)).total == 6200
        assert not has_pages(path.with_name("chat.db-wal"), LONG)


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 5000, None])
def test_what_is_no_log_has_no_pages(tmp_path: Path, content: bytes | None) -> None:
    log = tmp_path / "chat.db-wal"
    if content is not None:
        log.write_bytes(content)

    assert not has_pages(log, LONG)
