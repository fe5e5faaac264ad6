"""Servers with a history file, and the commands that work on such a file."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from parlour.journal.tools.exporting import is_message
from tests.proof.records import Rooms, StoredMessage

from .launch import Server, start_server
from .process import Program
from .sandbox import Sandbox
from .sockets import SocketClient

PARLOUR_COMMAND = str(Path(sys.executable).with_name("parlour"))


class ExportedMessage(NamedTuple):
    """A message in the output of ``parlour export``."""

    sequence: int
    source: str
    text: str
    room: str = "lobby"


def start_with_history(sandbox: Sandbox, engine: str, path: Path) -> Server:
    """Start a server with its history in *path*."""
    return start_server(sandbox, engine, "--history", str(path))


def kill_server(server: Server) -> None:
    """End a server with SIGKILL."""
    server.program.signal(signal.SIGKILL)

    assert server.program.wait() == 128 + signal.SIGKILL


def run_tool(sandbox: Sandbox, *command: str | Path) -> str:
    """Run a history command, check that it succeeds, and return its output."""
    program = sandbox.run(PARLOUR_COMMAND, *map(str, command), stdin=subprocess.DEVNULL)

    assert program.wait() == 0, program.err.text
    expected = r"[\d,]+ messages? exported.*\n" if command[0] == "export" else ""
    assert re.fullmatch(expected, program.err.text)
    return program.out.text


def export_messages(sandbox: Sandbox, path: Path) -> list[ExportedMessage]:
    """Return the messages in the history *path*, as ``parlour export`` writes them."""
    return exported_messages(run_tool(sandbox, "export", "--history", path))


def exported_messages(output: str) -> list[ExportedMessage]:
    """Return the messages in the *output* of ``parlour export``."""
    lines = output.split("\n")[:-1]
    return [parse_exported(line) for line in lines if is_message(line)]


def recorded(output: str) -> Rooms:
    """Return the messages of each room in the *output* of ``parlour export``."""
    found: Rooms = {}
    for each in exported_messages(output):
        message = StoredMessage(each.sequence, each.source, each.text)
        found.setdefault(each.room, []).append(message)
    return found


def parse_exported(line: str) -> ExportedMessage:
    data = json.loads(line)["data"]
    return ExportedMessage(
        data["sequence"], data["source"], data["message"], data["room"]
    )


def send_and_expect(client: SocketClient, texts: Sequence[str]) -> None:
    """Send *texts* as messages, and wait until the server has delivered them."""
    client.send_messages(*texts)
    for text in texts:
        client.expect(f"{client.name}: {text}")


def expect_error(program: Program, status: int) -> str:
    """Wait until *program* exits with *status*; return its one line of error."""
    assert program.wait() == status, program.err.text
    assert program.out.text == ""
    (line,) = program.err.lines
    assert line.startswith("parlour: ")
    return line
