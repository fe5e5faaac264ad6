"""Sessions that lost their connection, and may be resumed for a while."""

from typing import NamedTuple

from ..entries import SessionClosed
from ..events import SessionId
from ..state import refusals
from .connection import Connection
from .proposals import Proposals
from .timers import Timers


class EndedConnection(NamedTuple):
    """What is known of a connection after it ended: for the log, and for the others."""

    address: str
    code: str


class Holds:
    """The held sessions that this node closes in the end, by attachment.

    These are its own, and those of lost nodes: all that are left propose to close
    those, so that it happens whichever of them is lost next. The first of these entries
    counts. There are at most *max_held*; another one ends the oldest.
    """

    def __init__(self, proposals: Proposals, timers: Timers, max_held: int) -> None:
        self._proposals, self._timers, self.max_held = proposals, timers, max_held
        self._ended: dict[SessionId, EndedConnection] = {}

    def __len__(self) -> int:
        return len(self._ended)

    def record_reason(self, connection: Connection) -> None:
        """Remember why a connection ended, until its session is over."""
        ended = EndedConnection(connection.address, connection.close_code)
        self._ended[connection.attachment] = ended

    def hold(
        self, attachment: SessionId, now: float, *, is_orphan: bool = False
    ) -> None:
        """Start the time for which a session is held, of this node or of a lost one."""
        if attachment not in self._ended and not is_orphan:
            return
        self._timers.holds.set(attachment, now)
        if len(self._timers.holds) > self.max_held:
            self._close(next(iter(self._timers.holds)))

    def take(self, attachment: SessionId) -> EndedConnection | None:
        """Return what is known of a connection whose session is over or resumed."""
        self._timers.holds.clear(attachment)
        return self._ended.pop(attachment, None)

    def tick(self, now: float) -> None:
        """Propose to close the sessions that were held long enough.

        While the journal is stalled nobody can resume, so they are held on.
        """
        for attachment in self._timers.holds.pop_due(now):
            if self._proposals.is_stalled(now):
                self._timers.holds.set(attachment, now)
            else:
                self._close(attachment)

    def _close(self, attachment: SessionId) -> None:
        self._timers.holds.clear(attachment)
        ended = self._ended.get(attachment)
        code = refusals.LOST if ended is None else ended.code
        self._proposals.propose(SessionClosed(attachment, code))
