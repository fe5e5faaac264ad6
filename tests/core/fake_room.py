"""The delivery of a room without its roster, in a dialect that is easy to read."""

from parlour.core.delivery.delivery import Delivery
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.events import LOBBY, SessionId
from tests.core.terse_dialect import TerseDialect, messages


class FakeRoom:
    """Members of a room, and its recent events."""

    def __init__(
        self, *sessions: SessionId, max_bytes: int = 1000, flush_bytes: int = 1000
    ) -> None:
        self.recent_events = RecentEvents(max_bytes)
        self.delivery = Delivery(LOBBY, self.recent_events, flush_bytes)
        self.dialect = TerseDialect()
        for session in sessions:
            self.delivery.add(session, self.dialect)
            self.delivery.start(session)
        self.delivery.flush()

    def record(self, texts: str) -> None:
        """Add a message for each letter of *texts*."""
        self.recent_events.extend(messages(texts))

    def flush(self) -> dict[SessionId, str]:
        """Return what each session receives in one flush, without line ends."""
        return {
            session: data.decode().replace("\n", "")
            for data, sessions, _ in self.delivery.flush()
            for session in sessions
        }
