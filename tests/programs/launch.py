"""How the project's own two programs are started, and what a test needs of them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .process import Program
from .sandbox import Stage

ROOT = Path(__file__).parents[2]
ENGINES = ["async", "threads"]
PAIRS = [(server, client) for server in ENGINES for client in ENGINES]

# The assignment's scripts always run under `.venv`. Under the environment of
# another Python the same programs are started by their module.
AT_HOME = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
SERVER = [str(ROOT / "server.py")] if AT_HOME else ["-m", "parlour", "serve"]
CLIENT = [str(ROOT / "client.py")] if AT_HOME else ["-m", "parlour", "connect"]


class Server(NamedTuple):
    """A server that accepts connections."""

    program: Program
    port: int

    def stop(self) -> None:
        """End it in order."""
        status = self.program.stop()

        assert status == 0, self.program.err.text


def start_server(stage: Stage, engine: str, *options: str) -> Server:
    """Start a server on a free port and return it when it listens."""
    program = stage.run_python(*SERVER, *server_options(engine), *options)
    return Server(program, port_told(program.err.hear('"listening"')))


def server_options(engine: str) -> list[str]:
    """Return the options that every server of these tests has."""
    return ["--port", "0", "--engine", engine, "--log-format", "json"]


def port_told(line: str) -> int:
    """Return the port that a server names in the line that says it listens."""
    port = json.loads(line)["port"]
    assert isinstance(port, int)
    return port


def start_client(
    stage: Stage,
    port: int,
    engine: str,
    *options: str,
    stdin: int = subprocess.PIPE,
) -> Program:
    """Start a client in pipes."""
    return stage.run_python(
        *CLIENT, "127.0.0.1", str(port), "--engine", engine, *options, stdin=stdin
    )


def name_of(client: Program) -> str:
    """Return the address that a client's own join notice tells."""
    notice = client.out.hear("has entered the chat")
    return notice.removeprefix("[Server]: ").removesuffix(" has entered the chat")
