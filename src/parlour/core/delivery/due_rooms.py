"""The rooms that have something to deliver. A flush visits these and no others."""

from ..events import RoomName
from .recent_sizes import RecentSizes
from .room_delivery import RoomDelivery
from .shared_cursors import Write


class DueRooms:
    """The rooms in which something happened since they were last flushed.

    The recent events of all rooms together are bounded by *sizes*.
    """

    def __init__(self, sizes: RecentSizes) -> None:
        self._sizes = sizes
        self._rooms: dict[RoomName, RoomDelivery] = {}
        self.is_urgent = False
        """Whether messages wait for a flush."""

    def add(self, room: RoomDelivery) -> None:
        """Visit a room at the next flush."""
        self._rooms[room.room] = room
        if room.schedule.is_urgent:
            self.is_urgent = True

    def forget(self, room: RoomDelivery) -> None:
        """Forget a room that nobody hears."""
        self._rooms.pop(room.room, None)
        self._sizes.forget(room.room)
        self.is_urgent = any(each.schedule.is_urgent for each in self._rooms.values())

    def flush_time(self, now: float) -> float | None:
        """Return when a room is due, at the earliest *now*; None if none is."""
        if self.is_urgent:
            return now
        due = None
        for room in self._rooms.values():
            time = room.flush_time(now)
            if time is not None and (due is None or time < due):
                due = time
        return due

    def flush(self, now: float) -> list[list[Write]]:
        """Return what to write to the members of each room; it counts as received."""
        writes: list[list[Write]] = []
        self.is_urgent = False
        for room in list(self._rooms.values()):
            writes.append(room.flush_due(now))
            if room.schedule.is_urgent:
                self.is_urgent = True
            elif not room.is_due:
                del self._rooms[room.room]
            self._sizes.flushed(room)
        return writes
