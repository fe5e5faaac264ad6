"""Accepts connections with TLS in one event loop: limits, deadlines and turns."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from parlour.core.ports import Peer

from ..addresses import limited_network
from .asyncio_transport import StreamProtocol, TLSTransport
from .certificates import Certificates
from .handshakes import HANDSHAKE_TIMEOUT, Handshakes, Result

READ_SIZE: Final = 65_536  # bytes of one read
SLICE: Final = 0.002  # seconds of handshakes in one pass of the loop, about


class TLSAcceptor:
    """What the connections of *loop* share: certificates, limits and a buffer.

    *not_tls* is sent to peers that speak another protocol. *network_of* returns the
    network whose limits a peer shares, or an empty string for a peer without limits.
    A handshake takes a millisecond of a processor, so handshakes take turns with
    everything else.
    """

    def __init__(
        self,
        certificates: Certificates,
        not_tls: bytes,
        max_handshakes: int,
        loop: asyncio.AbstractEventLoop,
        network_of: Callable[[Peer], str] = limited_network,
    ) -> None:
        self.not_tls = not_tls
        self.buffer = memoryview(bytearray(READ_SIZE))
        self._certificates, self._loop = certificates, loop
        self._network_of = network_of
        self.handshakes = Handshakes(max_handshakes)
        self._timers: dict[TLSTransport, asyncio.TimerHandle] = {}
        self._waiting: deque[TLSTransport] = deque()

    def protocol_factory(
        self, make_protocol: Callable[[], StreamProtocol]
    ) -> Callable[[], asyncio.BaseProtocol]:
        """Return a factory for `create_server`.

        A connection gets a protocol of *make_protocol* after its handshake.
        """
        return lambda: self.new_transport(make_protocol)

    def new_transport(
        self, make_protocol: Callable[[], StreamProtocol], source: Peer | None = None
    ) -> TLSTransport:
        """Return the protocol for a socket, whose peer is *source* behind a proxy."""
        return TLSTransport(self, self._certificates.context, make_protocol, source)

    def abort_handshakes(self) -> None:
        """Abort the handshakes in progress: the server is shutting down."""
        for each in self.handshakes.all():
            each.abort()

    def begin(self, transport: TLSTransport, peer: Peer) -> None:
        """Count a handshake of *peer*, which has a deadline from now on."""
        timer = self._loop.call_later(HANDSHAKE_TIMEOUT, transport.time_out)
        self._timers[transport] = timer
        network = self._network_of(peer)
        for each in self.handshakes.begin(transport, network, self._loop.time()):
            each.abort()

    def schedule(self, transport: TLSTransport) -> None:
        """Call `TLSTransport.continue_handshake` soon."""
        self._waiting.append(transport)
        if len(self._waiting) == 1:
            self._loop.call_soon(self._continue_handshakes)

    def end(self, transport: TLSTransport, result: Result) -> None:
        """Count a handshake with its *result*, and forget its deadline."""
        self.handshakes.end(transport, result)
        if timer := self._timers.pop(transport, None):
            timer.cancel()

    def _continue_handshakes(self) -> None:
        """Continue one handshake after another, for about `SLICE` seconds."""
        end = time.monotonic() + SLICE
        while self._waiting:
            self._waiting.popleft().continue_handshake()
            if self._waiting and time.monotonic() >= end:
                self._loop.call_soon(self._continue_handshakes)
                return
