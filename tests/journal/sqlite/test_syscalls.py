"""The system calls of the store, traced or made to fail by strace."""

import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.tools.verify import verify
from tests.journal.sqlite.batch_writer import ROOMS, room_of
from tests.journal.stores import open_store, stored_texts

WRITER = Path(__file__).with_name("batch_writer.py")


def can_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return trial.returncode == 0


pytestmark = pytest.mark.skipif(
    not can_trace(), reason="strace is missing or not allowed"
)


def run_writer(path: Path, batches: int, *options: str) -> list[list[str]]:
    """Run the batch writer under strace; return the words of each line."""
    strace = ["strace", "-f", "-qq", "-o", str(path.with_name("trace")), *options]
    done = subprocess.run(
        [*strace, sys.executable, str(WRITER), str(path), str(batches)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split() for line in done.stdout.splitlines()]


def create_history(tmp_path: Path) -> Path:
    path = tmp_path / "chat.db"
    open_store(path).close()
    return path


def test_each_batch_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    path = create_history(tmp_path)

    run_writer(path, 20, "-e", "trace=fsync,fdatasync,write", "-s", "20")

    synced, reported = 0, 0
    for line in path.with_name("trace").read_text().splitlines():
        if re.search(r"\b(fsync|fdatasync)\(", line):
            synced += 1
        elif 'write(1, "recorded' in line:
            assert synced >= 1
            synced, reported = 0, reported + 1
    assert reported == 20


def test_recording_resumes_after_a_full_disk_has_space_again(tmp_path: Path) -> None:
    path = create_history(tmp_path)

    lines = run_writer(path, 30, "-e", "inject=pwrite64:error=ENOSPC:when=20..40")

    failed = [words for words in lines if words[0] == "failed"]
    assert failed != []
    assert {tuple(words[2:]) for words in failed} == {("storage_full", "False")}
    assert lines[-2][0] == "recorded"
    assert verify(path).problems == []
    recorded = [int(words[1]) for words in lines if words[0] == "recorded"]
    with closing(open_store(path)) as store:
        for room in ROOMS:
            assert stored_texts(store, room) == [
                f"{number}.{half}"
                for number in recorded
                for half in (0, 1)
                if room_of(number, half) == room
            ]


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_an_io_error_stops_writing_permanently(tmp_path: Path, call: str) -> None:
    path = create_history(tmp_path)

    lines = run_writer(path, 30, "-e", f"inject={call}:error=EIO:when=45")

    words = [line[0] for line in lines]
    first = words.index("failed")
    assert first > 1
    assert set(words[first:-1]) == {"failed"}
    assert words[-1] == "closed"
    assert {tuple(line[2:]) for line in lines[first:-1]} == {("storage_failed", "True")}
    recorded = [line[1] for line in lines if line[0] == "recorded"]
    with closing(open_store(path)) as store:
        texts = [text for room in ROOMS for text in stored_texts(store, room)]
    assert f"{recorded[-1]}.1" in texts
    assert len(texts) % 2 == 0


def test_a_file_system_without_locks_is_reported(tmp_path: Path) -> None:
    path = create_history(tmp_path)
    lock = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock"]

    done = subprocess.run(
        [*lock, "-e", "inject=flock:error=ENOLCK", sys.executable, WRITER, path, "1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"FileError: {path} cannot be locked: No locks available" in done.stderr


def test_an_io_error_during_a_checkpoint_stops_writing_permanently(
    tmp_path: Path,
) -> None:
    path = create_history(tmp_path)

    lines = run_writer(
        path,
        400,
        *("-P", str(path), "-e", "trace=fsync,fdatasync"),
        *("-e", "inject=fsync,fdatasync:error=EIO:when=1"),
    )

    words = [line[0] for line in lines]
    first = words.index("failed")
    assert first > 20  # no batch fails before the checkpoint
    assert set(words[first:-1]) == {"failed"}
    assert {tuple(line[2:]) for line in lines[first:-1]} == {("storage_failed", "True")}
