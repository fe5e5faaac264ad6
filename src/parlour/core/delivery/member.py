"""One member of a room: its cursor, its private events and its state."""

from ..events import ConnectionId, PrivateEvent
from ..storage import Question
from .encoded_events import EncodedEvents
from .member_state import EventSource, MemberState
from .opening import Opening
from .recent_events import RecentEvents


class Member:
    """A connection in a room; `MemberSets` changes its state."""

    __slots__ = (
        "connection",
        "cursor",
        "encoded",
        "end",
        "message_count",
        "opening",
        "private_events",
        "replay_end",
        "replay_messages",
        "sequence",
        "source",
        "state",
    )

    def __init__(
        self, connection: ConnectionId, encoded: EncodedEvents, cursor: int
    ) -> None:
        self.connection = connection
        self.encoded = encoded
        self.state = MemberState.CATCHING_UP
        self.source = EventSource.PINNED
        self.cursor = cursor  # out of date while it is at a shared cursor
        self.sequence = 0  # of the last message it received; out of date while pinned
        self.message_count = 0  # messages before its cursor; as out of date
        self.replay_end = 0  # before this position it receives messages, no notices
        self.replay_messages = 0  # messages before that position
        self.end: int | None = None  # position after the last event it receives
        # Private events and queries, each after all room events before its position.
        # A list, since most stay empty, and an empty deque takes 600 bytes.
        self.private_events: list[tuple[int, PrivateEvent | Question]] = []
        self.opening: Opening | None = None  # sent with the first page of its replay

    def update_sequence(self, recent: RecentEvents) -> None:
        """Update what is out of date while it is pinned; its cursor is recent."""
        self.sequence = max(self.sequence, recent.sequence_before(self.cursor))
        self.message_count = recent.messages_before(self.cursor)
