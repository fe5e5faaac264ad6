"""Presence: users who come and go, and rooms that open and close, for the log."""

from enum import Enum
from typing import NamedTuple

from ..events import RoomName, SessionId
from ..names.validation import is_address


class PresenceKind(Enum):
    """The kind of a change of presence."""

    JOINED = "joined"
    RESUMED = "returned"  # resumed a session that was lost
    RENAMED = "renamed"
    LEFT = "left"


class PresenceChange(NamedTuple):
    """A change of a user's presence; *name* is empty if the user has not chosen one."""

    kind: PresenceKind
    session: SessionId
    name: str
    address: str
    previous: SessionId | None = None
    """The session that was resumed, if any."""


class RoomChange(NamedTuple):
    """A room that was opened, or closed because nobody used it."""

    room: RoomName
    is_open: bool


class PresenceChanges:
    """The changes that the driver has not taken yet."""

    def __init__(self) -> None:
        self._changes: list[PresenceChange] = []
        self._rooms: list[RoomChange] = []

    def add(
        self,
        kind: PresenceKind,
        session: SessionId,
        address: str,
        name: str,
        previous: SessionId | None = None,
    ) -> None:
        """Add a change for the user at *session*, whose name is now *name*."""
        chosen = "" if is_address(name) else name
        self._changes.append(PresenceChange(kind, session, chosen, address, previous))

    def add_room(self, room: RoomName, *, is_open: bool) -> None:
        """Add a change of a room."""
        self._rooms.append(RoomChange(room, is_open))

    def take_rooms(self) -> list[RoomChange]:
        """Return the changes of rooms since the last call."""
        if not self._rooms:
            return []
        rooms, self._rooms = self._rooms, []
        return rooms

    def take(self) -> list[PresenceChange]:
        """Return the changes since the last call."""
        if not self._changes:
            return []
        changes, self._changes = self._changes, []
        return changes
