"""The delivery of one room, in a dialect that is easy to read."""

from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.reports import DeliveryReports
from parlour.core.delivery.room_delivery import RoomDelivery
from parlour.core.events import LOBBY, ConnectionId
from tests.core.terse_dialect import TerseDialect, messages


class FakeRoom:
    """Members of a room, and its recent events."""

    def __init__(
        self,
        *connections: ConnectionId,
        max_bytes: int = 1000,
        flush_bytes: int = 1000,
    ) -> None:
        self.recent_events = RecentEvents(max_bytes)
        self.reports = DeliveryReports()
        self.delivery = RoomDelivery(
            LOBBY, self.recent_events, self.reports, flush_bytes
        )
        self.dialect = TerseDialect()
        for connection in connections:
            self.delivery.add(connection, self.dialect)
        self.delivery.flush()

    def record(self, texts: str) -> None:
        """Add a message for each letter of *texts*."""
        self.recent_events.extend(messages(texts))

    def flush(self) -> dict[ConnectionId, str]:
        """Return what each connection receives in one flush, without line ends."""
        return {
            connection: data.decode().replace("\n", "")
            for data, connections, _ in self.delivery.flush()
            for connection in connections
        }

    def finished(self) -> list[ConnectionId]:
        """Return the members that have received everything up to their end."""
        return [connection for connection, _ in self.reports.take_finished()]
