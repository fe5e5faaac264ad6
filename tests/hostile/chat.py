"""A server with a file for its history, a page, and people at several addresses.

The addresses are in the loopback network: those other than 127.0.0.1 count as those of
strangers, who may be banned, but passwords are accepted from them.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple, Protocol

from parlour.core.entries import Batch, Entry, Registered
from parlour.core.events import SessionId
from parlour.core.ports import Mode
from parlour.core.roles import Role
from parlour.core.rules import Rules
from parlour.core.state.names import name_keys
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from tests.gateways.web.account_client import PASSWORD
from tests.gateways.web.running_gateway import CHEAP, RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import Serve

ACCOUNTS = {
    "Ada": Role.ADMIN,
    "Mo": Role.MODERATOR,
    "Max": Role.MODERATOR,
    "Bob": Role.MEMBER,
}
"""The accounts of every chat, and their roles on the server. All have `PASSWORD`."""

HOME = "127.0.0.1"  # exempt from limits, and cannot be banned
BANNED = "127.0.0.7"
NEXT_DOOR = "127.0.0.8"
ELSEWHERE = "127.0.9.9"


class Peer(Protocol):
    """A connection that sends and receives lines."""

    def send(self, data: bytes) -> None: ...
    def receive(self) -> bytes: ...


class Line(NamedTuple):
    """A line that was received."""

    kind: str
    data: dict[str, object]

    @property
    def code(self) -> str:
        """The code of an error or of the end."""
        return f"{self.data['code']}"


class Person:
    """Somebody with one connection, in the session dialect."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._ids = count(1)

    def greets(self, **hello: object) -> None:
        """Send a hello, which may be late while the machine is busy."""
        self.asks("hello", **{"version": 1, "late": True, "rooms": ["lobby"], **hello})

    def asks(self, kind: str, **data: object) -> None:
        """Send a line."""
        self.peer.send(command_line(kind, **data))

    def hears(self, *kinds: str) -> Line:
        """Wait for the next line of one of these types."""
        seen = []
        while received := self.peer.receive():
            found = json.loads(received)
            line = Line(found["type"], found["data"])
            seen.append(received)
            if line.kind in kinds:
                return line
        raise AssertionError(f"ended without any of {kinds}: {seen}")

    def is_refused(self, kind: str, **data: object) -> str:
        """Send a line, and return the code of its refusal."""
        self.asks(kind, **data)
        return self.hears("error").code

    def says(self, text: str, room: str = "lobby") -> str:
        """Say something; return ``stored``, or the code of the refusal."""
        id_ = f"{next(self._ids)}"
        self.asks("message", room=room, message=text, id=id_)
        while (found := self.hears("stored", "error")).data.get("id") != id_:
            pass  # another refusal
        return found.code if found.kind == "error" else found.kind

    def is_turned_away(self) -> str:
        """Wait for the end of the connection, and return its code."""
        code = self.hears("bye").code
        assert self.peer.receive() == b""
        return code

    def enters(self) -> Line:
        """Wait until the person hears its first room, or until the connection ends."""
        return self.hears("room", "bye")

    def joins(self, room: str) -> None:
        """Enter a room, and wait until the person is in it."""
        self.asks("join", room=room)
        while (found := self.hears("room", "error")).data.get("room") != room:
            pass
        assert found.kind == "room", found

    def hears_until_the_end(self) -> set[str]:
        """Wait for the end of the connection, and return the types of its lines."""
        return {json.loads(line)["type"] for line in iter(self.peer.receive, b"")}


class Chat:
    """A running server."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.gateway = gateway

    def connect(self, source: str = HOME, /, **hello: object) -> Person:
        """Connect a client of the session dialect."""
        return self._greets(self.gateway.server.connect(source=source), hello)

    def open_page(self, source: str = HOME, /, **hello: object) -> Person:
        """Open the page, with its script."""
        return self._greets(self.gateway.connect(source=source), hello)

    def arrives(self, way: str, source: str, /, **hello: object) -> Person:
        """Connect to "the server", or open "the page"."""
        if way == "the server":
            return self.connect(source, **hello)
        return self.open_page(source, **hello)

    @staticmethod
    def _greets(peer: Peer, hello: dict[str, object]) -> Person:
        person = Person(peer)
        person.greets(**hello)
        return person

    def sign_in(self, name: str, source: str = HOME, **hello: object) -> Person:
        """Connect a client that signs in, and wait until it is in the lobby."""
        person = self.connect(source, account=name, password=PASSWORD, **hello)
        assert person.enters().kind == "room"
        return person

    def guest(self, name: str, source: str = HOME, **hello: object) -> Person:
        """Connect a guest, and wait until it is in the lobby."""
        person = self.connect(source, name=name, **hello)
        assert person.enters().kind == "room"
        return person


def store_at(path: Path) -> SQLiteStore:
    """Open the history *path*."""
    return SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)


def prepare(path: Path, *entries: Entry, at: float = 0.0) -> None:
    """Append entries to the history *path*, as of a wall time."""
    store = store_at(path)
    try:
        for each in entries:
            store.append(Batch(at, (each,)))
    finally:
        store.close()


def create_accounts(path: Path) -> None:
    """Create the `ACCOUNTS` in a new history."""
    hash_ = CHEAP.hash(PASSWORD)
    registered = [
        Registered(SessionId(0), name, name_keys(name), hash_, role)
        for name, role in ACCOUNTS.items()
    ]
    prepare(path, *registered)


@contextmanager
def open_chat(
    serve: Serve, path: Path, *, mode: Mode = "write", rules: Rules | None = None
) -> Iterator[Chat]:
    """Run a server with the history *path*, in which there are `ACCOUNTS`."""
    if not path.exists():
        create_accounts(path)
    store = store_at(path)
    try:
        with run_gateway(serve, history=store, mode=mode, rules=rules) as gateway:
            yield Chat(gateway)
    finally:
        store.close()
