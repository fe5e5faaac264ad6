"""The commands for a history: backup, restore, export, import, verify."""

import os
import re
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from .histories import (
    PARLOUR_COMMAND,
    expect_error,
    export_messages,
    run_tool,
    send_and_expect,
    start_with_history,
)
from .launch import ENGINES
from .sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat" / "history.db"


@each_engine
def test_a_backup_of_a_running_server_is_restored_as_a_new_epoch(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    copy = path.with_name("copy.db")
    server = start_with_history(sandbox, engine, path)
    peer = sandbox.join(server.port)
    send_and_expect(peer, ["one", "two"])
    run_tool(sandbox, "backup", copy, "--history", path)
    send_and_expect(peer, ["three"])

    in_use = sandbox.run(PARLOUR_COMMAND, "restore", str(copy), "--history", str(path))
    assert f"in use by process {server.program.pid}: " in expect_error(in_use, 1)
    server.stop()
    assert run_tool(sandbox, "verify", copy) == (
        f"lobby: 2 messages, 1 to 2\n{copy} is undamaged\n"
    )
    assert run_tool(sandbox, "restore", copy, "--history", path) == (
        f"restored {copy} to {path}\nthe previous history is now {path}.replaced\n"
    )

    assert [message.text for message in export_messages(sandbox, path)] == [
        "one",
        "two",
    ]
    assert epoch(path) != epoch(copy)
    assert copy.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    replaced = path.with_name("history.db.replaced")
    assert [message.sequence for message in export_messages(sandbox, replaced)] == [
        1,
        2,
        3,
    ]
    again = start_with_history(sandbox, engine, path)
    send_and_expect(sandbox.join(again.port), ["other"])
    again.stop()
    assert export_messages(sandbox, path)[-1].sequence == 3


def epoch(path: Path) -> str:
    db = sqlite3.connect(path)
    ((found,),) = db.execute("SELECT epoch FROM about")
    db.close()
    assert isinstance(found, str)
    return found


@each_engine
def test_an_import_of_an_export_has_the_same_messages(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    text, new = path.with_name("chat.jsonl"), path.with_name("new.db")
    server = start_with_history(sandbox, engine, path)
    send_and_expect(
        sandbox.join(server.port), ["příliš žluťoučký 🐴", "line\u2028two", "three"]
    )
    run_tool(sandbox, "export", text, "--history", path)
    server.stop()

    assert run_tool(sandbox, "import", text, "--history", new) == (
        f"3 messages imported into {new}\n"
    )
    again = run_tool(sandbox, "export", "--history", new)
    assert again == text.read_text("utf-8")
    assert text.stat().st_mode & 0o777 == 0o600
    piped = sandbox.run(
        PARLOUR_COMMAND, "import", "--history", str(path.with_name("3.db"))
    )
    piped.feed(again.encode())
    piped.close_input()
    assert piped.wait() == 0
    later = start_with_history(sandbox, engine, new)
    send_and_expect(sandbox.join(later.port), ["four"])
    later.stop()
    assert [message.sequence for message in export_messages(sandbox, new)] == [
        1,
        2,
        3,
        4,
    ]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("backup copy.db --history none.db", "none.db: there is no such file"),
        ("backup text --history whole.db", "text is not a database"),
        ("backup whole.db --history whole.db", "is the history itself"),
        ("backup none/copy.db --history whole.db", "No such file or directory"),
        ("restore none.db --history whole.db", "none.db: there is no such file"),
        ("restore text --history whole.db", "text is not a database"),
        ("export --history none.db", "none.db: there is no such file"),
        ("export text --history whole.db", "text already exists"),
        ("export none/text --history whole.db", "No such file or directory"),
        ("import none --history new.db", "none: No such file or directory"),
        ("import text --history new.db", "line 1 cannot be imported: "),
        ("import text --history whole.db", "whole.db holds messages"),
        ("verify text", "text is not a database"),
        ("verify --history none.db", "none.db: there is no such file"),
    ],
)
def test_a_failing_command_reports_one_line_and_changes_nothing(
    sandbox: Sandbox, tmp_path: Path, command: str, words: str
) -> None:
    (tmp_path / "text").write_text("Two households, both alike in dignity. " * 100)
    one = '{"type": "message", "data": {"room": "lobby", "sequence": 1, "time": '
    one += '"2026-01-01T00:00:00Z", "source": "romeo", "message": "hi"}}\n'
    (tmp_path / "one").write_text(one)
    run_tool(sandbox, "import", tmp_path / "one", "--history", tmp_path / "whole.db")
    before = (tmp_path / "whole.db").read_bytes()
    first, *rest = command.split()

    program = sandbox.run(
        PARLOUR_COMMAND,
        first,
        *[word if word.startswith("--") else str(tmp_path / word) for word in rest],
    )

    assert words in expect_error(program, 1)
    assert (tmp_path / "whole.db").read_bytes() == before
    assert not (tmp_path / "new.db").exists()
    assert not [each for each in tmp_path.iterdir() if each.suffix in {".part", ".new"}]


@pytest.mark.parametrize(
    "command",
    [
        ["backup"],
        ["restore"],
        ["verify", "--history", "memory"],
        ["export", "--history", ""],
        ["import", "--port", "0"],
        ["import", "--port", "x"],
        ["verify", "one.db", "--history", "two.db"],
        ["verify", "one.db", "two.db"],
        ["verify", "--quick"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_reported_in_one_line(
    sandbox: Sandbox, command: list[str]
) -> None:
    program = sandbox.run(PARLOUR_COMMAND, *command)

    assert expect_error(program, 2)


def test_damage_is_reported_and_is_an_error(sandbox: Sandbox, path: Path) -> None:
    server = start_with_history(sandbox, "async", path)
    send_and_expect(sandbox.join(server.port), ["the truth"])
    server.stop()
    db = sqlite3.connect(path)
    db.execute("UPDATE message SET text = 'a lie'")
    db.commit()
    db.close()

    program = sandbox.run(PARLOUR_COMMAND, "verify", "--history", str(path))

    assert program.wait() == 1
    assert "fault: lobby: message 1 was changed" in program.out.lines
    assert program.err.text.startswith(f"parlour: {path} is damaged: ")


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
    assert piped.err.text in {"", "1 message exported\n"}  # if it was quicker


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


def test_an_interrupted_import_says_so_and_leaves_no_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    program = sandbox.run(
        PARLOUR_COMMAND, "import", "--history", str(tmp_path / "new.db")
    )
    wait_for(tmp_path / "new.db.new")
    program.signal(signal.SIGINT)

    assert expect_error(program, 1) == "parlour: interrupted"
    assert [each.name for each in tmp_path.iterdir()] == ["new.db.lock"]


def wait_for(path: Path) -> None:
    """Wait until *path* exists."""
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline


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


@pytest.mark.parametrize("name", ["", ".", "/"])
@pytest.mark.parametrize("tool", ["backup", "restore", "export", "import", "verify"])
def test_a_file_argument_must_name_a_file(
    sandbox: Sandbox, tool: str, name: str
) -> None:
    refused = sandbox.run(PARLOUR_COMMAND, tool, name)

    what = f"{name} is a directory: name a file in it" if name else "it is empty"
    assert f"invalid value for '[FILE]': {what}" in expect_error(refused, 2).replace(
        "'FILE'", "'[FILE]'"
    )
