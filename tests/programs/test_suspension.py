"""A suspended command ends its read transaction on the history."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.journal.stores import (
    open_store,
    record,
)

READER = """
import sys
from contextlib import closing
from pathlib import Path
from parlour.journal.tools.inspection import connect_to_inspect
from parlour.cli.suspension import resumable

def read():
    with closing(connect_to_inspect(Path(sys.argv[1]))) as db:
        db.execute("BEGIN")
        found = db.execute("SELECT count(*) FROM message").fetchone()
        print("reads", *found, flush=True)
        if not sys.stdin.readline():
            return
        db.execute("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) "
                   "SELECT count(*) FROM n")

resumable(read)
print("done", flush=True)
"""


def log_can_be_restarted(path: Path) -> bool:
    """Return whether no read transaction keeps the write-ahead log of *path*."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        (is_busy, _, _) = db.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
    return not is_busy


def suspend_reader(path: Path, first: str) -> None:
    with (
        closing(open_store(path)) as history,
        subprocess.Popen(
            [sys.executable, "-c", READER, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        ) as reader,
    ):
        assert reader.stdin is not None
        assert reader.stdout is not None
        record(history, "a")
        try:
            assert reader.stdout.readline() in {"reads 0\n", "reads 1\n"}
            record(history, "b")
            assert not log_can_be_restarted(path)
            reader.stdin.write(first)
            reader.stdin.flush()

            reader.send_signal(signal.SIGTSTP)
            _, status = os.waitpid(reader.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            assert log_can_be_restarted(path)

            record(history, "c")
            reader.send_signal(signal.SIGCONT)
            assert reader.stdout.readline() == "reads 3\n"
            reader.stdin.close()
            assert reader.stdout.readline() == "done\n"
        finally:
            reader.kill()


def test_ctrl_z_ends_a_read_transaction(tmp_path: Path) -> None:
    suspend_reader(tmp_path / "chat.db", "")


def test_ctrl_z_ends_a_long_read_transaction(tmp_path: Path) -> None:
    suspend_reader(tmp_path / "chat.db", "\n")
