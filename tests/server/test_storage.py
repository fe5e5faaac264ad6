"""What a server is told about a history, and how a history is opened for it."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from parlour.core.events import LOBBY, SessionId
from parlour.core.storage import Before, Draft, Page, StorageError
from parlour.history.query_queue import PendingQuery
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from parlour.server.config import Bound, Config
from parlour.server.storage import Storage, open_storage

WAIT = 10.0  # seconds for what should come within one
SAID = ["one", "two", "three"]
OPEN = """
import sys
from pathlib import Path
from parlour.server.config import Config
from parlour.journal.sqlite.files import FileError
from parlour.server.storage import open_storage
try:
    storage = open_storage(Config(history=Path(sys.argv[1])))
except FileError as exc:
    sys.exit(str(exc))
storage.recorder.close(10.0)
"""


def drafts() -> list[Draft]:
    return [Draft(LOBBY, "Romeo", text, SessionId(1)) for text in SAID]


def kept(storage: Storage) -> list[str]:
    """Return the texts that *storage* has."""
    answers = SimpleQueue[Page | StorageError]()
    storage.recorder.query(PendingQuery(Before(LOBBY, 1 << 50, 100), answers.put))
    page = answers.get(timeout=WAIT)
    assert isinstance(page, Page)
    return [message.text for message in page.messages]


def until(expected: list[str], found: Callable[[], list[str]]) -> list[str]:
    """Look until there is what is *expected*, and return what there is."""
    deadline = time.monotonic() + WAIT
    while (now := found()) != expected and time.monotonic() < deadline:
        pass
    return now


each_bound = pytest.mark.parametrize(
    ("bound", "texts"),
    [
        (Bound("max_messages", 2), ["two", "three"]),
        (Bound("max_messages", 0), []),
        (Bound("max_bytes", 17), ["three"]),
        (Bound("max_bytes", 18), ["two", "three"]),
        (Bound("max_age", 3600), SAID),  # all at once: the clock is doubted first
        (Bound("max_age", 3 * 3600), SAID),
    ],
)


@each_bound
def test_a_file_is_made_shorter_after_the_start(
    tmp_path: Path, bound: Bound, texts: list[str]
) -> None:
    path = tmp_path / "chat.db"
    with closing(
        SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
    ) as history:
        history.append(drafts(), time.time() - 2 * 3600)

    storage = open_storage(Config(history=path, max_history=(bound,)))

    try:
        assert until(texts, lambda: kept(storage)) == texts
    finally:
        assert storage.recorder.close(WAIT)


@pytest.mark.parametrize(
    ("bound", "texts"),
    [
        (Bound("max_messages", 2), ["two", "three"]),
        (Bound("max_messages", 0), []),
        (Bound("max_bytes", 17), ["three"]),
        (Bound("max_age", 3600), SAID),  # how old a time looks says nothing
    ],
)
def test_memory_keeps_no_more_than_it_is_told(bound: Bound, texts: list[str]) -> None:
    storage = open_storage(Config(max_history=(bound,)))

    storage.recorder.record(drafts(), time.time() - 2 * 3600, lambda _: None)

    assert kept(storage) == texts


@pytest.mark.parametrize("history", [None, "chat.db"])
def test_nothing_is_too_old_by_default(tmp_path: Path, history: str | None) -> None:
    path = None if history is None else tmp_path / history
    storage = open_storage(Config(history=path))

    storage.recorder.record(drafts(), 0.0, lambda _: None)

    assert until(SAID, lambda: kept(storage)) == SAID
    assert storage.recorder.close(WAIT)


def test_the_default_in_memory_stays_where_another_bound_is_given() -> None:
    storage = open_storage(Config(max_history=(Bound("max_age", 60),)))

    assert storage.description == "the last 2,048 messages, in memory"


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return trial.returncode == 0


@pytest.mark.skipif(not strace_works(), reason="strace is not here or not allowed")
def test_a_disk_that_fails_while_a_history_is_opened_is_told_in_one_line(
    tmp_path: Path,
) -> None:
    path, trace = tmp_path / "chat.db", tmp_path / "trace"
    with closing(
        SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
    ) as history:
        history.append(drafts(), time.time())

    def opened(*options: str) -> subprocess.CompletedProcess[str]:
        strace = ["strace", "-f", "-qq", "-P", str(path), "-o", str(trace)]
        traced = [
            "-e",
            "trace=pread64",
            *options,
            sys.executable,
            "-c",
            OPEN,
            str(path),
        ]
        return subprocess.run(
            [*strace, *traced],
            capture_output=True,
            text=True,
            check=False,
        )

    assert opened().returncode == 0
    reads = len(re.findall(r"pread64\(.* = [1-9]", trace.read_text()))
    assert reads > 5
    for number in range(reads - 5, reads + 1):
        failed = opened("-e", f"inject=pread64:error=EIO:when={number}")

        if failed.returncode == 0:  # what is read at the end is not needed to begin
            continue
        (told,) = failed.stderr.splitlines()
        assert told.startswith(f"{path} ")
