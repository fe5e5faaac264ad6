"""The rooms of a store in memory."""

from collections.abc import Sequence
from typing import Final

from parlour.core.entries import Erased, Said
from parlour.core.events import LOBBY, AccountNumber, Message, RoomName
from parlour.core.storage import Numbering, StoredRoom
from parlour.history.retention import Retention

from ..order import NO_SETTINGS, RoomSettings, without_role
from .room import MemoryRoom

MAX_BYTES: Final = 256 << 20  # of memory, for the messages of all rooms


class MemoryRooms:
    """The rooms, by name, each within the limits of *retention*.

    If they together take more than *max_bytes*, those that take most lose their oldest
    messages. *numbering* numbers the messages.
    """

    def __init__(
        self, retention: Retention, numbering: Numbering, max_bytes: int
    ) -> None:
        self._retention, self._numbering = retention, numbering
        self._max_bytes, self._size = max_bytes, 0
        self._by_name = {LOBBY: MemoryRoom(1)}
        self.last_number = 1

    def stored(self) -> tuple[StoredRoom, ...]:
        """Return the rooms as `load` returns them."""
        return tuple(room.stored(name) for name, room in self._by_name.items())

    def get(self, name: RoomName) -> MemoryRoom | None:
        """Return the room *name*, or None."""
        return self._by_name.get(name)

    def require(self, name: RoomName) -> MemoryRoom:
        """Return the room *name*, and create it if there is none."""
        room = self._by_name.get(name)
        if room is None:
            self.last_number += 1
            room = self._by_name[name] = MemoryRoom(self.last_number)
        return room

    def pruned(self, name: RoomName, steady: float) -> MemoryRoom:
        """Return the room *name* without messages that are expired at *steady*.

        It is an empty one if there is none.
        """
        room = self._by_name.get(name) or MemoryRoom(0)
        room.prune(self._retention, steady)
        return room

    def head(self, name: RoomName) -> int:
        """Return the sequence of the last message of a room."""
        room = self._by_name.get(name)
        return 0 if room is None else room.head

    def settings(self, name: RoomName) -> RoomSettings:
        """Return what keeps order in a room."""
        room = self._by_name.get(name)
        return NO_SETTINGS if room is None else room.settings

    def close(self, name: RoomName) -> bool:
        """Close a room, and return whether it is deleted: it never had a message."""
        room = self._by_name.get(name)
        if room is None or name == LOBBY:
            return False
        room.is_open = False
        if room.head:
            return False
        del self._by_name[name]
        return True

    def erase_roles(self, account: AccountNumber) -> None:
        """Erase the roles of an account that is erased."""
        for each in self._by_name.values():
            each.settings = without_role(each.settings, account)

    def extend(self, said: Sequence[Said], time: float, steady: float) -> list[Message]:
        """Store messages of one room, and return them."""
        room = self.require(said[0].room)
        before = room.size
        messages = room.extend(said, self._numbering, time, steady)
        room.prune(self._retention, steady)
        self._size += room.size - before
        return messages

    def erase(self, entry: Erased, time: float, steady: float) -> None:
        """Store an erasure, and remove the text that it erases."""
        room = self.require(entry.room)
        before = room.size
        room.erase(entry, self._numbering, time, steady)
        room.prune(self._retention, steady)
        self._size += room.size - before

    def shrink(self) -> None:
        """Delete old messages of the largest rooms, until an eighth is free.

        Nothing is deleted if they are within the bound. Rooms may have been pruned when
        they were read, so sizes are counted again.
        """
        if self._size <= self._max_bytes:
            return
        rooms = [room for room in self._by_name.values() if room.size]
        self._size = sum(room.size for room in rooms)
        while self._size > self._max_bytes - self._max_bytes // 8:
            largest = max(rooms, key=lambda room: room.size)
            self._size -= largest.size
            largest.delete((largest.stored_count + 1) // 2)
            self._size += largest.size

    def clear(self) -> None:
        """Remove all rooms."""
        self._by_name.clear()
