"""The commands for a history: backup, restore, export, import, verify."""

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


@each_engine
def test_a_backup_of_a_running_server_is_restored_with_a_new_epoch(
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
    assert run_tool(sandbox, "export", "-", "--history", new) == again
    piped = sandbox.run(
        PARLOUR_COMMAND, "import", "-", "--history", str(path.with_name("3.db"))
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
        ("import text --history whole.db", "whole.db contains messages"),
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


def test_an_interrupted_import_is_reported_and_leaves_no_file(
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
