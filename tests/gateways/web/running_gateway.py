"""Run a web gateway on either driver, and connect WebSocket peers to it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from socket import SHUT_RDWR
from typing import Final

from argon2 import PasswordHasher
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from parlour.core.entries import Batch, Registered, RoomOpened
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.names.room_names import room_conflict_keys
from parlour.core.ports import Mode
from parlour.core.proxies import TrustedProxies
from parlour.core.roles import Role
from parlour.core.rules import Rules
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from parlour.gateways.web.allowed_origins import AllowedOrigins
from parlour.gateways.web.gateway import WebGateway
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.memory import MemoryStore
from parlour.server.addresses import limited_network
from parlour.server.config import MAX_EARLY_CONNECTIONS, Web
from parlour.server.password_hashing import PasswordChecker
from parlour.server.passwords import password_queue
from parlour.server.sockets import listen, set_up
from parlour.server.tls.asyncio_acceptor import TLSAcceptor
from parlour.server.tls.certificates import Certificates
from parlour.server.tls.other_protocols import PAGE_ANSWER
from tests.conversation import Connect
from tests.gateways.web.account_client import PASSWORD
from tests.server.running_servers import TIMEOUT, RunningServer, Serve
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import client_context

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes that take no time, so that tests take none."""


class WebSocketPeer:
    """A peer that sends and receives lines through a WebSocket."""

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        origin: str | None = None,
        source: str = "",
        cookie: str = "",
        context: ssl.SSLContext | None = None,
        forwarded: Mapping[str, str] | None = None,
        prefix: str = "",
    ) -> None:
        headers = {"Cookie": cookie} if cookie else {}
        headers |= forwarded or {}
        self._cleanup = ExitStack()
        self.socket: ClientConnection = self._cleanup.enter_context(
            connect(
                f"{'wss' if context else 'ws'}://{host}:{port}{prefix}/ws",
                ssl=context,
                origin=Origin(origin) if origin is not None else None,
                compression=None,
                open_timeout=TIMEOUT,
                close_timeout=TIMEOUT,
                ping_interval=None,
                proxy=None,
                source_address=(source, 0),
                additional_headers=headers,
            )
        )
        name, number = self.socket.local_address[:2]
        self.address = f"{name}:{number}"
        self._unsent, self._received = b"", b""

    def send(self, data: bytes) -> None:
        """Send the complete lines of *data* as one frame, and keep the rest."""
        lines, lf, self._unsent = (self._unsent + data).rpartition(b"\n")
        if lf:
            self.socket.send(lines.decode(errors="surrogateescape"))

    def receive(self) -> bytes:
        """Return the next line, or nothing if the connection is closed."""
        while b"\n" not in self._received:
            try:
                frame = self.socket.recv(TIMEOUT)
            except ConnectionClosed:
                break
            assert isinstance(frame, str)
            assert frame.endswith("\n"), "a frame has complete lines"
            self._received += frame.encode()
        line, lf, self._received = self._received.partition(b"\n")
        return line + lf

    def finish(self) -> None:
        """Close the WebSocket with a handshake."""
        self.socket.close()

    def reset(self) -> None:
        """Close the connection without a close frame."""
        self.socket.socket.shutdown(SHUT_RDWR)

    def stop_reading(self) -> None:
        """Stop reading from the network."""
        self.socket.recv_messages.pause()
        self._cleanup.callback(self.socket.recv_messages.resume)

    def close(self) -> None:
        """Release the socket, in any state."""
        self._cleanup.close()


def websocket_context() -> ssl.SSLContext:
    """Return a context for the client of `websockets`, with TLS 1.2.

    It reads and writes in two threads, which OpenSSL does not allow: with TLS 1.3, what
    one writes is sometimes lost while the other reads a session ticket.
    """
    context = client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass
class RunningGateway:
    """A gateway that accepts connections, and its server."""

    server: RunningServer
    port: int
    tls_port: int = 0
    """The port for HTTPS, if there is one."""

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}/"

    def connect(
        self,
        *,
        host: str = "127.0.0.1",
        origin: str | None = None,
        source: str = "",
        cookie: str = "",
        forwarded: Mapping[str, str] | None = None,
        prefix: str = "",
    ) -> WebSocketPeer:
        """Open a WebSocket, with TLS if there is a port for it."""
        context = websocket_context() if self.tls_port else None
        port = self.tls_port or self.port
        peer = WebSocketPeer(
            port,
            host=host,
            origin=origin,
            source=source,
            cookie=cookie,
            context=context,
            forwarded=forwarded,
            prefix=prefix,
        )
        self.server.peers.callback(peer.close)
        return peer


@contextmanager
def run_gateway(
    serve: Serve,
    limits: Limits = Limits(),  # noqa: B008 -- it is frozen
    *,
    mode: Mode = "write",
    allowed: tuple[str, ...] = (),
    history: Store | None = None,
    rules: Rules | None = None,
    accounts: tuple[str, ...] = (),
    admins: tuple[str, ...] = (),
    rooms: tuple[tuple[str, int], ...] = (),
    certificates: Certificates | None = None,
    proxies: tuple[str, ...] = (),
    prefix: str = "",
) -> Iterator[RunningGateway]:
    """Run a server with a web gateway, and with *accounts* that have `PASSWORD`.

    The *admins* are those of them who may do everything. Each of *rooms* belongs to the
    account with a number, which counts from 1.
    """
    if history is None:
        history = MemoryStore(Retention())
    for name in accounts:
        hash_, role = (
            CHEAP.hash(PASSWORD),
            Role.ADMIN if name in admins else Role.MEMBER,
        )
        entry = Registered(SessionId(0), name, name_keys(name), hash_, role)
        history.append(Batch(0.0, (entry,)))
    for room, owner in rooms:
        name_, owner_ = RoomName(room), AccountNumber(owner)
        opened = RoomOpened(name_, SessionId(0), room_conflict_keys(name_), owner_)
        history.append(Batch(0.0, (opened,)))
    hub = Hub(limits, State(history.load()), rules=rules)
    listeners = listen("127.0.0.1", 0)
    port = listeners[0].getsockname()[1]
    tls_listeners = listen("127.0.0.1", 0) if certificates else []
    tls_port = tls_listeners[0].getsockname()[1] if certificates else 0
    gateway = WebGateway(
        listeners,
        mode,
        AllowedOrigins(
            allowed,
            has_proxy=Web(allowed=allowed, proxies=proxies).is_proxied,
            proxies=TrustedProxies(proxies),
        ),
        max_pages=limits.max_pages,
        invitation="python3 client.py 127.0.0.1 5555",
        set_up=set_up,
        network_of=limited_network,
        tls_listeners=tls_listeners,
        make_acceptor=(
            partial(TLSAcceptor, certificates, PAGE_ANSWER, MAX_EARLY_CONNECTIONS)
            if certificates
            else None
        ),
        rules=hub.rules,
        prefix=prefix,
    )
    passwords = password_queue(lambda: PasswordChecker(CHEAP))
    with serve(
        limits, history=history, gateways=[gateway], hub=hub, passwords=passwords
    ) as server:
        yield RunningGateway(server, port, tls_port)


@contextmanager
def play_on_websocket(
    serve: Serve, _recv_size: int, limits: Limits
) -> Iterator[Connect]:
    """Yield a function that connects the peers of a conversation."""
    with run_gateway(serve, limits) as gateway:
        yield gateway.connect


@contextmanager
def play_on_secure_websocket(
    serve: Serve, _recv_size: int, limits: Limits
) -> Iterator[Connect]:
    """Yield a function that connects the peers of a conversation with TLS."""
    certificates = localhost_pair().certificates
    with run_gateway(serve, limits, certificates=certificates) as gateway:
        yield gateway.connect
