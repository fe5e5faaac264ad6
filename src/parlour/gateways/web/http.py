"""HTTP: uvicorn's protocol with bounds, one connection at a time."""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .ports import Owner
from .requests import MAX_HEAD, RequestError, read_request
from .websocket import WebSocket

if TYPE_CHECKING:
    from .responses import Answers

REQUEST_WAIT: Final = 10.0  # seconds for a request to come, and between two
ANSWER_WAIT: Final = 30.0  # seconds for an answer to be made and taken
KEEP_ALIVE: Final = 5  # seconds that a connection without a request is kept
CROWDED: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)
SOCKET_PATH: Final = "/ws"

State = ServerState


class Door(Owner, Protocol):
    """Whom a connection belongs to."""

    answers: "Answers"
    config: Config
    state: State

    def set_up(self, transport: asyncio.Transport) -> None:
        """Let an accepted socket find out when its peer is dead."""
        ...

    def admit(self, connection: "HTTP") -> bool:
        """Know a connection, unless there are too many."""
        ...

    def replace(self, connection: "HTTP", page: WebSocket) -> None:
        """Record that *connection* became *page*."""
        ...

    def forget(self, connection: "HTTP | WebSocket") -> None:
        """Know that a connection is gone."""
        ...


class HTTP(H11Protocol):
    """One connection of a browser, which becomes a WebSocket if it asks to.

    The door aborts it when its *deadline* has passed: uvicorn waits for ever for a
    request that has begun, and for a peer that does not take an answer.
    """

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(door.config, door.state, {"connection": self}, loop)
        self._door = door
        self.deadline: float | None = None
        self.is_gone = False

    @property
    def unsent(self) -> int:
        """Bytes of answers that wait in the transport."""
        return 0 if self.is_gone else self.transport.get_write_buffer_size()

    @property
    def peer(self) -> str:
        """The address of the peer, without its port."""
        return (self.transport.get_extra_info("peername") or ("",))[0]

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        super().connection_made(transport)
        self._door.set_up(transport)
        self.deadline = self._door.now() + REQUEST_WAIT
        if not self._door.admit(self):
            transport.write(CROWDED)
            transport.close()

    def data_received(self, data: bytes) -> None:
        was_busy = self._is_busy
        super().data_received(data)
        if self._is_busy and not was_busy:
            self.deadline = self._door.now() + ANSWER_WAIT

    def on_response_complete(self) -> None:
        self.deadline = self._door.now() + REQUEST_WAIT
        super().on_response_complete()
        if self._is_busy:  # the next request was there already
            self.deadline = self._door.now() + ANSWER_WAIT

    def send_400_response(self, msg: str) -> None:
        if self._is_busy:  # its body is at fault: nobody else is to answer
            self.cycle.disconnected = True
            if self.cycle.response_started:
                self.abort()
                return
        super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_gone = True
        self._door.answers.forget(self)
        self._door.forget(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """End at once."""
        self.transport.abort()

    @property
    def _is_busy(self) -> bool:
        """Whether a request is being answered."""
        # It has no cycle before its first request, whatever uvicorn's types say.
        return bool(self.cycle) and not self.cycle.response_complete

    def _should_upgrade(self) -> bool:
        """Tell whether this is a handshake. Elsewhere, Upgrade is not looked at."""
        is_late = self.scope["http_version"] != "1.0"  # RFC 9110, 7.8
        return (
            is_late
            and self.scope["method"] == "GET"
            and self._get_upgrade() == b"websocket"
            and self._socket_host() is not None
        )

    def _socket_host(self) -> str | None:
        """Return the host whose WebSocket is asked for, if it is one."""
        try:
            asked = read_request("GET", self.scope["raw_path"], self.headers)
        except RequestError:
            return None
        return asked.host if asked.path == SOCKET_PATH else None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        host = self._socket_host() or ""
        self.connections.discard(self)
        page = WebSocket(self._door)
        self._door.replace(self, page)
        head = [b"GET ", SOCKET_PATH.encode(), b" HTTP/1.1\r\n"]
        head += [b"host: ", host.encode("latin-1"), b"\r\n"]
        for name, value in event.headers:
            if name != b"host":
                head += [name, b": ", value, b"\r\n"]
        early, _ = self.conn.trailing_data
        self.transport.set_protocol(page)
        page.connection_made(self.transport)
        page.data_received(b"".join([*head, b"\r\n"]))
        if early:  # only now: frames are none before the handshake is answered
            page.data_received(early)


def configured(answers: "Answers") -> Config:
    """Return what uvicorn has to know; *answers* is what it calls (ASGI 3)."""
    config = Config(
        answers,
        http=HTTP,
        ws="none",
        loop="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=MAX_HEAD,
    )
    config.load()
    return config
