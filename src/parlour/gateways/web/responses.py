"""From a request to its answer: what is refused at once, and what a thread makes.

An answer is whole before any of it is sent, so a peer that does not take it holds no
thread. What all peers together have not taken has a bound, too.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Final, NamedTuple, Protocol
from wsgiref.types import WSGIApplication, WSGIEnvironment

from .allowed_hosts import Hosts
from .chat_queries import ASKER, Asker
from .host_checks import check_host
from .requests import ALLOWED, Request, RequestError, read_request
from .workers import CrowdedError, Makers

WORKERS: Final = 4  # threads that make pages
MAX_WAITING: Final = 64  # requests that wait for one of them
MAX_CHECKS: Final = 16  # health checks that wait for the thread of their own
MAX_UNTAKEN: Final = 16 << 20  # bytes of answers that were sent and not taken
RETRY: Final = "5"  # seconds after which to ask again
HEALTH: Final = "/healthz"

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Connection(Protocol):
    """By which connection a request came."""

    @property
    def is_gone(self) -> bool:
        """Whether nobody takes an answer any more."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes of answers that wait in the transport."""
        ...

    @property
    def peer(self) -> str:
        """The address of the peer."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class Answer(NamedTuple):
    """An answer, whole."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Answers:
    """What uvicorn calls for every request (ASGI 3), in the loop of the page."""

    def __init__(self, pages: WSGIApplication, known: Hosts) -> None:
        self._pages, self._hosts = pages, known
        self._makers = Makers("page", WORKERS, MAX_WAITING)
        # A check never waits behind pages, however long those take.
        self._checkers = Makers("health", 1, MAX_CHECKS)
        self._owing: dict[Connection, None] = {}
        self._askers: dict[Connection, Asker] = {}

    async def __call__(self, scope: Message, _: object, send: Send) -> None:
        """Answer one request."""
        connection: Connection = scope["state"]["connection"]
        try:
            asked = self._read(scope, connection)
        except RequestError as exc:
            await _refuse(send, exc)
            return
        if asked.is_for_server:
            await _send(send, Answer(204, [("allow", ALLOWED)], b""))
            return
        makers = self._checkers if asked.path == HEALTH else self._makers
        asker = self._askers[connection] = Asker()
        make = partial(_make, self._pages, _environment(scope, asked), asker)
        try:
            answer = await makers.make(connection, make)
        except CrowdedError:
            await _refuse(send, RequestError(503, "Too many pages are asked for now."))
            return
        finally:
            self._askers.pop(connection, None)
        if answer is not None:
            await self._tell(connection, send, answer, is_last=asked.has_body)

    def forget(self, connection: Connection) -> None:
        """Make nothing more for a connection that is gone."""
        self._owing.pop(connection, None)
        if asker := self._askers.get(connection):
            asker.leave()
        self._makers.forget(connection)
        self._checkers.forget(connection)

    def close(self) -> None:
        """Make nothing more at all, and wait for nothing."""
        for asker in self._askers.values():
            asker.leave()
        self._makers.close()
        self._checkers.close()

    def _read(self, scope: Message, connection: Connection) -> Request:
        if not scope["http_version"].startswith("1."):
            raise RequestError(505, "This server speaks HTTP/1.1.")
        target = scope["raw_path"]
        if scope["query_string"]:
            target = b"?".join([target, scope["query_string"]])
        asked = read_request(scope["method"], target, scope["headers"])
        is_check = asked.path == HEALTH and not asked.host
        if not is_check:
            check_host(self._hosts, connection.peer, asked.host)
        return asked

    async def _tell(
        self, connection: Connection, send: Send, answer: Answer, *, is_last: bool
    ) -> None:
        """Send *answer*, and cut off who has owed the longest if all owe too much."""
        if is_last:  # the body that came with the request is not read
            answer.headers.append(("connection", "close"))
        self._owing[connection] = None
        try:
            await _start(send, answer)
            part = {"type": "http.response.body", "body": answer.body}
            await send(part | {"more_body": True})
            self._cut_off()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._owing.pop(connection, None)

    def _cut_off(self) -> None:
        """Abort the oldest who owe until the rest owes no more than the bound."""
        unsent = {connection: connection.unsent for connection in self._owing}
        total = sum(unsent.values())
        for connection, size in unsent.items():
            if total <= MAX_UNTAKEN:
                break
            if size:
                total -= size
                connection.abort()


def _make(pages: WSGIApplication, environment: WSGIEnvironment, asker: Asker) -> Answer:
    """Return what *pages* answer to *asker* (PEP 3333)."""
    ASKER.set(asker)
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(
        status: str, headers: list[tuple[str, str]], _: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda _: None  # nobody uses this way to write

    chunks: Iterable[bytes] = pages(environment, start)
    try:
        body = b"".join(chunks)
    finally:
        close: Callable[[], object] = getattr(chunks, "close", lambda: None)
        close()
    status, headers = started[-1]
    return Answer(int(status.split()[0]), headers, body)


def _environment(scope: Message, asked: Request) -> WSGIEnvironment:
    """Return what is asked as WSGI says it, without any body."""
    environment: WSGIEnvironment = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": asked.path.encode().decode("latin-1"),
        "QUERY_STRING": asked.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        environment[key] = value.decode("latin-1")
    environment["HTTP_HOST"] = asked.host or "localhost"
    return environment


async def _refuse(send: Send, error: RequestError) -> None:
    """Say why not, and end the connection: what else it says is not read."""
    headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("connection", "close"),
    ]
    if error.status == 405:
        headers.append(("allow", ALLOWED))
    if error.status == 503:
        headers.append(("retry-after", RETRY))
    body = f"{error}\n".encode()
    headers.append(("content-length", f"{len(body)}"))
    await _send(send, Answer(error.status, headers, body))


async def _send(send: Send, answer: Answer) -> None:
    await _start(send, answer)
    await send({"type": "http.response.body", "body": answer.body})


async def _start(send: Send, answer: Answer) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in answer.headers
    ]
    start = {"type": "http.response.start", "status": answer.status}
    await send({**start, "headers": headers})
