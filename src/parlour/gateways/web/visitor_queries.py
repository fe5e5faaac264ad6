"""Queries of the chat for whoever asks: not of rooms from which they are banned."""

from collections.abc import Collection

from parlour.core.events import ListedRoom, Refused, RoomName, Snapshot
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.storage import Page, Query

from .chat_queries import ChatQueries
from .identity import Identity


class RoomBanError(Exception):
    """The person who asks is banned from a room, and must not read it."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.reason)
        self.why = why


class VisitorQueries:
    """Queries of *chat* for the person of *identity*.

    `snapshot` and `heads` raise `RoomBanError`. All methods may raise `StorageError`.
    """

    def __init__(self, chat: ChatQueries, identity: Identity) -> None:
        self._chat, self._identity = chat, identity

    def snapshot(self, room: RoomName, account: str = "") -> Snapshot | None:
        """Return the users and the newest sequence of a room, or None."""
        found = self._chat.snapshot(room, account)
        # Of other rooms, nobody learns anything.
        if found is not None and (why := self._identity.ban(room)) is not None:
            raise RoomBanError(why)
        return found

    def heads(self, rooms: Collection[RoomName]) -> dict[RoomName, int]:
        """Return the newest sequences of those of *rooms* that this person may read."""
        found: dict[RoomName, int] = {}
        for room, head in self._identity.readable(rooms).items():
            if isinstance(head, Refused):
                raise RoomBanError(head)
            found[room] = head
        return found

    def rooms(self) -> list[ListedRoom]:
        """Return the open public rooms, sorted by name."""
        return self._chat.rooms()

    def own_rooms(self, account: str) -> OwnRooms:
        """Return the rooms and the invitations of an account."""
        return self._chat.own_rooms(account)

    def read(self, query: Query) -> Page:
        """Return the messages that match *query*, which ends at such a sequence."""
        return self._chat.read(query)
