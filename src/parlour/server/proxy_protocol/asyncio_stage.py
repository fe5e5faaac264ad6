"""One connection of an event loop, until the header of its proxy is complete.

It then belongs to another protocol, as if that had accepted it.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from parlour.core.ports import Peer

from ..addresses import format_address
from ..early_connections import EarlyConnection
from . import refused
from .header import HeaderError, HeaderReader, MissingHeaderError


class NextProtocol(Protocol):
    """The protocol of a connection after this stage."""

    def connection_made(self, transport: asyncio.Transport) -> None: ...

    def get_buffer(self, sizehint: int) -> memoryview: ...

    def buffer_updated(self, nbytes: int) -> None: ...


class Acceptor(Protocol):
    """What has accepted a connection, as the connection sees it."""

    buffer: memoryview
    """Into which all connections read."""

    def is_trusted(self, host: str) -> bool:
        """Return whether *host* is that of a proxy, which sends headers."""
        ...

    def begin(self, connection: "TimedConnection") -> None:
        """Count a connection, which has a deadline from now on."""
        ...

    def end(self, connection: "TimedConnection") -> None:
        """Stop counting it, and forget its deadline."""
        ...


class TimedConnection(EarlyConnection, Protocol):
    """A connection that the chat does not know, with a deadline."""

    def time_out(self) -> None:
        """Close the connection, whose deadline has passed."""
        ...


class HealthCheck(asyncio.BufferedProtocol):
    """A connection of a proxy for itself: nobody is behind it.

    It never reaches the chat, and stays open until the proxy ends it or its deadline.
    """

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor, self._buffer = acceptor, acceptor.buffer
        self._transport: asyncio.Transport | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self._transport = transport
        self._acceptor.begin(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Discard what the proxy sends."""

    def data_received(self, data: bytes) -> None:
        """Discard what the proxy sends by TLS."""

    def eof_received(self) -> bool:
        return False  # close

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._acceptor.end(self)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def time_out(self) -> None:
        self.abort()


class HeaderStage(asyncio.BufferedProtocol):
    """asyncio's protocol for an accepted socket.

    *make_protocol* makes the next one, for who is behind the proxy; None: the peer
    itself, which is not trusted. *make_check* makes that for a connection of the proxy.
    """

    _transport: asyncio.Transport

    def __init__(
        self,
        acceptor: Acceptor,
        make_protocol: Callable[[Peer | None], NextProtocol],
        make_check: Callable[[], NextProtocol],
        answer: bytes,
    ) -> None:
        self._acceptor, self._answer = acceptor, answer
        self._make_protocol, self._make_check = make_protocol, make_check
        self._reader = HeaderReader()
        self._is_refused = False
        self._address = ""

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self._transport = transport
        peer = transport.get_extra_info("peername")
        if peer is None:  # the peer has already disconnected
            transport.abort()
        elif self._acceptor.is_trusted(peer[0]):
            self._address = format_address(peer[:2])
            self._acceptor.begin(self)
        else:
            self._hand_over(self._make_protocol(None))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._acceptor.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._is_refused:
            return
        data = bytes(self._acceptor.buffer[:nbytes])
        reader = self._reader
        try:
            used = reader.feed(data)
        except HeaderError as exc:
            is_missing = isinstance(exc, MissingHeaderError)
            self._refuse(str(exc), self._answer if is_missing else b"")
            return
        if not reader.is_complete:
            return
        self._acceptor.end(self)
        source = reader.source
        protocol = self._make_check() if source is None else self._make_protocol(source)
        self._hand_over(protocol, data[used:])

    def eof_received(self) -> bool:
        if self._reader.has_begun and not self._is_refused:
            refused.log_refused(self._address, refused.DISCONNECTED)
        return False  # close

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._acceptor.end(self)

    def abort(self) -> None:
        self._transport.abort()

    def time_out(self) -> None:
        """Refuse a connection without a complete header, or abort one that stays."""
        if self._is_refused:
            self.abort()
            return
        answer = b"" if self._reader.has_begun else self._answer
        self._refuse(refused.TIMEOUT, answer)
        self._acceptor.end(self)
        self._acceptor.begin(self)  # a second deadline, to read the answer

    def _refuse(self, reason: str, answer: bytes) -> None:
        """Send *answer*, and discard input until the peer disconnects."""
        refused.log_refused(self._address, reason)
        self._is_refused = True
        if answer:
            self._transport.write(answer)
        self._transport.write_eof()

    def _hand_over(self, protocol: NextProtocol, rest: bytes = b"") -> None:
        """Let *protocol* continue with the *rest* of what has arrived."""
        transport = self._transport
        transport.set_protocol(protocol)  # type: ignore[arg-type]  # it is one
        protocol.connection_made(transport)
        while rest and not transport.is_closing():
            buffer = protocol.get_buffer(len(rest))
            size = min(len(buffer), len(rest))
            buffer[:size] = rest[:size]
            protocol.buffer_updated(size)
            rest = rest[size:]
