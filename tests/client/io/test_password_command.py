"""One bounded line is read from the command for a password, and all of it ends."""

import os
import sys
import time
from pathlib import Path

import pytest

from parlour.client.io import password_command
from parlour.client.io.password_command import MAX_READ, CommandError, first_line

SLOW = "print('secret', flush=True); import time; time.sleep(0.2); print('more')"


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_command, "_has_terminal", lambda: False)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("echo secret", b"secret"),
        ("printf secret", b"secret"),
        ("printf 'secret\\r\\nmore'", b"secret"),
        ("printf 'sec'; printf 'ret\\n'", b"secret"),
        ("true", b""),
        (f'{sys.executable} -c "{SLOW}"', b"secret"),
        ("yes", b"y"),
        ("yes | tr -d '\\n'", b"y" * MAX_READ),
        ("echo secret; exec sleep 100", b"secret"),
        ("sleep 100 & echo secret", b"secret"),
    ],
)
def test_one_line_is_read_and_no_more_than_that(command: str, line: bytes) -> None:
    start = time.monotonic()

    assert first_line(command) == line
    assert time.monotonic() - start < password_command.TIMEOUT / 2


def test_a_command_that_writes_nothing_ends_with_all_it_has_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(password_command, "TIMEOUT", 0.5)
    os.mkfifo(tmp_path / "fifo")
    reader = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)

    with pytest.raises(CommandError, match="it has written no line within"):
        first_line(f"exec 3>{tmp_path}/fifo; echo x >&3; sleep 100 & wait")

    assert os.read(reader, 9) == b"x\n"
    assert os.read(reader, 9) == b""  # no process has the other end
    os.close(reader)


@pytest.mark.parametrize("more", ["", "sleep 0.2; echo more; "])
def test_the_exit_code_of_a_command_is_reported(more: str) -> None:
    with pytest.raises(CommandError, match="its exit code is 3"):
        first_line(f"echo secret; {more}exit 3")


def test_on_a_terminal_a_command_stays_in_the_session_and_may_ask_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = "ps -o sid= -p $$"

    assert int(first_line(session)) != os.getsid(0)
    monkeypatch.setattr(password_command, "_has_terminal", lambda: True)
    assert int(first_line(session)) == os.getsid(0)
