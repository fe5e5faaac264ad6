"""Accepting connections in an event loop: with TLS and without, and through proxies."""

import asyncio
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import TYPE_CHECKING, Final, Protocol

from parlour.core.ports import Peer

from ..runtime import Runtime
from ..sockets import BACKLOG
from .transports import SocketTransport

if TYPE_CHECKING:
    from ..proxy_protocol.asyncio_acceptor import ProxyAcceptor
    from ..tls.asyncio_acceptor import TLSAcceptor

MAX_ACCEPTS: Final = 128  # at most in one iteration of the loop, successful or not

Factory = Callable[[], asyncio.BaseProtocol]


class MakeTransport(Protocol):
    """Makes the transport of a connection; *source* is who is behind a proxy."""

    def __call__(self, source: Peer | None = None) -> SocketTransport: ...


class Acceptor:
    """Accepts connections on the listeners of *runtime*, in *loop*.

    Each connection gets a protocol of *make_transport*, after the header of its proxy
    and its TLS handshake, if it has any.
    """

    def __init__(
        self,
        runtime: Runtime,
        loop: asyncio.AbstractEventLoop,
        make_transport: MakeTransport,
    ) -> None:
        self._runtime, self._loop = runtime, loop
        self._make_transport = make_transport
        self._servers: list[asyncio.Server] = []
        self._tls: TLSAcceptor | None = None
        self._proxies: ProxyAcceptor | None = None

    async def open(self) -> None:
        """Accept connections from now on."""
        proxies = self._runtime.proxies
        if proxies is not None:
            from ..proxy_protocol.asyncio_acceptor import (  # noqa: PLC0415
                ProxyAcceptor,
            )

            self._proxies = ProxyAcceptor(*proxies, self._loop)
        for listener in self._runtime.listeners:
            await self._listen(self._plain_factory(), listener)
        if self._runtime.tls is not None:
            from ..tls.asyncio_acceptor import TLSAcceptor  # noqa: PLC0415
            from ..tls.other_protocols import CHAT_ANSWER  # noqa: PLC0415

            tls = self._runtime.tls
            self._tls = TLSAcceptor(
                tls.certificates, CHAT_ANSWER, tls.max_handshakes, self._loop
            )
            tls.handshakes.append(self._tls.handshakes)
            factory = self._tls_factory(self._tls)
            for listener in tls.listeners:
                await self._listen(factory, listener)

    def close(self) -> None:
        """Accept no more connections, and abort those that the chat does not know."""
        for server in self._servers:
            server.close()
        if self._proxies is not None:
            self._proxies.close()
        if self._tls is not None:
            self._tls.abort_handshakes()

    def _plain_factory(self) -> Factory:
        if self._proxies is None:
            return self._make_transport
        from ..proxy_protocol.refused import ANSWER  # noqa: PLC0415

        make = self._make_transport
        return self._proxies.protocol_factory(make, lambda check: check(), ANSWER)

    def _tls_factory(self, tls: "TLSAcceptor") -> Factory:
        make = self._make_transport
        if self._proxies is None:
            return tls.protocol_factory(make)
        return self._proxies.protocol_factory(
            lambda source: tls.new_transport(partial(make, source), source),
            tls.new_transport,
        )

    async def _listen(self, factory: Factory, listener: socket) -> None:
        server = await self._loop.create_server(
            factory, sock=listener, backlog=MAX_ACCEPTS
        )
        self._servers.append(server)
        listener.listen(BACKLOG)  # asyncio has one parameter for both numbers
