"""Queries of the chat for whoever asks: not of rooms from which they are banned."""

from parlour.core.events import ListedRoom, Refused, RoomName, Snapshot
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.storage import Page, Query, SearchRooms

from .chat_queries import ChatQueries
from .identity import Identity


class RoomBanError(Exception):
    """The person who asks is banned from a room, and must not read it."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.reason)
        self.why = why


class VisitorQueries:
    """Queries of *chat* for the person of *identity*.

    `snapshot` and `read` raise `RoomBanError`. All methods may raise `StorageError`.
    """

    def __init__(self, chat: ChatQueries, identity: Identity) -> None:
        self._chat, self._identity = chat, identity

    def snapshot(self, room: RoomName, account: str = "") -> Snapshot | None:
        found = self._chat.snapshot(room, account)
        if found is not None:  # of other rooms, nobody learns anything
            self._check(room)
        return found

    def rooms(self) -> list[ListedRoom]:
        return self._chat.rooms()

    def own_rooms(self, account: str) -> OwnRooms:
        return self._chat.own_rooms(account)

    def ban(
        self, host: str, account: str, room: RoomName | None = None
    ) -> Refused | None:
        return self._chat.ban(host, account, room)

    def read(self, query: Query) -> Page:
        rooms = query.rooms if isinstance(query, SearchRooms) else (query.room,)
        for room in rooms:
            self._check(room)
        return self._chat.read(query)

    def _check(self, room: RoomName | None) -> None:
        if room is not None and (why := self._identity.ban(room)) is not None:
            raise RoomBanError(why)
