"""HTTP connections: uvicorn's protocol class, with timeouts and connection limits."""

import asyncio
from typing import Final, Protocol

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from parlour.core.ports import Peer

from . import ports
from .requests import MAX_HEAD, RequestError, parse_request
from .responses import Responder
from .websocket import WebSocket

REQUEST_TIMEOUT: Final = 10.0  # seconds until a request is complete
RESPONSE_TIMEOUT: Final = 30.0  # seconds until its response is rendered and received
KEEP_ALIVE_TIMEOUT: Final = 5  # seconds that an idle connection stays open
OVERLOADED: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
WEBSOCKET_PATH: Final = "/ws"

State = ServerState


class Gateway(ports.Gateway, Protocol):
    """The gateway, as an HTTP connection sees it."""

    responder: Responder
    config: Config
    state: State

    def set_up(self, transport: asyncio.Transport) -> None:
        """Set the socket options of an accepted connection."""
        ...

    def admit(self, connection: "HTTPConnection") -> bool:
        """Add *connection*, and return whether it is within the limits."""
        ...

    def replace(self, connection: "HTTPConnection", page: WebSocket) -> None:
        """Record that *connection* was upgraded to *page*."""
        ...


class HTTPConnection(H11Protocol):
    """An HTTP connection, which an upgrade turns into a WebSocket.

    The gateway aborts it after its *deadline*, because uvicorn waits forever for the
    rest of a request, and for a peer to receive a response.
    """

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(gateway.config, gateway.state, {"connection": self}, loop)
        self._gateway = gateway
        self.deadline: float | None = None
        self.is_closed = False

    @property
    def unsent(self) -> int:
        """Bytes of responses in the transport's buffer."""
        return 0 if self.is_closed else self.transport.get_write_buffer_size()

    @property
    def peer(self) -> Peer:
        """The other end of the socket, which may be a proxy."""
        address = self.transport.get_extra_info("peername") or ("", 0)
        return Peer(*address[:2])

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        super().connection_made(transport)
        self._gateway.set_up(transport)
        self.deadline = self._gateway.now() + REQUEST_TIMEOUT
        if not self._gateway.admit(self):
            transport.write(OVERLOADED)
            transport.close()

    def data_received(self, data: bytes) -> None:
        was_busy = self._is_busy
        super().data_received(data)
        if self._is_busy and not was_busy:
            self.deadline = self._gateway.now() + RESPONSE_TIMEOUT

    def on_response_complete(self) -> None:
        self.deadline = self._gateway.now() + REQUEST_TIMEOUT
        super().on_response_complete()
        if self._is_busy:  # the next request was in the buffer
            self.deadline = self._gateway.now() + RESPONSE_TIMEOUT

    def send_400_response(self, msg: str) -> None:
        if self._is_busy:  # the body is invalid: nothing else may respond
            self.cycle.disconnected = True
            if self.cycle.response_started:
                self.abort()
                return
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        self._gateway.responder.cancel(self)
        self._gateway.remove(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """Close the connection at once."""
        self.transport.abort()

    @property
    def _is_busy(self) -> bool:
        """Whether a request is in progress, without a complete response yet."""
        # Before the first request the cycle is None, despite its type in uvicorn.
        return bool(self.cycle) and not self.cycle.response_complete

    def _should_upgrade(self) -> bool:
        """Return whether this is a handshake; any other Upgrade header is ignored."""
        may_upgrade = self.scope["http_version"] != "1.0"  # RFC 9110, 7.8
        return (
            may_upgrade
            and self.scope["method"] == "GET"
            and self._get_upgrade() == b"websocket"
            and self._websocket_host() is not None
        )

    def _websocket_host(self) -> str | None:
        """Return the requested host, or None if the path is not the WebSocket's."""
        try:
            request = parse_request(
                "GET", self.scope["raw_path"], self.headers, self._gateway.prefix
            )
        except RequestError:
            return None
        return request.host if request.path == WEBSOCKET_PATH else None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        host = self._websocket_host() or ""
        self.connections.discard(self)
        page = WebSocket(self._gateway)
        self._gateway.replace(self, page)
        head = [b"GET ", WEBSOCKET_PATH.encode(), b" HTTP/1.1\r\n"]
        head += [b"host: ", host.encode("latin-1"), b"\r\n"]
        for name, value in event.headers:
            if name != b"host":
                head += [name, b": ", value, b"\r\n"]
        early_frames, _ = self.conn.trailing_data
        self.transport.set_protocol(page)
        page.connection_made(self.transport)
        page.data_received(b"".join([*head, b"\r\n"]))
        if early_frames:  # separately, because they must follow the handshake
            page.data_received(early_frames)


def make_config(responder: Responder) -> Config:
    """Return the configuration of uvicorn's protocol, with *responder* to call."""
    config = Config(
        responder,
        http=HTTPConnection,
        ws="none",
        loop="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_TIMEOUT,
        h11_max_incomplete_event_size=MAX_HEAD,
    )
    config.load()
    return config
