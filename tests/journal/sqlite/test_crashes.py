"""A crash at any point leaves whole batches and all acknowledged ones."""

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.events import Message
from parlour.core.storage import Duplicate
from parlour.history.retention import Retention
from parlour.journal.tools.verify import verify
from tests.journal.sqlite.batch_writer import CRASHED, MAX_MESSAGES
from tests.journal.stores import DEFAULT_RETENTION, VERONA, after, draft, open_store

WRITER = Path(__file__).with_name("batch_writer.py")
FOREVER = 1_000_000  # batches


def run_writer(path: Path, batches: int, *crash: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, WRITER, path, str(batches), *crash],
        stdout=subprocess.PIPE,
        text=True,
    )


def last_recorded(lines: list[str]) -> int:
    """Return the number of the last batch reported as recorded, or -1."""
    reports = [line.split() for line in lines]
    recorded = [int(words[1]) for words in reports if words[0] == "recorded"]
    return max(recorded, default=-1)


def require_intact(path: Path, reported: int) -> int:
    """Require that *path* has the reported batches and at most one more, complete.

    Returns the number of the last batch.
    """
    assert verify(path).problems == [] if path.exists() else reported == -1
    with closing(open_store(path, DEFAULT_RETENTION)) as store:
        extent = store.extent(VERONA)
        assert extent.head % 2 == 0
        last = extent.head // 2 - 1
        assert reported <= last <= reported + 1
        assert extent.head - extent.first + 1 >= min(extent.head, MAX_MESSAGES)
        page = store.read(after(0))
        assert [message.text for message in page.messages] == [
            f"{(sequence - 1) // 2}.{(sequence - 1) % 2}"
            for sequence in range(extent.first, extent.head + 1)
        ]
    return last


@pytest.mark.parametrize("times", [1, 3, 25])
@pytest.mark.parametrize(
    "failpoint",
    [
        f"{name}.{step}"
        for name in ("append", "index", "delete", "delete_keys")
        for step in ("begin", "commit", "committed")
    ]
    + ["create.written", "create.installed", "checkpoint.begin", "checkpoint.done"],
)
def test_a_crash_leaves_whole_batches_and_all_acknowledged_ones(
    tmp_path: Path, failpoint: str, times: int
) -> None:
    path = tmp_path / "chat.db"
    times = 1 if failpoint.startswith(("create", "checkpoint")) else times

    with run_writer(path, FOREVER, "crash", failpoint, str(times)) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()

    assert process.returncode == CRASHED
    last = require_intact(path, last_recorded(lines))
    with closing(open_store(path, Retention(max_messages=MAX_MESSAGES))) as store:
        retry = [draft("again", key=f"{last}.0"), draft("new", key="new")]
        time = 1_700_000_000.0 + last * 9 * 3600
        outcomes = store.append(retry, time)
    expected = [Duplicate(VERONA, 2 * last + 1)] if last >= 0 else []
    assert outcomes[: len(expected)] == expected
    assert isinstance(outcomes[-1], Message)


def test_sigkill_loses_no_acknowledged_message(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    chance = random.Random(5)
    last = -1

    for _ in range(10):
        with run_writer(path, FOREVER) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(chance.randrange(1, 60))]
            process.kill()
            lines += process.stdout.read().splitlines()

        reported = last_recorded([line for line in lines if line.strip()])
        last = require_intact(path, max(reported, last))

    assert last > 20
