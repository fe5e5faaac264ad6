"""The closing of connections: each closes once, with a code and a reason."""

from collections.abc import Iterable
from typing import NamedTuple

from ..counters import Counters
from ..delivery.delivery import Delivery
from ..entries import SessionClosed, SessionHeld
from ..events import Bye, ConnectionId
from .capacity import Capacity
from .connection import Connection, State
from .holds import Holds
from .local_steps import LocalSteps
from .proposals import Proposals
from .registry import Connections
from .steps import Finish, FinishAll
from .timers import Timers

GOODBYE = Bye("bye", "you said goodbye")


class Ended(NamedTuple):
    """A connection that ended, and how the driver closes it.

    The driver writes *last* and sends a FIN, or, with *abort*, closes at once and drops
    unsent output. *code* is permanent and for programs, *reason* is for people.
    If it *was_reported*, it has only to be aborted now.
    """

    connection: ConnectionId
    code: str
    reason: str
    last: bytes = b""
    abort: bool = False
    was_reported: bool = False


class Closing:
    """Closes connections, and lists those that ended for the driver."""

    def __init__(
        self,
        proposals: Proposals,
        steps: LocalSteps,
        delivery: Delivery,
        timers: Timers,
        counters: Counters,
        capacity: Capacity,
        connections: Connections,
        holds: Holds,
    ) -> None:
        self._proposals, self._steps, self._delivery = proposals, steps, delivery
        self._timers, self._counters, self._capacity = timers, counters, capacity
        self._connections, self._holds = connections, holds
        self._ended: dict[ConnectionId, Ended] = {}

    def ended(self) -> list[Ended]:
        """Return the connections that ended since the last call."""
        ended, self._ended = self._ended, {}
        return list(ended.values())

    def pop_ended(self, connection: ConnectionId) -> Ended | None:
        """Return how *connection* ended, or None if `ended` has already returned it."""
        ended = self._ended.pop(connection, None)
        return None if ended is None or ended.was_reported else ended

    def close(self, connection: Connection, bye: Bye) -> None:
        """Send *bye* to a peer and close its connection, unless it is closing."""
        if connection.state is State.ARRIVED:
            self.reject(connection, bye)
        elif connection.is_open:
            self.leave(connection, bye.code, bye.reason, bye)

    def close_all(self, connections: Iterable[Connection], bye: Bye) -> None:
        """Close all *connections*, which receive *bye* last."""
        for connection in connections:
            if connection.state in {State.ARRIVED, State.ENTERING}:
                self.reject(connection, bye)
            elif connection.state is State.MEMBER:
                connection.close(bye.code, bye.reason)
                self._timers.stop_heartbeat(connection.id)
        self._steps.add(FinishAll(bye))

    def reject(self, connection: Connection, bye: Bye) -> None:
        """Send *bye* to a peer that was not admitted, and close its connection."""
        connection.close(bye.code, bye.reason)
        connection.bye = bye
        self.finish(connection)

    def drop(self, connection: Connection) -> None:
        """Close a connection that ended before it sent anything, without an event."""
        connection.close("closed", "by the peer")
        self.finish(connection)

    def leave(
        self,
        connection: Connection,
        code: str,
        reason: str,
        bye: Bye | None = None,
        *,
        may_resume: bool = False,
    ) -> None:
        """End a connection; its pending events, and then *bye*, are still sent.

        If it *may_resume* and has a token, its session is held for a while.
        """
        was_entering = connection.state is State.ENTERING
        connection.close(code, reason)
        connection.bye = bye
        self._timers.stop_heartbeat(connection.id)
        self._capacity.start_closing(connection)
        if not connection.is_watching or connection.blocked:
            self._propose_end(connection, code, may_resume=may_resume)
        if was_entering:
            self.finish(connection)
        else:
            self._steps.add(Finish(connection.id))

    def replace(self, connection: Connection, bye: Bye) -> None:
        """Close a connection whose session has another one now."""
        if self._detach(connection, bye):
            self._steps.add(Finish(connection.id))

    def expel(self, connection: Connection, bye: Bye) -> None:
        """Close a connection whose session somebody has ended: it hears nothing more.

        It does not wait for its own entries, since all of them are void.
        """
        if self._detach(connection, bye):
            self._delivery.finish_all(connection.id)

    def _detach(self, connection: Connection, bye: Bye) -> bool:
        """Take the session from a connection; return whether it was open."""
        self._connections.detach(connection)
        if not connection.is_open:
            return False
        connection.close(bye.code, bye.reason)
        connection.bye = bye
        self._timers.stop_heartbeat(connection.id)
        self._capacity.start_closing(connection)
        return True

    def abort(
        self,
        connection: Connection,
        code: str,
        reason: str,
        *,
        keeps_reason: bool = False,
    ) -> None:
        """Close a connection to which the server can send nothing more.

        A session that is lost this way may be resumed. A connection that has ended
        already *keeps_reason* and code, or gets new ones.
        """
        self._delivery.close(connection.id)
        if connection.state in {State.MEMBER, State.ENTERING}:
            self.leave(connection, code, reason, may_resume=True)
        elif connection.state is State.ARRIVED or not keeps_reason:
            connection.close_code, connection.close_reason = code, reason
        if connection.state is not State.CLOSED:
            self.finish(connection, abort=True)
        else:
            was_reported = connection.id not in self._ended
            self._report(connection, abort=True, was_reported=was_reported)

    def abort_excess(self) -> None:
        """Abort a connection whose peer does not close its side, if there are too many.

        Otherwise those of one network would keep newcomers out.
        """
        if (found := self._capacity.take_excess_closing()) is not None:
            self.abort(found, found.close_code, found.close_reason)

    def finish(self, connection: Connection, *, abort: bool = False) -> None:
        """Report a connection as ended; only its bye is sent to it after that."""
        self._timers.clear_connection(connection.id)
        self._delivery.close(connection.id)
        connection.finish()
        self._capacity.start_closing(connection)
        self._counters.closed[connection.close_code] += 1
        self._report(connection, abort=abort)

    def _report(
        self, connection: Connection, *, abort: bool, was_reported: bool = False
    ) -> None:
        bye = connection.bye
        last = connection.dialect.encode(bye) if bye is not None and not abort else b""
        code, reason = connection.close_code, connection.close_reason
        self._ended[connection.id] = Ended(
            connection.id, code, reason, last, abort, was_reported
        )

    def _propose_end(
        self, connection: Connection, code: str, *, may_resume: bool
    ) -> None:
        """Propose that the session is held or closed, behind its opening."""
        attachment = connection.attachment
        self._holds.record_reason(connection)
        if may_resume and connection.token:
            self._proposals.propose(SessionHeld(attachment))
        else:
            self._proposals.propose(SessionClosed(attachment, code))
