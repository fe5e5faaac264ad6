"""The servers: Parlour in its variants, the bare loop, a textbook server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .machine import BUILD, ROOT, cores, pinned

START_WAIT: Final = 10.0  # seconds for a server to listen
STOP_WAIT: Final = 10.0  # seconds for a server to end before it is killed
LISTENS: Final = "0A"  # the state of a socket in /proc/net/tcp
FOREIGN: Final = ("PARLOUR_", "PYTHON")
"""Variables that servers do not inherit: they would change what is measured."""

FrontCommand = Callable[[int, int, Path], list[str]]
"""Returns the command of a proxy for its port, that of the server, and a directory."""

Command = Callable[[int, Path], list[str]]
"""Returns the command for a port and a directory."""


@dataclass(frozen=True)
class Server:
    """A server program."""

    name: str
    dialect: str
    command: Command = field(repr=False)
    lifted: str = ""
    """Which of its limits are lifted, and how."""
    version: tuple[str, ...] = ()
    """The command that prints its version."""
    at_once: int = 250
    """How many clients may join at a time, unless that is measured."""
    has_tls: bool = False
    front: FrontCommand | None = field(default=None, repr=False)
    """The command of a proxy in front of it, whose resources count as well."""

    @property
    def is_missing(self) -> bool:
        """Whether the program is not installed."""
        return bool(self.version) and shutil.which(self.version[0]) is None

    def read_version(self) -> str:
        """Return the first line that the program prints about its version."""
        output = subprocess.run(
            self.version,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_WAIT,
        )
        return (output.stdout + output.stderr).strip().partition("\n")[0]


@dataclass(frozen=True)
class Running:
    """A server that listens."""

    server: Server
    process: subprocess.Popen[bytes]
    port: int
    front: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> list[int]:
        """The processes whose resources count."""
        return [each.pid for each in (self.process, self.front) if each is not None]


def interpreter(root: Path) -> Path:
    """Return the Python that runs the server of the checkout *root*."""
    return Path(sys.executable) if root == ROOT else root / ".venv" / "bin" / "python"


def parlour(engine: str, history: str, *options: str, root: Path = ROOT) -> Command:
    """Return the command of Parlour in *root*; only its rate limit is lifted."""
    python = str(interpreter(root))

    def command(port: int, place: Path) -> list[str]:
        kept = "memory" if history == "memory" else str(place / "history.db")
        server = [python, str(root / "server.py"), "--engine", engine]
        where = ["--port", str(port), "--history", kept]
        if options == ("page",):
            where = ["--port", "0", "--web-port", str(port), "--history", kept]
        return [*server, *where, "--rate", "off"]

    return command


VARIANTS: Final = (
    ("async", "plain", "async", "memory"),
    ("async, SQLite", "plain", "async", "SQLite"),
    ("async, sessions", "session", "async", "memory"),
    ("async, sessions, SQLite", "session", "async", "SQLite"),
    ("async, pages", "page", "async", "memory", "page"),
    ("threads", "plain", "threads", "memory"),
    ("threads, SQLite", "plain", "threads", "SQLite"),
    ("threads, sessions", "session", "threads", "memory"),
    ("threads, pages", "page", "threads", "memory", "page"),
)
"""Name, dialect, and the arguments of `parlour`."""


def variants(root: Path = ROOT) -> tuple[Server, ...]:
    """Return the servers of the checkout *root*."""
    return tuple(
        Server(name, dialect, parlour(*arguments, root=root))
        for name, dialect, *arguments in VARIANTS
    )


OURS: Final = variants()
BARE: Final = Server(
    "bare loop", "bare", lambda port, _: [str(BUILD / "loop"), str(port)]
)
TEXTBOOK: Final = Server(
    "textbook",
    "plain",
    lambda port, _: [sys.executable, str(ROOT / "bench" / "textbook.py"), str(port)],
    lifted="it has none",
)


@contextmanager
def serve(server: Server, place: Path) -> Iterator[Running]:
    """Run *server* on its core, with its files in *place*."""
    port = _free_port()
    with _run(server.command(port, place), port, place / "log") as process:
        if server.front is None:
            yield Running(server, process, port)
            return
        outer = _free_port()
        command = server.front(outer, port, place)
        with _run(command, outer, place / "front.log") as front:
            yield Running(server, process, outer, front)


@contextmanager
def _run(command: list[str], port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command*, which listens on *port*, on the core of servers."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            pinned(cores().server, command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=log.parent,
            env={k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)},
        )
        try:
            _await_listener(process, port, log)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_WAIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


def _await_listener(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a server listens on *port*, without connecting to it."""
    deadline = time.monotonic() + START_WAIT
    while not is_listening(port):
        if process.poll() is not None or time.monotonic() > deadline:
            output = log.read_text(errors="replace")[-400:]
            output = output.replace(str(log.parent), ".")
            raise RuntimeError(f"did not start: {output}")
        time.sleep(0.01)


def is_listening(port: int) -> bool:
    """Return whether a server listens on *port*."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
            return True
    return False
