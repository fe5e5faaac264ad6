"""The output of the history commands: progress, unusual streams, untrusted text."""

import os
import re
import sqlite3
from pathlib import Path

import pytest

from .histories import (
    PARLOUR_COMMAND,
    expect_error,
    run_tool,
    send_and_expect,
    start_with_history,
)
from .sandbox import Sandbox


def test_progress_is_shown_on_a_terminal_and_erased(
    sandbox: Sandbox, path: Path
) -> None:
    lines = path.parent.parent / "lines"
    one = '{"type": "message", "data": {"room": "lobby", "sequence": %d, "time": '
    one += '"2026-01-01T00:00:00Z", "source": "romeo", "message": "hi"}}\n'
    lines.write_text("".join(one % number for number in range(1, 2001)))
    run_tool(sandbox, "import", lines, "--history", path)

    shell = '"$0" verify "$1" 2>"$2"'
    controller, terminal = os.openpty()
    program = sandbox.run(
        "sh", "-c", shell, PARLOUR_COMMAND, str(path), os.ttyname(terminal)
    )
    assert program.wait() == 0
    output = os.read(controller, 1 << 16).decode()
    os.close(controller)
    os.close(terminal)

    assert re.search(r"verify: 50 %", output)
    assert output.endswith("\r\x1b[K")
    assert program.out.lines[-1] == f"{path} is undamaged"


def test_an_export_reports_a_full_disk_and_accepts_a_closed_pipe(
    sandbox: Sandbox, path: Path
) -> None:
    server = start_with_history(sandbox, "async", path)
    send_and_expect(sandbox.join(server.port), ["hello"])
    server.stop()
    shell = '"$0" export --history "$1" '

    full = sandbox.run("sh", "-c", shell + ">/dev/full", PARLOUR_COMMAND, str(path))
    assert expect_error(full, 1) == "parlour: standard output: No space left on device"
    piped = sandbox.run("sh", "-c", shell + "| true", PARLOUR_COMMAND, str(path))
    assert piped.wait() == 0
    assert piped.err.text in {"", "1 message exported\n"}  # if it ended before `true`


@pytest.mark.parametrize("command", ["backup copy.db", "verify", "export"])
def test_output_to_a_full_disk_is_reported_in_one_line(
    sandbox: Sandbox, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "new.db"
    run_tool(sandbox, "import", "--history", path)
    first, *rest = command.split()
    files = [str(tmp_path / name) for name in rest]
    shell = 'exec "$@" >/dev/full'

    full = sandbox.run(
        *[
            "sh",
            "-c",
            shell,
            "sh",
            PARLOUR_COMMAND,
            first,
            *files,
            "--history",
            str(path),
        ]
    )

    if first == "export":  # it writes nothing to standard output
        assert full.wait() == 0
        assert full.err.text == "0 messages exported\n"
    else:
        error = "parlour: standard output: No space left on device"
        assert expect_error(full, 1) == error


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["import", "export", "verify"])
def test_commands_work_with_closed_standard_streams(
    sandbox: Sandbox, tmp_path: Path, command: str, closed: str
) -> None:
    path = tmp_path / "new.db"
    run_tool(sandbox, "import", "--history", path)
    shell = f'"$0" {command} --history "$1" {closed}'

    program = sandbox.run("sh", "-c", shell, PARLOUR_COMMAND, str(path))
    program.close_input()

    assert program.wait() == 0
    is_reported = command == "export" and "2>&-" not in closed
    assert program.err.text == ("0 messages exported\n" if is_reported else "")


def test_control_characters_from_a_file_are_escaped(
    sandbox: Sandbox, path: Path
) -> None:
    server = start_with_history(sandbox, "async", path)
    send_and_expect(sandbox.join(server.port), ["hello"])
    server.stop()
    db = sqlite3.connect(path)
    db.execute("UPDATE room SET name = ?", ("\x1b[2Jroom\n",))
    db.commit()
    db.close()

    program = sandbox.run(PARLOUR_COMMAND, "verify", "--history", str(path))

    assert program.wait() == 1
    assert program.out.lines[0] == "\\x1b[2Jroom\\n: 1 message, 1 to 1"
    assert "\x1b" not in program.out.text
