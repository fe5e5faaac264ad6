"""Accepting connections in an event loop, with TLS and without."""

import asyncio
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING, Final

from ..runtime import Runtime
from ..sockets import BACKLOG
from .transports import SocketTransport

if TYPE_CHECKING:
    from ..tls.asyncio_acceptor import TLSAcceptor

MAX_ACCEPTS: Final = 128  # at most in one iteration of the loop, successful or not


class Acceptor:
    """Accepts connections on the listeners of *runtime*, in *loop*.

    Each connection gets a protocol of *make_transport*, after its TLS handshake if it
    has TLS.
    """

    def __init__(
        self,
        runtime: Runtime,
        loop: asyncio.AbstractEventLoop,
        make_transport: Callable[[], SocketTransport],
    ) -> None:
        self._runtime, self._loop = runtime, loop
        self._make_transport = make_transport
        self._servers: list[asyncio.Server] = []
        self._tls: TLSAcceptor | None = None

    async def open(self) -> None:
        """Accept connections from now on."""
        for listener in self._runtime.listeners:
            await self._listen(self._make_transport, listener)
        if self._runtime.tls is not None:
            from ..tls.asyncio_acceptor import TLSAcceptor  # noqa: PLC0415
            from ..tls.other_protocols import CHAT_ANSWER  # noqa: PLC0415

            listeners, certificates, limit = self._runtime.tls
            self._tls = TLSAcceptor(certificates, CHAT_ANSWER, limit, self._loop)
            factory = self._tls.protocol_factory(self._make_transport)
            for listener in listeners:
                await self._listen(factory, listener)

    def close(self) -> None:
        """Accept no more connections, and abort handshakes."""
        for server in self._servers:
            server.close()
        if self._tls is not None:
            self._tls.abort_handshakes()

    async def _listen(
        self, factory: Callable[[], asyncio.BaseProtocol], listener: socket
    ) -> None:
        server = await self._loop.create_server(
            factory, sock=listener, backlog=MAX_ACCEPTS
        )
        self._servers.append(server)
        listener.listen(BACKLOG)  # asyncio has one parameter for both numbers
