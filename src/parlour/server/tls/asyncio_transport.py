"""TLS for the connections of an event loop, between a socket and its protocol.

asyncio's own TLS cannot end one half of a connection: when the peer ends its half, it
drops what the server still has to send. So this uses `TLSStream`, as the threaded
driver does.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, Protocol

from parlour.core.ports import Peer
from parlour.system.tls.stream import Data, NotTLSError, TLSError, TLSStream

from ..addresses import format_address
from ..transport_state import (
    OPEN,
    TRANSITIONS,
    TransportEvent,
)
from .handshakes import Result
from .log_events import log_tls_failure


class StreamProtocol(Protocol):
    """A protocol above TLS: that of the chat, or of HTTP."""

    def connection_made(self, transport: asyncio.Transport) -> None: ...

    def data_received(self, data: bytes) -> None: ...

    def eof_received(self) -> bool | None: ...

    def pause_writing(self) -> None: ...

    def resume_writing(self) -> None: ...

    def connection_lost(self, exc: Exception | None) -> None: ...


class Acceptor(Protocol):
    """What has accepted a connection, as the connection sees it."""

    buffer: memoryview
    """Into which all connections read."""
    not_tls: bytes
    """What is sent to peers that speak another protocol."""

    def begin(self, transport: "TLSTransport", peer: Peer) -> None:
        """Count a handshake of *peer*, which has a deadline from now on."""
        ...

    def schedule(self, transport: "TLSTransport") -> None:
        """Call `TLSTransport.continue_handshake` soon."""
        ...

    def end(self, transport: "TLSTransport", result: Result) -> None:
        """Count a handshake with its *result*, and forget its deadline."""
        ...


class TLSTransport(asyncio.Transport, asyncio.BufferedProtocol):
    """asyncio's protocol for a socket, and the transport for a protocol of its own.

    That protocol is made when the handshake is complete. *source* is who is behind a
    trusted proxy. The state says which halves have ended, by a close_notify or a FIN.
    After the server's, input is discarded and not decrypted.
    """

    __slots__ = (
        "_acceptor",
        "_context",
        "_early",
        "_is_full",
        "_make_protocol",
        "_may_read",
        "_protocol",
        "_socket",
        "_source",
        "_state",
        "_stream",
        "address",
    )

    _socket: asyncio.Transport

    def __init__(
        self,
        acceptor: Acceptor,
        context: ssl.SSLContext,
        make_protocol: Callable[[], StreamProtocol],
        source: Peer | None = None,
    ) -> None:
        super().__init__()
        self._acceptor, self._context, self._source = acceptor, context, source
        self._stream = TLSStream(context)
        self._make_protocol = make_protocol
        self._protocol: StreamProtocol | None = None
        self._state = OPEN
        self._may_read = True  # as the protocol decides
        self._is_full = False  # the socket's write buffer
        self._early = b""  # bytes of the handshake that wait for their turn
        self.address = ""

    # -- called by the socket's transport ----------------------------------------

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # a stream has this
    ) -> None:
        self._socket = transport
        peer = self._source
        if peer is None:
            name = transport.get_extra_info("peername")
            if name is None:  # the peer has already disconnected
                transport.abort()
                return
            peer = Peer(*name[:2])
        self.address = format_address(peer.address)
        self._acceptor.begin(self, peer)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 -- the protocol's
        return self._acceptor.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._state is not OPEN:
            return
        if self._protocol is not None:
            self._receive(self._acceptor.buffer[:nbytes])
            return
        self._early = bytes(self._acceptor.buffer[:nbytes])
        self._socket.pause_reading()  # until its turn
        self._acceptor.schedule(self)

    def eof_received(self) -> bool:
        if self._protocol is None:
            if self._stream.has_begun and self._state is OPEN:
                log_tls_failure(self.address, "the peer disconnected")
            return False  # close
        if self._state.is_readable:
            self._end_input()
        return not self._socket.is_closing()

    def pause_writing(self) -> None:
        self._is_full = True
        self._update_reading()
        if self._protocol is not None:
            self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._is_full = False
        self._update_reading()
        if self._protocol is not None:
            self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        has_begun = self._stream.has_begun or self._state is not OPEN
        self._acceptor.end(self, Result.FAILED if has_begun else Result.UNUSED)
        if self._protocol is not None:
            self._protocol.connection_lost(exc)

    # -- the handshake -----------------------------------------------------------

    def continue_handshake(self) -> None:
        """Continue the handshake with the bytes that have arrived."""
        if self._socket.is_closing():
            return
        data, self._early = self._early, b""
        try:
            is_complete = self._stream.shake_hands(data)
        except TLSError as exc:
            log_tls_failure(self.address, str(exc))
            is_other = isinstance(exc, NotTLSError)
            self._refuse(self._acceptor.not_tls if is_other else b"")
            return
        self._send_output()
        self._socket.resume_reading()
        if is_complete:
            self._acceptor.end(self, Result.COMPLETED)
            self._protocol = self._make_protocol()
            self._protocol.connection_made(self)
            if self._state is OPEN:
                self._receive(b"")

    def time_out(self) -> None:
        """Abort a connection whose handshake is not complete at the deadline."""
        if self._state is OPEN:
            log_tls_failure(self.address, "timeout")
            self._acceptor.end(self, Result.TIMEOUT)
        self._socket.abort()

    def _refuse(self, answer: bytes) -> None:
        """Send *answer*, or an alert, and discard input until the peer disconnects.

        It still counts as a handshake, with a deadline.
        """
        self._socket.write(answer or self._stream.take_output())
        self._state = TRANSITIONS[self._state, TransportEvent.SERVER_ENDED]
        self._socket.write_eof()
        self._socket.resume_reading()

    # -- input -------------------------------------------------------------------

    def _receive(self, data: Data) -> None:
        protocol = self._protocol
        assert protocol is not None, "the handshake is complete"
        try:
            plain = self._stream.decrypt(data)
        except TLSError as exc:
            log_tls_failure(self.address, str(exc))
            self._send_output()  # an alert, if there is room for it
            self.abort()
            return
        if self._stream.has_output:
            self._send_output()
        if plain:
            protocol.data_received(plain)
        if self._stream.has_peer_ended and self._state.is_readable:
            self._end_input()

    def _end_input(self) -> None:
        """Report the end of the peer's input, and close if the protocol has ended."""
        assert self._protocol is not None, "the handshake is complete"
        self._state = TRANSITIONS[self._state, TransportEvent.PEER_ENDED]
        if not self._protocol.eof_received():
            self.close()

    def _update_reading(self) -> None:
        """Read if the protocol wants to, and unless input may make too much output."""
        if self._protocol is None or self._socket.is_closing():
            return
        if self._may_read and not (self._is_full and self._state is OPEN):
            self._socket.resume_reading()
        else:
            self._socket.pause_reading()

    # -- the transport, called by the protocol -------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- as asyncio's
        if name == "sslcontext":
            return self._context
        return self._socket.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._socket.is_closing()

    def get_protocol(self) -> asyncio.BaseProtocol:
        raise NotImplementedError

    def set_protocol(self, protocol: StreamProtocol) -> None:  # type: ignore[override]  # one of these
        self._protocol = protocol

    def pause_reading(self) -> None:
        self._may_read = False
        self._update_reading()

    def resume_reading(self) -> None:
        self._may_read = True
        self._update_reading()

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        self._socket.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Return the bytes of ciphertext that are not sent; plaintext never waits."""
        return self._socket.get_write_buffer_size()

    def write(self, data: Data) -> None:
        if not self._state.is_writable or self._socket.is_closing():
            return
        try:
            self._socket.write(self._stream.encrypt(data))
        except TLSError as exc:
            log_tls_failure(self.address, str(exc))
            self.abort()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """Send a close_notify and a FIN. The peer may still send."""
        if not self._state.is_writable:
            return
        self._state = TRANSITIONS[self._state, TransportEvent.SERVER_ENDED]
        self._socket.write(self._stream.end())
        self._socket.write_eof()
        self._update_reading()

    def close(self) -> None:
        """Send the unsent bytes and a close_notify, and close the socket."""
        if self._socket.is_closing():
            return
        if self._state.is_writable:
            self._state = TRANSITIONS[self._state, TransportEvent.SERVER_ENDED]
            self._socket.write(self._stream.end())
        self._socket.close()

    def abort(self) -> None:
        """Close the socket at once."""
        self._socket.abort()

    def _send_output(self) -> None:
        if output := self._stream.take_output():
            self._socket.write(output)
