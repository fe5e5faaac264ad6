"""The bound on the recent events of all rooms together."""

from collections import OrderedDict
from typing import Final

from ..events import RoomName
from .room_delivery import RoomDelivery

UNCOUNTED: Final = (None, 0)
"""A room without recent events, and their size."""


class RecentSizes:
    """The sizes of the recent events of all rooms, at most *max_bytes* together.

    Above that, the rooms that were flushed longest ago give up their events first. A
    room that has none left is not visited again before its next flush.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.total = 0
        """Bytes of the recent events of all rooms, as of the last flush of each."""
        # Of the least recently flushed room first.
        self._rooms: OrderedDict[RoomName, tuple[RoomDelivery, int]] = OrderedDict()

    def flushed(self, room: RoomDelivery) -> None:
        """Record the size of a room that was flushed."""
        name, size = room.room, room.recent.size
        _, before = self._rooms.pop(name, UNCOUNTED)
        self.total += size - before
        if size:
            self._rooms[name] = room, size
        if self.total > self._max_bytes:
            self._give_up_events()

    def forget(self, name: RoomName) -> None:
        """Stop counting a room."""
        _, size = self._rooms.pop(name, UNCOUNTED)
        self.total -= size

    def _give_up_events(self) -> None:
        pinned: list[tuple[RoomDelivery, int]] = []
        while self.total > self._max_bytes and self._rooms:
            _, (room, size) = self._rooms.popitem(last=False)
            room.give_up_events()
            left = room.recent.size
            self.total += left - size
            if left:
                pinned.append((room, left))
        for room, left in reversed(pinned):
            self._rooms[room.room] = room, left
            self._rooms.move_to_end(room.room, last=False)
