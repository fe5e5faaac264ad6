"""Who is here under which name: what the log tells of people, and the room hears."""

from enum import Enum
from typing import NamedTuple

from ..events import SessionId
from ..names.validation import is_address
from .connection import Connection


class PresenceKind(Enum):
    """What has happened to a member."""

    JOINED = "joined"
    RETURNED = "returned"  # in the place of a session that was lost
    RENAMED = "renamed"
    LEFT = "left"


class PresenceChange(NamedTuple):
    """A change of who is here. *name* is empty for one who has only an address."""

    change: PresenceKind
    session: SessionId
    name: str
    address: str
    before: SessionId | None = None
    """Whose place it has taken, if it has returned."""


class PresenceChanges:
    """Changes that the driver has not taken yet; it does so once a turn."""

    def __init__(self) -> None:
        self._changes: list[PresenceChange] = []

    def add(
        self,
        change: PresenceKind,
        connection: Connection,
        name: str,
        before: SessionId | None = None,
    ) -> None:
        """Add a *change* of the session of *connection*, which is called *name* now."""
        chosen = "" if is_address(name) else name
        session, address = connection.session, connection.address
        self._changes.append(PresenceChange(change, session, chosen, address, before))

    def take(self) -> list[PresenceChange]:
        """Return the changes since the last call."""
        if not self._changes:
            return []
        changes, self._changes = self._changes, []
        return changes
