"""The server's interface for a gateway, in the threaded driver."""

from collections.abc import Callable, Collection

from parlour.core.events import (
    ConnectionId,
    ListedRoom,
    Refused,
    RoomName,
    Snapshot,
)
from parlour.core.ports import Peer, Transport
from parlour.core.sessions.admission import Rejected
from parlour.core.sessions.connection import ConnectionKind
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.sessions.sanction_lists import RoomOrder
from parlour.core.state.signed_in import SignedInAccount
from parlour.core.storage import Page, Query

from .gateway_transport import GatewayTransport, Mailbox
from .locked_hub import LockedHub


class GatewayServer:
    """The `Server` of one gateway. It gives each connection a `GatewayTransport`.

    The gateway's thread calls its methods.
    """

    def __init__(self, hub: LockedHub, mailbox: Mailbox) -> None:
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

    def snapshot(
        self, room: RoomName, account: str, done: Callable[[Snapshot | None], None]
    ) -> None:
        """Call *done* with the current state of a room."""
        self._hub.snapshot(room, account, done)

    def rooms(self, done: Callable[[list[ListedRoom]], None]) -> None:
        """Call *done* with the open public rooms."""
        self._hub.rooms(done)

    def own_rooms(self, account: str, done: Callable[[OwnRooms], None]) -> None:
        """Call *done* with the rooms of an account."""
        self._hub.own_rooms(account, done)

    def accepts_passwords(self, peer: Peer) -> bool:
        """Return whether passwords are accepted from *peer*."""
        return self._hub.accepts_passwords(peer)

    def account(
        self, name: str, key: str, done: Callable[[SignedInAccount | None], None]
    ) -> None:
        """Call *done* with the account of a device."""
        self._hub.account(name, key, done)

    def ban(
        self,
        host: str,
        account: str,
        room: RoomName | None,
        done: Callable[[Refused | None], None],
    ) -> None:
        """Call *done* with why somebody at *host* is banned, or None."""
        self._hub.ban(host, account, room, done)

    def readable(
        self,
        rooms: Collection[RoomName],
        host: str,
        account: str,
        done: Callable[[dict[RoomName, int | Refused]], None],
    ) -> None:
        """Call *done* with the rooms that may be read."""
        self._hub.readable(rooms, host, account, done)

    def room_order(
        self,
        account: str,
        room: RoomName | None,
        done: Callable[[RoomOrder | Refused], None],
    ) -> None:
        """Call *done* with how order is kept in a room."""
        self._hub.room_order(account, room, done)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with the result of *query*."""
        self._hub.query(query, done, is_wanted)
