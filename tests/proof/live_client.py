"""A session client on an event loop: over TCP, TLS or the WebSocket of a page.

It connects again whenever its connection ends, and repeats what was not acknowledged.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Final, Protocol

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Origin
from websockets.uri import parse_uri

from tests.programs.sockets import RESET

from .session_client import SessionClient
from .wire import line

CHUNK: Final = 1 << 16  # bytes read at once
DIAL_TIMEOUT: Final = 10.0  # seconds until a connection is given up
FIRST_DELAY, MAX_DELAY = 0.2, 3.0  # seconds until the next attempt, at most


class Wire(Protocol):
    """A connection, over whatever it goes."""

    async def receive(self) -> bytes:
        """Return what has arrived, or nothing at the end."""

    def send(self, data: bytes) -> None:
        """Send complete lines."""

    def reset(self) -> None:
        """Break the connection at once."""

    async def close(self) -> None:
        """Close the connection, and wait until it is closed."""


Dial = Callable[[], Awaitable[Wire]]
"""Opens a connection."""


class StreamWire:
    """A connection over TCP, or TLS."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader, self._writer = reader, writer

    async def receive(self) -> bytes:
        try:
            return await self._reader.read(CHUNK)
        except OSError:
            return b""

    def send(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)

    def reset(self) -> None:
        sock = self._writer.get_extra_info("socket")
        with suppress(OSError, AttributeError):  # TLS forgets the socket at its end
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(DIAL_TIMEOUT):
                await self._writer.wait_closed()


class PageWire:
    """The WebSocket of a page, over a stream."""

    def __init__(self, stream: StreamWire, protocol: ClientProtocol) -> None:
        self._stream, self._protocol = stream, protocol

    async def open(self, cookie: str) -> None:
        """Shake hands; fail if the server refuses."""
        request = self._protocol.connect()
        if cookie:
            request.headers["Cookie"] = cookie
        self._protocol.send_request(request)
        self._flush()
        while self._protocol.state is State.CONNECTING:
            if not await self._read():
                raise ConnectionError("no answer to the handshake")
        if self._protocol.handshake_exc is not None:
            raise ConnectionError(f"{self._protocol.handshake_exc}")

    async def receive(self) -> bytes:
        while True:
            events = self._protocol.events_received()
            frames = [each for each in events if isinstance(each, Frame)]
            if text := b"".join(x.data for x in frames if x.opcode is Opcode.TEXT):
                return text
            if not await self._read():
                return b""

    async def _read(self) -> bytes:
        data = await self._stream.receive()
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._flush()
        return data

    def _flush(self) -> None:
        self._stream.send(b"".join(self._protocol.data_to_send()))

    def send(self, data: bytes) -> None:
        if data and self._protocol.state is State.OPEN:
            self._protocol.send_text(data)
            self._flush()

    def reset(self) -> None:
        self._stream.reset()

    async def close(self) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close()
            self._flush()
        await self._stream.close()


def any_certificate() -> ssl.SSLContext:
    """Return a context that trusts every certificate, since they change in a run."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def dial_stream(
    port: int, source: str, context: ssl.SSLContext | None
) -> StreamWire:
    """Connect from the address *source*, with TLS if there is a *context*."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        port,
        local_addr=(source, 0),
        ssl=context,
        server_hostname="localhost" if context else None,
        ssl_handshake_timeout=DIAL_TIMEOUT if context else None,
        ssl_shutdown_timeout=1.0 if context else None,
    )
    return StreamWire(reader, writer)


async def dial_page(
    port: int, source: str, context: ssl.SSLContext | None, cookie: str = ""
) -> Wire:
    """Open the WebSocket of a page, as its script does."""
    stream = await dial_stream(port, source, context)
    scheme, place = ("https", "wss") if context else ("http", "ws")
    protocol = ClientProtocol(
        parse_uri(f"{place}://127.0.0.1:{port}/ws"),
        origin=Origin(f"{scheme}://127.0.0.1:{port}"),
        max_size=None,
    )
    wire = PageWire(stream, protocol)
    try:
        await wire.open(cookie)
    except BaseException:
        stream.reset()
        raise
    return wire


class LiveClient:
    """A `SessionClient` that stays connected until it leaves.

    With a *patience*, it sends a ping after half of these seconds of silence, and takes
    a connection for broken that is silent, or has sent no welcome, for so long.
    """

    def __init__(
        self, session: SessionClient, dial: Dial, rng: Random, patience: float = 60.0
    ) -> None:
        self.session = session
        self.dial = dial
        self.wire: Wire | None = None
        self.connections = 0
        self.is_over = False
        self._rng, self._patience = rng, patience
        self._lingering = list[Wire]()

    @property
    def is_ready(self) -> bool:
        """Whether it is connected, and the server has sent its welcome."""
        return self.wire is not None and self.session.is_welcome

    @property
    def is_idle(self) -> bool:
        """Whether it is ready, in its rooms, and every message has been answered."""
        return self.is_ready and self.session.is_idle

    async def run(self) -> None:
        """Stay connected until `leave`."""
        delay = FIRST_DELAY
        while not self.is_over:
            try:
                async with asyncio.timeout(DIAL_TIMEOUT):
                    wire = await self.dial()
            except (OSError, TimeoutError):
                await asyncio.sleep(self._rng.uniform(0, delay))
                delay = min(2 * delay, MAX_DELAY)
                continue
            self.wire, self.connections = wire, self.connections + 1
            wire.send(self.session.connect(0))
            await self._listen(wire)
            delay = FIRST_DELAY if self.session.is_welcome else delay
            if self.wire is wire:
                self.wire = None
                wire.reset()
                await wire.close()
            if not self.is_over:
                await asyncio.sleep(self._rng.uniform(0, delay))

    async def _listen(self, wire: Wire) -> None:
        silences, welcome_by = 0, time.monotonic() + self._patience
        while self.wire is wire and silences < 2:
            try:
                async with asyncio.timeout(self._patience / 2):
                    data = await wire.receive()
            except TimeoutError:
                silences += 1
                if self.session.is_welcome:
                    wire.send(line("ping", {}))
                continue
            silences = 0
            if not data or self.wire is not wire:
                return
            wire.send(self.session.receive(data))
            if not self.session.is_welcome and time.monotonic() > welcome_by:
                return  # hello may be lost

    def send(self, data: bytes) -> None:
        """Send lines that the session has made, if there is a connection."""
        if self.wire is not None:
            self.wire.send(data)

    def reset(self) -> None:
        """Break the connection; the next one resumes."""
        if self.wire is not None:
            self.wire.reset()

    def abandon(self) -> None:
        """Leave the connection open and unread; the next one takes over."""
        if self.wire is not None:
            self._lingering.append(self.wire)
            self.wire = None

    async def release(self) -> None:
        """Close the connections that were abandoned."""
        while self._lingering:
            wire = self._lingering.pop()
            wire.reset()
            await wire.close()

    async def leave(self) -> None:
        """Say goodbye, and never return."""
        self.is_over = True
        self.send(self.session.leave())
        await self.release()
