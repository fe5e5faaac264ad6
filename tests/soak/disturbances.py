"""Peers of a soak that behave badly: silent, slow, half open or hostile."""

import asyncio
import os
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Final

from tests.proof.line_reader import LineReader
from tests.proof.live_client import StreamWire, any_certificate, dial_stream
from tests.proof.wire import line

from .server_process import SoakServer

PATIENCE: Final = 40.0  # seconds; the server ends all of these connections before
CHURN_PAUSE: Final = 0.5  # seconds between two connections that do nothing
BAD_PAUSE: Final = 1.0  # seconds between two of the others

HELLO: Final = line("hello", {"version": 1, "late": True, "rooms": []})
HTTP: Final = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UPGRADE: Final = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
DEEP: Final = b'{"type":"hello","data":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n"
BAD_LINES: Final = {
    "a line that is too long": b"x" * 100_000 + b"\n",
    "invalid UTF-8": b'{"type":"set-name","data":"\xff\xfe"}\n' * 60,
    "deep JSON": DEEP,
    "huge numbers": b'{"type":"history","data":{"limit":1e999}}\n' * 60,
    "a request of HTTP": HTTP + b"\r\n",
    "NUL bytes": b"\0" * 50_000 + b"\n",
    "lone surrogates": b'{"type":"set-name","data":"\\ud800"}\n' * 60,
}
BAD_FRAMES: Final = {
    "an unmasked frame": b"\x81\x05hello",
    "a frame that is too large": b"\x81\xff" + (1 << 40).to_bytes(8) + b"\0" * 4,
    "fragments without end": b"\x01\x81\0\0\0\0x" + b"\x00\x81\0\0\0\0x" * 2_000,
    "reserved bits": b"\xf1\x80\0\0\0\0",
    "pings": b"\x89\xfd" + b"\0" * 129,
}
BAD_TLS: Final = {
    "bytes that are no TLS": os.urandom(2_000),
    "a record that is too long": b"\x16\x03\x01\xff\xff" + b"\0" * 2_000,
    "an alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "half a hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40,
}


class Disturbances:
    """Everybody who disturbs."""

    def __init__(self, server: SoakServer, rng: Random) -> None:
        self.done = Counter[str]()
        self.refused = Counter[str]()
        self._server, self._rng = server, rng
        self._context = any_certificate()
        self.is_over = False

    def start(self, group: asyncio.TaskGroup) -> None:
        ways: dict[str, tuple[Callable[[], Awaitable[None]], float]] = {
            "connections that say nothing": (self._churn, CHURN_PAUSE),
            "hostile lines": (self._bad_lines, BAD_PAUSE),
            "hostile frames of a page": (self._bad_frames, BAD_PAUSE),
            "hostile bytes for TLS": (self._bad_tls, BAD_PAUSE),
            "half-open handshakes": (self._half_tls, 4 * BAD_PAUSE),
            "half lines": (self._half_line, 4 * BAD_PAUSE),
            "half requests": (self._half_request, 4 * BAD_PAUSE),
            "clients that never read": (self._never_reads, 8 * BAD_PAUSE),
            "guests who open a room": (self._opens_room, 4 * BAD_PAUSE),
        }
        for name, (act, pause) in ways.items():
            group.create_task(self._repeat(group, name, act, pause))

    async def _repeat(
        self,
        group: asyncio.TaskGroup,
        name: str,
        act: Callable[[], Awaitable[None]],
        pause: float,
    ) -> None:
        async def once() -> None:
            try:
                async with asyncio.timeout(2 * PATIENCE):
                    await act()
                self.done[name] += 1
            except TimeoutError:
                self.refused[f"{name}: not ended by the server"] += 1
            except OSError:
                self.done[name] += 1
            except AssertionError as exc:
                self.refused[f"{name}: {exc}"] += 1

        while not self.is_over:
            await asyncio.sleep(self._rng.expovariate(1 / pause))
            group.create_task(once())

    def _source(self) -> str:
        return f"127.0.3.{self._rng.randrange(1, 250)}"

    async def _dial(self, port: int, context: ssl.SSLContext | None) -> StreamWire:
        return await dial_stream(port, self._source(), context)

    async def _churn(self) -> None:
        port = self._rng.choice(
            [self._server.port, self._server.tls_port, self._server.page_port]
        )
        context = self._context if port == self._server.tls_port else None
        wire = await self._dial(port, context)
        if self._rng.random() < 0.5:
            wire.reset()
        await wire.close()

    async def _send_and_wait(
        self, port: int, context: ssl.SSLContext | None, *data: bytes
    ) -> None:
        """Send *data*, and read until the server ends the connection."""
        wire = await self._dial(port, context)
        try:
            for each in data:
                wire.send(each)
            while await wire.receive():
                pass
        finally:
            wire.reset()
            await wire.close()

    async def _bad_lines(self) -> None:
        kind = self._rng.choice(list(BAD_LINES))
        is_secure = self._rng.random() < 0.5
        port = self._server.tls_port if is_secure else self._server.port
        context = self._context if is_secure else None
        await self._send_and_wait(
            port, context, HELLO, BAD_LINES[kind], line("bye", {})
        )

    async def _bad_frames(self) -> None:
        kind = self._rng.choice(list(BAD_FRAMES))
        is_secure = self._rng.random() < 0.5
        server = self._server
        port = server.secure_page_port if is_secure else server.page_port
        context = self._context if is_secure else None
        await self._send_and_wait(port, context, UPGRADE, BAD_FRAMES[kind])

    async def _bad_tls(self) -> None:
        kind = self._rng.choice(list(BAD_TLS))
        ports = self._server.tls_port, self._server.secure_page_port
        await self._send_and_wait(self._rng.choice(ports), None, BAD_TLS[kind])

    async def _half_tls(self) -> None:
        await self._send_and_wait(self._server.tls_port, None, BAD_TLS["half a hello"])

    async def _half_line(self) -> None:
        port, context = self._server.tls_port, self._context
        await self._send_and_wait(port, context, HELLO, b'{"type":"mess')

    async def _half_request(self) -> None:
        await self._send_and_wait(self._server.page_port, None, HTTP)

    async def _never_reads(self) -> None:
        """Ask for far more than fits, and read nothing until the server gives up."""
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind((self._source(), 0))
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(sock, ("127.0.0.1", self._server.port))
            asks = line("history", {"room": "lobby", "limit": 1000})
            with suppress(OSError):
                await loop.sock_sendall(sock, HELLO + asks * 200)
                for _ in range(int(PATIENCE)):
                    await asyncio.sleep(1.0)
                    await loop.sock_sendall(sock, asks)
        finally:
            sock.close()

    async def _opens_room(self) -> None:
        """Open a room, set its topic, be renamed, and leave: the room closes later."""
        wire = await dial_stream(self._server.port, "127.0.0.1", None)
        number = self._rng.randrange(10_000)
        wire.send(HELLO)
        wire.send(line("set-name", {"name": f"guest{number}x"}))
        wire.send(line("join", {"room": f"empty-{number}"}))
        data = {"room": f"empty-{number}", "topic": "soon gone"}
        wire.send(line("topic", data))
        wire.send(line("users", {"room": "lobby"}))
        wire.send(line("bye", {}))
        kinds, lines = set[str](), LineReader(wire)
        while (found := await lines.read()) is not None:
            kinds.add(found["type"])
        assert "room" in kinds or "error" in kinds, kinds
        await wire.close()
