import os
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from parlour.system.trace_file import MAX_WAITING, TraceFile


def unexpected(error: OSError) -> None:
    pytest.fail(str(error))


def test_lines_are_appended_in_order(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_text("before\n")

    with closing(TraceFile(path, unexpected)) as file:
        for number in range(1000):
            file.append(f"{number}\n".encode(), 1)

    assert path.read_text().split() == ["before", *map(str, range(1000))]


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o640, 0o755])
def test_a_file_that_others_can_read_is_made_private(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "trace"
    path.touch()
    path.chmod(mode)

    TraceFile(path, unexpected).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "trace"
    path.touch(mode=0o644)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

    with pytest.raises(PermissionError, match="belongs to another user"):
        TraceFile(path, unexpected)

    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_database_is_refused_as_a_trace_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))

    with pytest.raises(PermissionError, match="it is a database"):
        TraceFile(path, unexpected)

    assert path.stat().st_size == 116


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal", ".lock"])
def test_a_file_beside_a_database_is_refused_as_a_trace_file(
    tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "chat.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    path = tmp_path / f"chat.db{suffix}"

    with pytest.raises(PermissionError, match=r"it belongs to the database chat\.db"):
        TraceFile(path, unexpected)

    assert not path.exists()


def test_a_pipe_that_nobody_reads_does_not_block_the_program(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    file = TraceFile(path, unexpected)
    line = b"x" * 99_999 + b"\n"

    for _ in range(2 * MAX_WAITING // len(line)):
        file.append(line, 1)

    reader = os.open(path, os.O_RDONLY)
    read = b""
    while b"lines are missing here" not in read[-200:]:
        read = read[-200:] + os.read(reader, 65_536)
    file.append(b"the end\n", 1)
    while b"the end" not in read[-200:]:
        read = read[-200:] + os.read(reader, 65_536)
    file.close()
    os.close(reader)


def test_a_pipe_whose_reader_exited_does_not_block_the_program(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    has_failed = threading.Event()
    file = TraceFile(path, lambda _: has_failed.set())
    os.close(reader)

    file.append(b"x\n", 1)

    assert has_failed.wait(10)
    file.append(b"y\n", 1)
    file.close()


def test_a_full_disk_is_reported_once() -> None:
    reported: list[OSError] = []
    has_failed = threading.Event()

    def failed(error: OSError) -> None:
        reported.append(error)
        has_failed.set()

    file = TraceFile(Path("/dev/full"), failed)
    file.append(b"x\n", 1)
    assert has_failed.wait(10)
    file.append(b"x\n", 1)
    file.close()

    assert [error.strerror for error in reported] == ["No space left on device"]
