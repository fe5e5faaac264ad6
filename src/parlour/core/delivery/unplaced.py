"""Private events of connections that stand in no room's order."""

from ..events import ConnectionId, PrivateEvent
from ..protocol.dialect import Dialect


class UnplacedEvents:
    """The private events that come before the room events of the next flush.

    These are the welcome, and the answers to a session that is in no room.
    """

    def __init__(self) -> None:
        self._events: dict[ConnectionId, list[bytes]] = {}
        self._lagging: set[ConnectionId] = set()

    def __len__(self) -> int:
        """Return the number of connections with events."""
        return len(self._events)

    @property
    def is_due(self) -> bool:
        """Whether `take` would return anything."""
        if not self._events:
            return False
        return any(each not in self._lagging for each in self._events)

    def count(self, connection: ConnectionId) -> int:
        """Return the number of events that wait for a connection."""
        return len(self._events.get(connection, ()))

    def add(
        self, connection: ConnectionId, dialect: Dialect, event: PrivateEvent
    ) -> None:
        """Add an event for a connection."""
        if data := dialect.encode(event):
            self._events.setdefault(connection, []).append(data)

    def take(self) -> dict[ConnectionId, bytes]:
        """Return what to write to each connection that does not lag, once."""
        due = [each for each in self._events if each not in self._lagging]
        return {each: b"".join(self._events.pop(each)) for each in due}

    def pause(self, connection: ConnectionId) -> None:
        """Keep the events of a lagging connection."""
        self._lagging.add(connection)

    def resume(self, connection: ConnectionId) -> None:
        """Return the events of a connection again."""
        self._lagging.discard(connection)

    def remove(self, connection: ConnectionId) -> None:
        """Forget a connection."""
        self._events.pop(connection, None)
        self._lagging.discard(connection)
