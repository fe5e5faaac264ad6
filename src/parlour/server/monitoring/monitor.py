"""The thread that answers requests for health, readiness and metrics."""

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from socket import socket
from typing import TYPE_CHECKING, Final, Self

from parlour.core.hosts import AllowedHosts

from ..batch_times import BatchTimes
from ..event_log import log, log_limited
from .exposition import Exposition
from .health import Stage, health_problems, no_turn, stage_problems
from .http import MAX_HEAD, Exchange, Request, Response, text
from .readings import Reading, read
from .turn_readings import NoTurnError, TurnReadings

if TYPE_CHECKING:
    from ..runtime import Runtime, RunWithHub

MAX_CONNECTIONS: Final = 8  # at a time
REQUEST_TIMEOUT: Final = 5.0  # seconds for a request to arrive
WRITE_TIMEOUT: Final = 5.0  # seconds for the peer to take the response
CLOSE_TIMEOUT: Final = 2.0  # seconds for the thread to end

INDEX: Final = ("/healthz", "/readyz", "/metrics")
FAILED: Final = "the metrics could not be read: the log has the reason"
UNKNOWN_HOST: Final = (
    "this host is not served: use an IP address, or start the server with the name in "
    "--ops-allow"
)


class Monitor:
    """A thread that answers requests on *listeners*, from its start to its `close`.

    A request may name one of the *hosts*. It is a context manager, which starts and
    ends the thread. The driver calls `open` and `drain`.
    """

    def __init__(
        self, listeners: list[socket], hosts: AllowedHosts, exposition: Exposition
    ) -> None:
        self._listeners, self._hosts = listeners, hosts
        self._exposition = exposition
        self._stage = Stage.STARTING
        self._readings: TurnReadings  # from `open` on
        self._early: dict[asyncio.WriteTransport, None] = {}  # oldest first
        self._answering = 0  # connections whose request is complete
        self._loop: asyncio.AbstractEventLoop  # from `__enter__` on
        self._closing = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # the thread has ended
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(CLOSE_TIMEOUT)

    def open(
        self, runtime: "Runtime", times: BatchTimes, run_in_turn: "RunWithHub"
    ) -> None:
        """Report the server as ready; *run_in_turn* is that of its driver."""
        self._readings = TurnReadings(partial(read, runtime, times), run_in_turn)
        self._stage = Stage.SERVING

    def drain(self) -> None:
        """Report that the server accepts no more connections."""
        self._stage = Stage.STOPPING

    # -- in the thread ------------------------------------------------------------

    def _run(self) -> None:
        """Serve until `__exit__`. An exception is a bug; it ends only this thread."""
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except Exception as exc:  # noqa: BLE001 -- logged; the chat goes on
            log(logging.ERROR, "monitor.failed", exc)
        finally:
            for listener in self._listeners:
                listener.close()

    async def _serve(self) -> None:
        self._loop.set_exception_handler(_log_failure)
        servers = [
            await asyncio.start_server(self._answer, sock=sock, limit=MAX_HEAD)
            for sock in self._listeners
        ]
        await self._closing.wait()
        for server in servers:
            server.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one request, and close the connection."""
        if not self._admit(writer.transport):
            writer.transport.abort()
            return
        try:
            writer.transport.set_write_buffer_limits(high=0)  # drain until all is sent
            exchange = Exchange()
            async with asyncio.timeout(REQUEST_TIMEOUT):
                found = await _read_request(exchange, reader)
            if writer.transport not in self._early:
                return  # aborted meanwhile
            with self._counted_as_answering(writer.transport):
                if isinstance(found, Request):
                    found = await self._response_or_error(found)
                async with asyncio.timeout(WRITE_TIMEOUT):
                    writer.write(exchange.encode(found))
                    await writer.drain()
            writer.close()
        except (OSError, EOFError, TimeoutError):
            pass  # the peer has gone, or is too slow
        finally:
            self._early.pop(writer.transport, None)
            if not writer.is_closing():
                writer.transport.abort()

    def _admit(self, transport: asyncio.WriteTransport) -> bool:
        """Count a new connection, and return whether there is a place for it.

        If there are too many, the oldest one without a complete request is aborted:
        peers that send nothing must not keep a health check from its answer.
        """
        if self._answering + len(self._early) >= MAX_CONNECTIONS:
            if not self._early:
                return False
            oldest = next(iter(self._early))
            del self._early[oldest]
            oldest.abort()
        self._early[transport] = None
        return True

    @contextmanager
    def _counted_as_answering(
        self, transport: asyncio.WriteTransport
    ) -> Iterator[None]:
        """Count a connection as one whose request is complete."""
        del self._early[transport]
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1

    async def _response_or_error(self, request: Request) -> Response:
        try:
            return await self._response(request)
        except Exception as exc:  # noqa: BLE001 -- a bug: logged, and the chat goes on
            log_limited(logging.ERROR, "monitor.failed", exc)
            return text(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)

    async def _response(self, request: Request) -> Response:
        if not self._hosts.allows(request.host):
            return text(HTTPStatus.BAD_REQUEST, UNKNOWN_HOST)
        if request.path not in {"/", *INDEX}:
            return text(HTTPStatus.NOT_FOUND, "there is only", *INDEX)
        if request.method not in {"GET", "HEAD"}:
            return text(HTTPStatus.METHOD_NOT_ALLOWED, "use GET")
        match request.path:
            case "/healthz":
                return await self._health()
            case "/readyz":
                return _verdict(stage_problems(self._stage))
            case "/metrics":
                return await self._metrics(request.accept)
            case _:
                return text(HTTPStatus.OK, *INDEX)

    async def _health(self) -> Response:
        found = await self._reading()
        if isinstance(found, Response):
            return found
        return _verdict(health_problems(found))

    async def _metrics(self, accept: str) -> Response:
        found = await self._reading()
        if isinstance(found, Response):
            return found
        is_ready = self._stage is Stage.SERVING
        body, content_type = self._exposition.encode(found, accept, is_ready=is_ready)
        return Response(HTTPStatus.OK, body, content_type)

    async def _reading(self) -> Reading | Response:
        """Return the numbers of the server, or the response that says why not."""
        if self._stage is Stage.STARTING:
            return _verdict(stage_problems(self._stage))
        try:
            return await self._readings.next()
        except NoTurnError as exc:
            return _verdict([no_turn(exc.seconds)])


async def _read_request(
    exchange: Exchange, reader: asyncio.StreamReader
) -> Request | Response:
    """Return a request, or why it is refused. Raises EOFError and OSError."""
    found = None
    while found is None:
        found = exchange.receive(await reader.read(MAX_HEAD))
    return found


def _verdict(problems: Sequence[str]) -> Response:
    """Return "ok", or the *problems*."""
    if problems:
        return text(HTTPStatus.SERVICE_UNAVAILABLE, *problems)
    return text(HTTPStatus.OK, "ok")


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log what nothing caught, such as an accept without a free descriptor."""
    exc = context.get("exception")
    if isinstance(exc, asyncio.CancelledError):
        return  # the server ends; up to Python 3.11, asyncio reports its tasks
    error = exc if isinstance(exc, Exception) else None
    log_limited(
        logging.ERROR, "monitor.failed", error, reason=str(context.get("message"))
    )
