"""The real server program of a soak, with everything that it can serve switched on."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from tests.programs.launch import SERVER, free_port
from tests.programs.secure_server import ports_of
from tests.server.monitoring.scraping import Metrics, scrape
from tests.server.tls.pairs import make_pair

START_TIMEOUT: Final = 300.0  # seconds
STOP_TIMEOUT: Final = 60.0
TOOL_TIMEOUT: Final = 180.0
PARLOUR: Final = str(Path(sys.executable).with_name("parlour"))
SETTINGS: Final = """
port = 0
tls-cert = "localhost.pem"
tls-key = "localhost.key"
tls-port = 0
web-port = {page_port}
web-tls-port = 0
web = "write"
ops-port = 0
registration = "open"
history = "chat.db"
log-format = "json"
"""


class SoakServer:
    """A server that runs in *home*, with its log in a file."""

    def __init__(self, home: Path, engine: str) -> None:
        self.home, self.engine = home, engine
        self.history = home / "chat.db"
        self.pair = make_pair(home)
        self.page_port = free_port()
        self.port = self.tls_port = self.secure_page_port = self.ops_port = 0
        self._log = home / "server.log"
        self._environment = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": str(home),
            "XDG_STATE_HOME": str(home),
        }
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        settings = self.home / "parlour.toml"
        settings.write_text(SETTINGS.format(page_port=self.page_port))
        options = "--config", "parlour.toml", "--engine", self.engine
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, *SERVER, *options),
                cwd=self.home,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(START_TIMEOUT):
            while not (found := self.logged("listening")):
                assert self._process.returncode is None, self._log.read_text()
                await asyncio.sleep(0.05)
        (listening,) = found
        ports = ports_of(listening, self.page_port)
        self.port, self.tls_port = ports.plain, ports.tls
        self.secure_page_port = ports.secure_page
        self.ops_port = urlsplit(listening["ops"]).port or 0
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    def reload(self) -> None:
        """Have the server read its settings and certificates again."""
        self.process.send_signal(signal.SIGHUP)

    async def stop(self) -> int:
        """Send SIGTERM, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_TIMEOUT):
            return await self.process.wait()

    async def scrape(self) -> Metrics:
        """Return its metrics."""
        return await asyncio.to_thread(scrape, self.ops_port)

    async def run_tool(
        self, *command: str, typed: str = "", history: Path | None = None
    ) -> tuple[int, str, str]:
        """Run a ``parlour`` command; return its exit code and both outputs."""
        tool = await asyncio.create_subprocess_exec(
            *(PARLOUR, *command, "--history", str(history or self.history)),
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(TOOL_TIMEOUT):
            out, err = await tool.communicate(typed.encode())
        return tool.returncode or 0, out.decode(), err.decode()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Return the records of *event* in the log."""
        return [each for each in self._records() if each.get("event") == event]

    def log_faults(self) -> list[str]:
        """Return all lines of the log that no record should have."""
        return [
            line
            for line in self._log.read_text(errors="replace").splitlines()
            if not line.startswith("{")
            or '"level": "error"' in line
            or "Traceback" in line
        ]

    def log_counts(self) -> Counter[str]:
        """Return how often each event was logged."""
        return Counter(f"{each.get('event')}" for each in self._records())

    def _records(self) -> list[dict[str, Any]]:
        lines = self._log.read_text(errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]
