"""A server with a page, without sockets, for the fuzz targets of the page.

One gateway runs in a loop of its own, with a history in memory, and its connections
have transports that only remember what was written.
"""

import asyncio
import logging
import re
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urlencode

from parlour.core.entries import Batch, Registered
from parlour.core.events import SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from parlour.gateways.web.allowed_origins import AllowedOrigins
from parlour.gateways.web.gateway import WebGateway
from parlour.gateways.web.http import HTTPConnection
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.journal.recorder import InlineRecorder
from parlour.server.asyncio_driver.driver import AsyncioDriver
from parlour.server.passwords import password_queue
from parlour.server.runtime import Runtime
from tests.gateways.web.account_client import PASSWORD
from tests.gateways.web.running_gateway import CHEAP
from tests.server.running_servers import cheap_checks

NOBODY: Final = SessionId(0)
PEER: Final = ("127.0.0.1", 40_000)
LIMITS: Final = Limits(rate=Rate(1e6, 1e6), max_pages=64)
TIMEOUT: Final = 20.0  # seconds for a response
POLL: Final = 0.05  # seconds
FEW: Final = 5  # turns of the loop, in which the hub answers
MAX_TURNS: Final = 1_000  # in which a page processes its input
TOKEN: Final = re.compile(r'name="csrf" value="([0-9a-f]+)"')
COOKIE: Final = re.compile(r"set-cookie: (parlour(?:-form)?=[\w.-]+)", re.IGNORECASE)
FORM: Final = (
    "POST %s HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nCookie: %s\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
)
LOGGERS: Final = ("parlour", "uvicorn.error", "asyncio", "websockets.server")


class Browser(NamedTuple):
    """The cookies of a browser, and the token of its forms."""

    cookie: str
    token: str


class _Transport(asyncio.Transport):
    """A transport to nobody, which keeps what is written to it."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        facts = {"peername": PEER, "sockname": ("127.0.0.1", 80)}
        super().__init__(facts)
        self.protocol, self.written = protocol, bytearray()
        self._reads, self._is_closing = True, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._is_closing:
            self.written += data

    def close(self) -> None:
        self._is_closing = True

    abort = close

    def is_closing(self) -> bool:
        return self._is_closing

    def write_eof(self) -> None:
        pass  # nobody reads

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self.protocol

    def is_reading(self) -> bool:
        return self._reads

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        pass


class _Failures(logging.Handler):
    """Remembers what the server logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.logged: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.logged.append(self.format(record))


class Site:
    """A server with a page, without sockets."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._failures = _Failures()
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self._failures)
        history = MemoryStore(Retention(max_messages=50))
        secret = CHEAP.hash(PASSWORD)
        romeo = Registered(NOBODY, "Romeo", name_keys("Romeo"), secret, Role.ADMIN)
        history.append(Batch(0.0, (romeo,)))
        self._recorder = InlineRecorder(history)
        hub = Hub(LIMITS, State(history.load()))
        self.gateway = WebGateway(
            [],
            "write",
            AllowedOrigins(),
            max_pages=LIMITS.max_pages,
            invitation="parlour localhost 5555",
            set_up=lambda _: None,
            network_of=lambda _: "",
            rules=hub.rules,
        )
        ready = asyncio.Event()
        runtime = Runtime(
            hub=hub,
            recorder=self._recorder,
            listeners=[],
            recv_size=65_536,
            announce=ready.set,
            gateways=[self.gateway],
            passwords=password_queue(cheap_checks),
        )
        self.driver = AsyncioDriver(runtime, self.loop)
        self._run = self.loop.create_task(self.driver.run())
        self.loop.run_until_complete(ready.wait())
        self.stranger = self._browser("/sign-in", "")
        fields = urlencode({"name": "Romeo", "password": PASSWORD})
        _, signed_in = self.send_form(self.stranger, b"/sign-in", fields.encode())
        self.romeo = self._browser("/account", COOKIE.findall(signed_in)[0])

    def _browser(self, path: str, cookie: str) -> Browser:
        """Return a browser that has loaded a page with a form."""
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
        page = self.exchange([head.encode()]).decode()
        cookies = [cookie, *COOKIE.findall(page)]
        return Browser("; ".join(filter(None, cookies)), TOKEN.findall(page)[0])

    def send_form(
        self, browser: Browser, path: bytes, fields: bytes
    ) -> tuple[bytes, str]:
        """Send a form with a valid token; return what was sent and received."""
        body = b"csrf=%s&%s" % (browser.token.encode(), fields)
        head = FORM % (path.decode("ascii"), browser.cookie, len(body))
        sent = head.encode() + body
        return sent, self.exchange([sent]).decode("utf-8", "replace")

    def close(self) -> None:
        """Stop the server."""
        self.driver.stop()
        self.loop.run_until_complete(self._run)
        self._recorder.close(TIMEOUT)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self._failures)

    def exchange(self, pieces: list[bytes], end: bytes = b"") -> bytes:
        """Send *pieces* over one connection; return what the server sends."""
        return self.loop.run_until_complete(self._exchange(pieces, end))

    async def _exchange(self, pieces: list[bytes], end: bytes) -> bytes:
        connection = HTTPConnection(self.gateway, self.loop)
        transport = _Transport(connection)
        connection.connection_made(transport)
        for data in (*pieces, end):
            if data and not transport.is_closing():
                protocol = transport.protocol
                assert isinstance(protocol, asyncio.Protocol)
                protocol.data_received(data)
                await self._settle(connection, transport)
        protocol = transport.protocol
        assert isinstance(protocol, asyncio.Protocol)
        if not transport.is_closing():
            protocol.eof_received()
            await self._settle(connection, transport)
        protocol.connection_lost(None)
        await self._settle(connection, transport)
        assert self._failures.logged == []
        assert not self._run.done()
        return bytes(transport.written)

    async def _settle(self, connection: HTTPConnection, transport: _Transport) -> None:
        """Wait until no request is in progress, and all input is processed."""
        async with asyncio.timeout(TIMEOUT):
            while tasks := set(self.gateway.state.tasks):
                await asyncio.wait(tasks, timeout=POLL)
                if _waits_for_body(connection):
                    break
            for number in range(MAX_TURNS):
                await asyncio.sleep(0)
                if number > FEW and (transport.is_reading() or transport.is_closing()):
                    break


def _waits_for_body(connection: HTTPConnection) -> bool:
    """Return whether the peer has not sent all of a body, so that nothing happens."""
    return not connection.is_closed and bool(connection.cycle.more_body)


@cache
def site() -> Site:
    """Return the server that the inputs share."""
    return Site()


def stop() -> None:
    """Stop the server, if it runs."""
    if site.cache_info().currsize:
        site().close()
        site.cache_clear()
