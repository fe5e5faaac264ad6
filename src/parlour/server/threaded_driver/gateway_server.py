"""The server's interface for a gateway, in the threaded driver."""

from collections.abc import Callable

from parlour.core.events import Refused, SessionId, Snapshot
from parlour.core.ports import Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.storage import Page, Query

from .gateway_transport import GatewayTransport, Mailbox
from .locked_hub import LockedHub


class GatewayServer:
    """The `Server` of one gateway. It gives each connection a `GatewayTransport`.

    The gateway's thread calls its methods.
    """

    def __init__(self, hub: LockedHub, mailbox: Mailbox) -> None:
        self._hub, self._mailbox = hub, mailbox
        self._transports: dict[SessionId, GatewayTransport] = {}

    def connect(
        self, transport: Transport, peer: tuple[str, int], kind: ConnectionKind
    ) -> SessionId | Rejected:
        """Admit or reject a connection (step 1)."""
        outer = GatewayTransport(
            transport, self._mailbox, self._hub.paused, self._hub.resumed
        )
        session = self._hub.connect(outer, peer, kind)
        transport.address = outer.address
        if not isinstance(session, Rejected):
            self._transports[session] = outer
        return session

    def receive(self, session: SessionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        self._hub.receive(session, data)

    def paused(self, session: SessionId, unsent: int) -> None:  # noqa: ARG002
        """Record that a transport is full: bytes handed over now count as unsent."""
        self._transports[session].block()

    def resumed(self, session: SessionId) -> None:
        """Record that a transport has drained."""
        self._transports[session].unblock()

    def disconnect(self, session: SessionId) -> None:
        """Remove a connection that is closed (step 10)."""
        del self._transports[session]
        self._hub.disconnect(session)

    def snapshot(self, done: Callable[[Snapshot], None]) -> None:
        """Call *done* with the current state of the room."""
        self._hub.snapshot(done)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with the result of *query*."""
        self._hub.query(query, done, is_wanted)
