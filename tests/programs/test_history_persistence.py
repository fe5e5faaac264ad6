"""Histories survive restarts and crashes, and unusable files are refused."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from .histories import (
    PARLOUR_COMMAND,
    ExportedMessage,
    expect_error,
    export_messages,
    kill_server,
    run_tool,
    send_and_expect,
    start_with_history,
)
from .launch import ENGINES, SERVER, listening_port, server_options, start_server
from .sandbox import Sandbox
from .sockets import Listener, SocketClient

each_engine = pytest.mark.parametrize("engine", ENGINES)


def can_use_strace() -> bool:
    command = ["strace", "-qq", "true"]
    return (
        shutil.which("strace") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@each_engine
def test_messages_delivered_before_a_kill_are_recorded(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    romeo = sandbox.join(server.port)
    send_and_expect(romeo, ["one", "two", "three"])
    kill_server(server)

    server = start_with_history(sandbox, engine, path)
    juliet = sandbox.join(server.port)
    juliet.send(b'{"type": "history"}\n')
    juliet.expect("[Server]: the last 3 of 3 messages:")
    assert [juliet.expect(f"{romeo.name}: ") for _ in range(3)] == [
        f"{romeo.name}: {text}" for text in ("one", "two", "three")
    ]
    send_and_expect(juliet, ["four"])
    kill_server(server)

    assert export_messages(sandbox, path) == [
        ExportedMessage(1, romeo.name, "one"),
        ExportedMessage(2, romeo.name, "two"),
        ExportedMessage(3, romeo.name, "three"),
        ExportedMessage(4, juliet.name, "four"),
    ]


@each_engine
def test_a_second_server_on_one_file_is_refused_with_the_process_id(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    first = start_with_history(sandbox, engine, path)

    second = sandbox.run_python(
        *SERVER, *server_options(engine), "--history", str(path)
    )

    assert f"in use by process {first.program.pid}: " in expect_error(second, 3)
    send_and_expect(sandbox.join(first.port), ["still here"])
    first.stop()


@each_engine
def test_a_second_server_is_refused_under_another_name_of_the_file(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    first = start_with_history(sandbox, engine, path)
    link = path.with_name("link.db")
    link.hardlink_to(path)

    second = sandbox.run_python(
        *SERVER, *server_options(engine), "--history", str(link)
    )

    assert "is in use by another process, perhaps under another name" in expect_error(
        second, 3
    )
    copy = path.with_name("copy.db")
    run_tool(sandbox, "backup", copy, "--history", path)
    send_and_expect(sandbox.join(first.port), ["still here"])
    first.stop()
    again = sandbox.run_python(*SERVER, *server_options(engine), "--history", str(link))
    assert f"{link} has another name (a hard link)" in expect_error(again, 3)
    link.unlink()
    start_with_history(sandbox, engine, path).stop()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("text/history.db", "text is a file, not a directory"),
        ("text", "text is not a database: choose another file"),
        ("empty", "empty is empty. It may have been a history that was lost"),
        ("other.db", "other.db is not a history of Parlour: choose another file"),
        ("folder", "folder is a directory"),
        ("/proc/history.db", "/proc/history.db: "),
        ("text/deep/history.db", "text is a file, not a directory"),
        ("circle", "circle: its symbolic links form a loop"),
        ("x" * 300, f"{'x' * 300}: File name too long"),
    ],
)
def test_an_unusable_path_is_reported_in_one_line(
    sandbox: Sandbox, tmp_path: Path, place: str, words: str
) -> None:
    (tmp_path / "text").write_text("Two households, both alike in dignity. " * 100)
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE one (two)").close()

    program = sandbox.run_python(
        *SERVER, "--port", "0", "--history", str(tmp_path / place)
    )

    assert words in expect_error(program, 3)


@pytest.mark.parametrize("suffix", ["", "-wal", ".lock"])
def test_a_trace_must_not_be_the_history_or_a_file_beside_it(
    sandbox: Sandbox, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / "chat.db"
    where = ["--history", str(path), "--trace", f"{path}{suffix}"]

    server = sandbox.run_python(*SERVER, "--port", "0", *where)

    assert server.wait() == 2
    assert server.err.lines == [
        f"parlour: cannot write the trace to {path}{suffix}: the history uses this file"
    ]
    assert list(tmp_path.iterdir()) == []


@each_engine
@pytest.mark.parametrize("variable", ["HOME", "XDG_STATE_HOME"])
def test_each_port_has_a_private_default_file(
    sandbox: Sandbox, tmp_path: Path, engine: str, variable: str
) -> None:
    state = tmp_path / ("state" if variable != "HOME" else ".local/state")
    with Listener() as listener:
        port = listener.port  # free again after the block
    environment = f"{variable}={state if variable != 'HOME' else tmp_path}"
    command = ["env", environment, sys.executable, *SERVER, "--port", str(port)]
    banners = list[str]()
    for number in range(2):
        program = sandbox.run(*command, "--engine", engine)
        banners.append(program.err.expect("history: "))
        program.err.expect("join with")
        send_and_expect(sandbox.join(port), [f"message {number}"])
        assert program.stop() == 0

    path = state / "parlour" / f"history-{port}.db"
    short = f"~/{path.relative_to(tmp_path)}"
    assert path.stat().st_mode & 0o777 == 0o600
    assert banners == [
        f"history: 0 messages in {short}",
        f"history: 1 message in {short}",
    ]
    verified = sandbox.run(
        "env", environment, PARLOUR_COMMAND, "verify", "--port", str(port)
    )
    assert verified.wait() == 0
    assert verified.out.lines == ["lobby: 2 messages, 1 to 2", f"{path} is undamaged"]


@each_engine
def test_a_history_in_memory_has_no_file(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    server = start_server(sandbox, engine, "--history", "memory")
    send_and_expect(sandbox.join(server.port), ["gone tomorrow"])
    server.stop()

    assert '"history": "the last 2,048 messages, in memory"' in server.program.err.text
    assert list(tmp_path.iterdir()) == []


@each_engine
def test_a_moved_history_file_is_reported_until_it_is_back(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = start_with_history(sandbox, engine, path)
    romeo, juliet = sandbox.join(server.port), sandbox.join(server.port)
    moved = path.with_name("moved")
    path.rename(moved)
    number = send_until_answer(
        romeo, "[Server]: messages cannot be kept now, and are refused"
    )
    moved.rename(path)
    send_until_answer(romeo, "[Server]: messages are kept again", number)

    juliet.expect("refused: the history's file was moved or deleted")
    juliet.expect("[Server]: messages are kept again")
    server.stop()
    assert "history_gone" in server.program.err.text
    texts = [message.text for message in export_messages(sandbox, path)]
    assert [line.partition(": ")[2] for line in juliet.lines if ": text" in line] == [
        text for text in texts if text.startswith("text")
    ]


@pytest.mark.skipif(not can_use_strace(), reason="strace is missing or not permitted")
@each_engine
def test_a_failing_disk_ends_the_server_with_exit_code_1(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    start_with_history(sandbox, engine, path).stop()
    breaking = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=9"]
    program = sandbox.run(
        *["strace", "-f", "-qq", "-o", "/dev/null", *breaking, sys.executable],
        *[*SERVER, *server_options(engine), "--history", str(path)],
    )
    peer = sandbox.join(listening_port(program.err.expect('"listening"')))
    send_until_answer(peer, "whether it kept the messages is unknown")
    peer.expect_end()

    assert program.wait() == 1
    assert "storage_failed" in program.err.text
    assert "Traceback" not in program.err.text
    delivered = {line.partition(": ")[2] for line in peer.lines if ": text " in line}
    assert delivered
    assert delivered <= {message.text for message in export_messages(sandbox, path)}


def send_until_answer(peer: SocketClient, text: str, number: int = 0) -> int:
    """Send messages one by one until *text* is the answer; return their number."""
    while not any(text in line for line in peer.lines):
        number += 1
        before = len(peer.lines)
        peer.send_messages(f"text {number}")
        peer.expect_more_than(before)
    return number
