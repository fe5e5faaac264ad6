"""Respond to requests: refuse invalid ones, and render pages in worker threads.

A response is complete before any of it is sent, so a slow peer never blocks a thread.
The unsent bytes of all responses together are bounded.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Final, NamedTuple, Protocol
from wsgiref.types import WSGIApplication, WSGIEnvironment

from parlour.core.ports import Peer

from .allowed_origins import AllowedOrigins
from .chat_queries import CANCELLATION, Cancellation
from .cookies import parse_cookies
from .forwarded import (
    FORWARDED_FOR,
    FORWARDED_PROTO,
    find_sender,
    forwarded_headers,
)
from .host_checks import check_host, check_origin
from .requests import (
    HEALTH_PATH,
    RETRY_AFTER,
    Request,
    RequestError,
    allowed_methods,
    parse_request,
)
from .workers import QueueFullError, WorkerPool
from .wsgi_environment import make_environment

WORKERS: Final = 4  # threads that render pages
MAX_WAITING: Final = 64  # requests that wait for one of these threads
MAX_FORMS: Final = 16  # messages that wait for one of the threads that send them
MAX_ACCOUNT_FORMS: Final = 32  # the same for forms about accounts
MAX_BODY: Final = 64 << 10  # bytes of a form
MAX_FIELDS: Final = 16  # of a form, which has up to five
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MAX_HEALTH_CHECKS: Final = 16  # health checks that wait for their own thread
MAX_UNSENT: Final = 16 << 20  # bytes of responses that peers have not received

Message = dict[str, Any]
"""A message of ASGI, or its scope."""
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Connection(Protocol):
    """The connection of a request."""

    @property
    def is_closed(self) -> bool:
        """Whether the peer can no longer receive a response."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes of responses in the transport's buffer."""
        ...

    def abort(self) -> None:
        """Close the connection at once."""
        ...


class Response(NamedTuple):
    """A complete response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Responder:
    """The ASGI 3 application that uvicorn calls for each request, in its loop.

    The requests of different networks take turns; *network_of* returns that of a peer.
    Everything is served under the *prefix*.
    """

    def __init__(
        self,
        pages: WSGIApplication,
        origins: AllowedOrigins,
        network_of: Callable[[Peer], str],
        prefix: str = "",
    ) -> None:
        self._pages, self._origins, self._network_of = pages, origins, network_of
        self._prefix = prefix
        self._workers = WorkerPool("page", WORKERS, MAX_WAITING)
        # A health check never waits for pages, however slow they are.
        self._health_workers = WorkerPool("health", 1, MAX_HEALTH_CHECKS)
        # Pages never wait for messages, which wait for the server.
        self._form_workers = WorkerPool("form", WORKERS, MAX_FORMS)
        # Messages never wait for checks of passwords.
        self._account_workers = WorkerPool("account", WORKERS, MAX_ACCOUNT_FORMS)
        self._pools = [self._workers, self._health_workers]
        self._pools += [self._form_workers, self._account_workers]
        self._sending: dict[Connection, None] = {}  # oldest first
        self._cancellations: dict[Connection, Cancellation] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        connection: Connection = scope["state"]["connection"]
        sender = self._sender(scope)
        try:
            request = self._parse(scope, sender)
            body = await _read_body(receive) if request.is_form else b""
        except RequestError as exc:
            await _refuse(send, exc)
            return
        if request.is_for_server:
            headers = [("allow", allowed_methods("*"))]
            if request.has_body:
                headers.append(("connection", "close"))
            await _send(send, Response(204, headers, b""))
            return
        peer = self._origins.peer(sender, request.origin)
        workers, network = self._workers_for(request), self._network_of(peer)
        cancellation = self._cancellations[connection] = Cancellation()
        render = partial(
            _render,
            self._pages,
            make_environment(scope, peer, request, body, self._prefix),
            cancellation,
        )
        try:
            response = await workers.run(connection, network, render)
        except QueueFullError:
            await _refuse(send, RequestError(503, "The server is too busy."))
            return
        finally:
            self._cancellations.pop(connection, None)
        if response is not None:
            must_close = request.has_body  # the server reads no other bodies than forms
            await self._respond(connection, send, response, must_close=must_close)

    def cancel(self, connection: Connection) -> None:
        """Cancel the request of a connection that is closed."""
        self._sending.pop(connection, None)
        if cancellation := self._cancellations.get(connection):
            cancellation.cancel()
        for pool in self._pools:
            pool.cancel(connection)

    def close(self) -> None:
        """Cancel all requests, without waiting for the threads."""
        for cancellation in self._cancellations.values():
            cancellation.cancel()
        for pool in self._pools:
            pool.close()

    def _sender(self, scope: Message) -> Peer:
        """Return who sends a request, which may have passed proxies."""
        host, port = scope.get("client") or ("", 0)
        return find_sender(
            self._origins.proxies,
            (host, port),
            forwarded_headers(scope["headers"], FORWARDED_FOR),
            forwarded_headers(scope["headers"], FORWARDED_PROTO),
            has_tls=scope.get("scheme", "http") == "https",
        )

    def _parse(self, scope: Message, sender: Peer) -> Request:
        if not scope["http_version"].startswith("1."):
            raise RequestError(505, "This server supports HTTP/1.1.")
        target = scope["raw_path"]
        if scope["query_string"]:
            target = b"?".join([target, scope["query_string"]])
        request = parse_request(scope["method"], target, scope["headers"], self._prefix)
        is_check = request.path == HEALTH_PATH and not request.host
        if not is_check:
            check_host(self._origins, sender.host, request.host)
        if request.is_form:
            host = request.host or ""
            sent = parse_cookies(
                request.cookies, host, self._prefix, is_secure=sender.is_encrypted
            )
            check_origin(
                self._origins,
                sender.host,
                host,
                request.origin,
                has_cookie=sent.has_account,
                has_tls=sender.is_encrypted,
            )
            if request.content_type != FORM_TYPE:
                raise RequestError(415, f"A form has the type {FORM_TYPE}.")
        return request

    def _workers_for(self, request: Request) -> WorkerPool:
        if request.is_account_form:
            return self._account_workers
        if request.is_form:
            return self._form_workers
        return self._health_workers if request.path == HEALTH_PATH else self._workers

    async def _respond(
        self,
        connection: Connection,
        send: Send,
        response: Response,
        *,
        must_close: bool,
    ) -> None:
        """Send *response*, and enforce the limit on unsent bytes."""
        if must_close:
            response.headers.append(("connection", "close"))
        self._sending[connection] = None
        try:
            await _start(send, response)
            part = {"type": "http.response.body", "body": response.body}
            await send(part | {"more_body": True})
            self._limit_unsent()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._sending.pop(connection, None)

    def _limit_unsent(self) -> None:
        """Abort the oldest connections with unsent bytes until the limit is met."""
        unsent = {connection: connection.unsent for connection in self._sending}
        total = sum(unsent.values())
        for connection, size in unsent.items():
            if total <= MAX_UNSENT:
                break
            if size:
                total -= size
                connection.abort()


def _render(
    pages: WSGIApplication, environment: WSGIEnvironment, cancellation: Cancellation
) -> Response:
    """Return the response of the WSGI application *pages* (PEP 3333)."""
    CANCELLATION.set(cancellation)
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda _: None  # Flask does not use this function

    chunks: Iterable[bytes] = pages(environment, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close: Callable[[], object] = getattr(chunks, "close", lambda: None)
        close()
    status, headers = started[-1]
    return Response(int(status.split()[0]), headers, body)


async def _read_body(receive: Receive) -> bytes:
    """Return the body of a form. Raises `RequestError`."""
    body, has_more = bytearray(), True
    while has_more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise RequestError(413, f"A form has at most {MAX_BODY:,} bytes.")
        has_more = message.get("more_body", False)
    if body.count(b"&") > MAX_FIELDS:
        raise RequestError(413, f"A form has at most {MAX_FIELDS} fields.")
    return bytes(body)


async def _refuse(send: Send, error: RequestError) -> None:
    """Send *error*, and close the connection without reading a body."""
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ]
    if error.status == 405:
        headers.append(("allow", allowed_methods("")))
    if error.status == 503:
        headers.append(("retry-after", RETRY_AFTER))
    body = f"{error}\n".encode()
    headers.append(("content-length", f"{len(body)}"))
    await _send(send, Response(error.status, headers, body))


async def _send(send: Send, response: Response) -> None:
    await _start(send, response)
    await send({"type": "http.response.body", "body": response.body})


async def _start(send: Send, response: Response) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    start = {"type": "http.response.start", "status": response.status}
    await send({**start, "headers": headers})
