"""Sessions that the gateway opens itself, for the forms of pages without scripts.

Such a session is one in the session dialect, from the browser's address. So the server
treats it like that of any page, with the same limits and reasons; only does it not
count among the sessions of an account, so that forms work in any case.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Final, Generic, Protocol, TypeVar

from parlour.core.events import ConnectionId, RoomName
from parlour.core.ports import Peer, Server
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind

from .chat_queries import QUERY_TIMEOUT, wait

VERSION: Final = 1  # of the session dialect
CLIENT: Final = "parlour-form"
UNKNOWN: Final = "the server has closed the connection; the outcome is unknown"

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

Data = Mapping[str, object]
"""The data of a line."""
Line = tuple[str, Data]
"""The type of a line, and its data."""


class Reader(Protocol[R_co]):
    """Reads what the server sends to a session, until it knows the result."""

    def read(self, kind: str, data: Data) -> R_co | None:
        """Return the result if a line is the last one that matters, or None."""
        ...

    def ended(self, code: str, reason: str) -> R_co:
        """Return the result of a session that has ended without one."""
        ...


class HubSessions:
    """Opens sessions of *server*, which belongs to *loop*."""

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server, self._loop = server, loop

    def run(
        self,
        peer: Peer,
        lines: Iterable[Line],
        reader: Reader[T],
        timeout: float = QUERY_TIMEOUT,
        result: Future[T] | None = None,
    ) -> T:
        """Send the *lines* of a session of *peer*, and return what *reader* returns.

        Any thread but the loop's may call this. Raises `StorageError` after *timeout*
        seconds. The connection is then closed without a goodbye, so a session with a
        token is held for a while.
        """
        session = HubSession(
            self._server, self._loop, peer, encode_lines(lines), reader
        )

        def start(done: Callable[[T], None]) -> None:
            self._loop.call_soon_threadsafe(session.start, done)

        try:
            return wait(Future() if result is None else result, start, timeout)
        finally:
            self._loop.call_soon_threadsafe(session.abort)


class HubSession(Generic[T]):
    """The transport of a session.

    It has no socket: what would be read from one is known at the beginning, and what
    the server writes is only given to the reader. Its methods are called in the loop.
    """

    def __init__(
        self,
        server: Server,
        loop: asyncio.AbstractEventLoop,
        peer: Peer,
        lines: bytes,
        reader: Reader[T],
    ) -> None:
        self._server, self._loop, self._peer = server, loop, peer
        self._lines, self._reader = lines, reader
        self._connection: ConnectionId | None = None
        self._done: Callable[[T], None] | None = None
        self.address = ""
        self.unsent = self.unacknowledged = 0

    def start(self, done: Callable[[T], None]) -> None:
        """Connect, and send all lines; call *done* with the result."""
        self._done = done
        connection = self._server.connect(self, self._peer, ConnectionKind.FORM)
        if isinstance(connection, Rejected):
            self._finish(self._reader.ended(connection.code, connection.reason))
            return
        self._connection = connection
        self._server.receive(connection, self._lines)

    def write(self, data: bytes) -> None:
        """Give each line to the reader, until there is a result."""
        for line in data.splitlines():
            if self._done is None:
                return
            match json.loads(line):
                case {"type": str(kind), "data": dict(content)}:
                    result = self._reader.read(kind, content)
                    if result is not None:
                        self._finish(result)
                case _:
                    pass

    def set_reading(self, *, on: bool) -> None:
        """Do nothing: there is nothing to read."""

    def close_with(self, ended: Ended) -> None:
        """Remove the connection, which the server has ended."""
        self.write(ended.last)
        self.abort()

    def abort(self) -> None:
        """Remove the connection, unless that is done."""
        if self._connection is not None:
            # Later, because the server may be calling this.
            self._loop.call_soon(self._server.disconnect, self._connection)
            self._connection = None
        if self._done is not None:
            self._finish(self._reader.ended("closed", UNKNOWN))

    def _finish(self, result: T) -> None:
        """Report the result, once."""
        if self._done is not None:
            self._done(result)
            self._done = None


def hello(token: str | None, members: Data, *rooms: RoomName) -> Line:
    """Return the first line of a session in *rooms*; *members* say who it is."""
    data = {"version": VERSION, "client": CLIENT, "token": token, "rooms": rooms}
    return "hello", {**data, **members}


def encode_lines(lines: Iterable[Line]) -> bytes:
    """Return *lines* as bytes."""
    encoded = (
        json.dumps({"type": kind, "data": data}, ensure_ascii=False)
        for kind, data in lines
    )
    return "".join(f"{line}\n" for line in encoded).encode(errors="replace")
