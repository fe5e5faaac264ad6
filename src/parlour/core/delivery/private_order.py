"""The order of private events of connections that are in several rooms."""

from ..events import ConnectionId
from .room_delivery import RoomDelivery


class PrivateOrder:
    """The rooms of the private events that were sent since the last flush, in order.

    Each room keeps the order of its own private events.
    """

    def __init__(self) -> None:
        self._rooms: dict[ConnectionId, list[RoomDelivery]] = {}

    @property
    def has_rooms(self) -> bool:
        """Whether `take` may return anything."""
        return bool(self._rooms)

    def add(self, connection: ConnectionId, room: RoomDelivery, count: int) -> None:
        """Note that *count* private events of *room* were sent to a connection."""
        self._rooms.setdefault(connection, []).extend([room] * count)

    def take(self) -> dict[ConnectionId, bytes]:
        """Return the private events of connections that have some in several rooms.

        They are in the order in which they were sent, each after the events of its room
        before it. One that has to wait, and those after it, are delivered later, in the
        order of each room.
        """
        taken: dict[ConnectionId, bytes] = {}
        orders, self._rooms = self._rooms, {}
        for connection, rooms in orders.items():
            are_several = any(room is not rooms[0] for room in rooms)
            if are_several and (data := _take(connection, rooms)):
                taken[connection] = data
        return taken


def _take(connection: ConnectionId, rooms: list[RoomDelivery]) -> bytes:
    parts: list[bytes] = []
    for room in rooms:
        part = room.take_private(connection)
        if part is None:
            break
        parts.append(part)
    return b"".join(parts)
