"""Shared cursors: one for all members of a dialect that received the same events."""

from typing import NamedTuple

from ..events import ConnectionId
from ..protocol.dialect import Dialect
from .encoded_events import EncodedEvents
from .member import Member
from .recent_events import RecentEvents


class Write(NamedTuple):
    """The same bytes for several connections, and the number of room events in them."""

    data: bytes
    connections: list[ConnectionId]
    events: int


class SharedCursor:
    """A cursor, and the members of a dialect that share it, in order of arrival."""

    __slots__ = ("cursor", "encoded", "members")

    def __init__(self, encoded: EncodedEvents, cursor: int) -> None:
        self.encoded = encoded
        self.cursor = cursor
        self.members: dict[ConnectionId, Member] = {}


class SharedCursors:
    """The shared cursors of a room, one for each dialect in use."""

    def __init__(self, recent: RecentEvents, flush_bytes: int) -> None:
        self._recent, self._flush_bytes = recent, flush_bytes
        self._shared: dict[str, SharedCursor] = {}  # by the name of the dialect

    @property
    def cursors(self) -> list[int]:
        """The position of each shared cursor."""
        return [shared.cursor for shared in self._shared.values()]

    @property
    def connections(self) -> set[ConnectionId]:
        """The connections of all members at a shared cursor."""
        return {
            connection
            for shared in self._shared.values()
            for connection in shared.members
        }

    @property
    def is_any_behind(self) -> bool:
        """Whether members at a shared cursor have events to receive."""
        head = self._recent.head
        for shared in self._shared.values():
            if shared.cursor < head and shared.members:
                return True
        return False

    def open(self, dialect: Dialect) -> EncodedEvents:
        """Return the events in *dialect*, and create its shared cursor if needed."""
        encoded = self._recent.encoded(dialect)
        if dialect.name not in self._shared:
            self._shared[dialect.name] = SharedCursor(encoded, self._recent.head)
        return encoded

    def position_for(self, member: Member) -> int:
        """Return the shared cursor of the dialect of *member*.

        It is at the head while no member shares it.
        """
        shared = self._shared[member.encoded.dialect.name]
        if not shared.members:
            shared.cursor = self._recent.head
        return shared.cursor

    def add(self, member: Member) -> None:
        """Add a member whose cursor is that of `position_for`."""
        self._shared[member.encoded.dialect.name].members[member.connection] = member

    def remove(self, member: Member) -> None:
        """Remove a member and set its own cursor."""
        shared = self._shared[member.encoded.dialect.name]
        del shared.members[member.connection]
        member.cursor = shared.cursor

    def flush(self) -> list[Write]:
        """Return what to write to the members, and advance the cursors.

        The recent events must be encoded.
        """
        head, writes = self._recent.head, []
        for shared in self._shared.values():
            if not shared.members:
                shared.cursor = head
            elif shared.cursor < head:
                data, shared.cursor, events = shared.encoded.slice(
                    shared.cursor, head, self._flush_bytes
                )
                if data:
                    writes.append(Write(data, list(shared.members), events))
        return writes
