"""The questions of gateways about the hub, which both drivers answer alike."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from parlour.core.events import ListedRoom, Refused, RoomName, Snapshot
from parlour.core.ports import Peer
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.sessions.readable_rooms import readable_rooms
from parlour.core.sessions.sanction_lists import RoomOrder, room_order, visitor_ban
from parlour.core.state.public_rooms import public_rooms, snapshot_of
from parlour.core.state.signed_in import SignedInAccount, signed_in_account

from .addresses import limited_network
from .runtime import Runtime

T = TypeVar("T")


class HubQueries(ABC):
    """The methods of a `Server` that only read. Any thread may call them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @abstractmethod
    def ask(self, read: Callable[[], T], done: Callable[[T], None]) -> None:
        """Call *read* where the hub may be used, and *done* with what it returns."""

    def snapshot(
        self, room: RoomName, account: str, done: Callable[[Snapshot | None], None]
    ) -> None:
        """Call *done* with the current state of a room."""
        self.ask(partial(snapshot_of, self._runtime.hub.state, room, account), done)

    def rooms(self, done: Callable[[list[ListedRoom]], None]) -> None:
        """Call *done* with the open public rooms."""
        self.ask(partial(public_rooms, self._runtime.hub.state), done)

    def own_rooms(self, account: str, done: Callable[[OwnRooms], None]) -> None:
        """Call *done* with the rooms of an account."""
        hub, wall = self._runtime.hub, self._runtime.wall
        self.ask(lambda: hub.own_rooms(account, wall()), done)

    def accepts_passwords(self, peer: Peer) -> bool:
        """Return whether passwords are accepted from *peer*."""
        return self._runtime.accepts_passwords(peer)

    def account(
        self, name: str, key: str, done: Callable[[SignedInAccount | None], None]
    ) -> None:
        """Call *done* with the account of a device."""
        self.ask(partial(signed_in_account, self._runtime.hub.state, name, key), done)

    def ban(
        self,
        peer: Peer,
        account: str,
        room: RoomName | None,
        done: Callable[[Refused | None], None],
    ) -> None:
        """Call *done* with why *peer* is banned, or None."""
        state, wall = self._runtime.hub.state, self._runtime.wall
        network = limited_network(peer)
        self.ask(lambda: visitor_ban(state, account, network, room, wall()), done)

    def readable(
        self,
        rooms: Collection[RoomName],
        peer: Peer,
        account: str,
        done: Callable[[dict[RoomName, int | Refused]], None],
    ) -> None:
        """Call *done* with the rooms that may be read."""
        state, wall = self._runtime.hub.state, self._runtime.wall
        network = limited_network(peer)
        self.ask(lambda: readable_rooms(state, rooms, account, network, wall()), done)

    def room_order(
        self,
        account: str,
        room: RoomName | None,
        done: Callable[[RoomOrder | Refused], None],
    ) -> None:
        """Call *done* with how order is kept in a room."""
        state, wall = self._runtime.hub.state, self._runtime.wall
        self.ask(lambda: room_order(state, account, room, wall()), done)
