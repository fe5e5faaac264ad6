"""Sessions that lost their connection on this node, and may be resumed for a while."""

from typing import NamedTuple

from ..entries import SessionClosed
from ..events import SessionId
from ..limits import MAX_HELD_SESSIONS
from .connection import Connection
from .proposals import Proposals
from .timers import Timers


class EndedConnection(NamedTuple):
    """What is known of a connection after it ended: for the log, and for the others."""

    address: str
    code: str


class Holds:
    """The held sessions of this node, by attachment: at most 1,000.

    Another one ends the oldest.
    """

    def __init__(self, proposals: Proposals, timers: Timers) -> None:
        self._proposals, self._timers = proposals, timers
        self._ended: dict[SessionId, EndedConnection] = {}

    def __len__(self) -> int:
        return len(self._ended)

    def record_reason(self, connection: Connection) -> None:
        """Remember why a connection ended, until its session is over."""
        ended = EndedConnection(connection.address, connection.close_code)
        self._ended[connection.attachment] = ended

    def hold(self, attachment: SessionId, now: float) -> None:
        """Start the time for which a session of this node is held."""
        if attachment not in self._ended:
            return
        self._timers.holds.set(attachment, now)
        if len(self._timers.holds) > MAX_HELD_SESSIONS:
            self._close(next(iter(self._timers.holds)))

    def take(self, attachment: SessionId) -> EndedConnection | None:
        """Return what is known of a connection whose session is over or resumed."""
        self._timers.holds.clear(attachment)
        return self._ended.pop(attachment, None)

    def tick(self, now: float) -> None:
        """Propose to close the sessions that were held long enough."""
        for attachment in self._timers.holds.pop_due(now):
            self._close(attachment)

    def _close(self, attachment: SessionId) -> None:
        self._timers.holds.clear(attachment)
        code = self._ended[attachment].code
        self._proposals.propose(SessionClosed(attachment, code))
