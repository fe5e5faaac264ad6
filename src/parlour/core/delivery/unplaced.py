"""Private events of connections that stand in no room's order."""

from typing import NamedTuple

from ..events import ConnectionId, PrivateEvent
from ..protocol.dialect import Dialect
from .erased_texts import ErasedTexts


class _Waiting(NamedTuple):
    """An event, and its bytes in a dialect."""

    event: PrivateEvent
    dialect: Dialect
    data: bytes

    def without(self, erased: ErasedTexts) -> "_Waiting":
        event = erased.without_in(self.event)
        if event == self.event:
            return self
        return _Waiting(event, self.dialect, self.dialect.encode(event))


class UnplacedEvents:
    """The private events that come before the room events of the next flush.

    These are the welcome, and the answers to a session that is in no room.
    """

    def __init__(self) -> None:
        self._events: dict[ConnectionId, list[_Waiting]] = {}
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
            waiting = _Waiting(event, dialect, data)
            self._events.setdefault(connection, []).append(waiting)

    def remove_texts(self, erased: ErasedTexts) -> None:
        """Remove the texts of *erased* messages from the events."""
        for events in self._events.values():
            events[:] = [each.without(erased) for each in events]

    def take(self) -> dict[ConnectionId, bytes]:
        """Return what to write to each connection that does not lag, once."""
        due = [each for each in self._events if each not in self._lagging]
        return {
            connection: b"".join([each.data for each in self._events.pop(connection)])
            for connection in due
        }

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
