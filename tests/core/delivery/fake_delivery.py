"""The delivery of all rooms, in dialects that are easy to read."""

from parlour.core.delivery.delivery import Delivery
from parlour.core.delivery.opening import Opening
from parlour.core.events import (
    ConnectionId,
    Joined,
    Message,
    RoomInfo,
    RoomName,
    is_direct_room,
)
from parlour.core.limits import ALL_RECENT_BYTES, MAX_PAGE, Limits
from parlour.core.protocol.dialect import Dialect
from parlour.core.storage import After
from tests.core.terse_dialect import TerseDialect

ANN, BOB, CAT = map(ConnectionId, (1, 2, 3))
DEV, OPS, ART = map(RoomName, ("dev", "ops", "art"))
ME = RoomName("direct:abcdefghijklmnop")
LONG = 1.0  # seconds; longer than the delay of a notice in a small room


class FakeDelivery:
    """Connections that hear rooms; each message is a letter."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        max_recent: int = ALL_RECENT_BYTES,
        **rooms: str,
    ) -> None:
        self.delivery = Delivery(limits or Limits(), max_recent=max_recent)
        self.reports = self.delivery.reports
        self.dialect = TerseDialect()
        self.sequences: dict[RoomName, int] = {}
        self.now = 0.0
        for connection, names in zip((ANN, BOB, CAT), rooms.values(), strict=False):
            self.open(connection)
            for name in names.split():
                self.enter(connection, RoomName(name))
        self.flush()

    def open(self, connection: ConnectionId, dialect: Dialect | None = None) -> None:
        """Add a connection that hears no room."""
        self.delivery.open(connection, dialect or self.dialect)

    def enter(self, connection: ConnectionId, room: RoomName) -> None:
        """Let a connection hear a room; a direct one is not kept."""
        last, opening = self.sequences.get(room, 0), None
        if is_direct_room(room):
            opening = Opening(RoomInfo(room, "", last, True, is_kept=False))
        self.delivery.enter(connection, room, last, opening)

    def say(self, room: RoomName, texts: str) -> None:
        """Add a message for each letter of *texts*."""
        self.delivery.extend(room, self.messages(room, texts))

    def whisper(self, room: RoomName, texts: str) -> None:
        """Add a message of a direct room for each letter of *texts*."""
        for each in self.messages(room, texts):
            self.delivery.whisper(room, each)

    def notify(self, room: RoomName, name: str) -> None:
        """Add a notice."""
        self.delivery.append(room, Joined(room, name))

    def messages(self, room: RoomName, texts: str) -> list[Message]:
        """Return the next messages of a room."""
        last = self.sequences.get(room, 0)
        self.sequences[room] = last + len(texts)
        return [
            Message(room, last + number, 0.0, "Ann", text)
            for number, text in enumerate(texts, 1)
        ]

    def flush(self) -> dict[ConnectionId, str]:
        """Return what each connection receives in one flush, without line ends.

        Notices are not delayed, and each connection must get at most one write.
        """
        self.delivery.flush_time(self.now)
        self.now += LONG
        received: dict[ConnectionId, str] = {}
        for data, connections, _ in self.delivery.flush(self.now):
            for connection in connections:
                assert connection not in received, "one write for each connection"
                received[connection] = data.decode().replace("\n", "")
        return received


def missed(room: RoomName, sequence: int, head: int) -> After:
    """Return the query by which a replay asks for what followed *sequence*."""
    return After(room, sequence, head, MAX_PAGE, has_erasures=True)
