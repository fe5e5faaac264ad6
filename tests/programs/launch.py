"""Start the project's two programs, in pipes or on terminals."""

import json
import random
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tests.ipv6 import has_ipv6

from .process import Program
from .sandbox import Sandbox
from .terminal import Terminal

ROOT = Path(__file__).parents[2]
PORTS: Final = range(20_000, 32_000)  # below those that systems choose themselves
ENGINES = ["async", "threads"]
PAIRS = [(server, client) for server in ENGINES for client in ENGINES]

# The assignment's scripts always run under `.venv`. With another Python's environment,
# the tests start the same programs by their module.
RUNS_IN_VENV = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
SERVER = [str(ROOT / "server.py")] if RUNS_IN_VENV else ["-m", "parlour", "serve"]
CLIENT = [str(ROOT / "client.py")] if RUNS_IN_VENV else ["-m", "parlour", "connect"]


class Server(NamedTuple):
    """A server that accepts connections."""

    program: Program
    port: int

    def stop(self) -> None:
        """Stop the server with SIGTERM, and check its exit code."""
        status = self.program.stop()

        assert status == 0, self.program.err.text


def start_server(sandbox: Sandbox, engine: str, *options: str) -> Server:
    """Start a server on a free port, and wait until it listens."""
    program = sandbox.run_python(*SERVER, *server_options(engine), *options)
    return Server(program, listening_port(program.err.expect('"listening"')))


def start_server_on_port(
    sandbox: Sandbox, engine: str, port: int, history: Path
) -> Server:
    """Start a server on *port* with its history in a file."""
    return start_server(sandbox, engine, "--port", str(port), "--history", str(history))


def free_port() -> int:
    """Return a port that is free at the moment, at both addresses of localhost.

    Nobody who asks for any port, as other tests do meanwhile, gets it.
    """
    while True:
        port = random.SystemRandom().choice(PORTS)
        with suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            if has_ipv6():
                socket.create_server(("::1", port), family=socket.AF_INET6).close()
            return port


def server_options(engine: str) -> list[str]:
    """Return the options of every server of these tests."""
    return ["--port", "0", "--engine", engine, "--log-format", "json"]


def listening_port(line: str) -> int:
    """Return the port in a server's log *line* with the event ``listening``."""
    port = json.loads(line)["port"]
    assert isinstance(port, int)
    return port


def start_client(
    sandbox: Sandbox,
    port: int,
    engine: str,
    *options: str,
    stdin: int = subprocess.PIPE,
) -> Program:
    """Start a client with pipes for its standard streams."""
    return sandbox.run_python(
        *CLIENT, "127.0.0.1", str(port), "--engine", engine, *options, stdin=stdin
    )


def joined_name(client: Program) -> str:
    """Return the address in a client's own join notice."""
    notice = client.out.expect("has entered the chat")
    return notice.removeprefix("[Server]: ").removesuffix(" has entered the chat")


def start_server_on_terminal(sandbox: Sandbox, engine: str) -> tuple[Terminal, int]:
    """Start a server on a terminal; return the terminal and the server's port."""
    terminal = sandbox.start_on_terminal(*SERVER, *server_options(engine))
    return terminal, listening_port(terminal.err.expect('"listening"'))


def start_client_on_terminal(
    sandbox: Sandbox, port: int, engine: str, *options: str
) -> tuple[Terminal, str]:
    """Start a client on a terminal; return the terminal and the client's name."""
    where = ["127.0.0.1", str(port), "--engine", engine]
    terminal = sandbox.start_on_terminal(*CLIENT, *where, *options)
    terminal.expect("has entered the chat")
    terminal.wait_for_prompt()
    notice = next(line for line in terminal.lines if "entered" in line)
    return terminal, notice.removeprefix("[Server]: ").split()[0]
