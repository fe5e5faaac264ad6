"""Who is here under which name: what the log tells of people, and the room hears."""

from enum import Enum
from typing import NamedTuple

from ..events import SessionId
from ..names.validation import is_address
from .connection import Connection


class Change(Enum):
    """What has happened to a member."""

    JOINED = "joined"
    RETURNED = "returned"  # in the place of a session that was lost
    RENAMED = "renamed"
    LEFT = "left"


class Presence(NamedTuple):
    """A change of who is here. *name* is empty for one who has only an address."""

    change: Change
    session: SessionId
    name: str
    address: str
    before: SessionId | None = None
    """Whose place it has taken, if it has returned."""


class Presences:
    """Changes that the driver has not taken yet; it does so once a turn."""

    def __init__(self) -> None:
        self._changes: list[Presence] = []

    def add(
        self,
        change: Change,
        connection: Connection,
        name: str,
        before: SessionId | None = None,
    ) -> None:
        """Add a *change* of the session of *connection*, which is called *name* now."""
        chosen = "" if is_address(name) else name
        session, address = connection.session, connection.address
        self._changes.append(Presence(change, session, chosen, address, before))

    def take(self) -> list[Presence]:
        """Return the changes since the last call."""
        if not self._changes:
            return []
        changes, self._changes = self._changes, []
        return changes
