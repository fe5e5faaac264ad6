"""A real server with its page, which can end and come back where it was."""

import json
import time
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.programs.event_loop import TIMEOUT
from tests.programs.launch import SERVER
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox


class Said(NamedTuple):
    """A message, as the page shows it and as the API tells it."""

    name: str
    text: str


class Site(NamedTuple):
    """A server that accepts terminals at a port and browsers at a URL."""

    program: Program
    port: int
    url: str

    @property
    def web_port(self) -> int:
        """Where browsers are let in."""
        return urlsplit(self.url).port or 0

    def ask(self, path: str) -> object:
        """Return what the API answers."""
        connection = HTTPConnection("127.0.0.1", self.web_port, timeout=TIMEOUT)
        try:
            connection.request("GET", path)
            answer: object = json.load(connection.getresponse())
        finally:
            connection.close()
        return answer

    def history(self) -> list[Said]:
        """Return all that is kept, by the API."""
        answer = self.ask("/api/messages?limit=1000")
        assert isinstance(answer, dict)
        assert not answer["more"]
        return [Said(each["source"], each["message"]) for each in answer["messages"]]

    def keeps_only(self, count: int) -> None:
        """Ask until no more than *count* messages are kept."""
        deadline = time.monotonic() + TIMEOUT
        while len(self.history()) > count:
            assert time.monotonic() < deadline, self.history()

    def people(self) -> list[str]:
        """Return who is here, by the API."""
        answer = self.ask("/api/users")
        assert isinstance(answer, dict)
        return [each["name"] for each in answer["users"]]


def serve(
    sandbox: Sandbox, engine: str, *options: str, ports: tuple[int, int] = (0, 0)
) -> Site:
    """Start a server at *ports*, of terminals and of browsers, or at free ones."""
    port, web_port = map(str, ports)
    where = ["--port", port, "--web-port", web_port]
    how = ["--engine", engine, "--log-format", "json"]
    program = sandbox.run_python(*SERVER, *where, *how, *options)
    told = json.loads(program.err.expect('"listening"'))
    return Site(program, told["port"], told["page"])


def serve_again(sandbox: Sandbox, engine: str, site: Site, *options: str) -> Site:
    """Start a server where *site* was."""
    return serve(sandbox, engine, *options, ports=(site.port, site.web_port))
