"""What tests of a history do with servers, tools and what they keep."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .launch import Server, start_server
from .process import Program
from .sandbox import Stage
from .sockets import Peer

PARLOUR = str(Path(sys.executable).with_name("parlour"))


class Kept(NamedTuple):
    """A message as it is exported."""

    sequence: int
    source: str
    text: str


def keep(stage: Stage, engine: str, path: Path) -> Server:
    """Start a server that keeps its history in *path*."""
    return start_server(stage, engine, "--history", str(path))


def kill(server: Server) -> None:
    """End a server without a word."""
    server.program.signal(signal.SIGKILL)

    assert server.program.wait() == 128 + signal.SIGKILL


def do(stage: Stage, *command: str | Path) -> str:
    """Let a tool do its work and return what it says."""
    program = stage.run(PARLOUR, *map(str, command), stdin=subprocess.DEVNULL)

    assert program.wait() == 0, program.err.text
    told = r"[\d,]+ messages? exported.*\n" if command[0] == "export" else ""
    assert re.fullmatch(told, program.err.text)
    return program.out.text


def exported(stage: Stage, path: Path) -> list[Kept]:
    told = do(stage, "export", "--history", path)
    return [kept(line) for line in told.split("\n")[:-1]]


def kept(line: str) -> Kept:
    data = json.loads(line)["data"]
    return Kept(data["sequence"], data["source"], data["message"])


def say(peer: Peer, texts: Sequence[str]) -> None:
    """Say *texts* and hear all of them."""
    peer.say(*texts)
    for text in texts:
        peer.hear(f"{peer.name}: {text}")


def refusal(program: Program, status: int) -> str:
    """Return the one line that *program* says when it ends with *status*."""
    assert program.wait() == status, program.err.text
    assert program.out.text == ""
    (line,) = program.err.lines
    assert line.startswith("parlour: ")
    return line
