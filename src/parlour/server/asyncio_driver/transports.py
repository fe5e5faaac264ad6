"""The transports of the asyncio driver: accepted sockets, and gateways."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from parlour.core.events import ConnectionId
from parlour.core.ports import Peer, Server, Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.connection import ConnectionKind

from ..drain import Drain, unacknowledged
from ..event_log import log_limited
from ..rejected_connections import REJECTED, RejectedConnections
from ..sockets import CLOSE_TIMEOUT, FIN_TIMEOUT, has_unread_input, set_up
from ..transport_state import (
    CLOSED,
    HALF_CLOSED,
    OPEN,
    TRANSITIONS,
    TransportEvent,
)

HIGH_WATER: Final = 16 << 10  # bytes in a transport before it counts as full


class SocketTransport(asyncio.BufferedProtocol):
    """The transport of one accepted socket, and asyncio's protocol for it.

    All connections share *buffer*: the bytes of each read are copied at once. *source*
    is who is behind a trusted proxy.
    """

    transport: asyncio.Transport
    write: Callable[[bytes], None]
    """Sends bytes to the peer; it may call :meth:`pause_writing`."""

    def __init__(
        self,
        server: Server,
        rejected: RejectedConnections,
        buffer: memoryview,
        loop: asyncio.AbstractEventLoop,
        drain: Drain,
        source: Peer | None = None,
    ) -> None:
        self._server, self._rejected, self._drain = server, rejected, drain
        self._source = source
        self._buffer, self._loop = buffer, loop
        self._connection: ConnectionId | None = (
            None  # None at first; REJECTED if rejected
        )
        self._state = OPEN
        self._close_left = CLOSE_TIMEOUT  # seconds left to send unsent bytes at the end
        self.address = ""

    @property
    def unsent(self) -> int:
        """Bytes that wait in asyncio's transport."""
        return self.transport.get_write_buffer_size()

    @property
    def unacknowledged(self) -> int:
        """Bytes in the socket that the peer has not acknowledged."""
        return unacknowledged(self.transport.get_extra_info("socket").fileno())

    @property
    def has_unread_input(self) -> bool:
        """Whether the socket holds bytes, or the peer's FIN, that were not read."""
        return has_unread_input(self.transport.get_extra_info("socket").fileno())

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self.transport, self.write = transport, transport.write
        peer = _peer(transport, self._source)
        if peer is None:  # the peer has already disconnected
            transport.abort()
            return
        transport.set_write_buffer_limits(HIGH_WATER)
        set_up(transport.get_extra_info("socket"))
        connection = self._server.connect(self, peer, ConnectionKind.SOCKET)
        if isinstance(connection, Rejected):
            self._connection = REJECTED
            if not self._rejected.add():
                self._state = HALF_CLOSED  # as if the peer had ended: close at once
            self._close(connection.last)
        else:
            self._connection = connection

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._state is OPEN and self._connection is not None:
            self._server.receive(self._connection, bytes(self._buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        """Process bytes that TLS has decrypted; others come by the buffer."""
        if self._state is OPEN and self._connection is not None:
            self._server.receive(self._connection, data)

    def eof_received(self) -> bool:
        self._state = TRANSITIONS[self._state, TransportEvent.PEER_ENDED]
        if self._state is CLOSED:
            return False  # close
        if self._connection is not None:
            self._server.receive(self._connection, b"")
        return True

    def pause_writing(self) -> None:
        if self._connection:  # neither None nor REJECTED
            self._server.paused(self._connection, self.unsent)

    def resume_writing(self) -> None:
        if self._connection:
            self._server.resumed(self._connection)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self._connection == REJECTED:
            self._rejected.remove()
        elif self._connection is not None:
            self._server.disconnect(self._connection)

    def set_reading(self, *, on: bool) -> None:
        """Start or stop reading from the peer."""
        if self._state.is_readable and not self.transport.is_closing():
            if on:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()

    def close_with(self, ended: Ended) -> None:
        """Close or abort the connection, as *ended* says (step 9)."""
        if ended.abort:
            self.abort()
        else:
            self._close(ended.last)

    def abort(self) -> None:
        """Close the socket at once."""
        self._state = TRANSITIONS[self._state, TransportEvent.ABORTED]
        self.transport.abort()

    def _close(self, last: bytes) -> None:
        """Send *last* and a FIN, and read until the peer ends, or abort."""
        self._state = TRANSITIONS[self._state, TransportEvent.SERVER_ENDED]
        if last:
            self.transport.write(last)
        if self._state is CLOSED:
            self.transport.close()
        elif not self.transport.is_closing():
            self.transport.write_eof()
            self.transport.resume_reading()
        self._loop.call_later(FIN_TIMEOUT, self._abort_if_late)

    def _abort_if_late(self) -> None:
        """Abort, unless there are bytes to send, and time left for them."""
        if self.transport.is_closing() and not self.unsent:
            return
        self._close_left -= FIN_TIMEOUT
        has_time = self.unsent and self._close_left > 0
        if has_time or self._drain.is_waiting_for(self):
            self._loop.call_later(FIN_TIMEOUT, self._abort_if_late)
        else:
            self.abort()


def _peer(transport: asyncio.Transport, source: Peer | None) -> Peer | None:
    """Return who has connected; None if the peer has already disconnected."""
    has_tls = transport.get_extra_info("sslcontext") is not None
    if source is not None:
        return source._replace(is_encrypted=has_tls or source.is_encrypted)
    name = transport.get_extra_info("peername")
    return None if name is None else Peer(name[0], name[1], is_encrypted=has_tls)


class GuardedTransport:
    """A gateway's transport: an exception in it closes only its own connection."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.address = transport.address

    @property
    def unsent(self) -> int:
        """Bytes that wait in the gateway's transport."""
        return self._transport.unsent

    @property
    def unacknowledged(self) -> int:
        """Bytes that the gateway has sent and its peer does not have."""
        return self._transport.unacknowledged

    def write(self, data: bytes) -> None:
        """Send *data*."""
        self._call_or_abort(partial(self._transport.write, data))

    def set_reading(self, *, on: bool) -> None:
        """Start or stop reading from the peer."""
        self._call_or_abort(partial(self._transport.set_reading, on=on))

    def close_with(self, ended: Ended) -> None:
        """Close or abort the connection, as *ended* says."""
        self._call_or_abort(partial(self._transport.close_with, ended))

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def _call_or_abort(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as exc:  # noqa: BLE001 -- logged; it ends one connection only
            log_limited(logging.ERROR, "door.failed", exc)
            self._transport.abort()
