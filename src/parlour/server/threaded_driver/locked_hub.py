"""The hub as connections and gateways use it. Each method takes the lock."""

import time
from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol

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
from parlour.core.sessions.readable_rooms import readable_rooms
from parlour.core.sessions.sanction_lists import RoomOrder, room_order, visitor_ban
from parlour.core.state.public_rooms import public_rooms, snapshot_of
from parlour.core.state.signed_in import SignedInAccount, signed_in_account
from parlour.core.storage import Page, Query

from ..addresses import format_address, limited_network
from ..event_log import log_closed, log_opened, log_rejected
from ..runtime import Runtime
from .shared_state import SharedState


class ConnectedTransport(Transport, Protocol):
    """A transport that knows its connection."""

    connection: ConnectionId
    """Set while the lock is held, as soon as the connection is admitted."""


class LockedHub:
    """The hub, with steps 1, 2, 6 and 10 of the driver contract for any thread."""

    def __init__(self, runtime: Runtime, state: SharedState) -> None:
        self._runtime, self._trace, self._state = runtime, runtime.trace, state

    def connect(
        self, transport: ConnectedTransport, peer: Peer, kind: ConnectionKind
    ) -> ConnectionId | Rejected:
        """Admit or reject a connection (step 1)."""
        address = format_address(peer.address)
        transport.address = address
        state = self._state
        with state.lock:
            connection = self._runtime.connect(peer, time.monotonic(), kind)
            if not isinstance(connection, Rejected):
                transport.connection = connection
                state.transports[connection] = transport
                state.wake()
        if isinstance(connection, Rejected):
            log_rejected(address, connection.code)
        else:
            log_opened(connection, address)
        return connection

    def receive(self, connection: ConnectionId, data: bytes) -> None:
        """Process bytes from a peer (step 2)."""
        if self._trace is not None:
            self._trace.received(connection, data)
        with self._state.lock:
            self._state.receive(connection, data, time.monotonic())

    def paused(self, connection: ConnectionId, unsent: int) -> None:
        """Record that a transport is full (step 6). The main thread calls this."""
        with self._state.lock:
            if connection in self._state.transports:  # otherwise it is closed
                self._state.hub.paused(connection, unsent, time.monotonic())

    def resumed(self, connection: ConnectionId) -> None:
        """Record that a transport has drained (step 6)."""
        with self._state.lock:
            if connection in self._state.transports:
                self._state.hub.resumed(connection, time.monotonic())
                self._state.wake()

    def disconnect(self, connection: ConnectionId) -> None:
        """Remove a connection that is closed (step 10)."""
        with self._state.lock:
            ended = self._state.hub.disconnect(connection, time.monotonic())
            transport = self._state.transports.pop(connection)
            self._state.wake()
        if ended is not None:
            log_closed(ended, transport.address)
        if self._trace is not None:
            self._trace.end(connection)

    def snapshot(
        self, room: RoomName, account: str, done: Callable[[Snapshot | None], None]
    ) -> None:
        """Call *done* with the current state of a room."""
        with self._state.lock:
            snapshot = snapshot_of(self._state.hub.state, room, account)
        done(snapshot)

    def rooms(self, done: Callable[[list[ListedRoom]], None]) -> None:
        """Call *done* with the open public rooms."""
        with self._state.lock:
            rooms = public_rooms(self._state.hub.state)
        done(rooms)

    def own_rooms(self, account: str, done: Callable[[OwnRooms], None]) -> None:
        """Call *done* with the rooms of an account."""
        wall = self._runtime.wall()
        with self._state.lock:
            rooms = self._state.hub.own_rooms(account, wall)
        done(rooms)

    def accepts_passwords(self, peer: Peer) -> bool:
        """Return whether passwords are accepted from *peer*. Any thread may call it."""
        return self._runtime.accepts_passwords(peer)

    def account(
        self, name: str, key: str, done: Callable[[SignedInAccount | None], None]
    ) -> None:
        """Call *done* with the account of a device."""
        with self._state.lock:
            account = signed_in_account(self._state.hub.state, name, key)
        done(account)

    def ban(
        self,
        host: str,
        account: str,
        room: RoomName | None,
        done: Callable[[Refused | None], None],
    ) -> None:
        """Call *done* with why somebody at *host* is banned, or None."""
        network, wall = limited_network(host), self._runtime.wall()
        with self._state.lock:
            found = visitor_ban(self._state.hub.state, account, network, room, wall)
        done(found)

    def readable(
        self,
        rooms: Collection[RoomName],
        host: str,
        account: str,
        done: Callable[[dict[RoomName, int | Refused]], None],
    ) -> None:
        """Call *done* with the rooms that may be read."""
        network, wall = limited_network(host), self._runtime.wall()
        with self._state.lock:
            found = readable_rooms(self._state.hub.state, rooms, account, network, wall)
        done(found)

    def room_order(
        self,
        account: str,
        room: RoomName | None,
        done: Callable[[RoomOrder | Refused], None],
    ) -> None:
        """Call *done* with how order is kept in a room."""
        wall = self._runtime.wall()
        with self._state.lock:
            found = room_order(self._state.hub.state, account, room, wall)
        done(found)

    def query(
        self,
        query: Query,
        done: Callable[[Page | Refused], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Have the main thread read the history: a recorder may be for one thread."""
        with self._state.lock:
            self._state.post(partial(self._runtime.query, query, done, is_wanted))
