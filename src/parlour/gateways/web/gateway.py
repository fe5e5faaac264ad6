"""The web gateway: it accepts connections from browsers, and tracks them."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from email.utils import formatdate
from socket import socket
from typing import Final

from parlour.core.limits import DEFAULT_ARRIVAL_RATE, max_browser_connections
from parlour.core.ports import Mode, Peer, Server
from parlour.core.rules import Rules
from parlour.core.sessions.address_limits import AddressLimits
from parlour.core.sessions.connection import ConnectionKind

from .account_forms import AccountForms
from .accounts import Accounts
from .allowed_origins import AllowedOrigins
from .chat_queries import ServerQueries
from .form_session import FormSpeaker
from .frames import encode_text_frame
from .http import HTTPConnection, State, make_config
from .hub_session import HubSessions
from .input_limit import InputLimit
from .ports import Connection, MakeAcceptor, TLSAcceptor
from .responses import Responder
from .routes import make_app
from .scheduler import InputScheduler
from .websocket import WebSocket

SWEEP_INTERVAL: Final = 1.0  # seconds between checks of deadlines
CLOSE_TIMEOUT: Final = 10.0  # seconds until open connections are aborted at shutdown
RESPONSE_TIMEOUT: Final = 5.0  # seconds to receive the last response at shutdown
BACKLOG: Final = 128  # maximum connections accepted in one pass of the loop
MAX_PER_ADDRESS: Final = 64  # connections of one address without a session


class WebGateway:
    """The gateway for browsers, on *listeners*: sockets that already listen.

    It accepts *max_pages* connections, and a reserve for requests. Terminals join with
    the command *invitation*. *set_up* sets the options of each accepted socket.
    *network_of* returns the network whose limits a peer shares, or an empty string
    for a peer without limits. Everything is served under *prefix*. On
    *tls_listeners* it serves HTTPS, with the acceptor that *make_acceptor* makes.
    """

    def __init__(
        self,
        listeners: list[socket],
        mode: Mode,
        origins: AllowedOrigins,
        *,
        max_pages: int,
        invitation: str,
        set_up: Callable[[socket], None],
        network_of: Callable[[Peer], str],
        rules: Rules,
        prefix: str = "",
        tls_listeners: Sequence[socket] = (),
        make_acceptor: MakeAcceptor | None = None,
    ) -> None:
        self._tls_listeners, self._make_acceptor = tls_listeners, make_acceptor
        self._tls: TLSAcceptor | None = None
        self._listeners, self._mode, self.origins = listeners, mode, origins
        self.prefix = prefix
        self._max_connections = max_browser_connections(max_pages)
        self._invitation, self._set_up = invitation, set_up
        self.connection_kind = (
            ConnectionKind.PAGE if mode == "write" else ConnectionKind.READ_ONLY_PAGE
        )
        self._rules = rules
        self.signs_in = mode == "write"
        self.is_closing = False
        self.state = State()
        self._connections: dict[Connection, str] = {}
        """Each connection, and the network whose limit it counts against, if any."""
        self._network_of = network_of
        self._addresses = AddressLimits(MAX_PER_ADDRESS, DEFAULT_ARRIVAL_RATE)
        self.scheduler, self._input = InputScheduler(), InputLimit[Connection]()
        self._acceptors: list[asyncio.Server] = []
        self._is_empty = asyncio.Event()
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._last_frame: tuple[bytes, bytes] = (b"", b"")

    async def open(self, server: Server) -> None:
        """Start accepting connections."""
        loop = asyncio.get_running_loop()
        self.server, self.now = server, loop.time
        # Also a page that only shows the chat may have forms about accounts.
        sessions = HubSessions(server, loop)
        has_accounts = self.signs_in or self.requires_account
        app = make_app(
            ServerQueries(server),
            self._mode,
            self._invitation,
            self.origins,
            FormSpeaker(sessions) if self._mode == "write" else None,
            Accounts(server, sessions) if has_accounts else None,
            self._rules,
            AccountForms(server, sessions) if self.signs_in else None,
        )
        self.responder = Responder(app, self.origins, self._network_of, self.prefix)
        self.config = make_config(self.responder)
        _configure_logging()
        self._sweep()
        for listener in self._listeners:
            await self._listen(self._new_connection, listener)
        if self._make_acceptor is not None:
            self._tls = self._make_acceptor(loop, self._connection_network)
            factory = self._tls.protocol_factory(self._new_connection)
            for listener in self._tls_listeners:
                await self._listen(factory, listener)

    @property
    def requires_account(self) -> bool:
        """Whether only people who have signed in may open a page."""
        return self._rules.guests == "off"

    def stop_accepting(self) -> None:
        """Stop accepting connections."""
        self.is_closing = True
        for acceptor in self._acceptors:
            acceptor.close()
        if self._tls is not None:
            self._tls.abort_handshakes()
        for connection in list(self._connections):
            if isinstance(connection, WebSocket) and connection.has_failed:
                connection.abort()  # its close frame has been sent

    def abort(self) -> None:
        """Abort all connections."""
        for connection in list(self._connections):
            connection.abort()

    async def close(self) -> None:
        """Wait until all connections are closed; abort them after a timeout."""
        last = self.now() + RESPONSE_TIMEOUT
        for connection in list(self._connections):
            connection.shutdown()
            connection.deadline = min(connection.deadline or last, last)
        self._check_if_empty()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._is_empty.wait()
        except TimeoutError:
            self.abort()
            await self._is_empty.wait()
        # The process waits for threads that render pages, and these wait for the loop.
        self.responder.close()
        if tasks := list(self.state.tasks):
            await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()

    # -- called by connections -------------------------------------------------

    def set_up(self, transport: asyncio.Transport) -> None:
        """Set the options of an accepted socket, such as TCP keepalive."""
        self._set_up(transport.get_extra_info("socket"))

    def admit(self, connection: HTTPConnection) -> bool:
        """Add *connection*, and return whether it is within the limits."""
        network = self._connection_network(connection.peer)
        self._connections[connection] = ""
        if len(self._connections) > self._max_connections or self.is_closing:
            return False
        if network and self._addresses.add(network, self.now()) is not None:
            return False
        self._connections[connection] = network
        return True

    def replace(self, connection: HTTPConnection, page: WebSocket) -> None:
        """Record that *connection* was upgraded to *page*."""
        self._connections[page] = self._connections.pop(connection, "")

    def count(self, page: Connection, peer: Peer) -> bool:
        """Count *page* against the limit of *peer*, which a proxy has reported.

        Return whether it is within the limit.
        """
        network = self._network_of(peer)
        if self._addresses.add(network, self.now()) is not None:
            return False
        self._connections[page] = network
        return True

    def release_address(self, connection: Connection) -> None:
        """Stop counting *connection*, now a session, against its address's limit."""
        network = self._connections.get(connection, "")
        if network:
            self._addresses.remove(network)
            self._connections[connection] = ""

    def remove(self, connection: Connection) -> None:
        """Record that *connection* is closed."""
        if network := self._connections.pop(connection, ""):
            self._addresses.remove(network)
        if isinstance(connection, WebSocket):
            self.scheduler.remove(connection)
            self._input.set(connection, 0)
        self._check_if_empty()

    def set_input_size(self, connection: Connection, size: int) -> None:
        """Record *size*, and abort the largest connections over the common limit."""
        self._input.set(connection, size)
        for largest in self._input.excess():
            largest.abort()
            self._input.set(largest, 0)

    def text_frame(self, data: bytes) -> bytes:
        """Return a text frame with *data*, encoded once for all its receivers."""
        if self._last_frame[0] is not data:
            self._last_frame = data, encode_text_frame(data)
        return self._last_frame[1]

    def _connection_network(self, peer: Peer) -> str:
        """Return the network whose limit a connection of *peer* counts against.

        A proxy has no limit, since many people are behind it: see `count`.
        """
        return "" if peer.host in self.origins.proxies else self._network_of(peer)

    async def _listen(
        self, factory: Callable[[], asyncio.BaseProtocol], listener: socket
    ) -> None:
        loop = asyncio.get_running_loop()
        acceptor = await loop.create_server(factory, sock=listener, backlog=BACKLOG)
        self._acceptors.append(acceptor)

    def _new_connection(self) -> HTTPConnection:
        return HTTPConnection(self, asyncio.get_running_loop())

    def _check_if_empty(self) -> None:
        if self.is_closing and not self._connections:
            self._is_empty.set()

    def _sweep(self) -> None:
        """Abort connections after their deadline, and update the Date header."""
        now = self.now()
        # Pages that only watch have no sessions, which would end with the key.
        is_checked = self.requires_account and not self.signs_in
        for connection in list(self._connections):
            if connection.deadline is not None and connection.deadline <= now:
                connection.abort()
            elif is_checked and isinstance(connection, WebSocket):
                connection.check_key()
        date = formatdate(time.time(), usegmt=True).encode()
        self.state.default_headers = [(b"date", date)]
        loop = asyncio.get_running_loop()
        self._sweep_timer = loop.call_later(SWEEP_INTERVAL, self._sweep)


class _ErrorHandler(logging.Handler):
    """Logs the errors of uvicorn as an event of the server's own log."""

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"reason": record.getMessage().strip()}
        logging.getLogger("parlour").error(
            "page.failed",
            extra={"facts": facts, "is_limited": True},  # see `server.log_limits`
            exc_info=record.exc_info,
        )


def _configure_logging() -> None:
    """Log the errors of the libraries, but not their reports about peers."""
    logger = logging.getLogger("uvicorn")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(_ErrorHandler(logging.ERROR))
    logging.getLogger("websockets").propagate = False
    # It would log the heads of requests, which have cookies.
    logging.getLogger("websockets.server").setLevel(logging.WARNING)
