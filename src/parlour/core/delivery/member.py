"""One member of a room: its cursor, its private events and its state."""

from ..events import PrivateEvent, SessionId, Welcome
from ..storage import SessionQuery
from .encoded_events import EncodedEvents
from .member_state import EventSource, MemberState


class Member:
    """A session in a room; `MemberSets` changes its state."""

    __slots__ = (
        "cursor",
        "encoded",
        "end",
        "pending_answers",
        "private_events",
        "replay_end",
        "sequence",
        "session",
        "source",
        "state",
        "welcome",
    )

    def __init__(self, session: SessionId, encoded: EncodedEvents, cursor: int) -> None:
        self.session = session
        self.encoded = encoded
        self.state = MemberState.JOINING
        self.source = EventSource.PINNED
        self.cursor = cursor  # out of date while it is at a shared cursor
        self.sequence = 0  # of the last message it received; out of date while pinned
        self.replay_end = 0  # before this position it receives messages, no notices
        self.end: int | None = None  # position after the last event it receives
        # Private events and queries, each after all room events before its position.
        # A list, since most stay empty, and an empty deque takes 600 bytes.
        self.private_events: list[tuple[int, PrivateEvent | SessionQuery]] = []
        self.pending_answers = 0  # private events that wait in the room's queue
        self.welcome: Welcome | None = None  # to send with the first page of its replay

    @property
    def undelivered(self) -> int:
        """Number of private events that it has not received."""
        return self.pending_answers + len(self.private_events)
