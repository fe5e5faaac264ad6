"""HTTP: uvicorn's protocol with bounds, and what is refused before Flask sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol
from wsgiref.types import WSGIApplication

import h11
from a2wsgi import WSGIMiddleware
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .hosts import Hosts
from .websocket import Owner, WebSocket

MAX_HEAD: Final = 16 << 10  # bytes of a request
WORKERS: Final = 8  # threads that make pages
REQUEST_WAIT: Final = 10.0  # seconds for a request to come, and between two
ANSWER_WAIT: Final = 30.0  # seconds for an answer to be made and taken
KEEP_ALIVE: Final = 5  # seconds that a connection without a request is kept
CROWDED: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 30\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)

KNOW: Final = "Ask for it by its address, or start it with that name in --web-allow."

State = ServerState
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Door(Owner, Protocol):
    """Whom a connection belongs to."""

    config: Config
    state: State

    def admit(self, connection: "HTTP | WebSocket") -> bool:
        """Know a connection, unless there are too many."""
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
        super().__init__(door.config, door.state, {}, loop)
        self._door = door
        self.deadline: float | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        super().connection_made(transport)
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
        return self._get_upgrade() == b"websocket"

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self.connections.discard(self)
        self._door.forget(self)
        page = WebSocket(self._door)
        self._door.admit(page)
        head = [event.method, b" ", event.target, b" HTTP/1.1\r\n"]
        for name, value in event.headers:
            head += [name, b": ", value, b"\r\n"]
        early, _ = self.conn.trailing_data
        self.transport.set_protocol(page)
        page.connection_made(self.transport)
        page.data_received(b"".join([*head, b"\r\n"]))
        if early:  # only now: frames are none before the handshake is answered
            page.data_received(early)


class Front:
    """Refuse what no page is for, and hand the rest to Flask."""

    def __init__(self, pages: WSGIApplication, hosts: Hosts) -> None:
        # The adapter spells the types of WSGI in its own way.
        self._pages: Any = WSGIMiddleware(pages, workers=WORKERS)  # type: ignore[arg-type]
        self._hosts = hosts

    async def __call__(self, scope: Message, receive: object, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        has_body = headers.get(b"content-length", "0") != "0"
        size = sum(len(name) + len(value) for name, value in scope["headers"])
        if size + len(scope["raw_path"]) + len(scope["query_string"]) > MAX_HEAD:
            await _refuse(send, 431, f"A request has at most {MAX_HEAD:,} bytes.")
        elif not self._hosts.knows(host):
            what = f"This server is not known as {host[:100]!a}."
            await _refuse(send, 400, f"{what} {KNOW}")
        elif has_body or b"transfer-encoding" in headers:
            await _refuse(send, 413, "Nothing here takes a body.")
        elif scope["path"] == "/ws":
            await _refuse(send, 426, "The chat is at /ws, for WebSockets.")
        else:
            await self._pages(scope, receive, send)


async def _refuse(send: Send, status: int, why: str) -> None:
    """Say *why* not, and end the connection: what else it says is not read."""
    body = f"{why}\n".encode()
    headers = {
        b"content-type": b"text/plain; charset=utf-8",
        b"content-length": str(len(body)).encode(),
        b"x-content-type-options": b"nosniff",
        b"cache-control": b"no-store",
        b"connection": b"close",
    }
    start = {"type": "http.response.start", "status": status}
    await send({**start, "headers": list(headers.items())})
    await send({"type": "http.response.body", "body": body})


def configured(front: Front) -> Config:
    """Return what uvicorn has to know."""
    config = Config(
        front,
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
