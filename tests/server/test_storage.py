"""Opening the storage that a configuration describes."""

import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import pytest

from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, SessionId
from parlour.core.storage import Before, Page, StorageError
from parlour.history.query_queue import PendingQuery
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from parlour.server.config import Bound, Config
from parlour.server.storage import Storage, open_storage

TIMEOUT = 10.0  # seconds
TEXTS = ["one", "two", "three"]
PROGRAM = """
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


def batch(wall: float) -> Batch:
    said = [Said(LOBBY, "Romeo", text, SessionId(1)) for text in TEXTS]
    return Batch(wall, tuple(said))


def stored_texts(storage: Storage) -> list[str]:
    """Return the texts of the messages in *storage*."""
    answers = SimpleQueue[Page | StorageError]()
    storage.recorder.query(PendingQuery(Before(LOBBY, 1 << 50, 100), answers.put))
    page = answers.get(timeout=TIMEOUT)
    assert isinstance(page, Page)
    return [message.text for message in page.messages]


def texts_after_maintenance(storage: Storage, expected: list[str]) -> list[str]:
    """Read the texts until they are *expected* or time runs out; return them."""
    deadline = time.monotonic() + TIMEOUT
    while (texts := stored_texts(storage)) != expected and time.monotonic() < deadline:
        pass
    return texts


each_bound = pytest.mark.parametrize(
    ("bound", "texts"),
    [
        (Bound("max_messages", 2), ["two", "three"]),
        (Bound("max_messages", 0), []),
        (Bound("max_bytes", 17), ["three"]),
        (Bound("max_bytes", 18), ["two", "three"]),
        # All messages seem expired: the clock may be wrong, and none is deleted.
        (Bound("max_age", 3600), TEXTS),
        (Bound("max_age", 3 * 3600), TEXTS),
    ],
)


@each_bound
def test_a_smaller_limit_shortens_a_file_after_the_start(
    tmp_path: Path, bound: Bound, texts: list[str]
) -> None:
    path = tmp_path / "chat.db"
    with closing(
        SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
    ) as history:
        history.append(batch(time.time() - 2 * 3600))

    storage = open_storage(Config(history=path, max_history=(bound,)))

    try:
        assert texts_after_maintenance(storage, texts) == texts
    finally:
        assert storage.recorder.close(TIMEOUT)


@pytest.mark.parametrize(
    ("bound", "texts"),
    [
        (Bound("max_messages", 2), ["two", "three"]),
        (Bound("max_messages", 0), []),
        (Bound("max_bytes", 17), ["three"]),
        (Bound("max_age", 3600), TEXTS),  # age starts when a message is recorded
    ],
)
def test_memory_stores_no_more_than_the_limit(bound: Bound, texts: list[str]) -> None:
    storage = open_storage(Config(max_history=(bound,)))

    storage.recorder.record(batch(time.time() - 2 * 3600), lambda _: None)

    assert stored_texts(storage) == texts


@pytest.mark.parametrize("history", [None, "chat.db"])
def test_messages_do_not_expire_by_default(tmp_path: Path, history: str | None) -> None:
    path = None if history is None else tmp_path / history
    storage = open_storage(Config(history=path))

    storage.recorder.record(batch(0.0), lambda _: None)

    assert texts_after_maintenance(storage, TEXTS) == TEXTS
    assert storage.recorder.close(TIMEOUT)


def test_the_default_limit_in_memory_applies_beside_another_limit() -> None:
    storage = open_storage(Config(max_history=(Bound("max_age", 60),)))

    assert storage.description == "the last 2,048 messages, in memory"


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return trial.returncode == 0


@pytest.mark.skipif(not strace_works(), reason="strace is not installed or not allowed")
def test_a_disk_error_while_a_history_is_opened_is_reported_in_one_line(
    tmp_path: Path,
) -> None:
    path, trace = tmp_path / "chat.db", tmp_path / "trace"
    with closing(
        SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
    ) as history:
        history.append(batch(time.time()))

    def open_with_strace(*options: str) -> subprocess.CompletedProcess[str]:
        strace = ["strace", "-f", "-qq", "-P", str(path), "-o", str(trace)]
        traced = [
            "-e",
            "trace=pread64",
            *options,
            sys.executable,
            "-c",
            PROGRAM,
            str(path),
        ]
        return subprocess.run(
            [*strace, *traced],
            capture_output=True,
            text=True,
            check=False,
        )

    assert open_with_strace().returncode == 0
    reads = len(re.findall(r"pread64\(.* = [1-9]", trace.read_text()))
    assert reads > 5
    for number in range(reads - 5, reads + 1):
        failed = open_with_strace("-e", f"inject=pread64:error=EIO:when={number}")

        if failed.returncode == 0:  # the server can start without this read
            continue
        (error,) = failed.stderr.splitlines()
        assert error.startswith(f"{path} ")
