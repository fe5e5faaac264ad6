"""The write-ahead log is checkpointed before it becomes too long."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from parlour.core.storage import StorageError
from parlour.journal.sqlite.checkpoint import (
    BUSY_PAGES,
    IDLE_PAGES,
    LOCKS,
    MAX_PAGES,
    has_pages,
)
from parlour.journal.sqlite.connections import connect_to_read
from parlour.journal.sqlite.store import SQLiteStore
from tests.journal.stores import (
    Clocks,
    batch_of,
    before,
    head,
    maintain_fully,
    open_store,
)

FRAME = 4096 + 24  # bytes of a page with its header in the log
READER = """
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT epoch FROM about").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""
BATCH = batch_of(["x" * 3000] * 100)  # between 73 and 150 pages


def record_batches(
    path: Path, batches: int, then: Callable[[SQLiteStore], object]
) -> tuple[int, int]:
    """Record *batches* batches; call *then* after each.

    Returns the largest size of the log and the final size of the file, in pages.
    """
    log, longest = path.with_name("chat.db-wal"), 0
    with closing(open_store(path)) as store:
        for _ in range(batches):
            store.append(BATCH)
            then(store)
            longest = max(longest, log.stat().st_size // FRAME)
        return longest, path.stat().st_size // 4096


def test_an_idle_store_checkpoints_a_long_log(tmp_path: Path) -> None:
    longest, size = record_batches(tmp_path / "chat.db", 60, maintain_fully)

    assert IDLE_PAGES <= longest < 2 * IDLE_PAGES
    assert size > 60 * 73 - 2 * IDLE_PAGES


def test_a_busy_store_checkpoints_only_a_longer_log(tmp_path: Path) -> None:
    longest, size = record_batches(tmp_path / "chat.db", 120, lambda _: None)

    assert BUSY_PAGES <= longest < BUSY_PAGES + 150
    assert size > 120 * 73 - BUSY_PAGES - 150


def test_a_reader_of_an_old_snapshot_does_not_delay_batches(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(BATCH)
        with closing(connect_to_read(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM message").fetchone()
            for _ in range(60):
                store.append(BATCH)
            maintain_fully(store)
        store.append(BATCH)
        maintain_fully(store)

        assert store.read(before(limit=1)).total == 6200
        assert not has_pages(path.with_name("chat.db-wal"), IDLE_PAGES)


def test_a_long_reader_is_reported_and_the_log_stays_bounded(tmp_path: Path) -> None:
    path, clocks = tmp_path / "chat.db", Clocks()
    recorded = 0
    with closing(clocks.open_store(path)) as store, reading(path) as reader:
        for _ in range(150):
            with suppress(StorageError):
                store.append(BATCH)
                recorded += 100
                maintain_fully(store)
        with pytest.raises(StorageError) as caught:
            store.append(BATCH)

        assert caught.value.code == "storage_busy"
        assert not caught.value.is_outcome_unknown
        assert path.with_name("chat.db-wal").stat().st_size < 2 * BUSY_PAGES * FRAME
        assert recorded > (MAX_PAGES - 150) // 150 * 100
        reader.kill()
        reader.wait()

        store.append(BATCH)
        maintain_fully(store)
        assert head(store) == recorded + 100
        assert not has_pages(path.with_name("chat.db-wal"), IDLE_PAGES)
    assert [event for event, _ in clocks.warnings] == [
        "history.log_held",
        "history.log_full",
        "history.log_free",
    ]
    if LOCKS.exists():
        assert f"({reader.pid})" in str(clocks.warnings[0][1]["read_by"])


@contextmanager
def reading(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run another process, which reads one snapshot of *path*."""
    with subprocess.Popen(
        [sys.executable, "-c", READER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 5000, None])
def test_a_file_that_is_not_a_log_has_no_pages(
    tmp_path: Path, content: bytes | None
) -> None:
    log = tmp_path / "chat.db-wal"
    if content is not None:
        log.write_bytes(content)

    assert not has_pages(log, IDLE_PAGES)
