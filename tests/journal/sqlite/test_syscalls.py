"""What the disk is asked, and what happens when it does not do it, seen by strace."""

import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.tools.verify import verify
from tests.journal.helpers import in_file, kept

SPEAKER = Path(__file__).with_name("batch_writer.py")


def works() -> bool:
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run(["strace", "-qq", "true"], capture_output=True, check=False)
    return trial.returncode == 0


pytestmark = pytest.mark.skipif(not works(), reason="strace is not here or not allowed")


def speak(path: Path, batches: int, *options: str) -> list[list[str]]:
    """Run the speaker under strace and return its lines, in words."""
    strace = ["strace", "-f", "-qq", "-o", str(path.with_name("trace")), *options]
    done = subprocess.run(
        [*strace, sys.executable, str(SPEAKER), str(path), str(batches)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split() for line in done.stdout.splitlines()]


def begun(tmp_path: Path) -> Path:
    path = tmp_path / "chat.db"
    in_file(path).close()
    return path


def test_each_batch_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    path = begun(tmp_path)

    speak(path, 20, "-e", "trace=fsync,fdatasync,write", "-s", "20")

    synced, told = 0, 0
    for line in path.with_name("trace").read_text().splitlines():
        if re.search(r"\b(fsync|fdatasync)\(", line):
            synced += 1
        elif 'write(1, "kept' in line:
            assert synced >= 1
            synced, told = 0, told + 1
    assert told == 20


def test_a_full_disk_is_reported_and_recovered_from(tmp_path: Path) -> None:
    path = begun(tmp_path)

    lines = speak(path, 30, "-e", "inject=pwrite64:error=ENOSPC:when=20..40")

    failed = [words for words in lines if words[0] == "failed"]
    assert failed != []
    assert {tuple(words[2:]) for words in failed} == {("storage_full", "False")}
    assert lines[-2][0] == "kept"
    assert verify(path).problems == []
    told = [words[1] for words in lines if words[0] == "kept"]
    with closing(in_file(path)) as history:
        assert (
            kept(history)
            == [f"{number}.{half}" for number in told for half in (0, 1)][
                -len(kept(history)) :
            ]
        )


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_a_failing_disk_ends_writing_for_good(tmp_path: Path, call: str) -> None:
    path = begun(tmp_path)

    lines = speak(path, 30, "-e", f"inject={call}:error=EIO:when=25")

    words = [line[0] for line in lines]
    first = words.index("failed")
    assert first > 1
    assert set(words[first:-1]) == {"failed"}
    assert words[-1] == "closed"
    assert {tuple(line[2:]) for line in lines[first:-1]} == {("storage_failed", "True")}
    told = [line[1] for line in lines if line[0] == "kept"]
    with closing(in_file(path)) as history:
        texts = kept(history)
    assert f"{told[-1]}.1" in texts
    assert len(texts) % 2 == 0


def test_a_file_system_without_locks_is_reported_as_such(
    tmp_path: Path,
) -> None:
    path = begun(tmp_path)
    lock = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock"]

    done = subprocess.run(
        [*lock, "-e", "inject=flock:error=ENOLCK", sys.executable, SPEAKER, path, "1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"FileError: {path} cannot be locked: No locks available" in done.stderr


def test_a_disk_that_fails_during_a_checkpoint_ends_writing_for_good(
    tmp_path: Path,
) -> None:
    path = begun(tmp_path)

    lines = speak(
        path,
        400,
        *("-P", str(path), "-e", "trace=fsync,fdatasync"),
        *("-e", "inject=fsync,fdatasync:error=EIO:when=1"),
    )

    words = [line[0] for line in lines]
    first = words.index("failed")
    assert first > 20  # no batch before the log was brought into the file
    assert set(words[first:-1]) == {"failed"}
    assert {tuple(line[2:]) for line in lines[first:-1]} == {("storage_failed", "True")}
