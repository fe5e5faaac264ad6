"""A session in a room: how far it has heard, and what is for its ears only."""

from ..events import PrivateEvent, SessionId, Welcome
from ..storage import Question
from .recent_events import EncodedEvents


class Member:
    """A session in a room. *own* is for its ears only, each at a place in the log."""

    __slots__ = (
        "cursor",
        "end",
        "has_lagged",
        "heard",
        "is_asking",
        "is_paging",
        "is_placed",
        "own",
        "queued",
        "replays_to",
        "session",
        "tape",
        "welcome",
    )

    def __init__(self, session: SessionId, tape: EncodedEvents, cursor: int) -> None:
        self.session = session
        self.tape = tape
        self.cursor = cursor  # its own only while it is not at the front
        self.is_placed = False  # it hears the log
        self.end: int | None = None  # it hears nothing from this position on
        # Lists, here and in a connection: an empty deque has 600 bytes, and nearly
        # all of them stay empty.
        self.own: list[tuple[int, PrivateEvent | Question]] = []
        self.is_asking = False  # its first own is a question that was asked
        self.has_lagged = False  # since it was last at the front
        self.queued = 0  # answers for it that the room has not come to yet
        self.heard = 0  # sequence; known where the log may not wait for it
        self.is_paging = False  # it hears pages of the history, and then the log
        self.replays_to = 0  # before this position it hears messages only
        self.welcome: Welcome | None = None  # what it is still to be greeted with

    @property
    def undelivered(self) -> int:
        """How many answers it has not been given."""
        return self.queued + len(self.own)

    @property
    def is_waited_for(self) -> bool:
        """Whether the log keeps what it has yet to hear."""
        return not (self.has_lagged or self.is_paging)
