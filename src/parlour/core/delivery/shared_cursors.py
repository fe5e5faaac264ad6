"""Where nearly everybody stands in a room's log: one cursor for all of a dialect."""

from typing import NamedTuple

from ..events import SessionId
from ..protocol.dialect import Dialect
from .member import Member
from .recent_events import EncodedEvents, RecentEvents


class Write(NamedTuple):
    """The same bytes for each of some sessions, *events* lines of the room."""

    data: bytes
    sessions: list[SessionId]
    events: int


class SharedCursor:
    """The members of one dialect that have heard the same, in the order they came."""

    __slots__ = ("cursor", "members", "tape")

    def __init__(self, tape: EncodedEvents, cursor: int) -> None:
        self.tape = tape
        self.cursor = cursor
        self.members: dict[SessionId, Member] = {}


class SharedCursors:
    """The fronts of a room. A dialect gets one when the first of it comes."""

    def __init__(self, log: RecentEvents, flush_bytes: int) -> None:
        self._log, self._flush_bytes = log, flush_bytes
        self._fronts: dict[str, SharedCursor] = {}

    @property
    def cursors(self) -> list[int]:
        """Where they are."""
        return [front.cursor for front in self._fronts.values()]

    @property
    def are_due(self) -> bool:
        """Whether the log has something that one of them has not been told."""
        head = self._log.head
        return any(
            front.members and front.cursor < head for front in self._fronts.values()
        )

    def open(self, dialect: Dialect) -> EncodedEvents:
        """Return the tape of those who speak *dialect*, and have a front for them."""
        tape = self._log.tape(dialect)
        if dialect.name not in self._fronts:
            self._fronts[dialect.name] = SharedCursor(tape, self._log.head)
        return tape

    def of(self, member: Member) -> SharedCursor:
        """Return where *member* is to stand; where nobody does, that is the head."""
        front = self._fronts[member.tape.dialect.name]
        if not front.members:
            front.cursor = self._log.head
        return front

    def let_go(self, member: Member) -> bool:
        """Give one that stands at a front a cursor of its own; False: it does not."""
        front = self._fronts[member.tape.dialect.name]
        if front.members.pop(member.session, None) is None:
            return False
        member.cursor = front.cursor
        return True

    def flush(self) -> list[Write]:
        """Return what is due to each, and move it. Needs a log that is encoded."""
        head, deliveries = self._log.head, []
        for front in self._fronts.values():
            if not front.members:
                front.cursor = head
            elif front.cursor < head:
                cut = front.tape.cut(front.cursor, head, self._flush_bytes)
                front.cursor = cut.cursor
                told = Write(cut.data, list(front.members), cut.events)
                deliveries.append(told)
        return deliveries
