"""The ports between a driver and the gateways beside it.

A driver accepts connections on its own listeners. A *gateway* accepts others, such as
those of pages in browsers, and does their I/O. The driver treats both alike:

=========  ==================================================  ==================
Port       Implemented by                                      Called by
=========  ==================================================  ==================
Server     `AsyncioDriver`; `GatewayServer` in the other one   gateways
Transport  the transports of both drivers, and of gateways     drivers
Gateway    `WebGateway`                                        drivers
=========  ==================================================  ==================
"""

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple, Protocol

from .events import ConnectionId, ListedRoom, Refused, RoomName, Snapshot
from .sessions.admission import Rejected
from .sessions.closing import Ended
from .sessions.connection import ConnectionKind
from .sessions.own_rooms import OwnRooms
from .sessions.sanction_lists import RoomOrder
from .state.signed_in import SignedInAccount
from .storage import Page, Query

Mode = Literal["read", "write"]
"""Whether a page can only watch the room, or also join it."""


class Peer(NamedTuple):
    """The other end of a connection: the address of its socket, and what is between."""

    host: str
    port: int
    is_proxied: bool = False
    """Whether it may be a proxy on this machine, which passes on what others send."""
    is_plain: bool = False
    """Whether a browser says that what it sends crosses a network unencrypted."""
    is_encrypted: bool = False
    """Whether it sends with TLS: to the server itself, or to a trusted proxy."""
    is_reported: bool = False
    """Whether a trusted proxy has reported its address: it is not on this machine."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port


class Transport(Protocol):
    """The I/O of one connection or of the server's own terminal."""

    address: str
    """The address of the peer, for the log. The driver sets it."""

    @property
    def unsent(self) -> int:
        """The number of bytes that were written and are not sent yet."""
        ...

    @property
    def unacknowledged(self) -> int:
        """The number of sent bytes that the peer does not have; 0 if not known."""
        ...

    def write(self, data: bytes) -> None:
        """Send *data*, which consists of complete lines, without blocking.

        A transport that fills up reports it with `Server.paused`.
        """
        ...

    def set_reading(self, *, on: bool) -> None:
        """Start or stop reading from the peer."""
        ...

    def close_with(self, ended: Ended) -> None:
        """Send the last bytes and a FIN, or abort the connection; see `Ended`."""
        ...

    def abort(self) -> None:
        """Close the connection at once, and discard unsent bytes."""
        ...


class Server(Protocol):
    """The driver, as a gateway sees it.

    A gateway calls the methods in the loop that opened it.
    """

    def connect(
        self, transport: Transport, peer: Peer, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Add a connection from *peer* whose first line has arrived."""
        ...

    def receive(self, connection: ConnectionId, data: bytes) -> None:
        """Process bytes from a peer; ``b""`` is the end of the stream."""
        ...

    def paused(self, connection: ConnectionId, unsent: int) -> None:
        """Record that a transport is full, with *unsent* bytes in its buffer."""
        ...

    def resumed(self, connection: ConnectionId) -> None:
        """Record that a transport that was full accepts bytes again."""
        ...

    def disconnect(self, connection: ConnectionId) -> None:
        """Remove a connection that is closed; called once for each."""
        ...

    def snapshot(
        self, room: RoomName, account: str, done: Callable[[Snapshot | None], None]
    ) -> None:
        """Call *done* with the state of a room now; None if there is none.

        A private room is there for the accounts in it: *account* is the name of the one
        with which somebody has signed in, or empty. A closed room is there as long as
        it has a history.

        May be called from any thread, and so may *done*.
        """
        ...

    def rooms(self, done: Callable[[list[ListedRoom]], None]) -> None:
        """Call *done* with the open public rooms, sorted; as `snapshot` does."""
        ...

    def own_rooms(self, account: str, done: Callable[[OwnRooms], None]) -> None:
        """Call *done* with the rooms and invitations of an account, by its name.

        The rules of `snapshot` apply.
        """
        ...

    def accepts_passwords(self, peer: Peer) -> bool:
        """Return whether passwords and keys are accepted from *peer*.

        They are not if others can read the connection. Any thread may call this.
        """
        ...

    def account(
        self, name: str, key: str, done: Callable[[SignedInAccount | None], None]
    ) -> None:
        """Call *done* with the account *name* if *key* is the hash of a key of it.

        The rules of `snapshot` apply. In the gateway's loop, *done* is called at once.
        """
        ...

    def ban(
        self,
        peer: Peer,
        account: str,
        room: RoomName | None,
        done: Callable[[Refused | None], None],
    ) -> None:
        """Call *done* with why *peer* is banned from a room, or None.

        A *room* of None is the server. *account* is the name of the one with which it
        has signed in, or empty. The rules of `snapshot` apply.
        """
        ...

    def readable(
        self,
        rooms: Collection[RoomName],
        peer: Peer,
        account: str,
        done: Callable[[dict[RoomName, int | Refused]], None],
    ) -> None:
        """Call *done* with the last sequence of each of *rooms* now, or who is banned.

        The *peer*, or whoever has the *account*, may read what was said so far in rooms
        with a sequence. Rooms of which they must not know are left out. The rules of
        `snapshot` apply.
        """
        ...

    def room_order(
        self,
        account: str,
        room: RoomName | None,
        done: Callable[[RoomOrder | Refused], None],
    ) -> None:
        """Call *done* with what an account sees that keeps order in a room.

        A *room* of None is the server. The rules of `snapshot` apply.
        """
        ...

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Call *done* with the answer of the history; the rules of `snapshot` apply.

        Before the history is read, *is_wanted* is called: if it returns False, *done*
        is never called. It must not block, and may be called from any thread.
        """
        ...


class Gateway(Protocol):
    """An alternative to the driver's listeners, with sockets that already listen."""

    async def open(self, server: Server) -> None:
        """Start accepting connections, in the running loop."""
        ...

    def stop_accepting(self) -> None:
        """Stop accepting connections."""
        ...

    def abort(self) -> None:
        """Abort every connection."""
        ...

    async def close(self) -> None:
        """Wait until every connection is closed; abort those that take too long."""
        ...
