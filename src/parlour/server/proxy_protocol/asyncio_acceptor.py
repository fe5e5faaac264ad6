"""Accepts connections of trusted proxies in one event loop: a bound, and deadlines."""

import asyncio
from collections.abc import Callable
from typing import Final

from parlour.core.ports import Peer
from parlour.core.proxies import TrustedProxies

from ..early_connections import EarlyConnections
from .asyncio_stage import HeaderStage, HealthCheck, NextProtocol, TimedConnection
from .refused import HEADER_TIMEOUT

READ_SIZE: Final = 4096  # bytes of one read


class ProxyAcceptor:
    """What the connections of *loop* share that may come from *trusted* proxies.

    At most *limit* of these are there before they reach the chat.
    """

    def __init__(
        self, trusted: TrustedProxies, limit: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.buffer = memoryview(bytearray(READ_SIZE))
        self._trusted, self._loop = trusted, loop
        self._current = EarlyConnections(limit)
        self._timers: dict[TimedConnection, asyncio.TimerHandle] = {}

    def protocol_factory(
        self,
        make_protocol: Callable[[Peer | None], NextProtocol],
        make_check: Callable[[Callable[[], HealthCheck]], NextProtocol],
        answer: bytes = b"",
    ) -> Callable[[], asyncio.BaseProtocol]:
        """Return a factory for `create_server`.

        A connection gets a protocol of *make_protocol* after its header. That of the
        proxy itself gets one of *make_check*, which is given a factory of what is to
        use it in the end. *answer* is sent to peers that send no header.
        """

        def health_check() -> HealthCheck:
            return HealthCheck(self)

        return lambda: HeaderStage(
            self, make_protocol, lambda: make_check(health_check), answer
        )

    def close(self) -> None:
        """Abort the connections that the chat does not know: the server shuts down."""
        for each in self._current.all():
            each.abort()

    def is_trusted(self, host: str) -> bool:
        """Return whether *host* is that of a proxy, which sends headers."""
        return host in self._trusted

    def begin(self, connection: TimedConnection) -> None:
        """Count a connection, which has a deadline from now on.

        Many people may be behind one proxy, so its address has no limit.
        """
        timer = self._loop.call_later(HEADER_TIMEOUT, connection.time_out)
        self._timers[connection] = timer
        for each in self._current.add(connection):
            each.abort()

    def end(self, connection: TimedConnection) -> None:
        """Stop counting it, and forget its deadline."""
        self._current.remove(connection)
        if timer := self._timers.pop(connection, None):
            timer.cancel()
