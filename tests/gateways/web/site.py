"""A real server process with a page, which can restart on the same ports."""

import json
import time
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.programs.event_loop import TIMEOUT
from tests.programs.launch import SERVER
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox

# Only the transports of the engines differ: a test of what the page does needs one.
on_asyncio = pytest.mark.parametrize("engine", ["async"])
on_threads = pytest.mark.parametrize("engine", ["threads"])


class ChatMessage(NamedTuple):
    """A message, as the page and the API show it."""

    name: str
    text: str


class Site(NamedTuple):
    """A server that accepts terminals at a port and browsers at a URL."""

    program: Program
    port: int
    url: str

    @property
    def web_port(self) -> int:
        """The port for browsers."""
        return urlsplit(self.url).port or 0

    def get(self, path: str) -> object:
        """Return the JSON at *path* of the API."""
        connection = HTTPConnection("127.0.0.1", self.web_port, timeout=TIMEOUT)
        try:
            prefix = urlsplit(self.url).path.removesuffix("/")
            connection.request("GET", f"{prefix}{path}")
            body: object = json.load(connection.getresponse())
        finally:
            connection.close()
        return body

    def history(self, room: str = "lobby") -> list[ChatMessage]:
        """Return all stored messages of a room, from the API."""
        body = self.get(f"/api/messages?limit=1000&room={room}")
        assert isinstance(body, dict)
        assert not body["more"]
        return [
            ChatMessage(each["source"], each["message"]) for each in body["messages"]
        ]

    def wait_for_length(self, count: int, room: str = "lobby") -> None:
        """Wait until at most *count* messages of a room are stored."""
        deadline = time.monotonic() + TIMEOUT
        while len(self.history(room)) > count:
            assert time.monotonic() < deadline, self.history(room)

    def wait_for_message(self, room: str, text: str) -> None:
        """Wait until the message *text* is stored in *room*."""
        self.wait_for_room(room)
        deadline = time.monotonic() + TIMEOUT
        while text not in [each.text for each in self.history(room)]:
            assert time.monotonic() < deadline, self.history(room)

    def wait_for_room(self, room: str) -> None:
        """Wait until *room* is open."""
        deadline = time.monotonic() + TIMEOUT
        while room not in f"{self.get('/api/rooms')}":
            assert time.monotonic() < deadline, room

    def users(self) -> list[str]:
        """Return the names of the users, from the API."""
        body = self.get("/api/users")
        assert isinstance(body, dict)
        return [each["name"] for each in body["users"]]


def serve(
    sandbox: Sandbox, engine: str, *options: str, ports: tuple[int, int] = (0, 0)
) -> Site:
    """Start a server on *ports*, for terminals and for browsers; 0 is any free port."""
    port, web_port = map(str, ports)
    addresses = ["--port", port, "--web-port", web_port]
    settings = ["--engine", engine, "--log-format", "json"]
    program = sandbox.run_python(*SERVER, *addresses, *settings, *options)
    listening = json.loads(program.err.expect('"listening"'))
    return Site(program, listening["port"], listening["page"])


def restart(sandbox: Sandbox, engine: str, site: Site, *options: str) -> Site:
    """Start a server on the ports of *site*, which has ended."""
    return serve(sandbox, engine, *options, ports=(site.port, site.web_port))
