"""The page's door: it lets browsers in, and knows each of their connections."""

import asyncio
import logging
import time
from collections.abc import Callable
from email.utils import formatdate
from socket import socket
from typing import Final

from parlour.core.limits import ARRIVALS, MAX_OTHERS
from parlour.core.ports import Server
from parlour.core.sessions.address_limits import AddressLimits
from parlour.core.sessions.connection import ConnectionKind

from .allowed_hosts import Hosts
from .chat_queries import HallChat, Mode
from .http import HTTP, State, configured
from .input_limit import HeldBytes
from .responses import Answers
from .routes import make_pages
from .scheduler import Turns
from .websocket import WebSocket, framed

SWEEP: Final = 1.0  # seconds between two looks at deadlines
CLOSE_WAIT: Final = 10.0  # seconds that everybody has to go
BACKLOG: Final = 128  # accepted at most in one turn
MAX_PER_ADDRESS: Final = 64  # connections of one address beside its open pages


class WebGateway:
    """A side door for browsers, on *listeners*, which listen already.

    At most *max_pages* and a few more connections are open at a time. *invitation* is
    the command by which one joins from a terminal, and *set_up* is done to every socket
    that is accepted. *network_of* tells whose limits an address shares; nobody's if it
    is empty.
    """

    def __init__(
        self,
        listeners: list[socket],
        mode: Mode,
        hosts: Hosts,
        *,
        max_pages: int,
        invitation: str,
        set_up: Callable[[socket], None],
        network_of: Callable[[str], str],
    ) -> None:
        self._listeners, self._mode, self.hosts = listeners, mode, hosts
        self._most = max_pages + min(max_pages, MAX_OTHERS)
        self._invitation, self._set_up = invitation, set_up
        self.connection_kind = (
            ConnectionKind.PAGE if mode == "write" else ConnectionKind.READ_ONLY_PAGE
        )
        self.is_shut = False
        self.state = State()
        self._connections: dict[HTTP | WebSocket, str] = {}  # and what they count for
        self._network_of = network_of
        self._addresses = AddressLimits(MAX_PER_ADDRESS, ARRIVALS)
        self.turns, self._held = Turns(), HeldBytes[WebSocket]()
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._framed: tuple[bytes, bytes] = (b"", b"")

    async def open(self, server: Server) -> None:
        """Let browsers in from now on."""
        loop = asyncio.get_running_loop()
        self.hall, self.now = server, loop.time
        pages = make_pages(HallChat(server), self._mode, self._invitation, self.hosts)
        self.answers = Answers(pages, self.hosts)
        self.config = configured(self.answers)
        _mind_log()
        self._sweep()
        self._servers = [
            await loop.create_server(
                lambda: HTTP(self, loop), sock=listener, backlog=BACKLOG
            )
            for listener in self._listeners
        ]

    def stop_accepting(self) -> None:
        """Let nobody in any more."""
        self.is_shut = True
        for server in self._servers:
            server.close()
        for connection in list(self._connections):
            if isinstance(connection, WebSocket) and connection.is_deaf:
                connection.abort()  # it was told why, and is given no more time

    def abort(self) -> None:
        """Make everybody go at once."""
        for connection in list(self._connections):
            connection.abort()

    async def close(self) -> None:
        """Return when everybody is gone; who stays too long is made to go."""
        for connection in list(self._connections):
            connection.shutdown()
        self._see_if_empty()
        try:
            async with asyncio.timeout(CLOSE_WAIT):
                await self._empty.wait()
        except TimeoutError:
            self.abort()
            await self._empty.wait()
        # A thread that makes a page waits for the loop, and the process for it.
        self.answers.close()
        if tasks := list(self.state.tasks):
            await asyncio.wait(tasks, timeout=CLOSE_WAIT)
        if self._timer is not None:
            self._timer.cancel()

    # -- what connections tell and ask -----------------------------------------

    def set_up(self, transport: asyncio.Transport) -> None:
        """Let an accepted socket find out when its peer is dead."""
        self._set_up(transport.get_extra_info("socket"))

    def admit(self, connection: HTTP) -> bool:
        """Know a connection, and tell whether there is room for it."""
        network = self._network_of(connection.peer)
        self._connections[connection] = ""
        if len(self._connections) > self._most or self.is_shut:
            return False
        if network and self._addresses.add(network, self.now()) is not None:
            return False
        self._connections[connection] = network
        return True

    def replace(self, connection: HTTP, page: WebSocket) -> None:
        """Record that *connection* became *page*."""
        self._connections[page] = self._connections.pop(connection, "")

    def settle(self, page: WebSocket) -> None:
        """Record that *page* has a session: only the chat's limits apply to it now."""
        network = self._connections.get(page, "")
        if network:
            self._addresses.remove(network)
            self._connections[page] = ""

    def forget(self, connection: HTTP | WebSocket) -> None:
        """Know that a connection is gone."""
        if network := self._connections.pop(connection, ""):
            self._addresses.remove(network)
        if isinstance(connection, WebSocket):
            self.turns.drop(connection)
            self._held.set(connection, 0)
        self._see_if_empty()

    def hold(self, page: WebSocket, size: int) -> None:
        """Record *size*; abort the pages that hold most if together it is too much."""
        self._held.set(page, size)
        for largest in self._held.excess():
            largest.abort()
            self._held.set(largest, 0)

    def frame(self, data: bytes) -> bytes:
        """Return a text frame with *data*, made once for all who are told the same."""
        if self._framed[0] is not data:
            self._framed = data, framed(data)
        return self._framed[1]

    def _see_if_empty(self) -> None:
        if self.is_shut and not self._connections:
            self._empty.set()

    def _sweep(self) -> None:
        """Abort whoever is past its deadline, and set the date of answers."""
        now = self.now()
        for connection in list(self._connections):
            if connection.deadline is not None and connection.deadline <= now:
                connection.abort()
        date = formatdate(time.time(), usegmt=True).encode()
        self.state.default_headers = [(b"date", date)]
        self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)


class _Failures(logging.Handler):
    """What fails in the making of a page, as one event of our own log."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"reason": record.getMessage().strip()}
        logging.getLogger("parlour").error(
            "page.failed",
            extra={"facts": facts, "is_limited": True},  # see server.log_limits
            exc_info=record.exc_info,
        )


def _mind_log() -> None:
    """Keep what the library has to say of peers to itself, and log our own faults."""
    logger = logging.getLogger("uvicorn")
    logger.propagate = False
    if not logger.handlers:
        failures = _Failures(logging.ERROR)
        logger.addHandler(failures)
    logging.getLogger("websockets").propagate = False
