"""The first event of a member about its room."""

from typing import NamedTuple

from ..events import Cursor, Joined, PrivateEvent, RoomInfo, Welcome


class Opening(NamedTuple):
    """How the delivery of a room to a session starts.

    First comes the event about the room, *info*, or the *welcome* of a client that only
    knows the lobby. Then the messages after *cursor* are replayed, if there is one, and
    *joined* is the last event before the live ones.
    """

    info: RoomInfo
    welcome: Welcome | None = None
    cursor: Cursor | None = None
    joined: Joined | None = None
    is_resumption: bool = False
    """Whether *cursor* is the client's own: how far it has received the room."""

    @property
    def has_cursor(self) -> bool:
        """Whether the cursor is in this history."""
        return (
            self.cursor is not None
            and self.cursor.epoch == self.info.epoch
            and self.cursor.sequence <= self.info.sequence
        )

    def event(self, *, is_recovered: bool) -> PrivateEvent:
        """Return the first event."""
        info = self.info.replace(is_recovered=is_recovered)
        return info if self.welcome is None else self.welcome.replace(room=info)
