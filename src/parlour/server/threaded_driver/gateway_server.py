"""The server's interface for a gateway, in the threaded driver."""

from collections.abc import Callable

from parlour.core.events import ConnectionId, Refused
from parlour.core.ports import Peer, Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query

from ..hub_queries import HubQueries, T
from .gateway_transport import GatewayTransport, Mailbox
from .locked_hub import LockedHub


class GatewayServer(HubQueries):
    """The `Server` of one gateway. It gives each connection a `GatewayTransport`.

    The gateway's thread calls its methods.
    """

    def __init__(self, hub: LockedHub, mailbox: Mailbox) -> None:
        super().__init__(hub.runtime)
        self._hub, self._mailbox = hub, mailbox
        self._transports: dict[ConnectionId, GatewayTransport] = {}

    def connect(
        self, transport: Transport, peer: Peer, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Admit or reject a connection (step 1)."""
        outer = GatewayTransport(
            transport, self._mailbox, self._hub.paused, self._hub.resumed
        )
        connection = self._hub.connect(outer, peer, kind)
        transport.address = outer.address
        if not isinstance(connection, Rejected):
            self._transports[connection] = outer
        return connection

    def receive(self, connection: ConnectionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        self._hub.receive(connection, data)

    def paused(self, connection: ConnectionId, unsent: int) -> None:  # noqa: ARG002
        """Record that a transport is full: bytes handed over now count as unsent."""
        self._transports[connection].block()

    def resumed(self, connection: ConnectionId) -> None:
        """Record that a transport has drained."""
        self._transports[connection].unblock()

    def disconnect(self, connection: ConnectionId) -> None:
        """Remove a connection that is closed (step 10)."""
        del self._transports[connection]
        self._hub.disconnect(connection)

    def ask(self, read: Callable[[], T], done: Callable[[T], None]) -> None:
        """Call *read* with the lock of the hub, and *done* with what it returns."""
        self._hub.ask(read, done)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with the result of *query*."""
        self._hub.query(query, done, is_wanted)
