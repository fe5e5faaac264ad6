"""The closing of connections: each closes once, with a code and a reason."""

from collections.abc import Iterable
from typing import NamedTuple

from ..counters import Counters
from ..events import Bye, SessionId
from ..rooms.room import Room
from ..rooms.steps import CloseRoom, LeaveRoom
from .admission import Admission
from .capacity import Capacity
from .connection import Connection, State
from .timers import Timers


class Ended(NamedTuple):
    """A session that ended, and how the driver closes its connection.

    The driver writes *last* and sends a FIN, or, with *abort*, closes at once and drops
    unsent output. *code* is permanent and for programs, *reason* is for people.
    """

    session: SessionId
    code: str
    reason: str
    last: bytes = b""
    abort: bool = False


class Closing:
    """Closes connections, and lists the ended sessions for the driver."""

    def __init__(
        self,
        room: Room,
        timers: Timers,
        counters: Counters,
        admission: Admission,
        capacity: Capacity,
    ) -> None:
        self._room, self._timers, self._capacity = room, timers, capacity
        self._counters, self._admission = counters, admission
        self._ended: dict[SessionId, Ended] = {}

    def ended(self) -> list[Ended]:
        """Return the sessions that ended since the last call."""
        ended, self._ended = self._ended, {}
        return list(ended.values())

    def pop_ended(self, session: SessionId) -> Ended | None:
        """Return how *session* ended, or None if `ended` has already returned it."""
        return self._ended.pop(session, None)

    def close(self, connection: Connection, bye: Bye, now: float) -> None:
        """Send *bye* to a peer and close its connection, unless it is closing."""
        if connection.state is State.ARRIVED:
            self.reject(connection, bye)
        elif connection.state is State.MEMBER:
            self.leave(connection, bye.code, bye.reason, now, bye)

    def close_all(self, connections: Iterable[Connection], bye: Bye) -> None:
        """Close the room and all its *connections*, which receive *bye* last."""
        for connection in connections:
            if connection.state is State.ARRIVED:
                self.reject(connection, bye)
            elif connection.state is State.MEMBER:
                connection.close(bye.code, bye.reason)
                self._timers.stop_heartbeat(connection.session)
        self._room.add(CloseRoom(bye))

    def reject(self, connection: Connection, bye: Bye) -> None:
        """Send *bye* to a peer that was not admitted, and close its connection."""
        connection.close(bye.code, bye.reason)
        self.finish(connection, last=connection.dialect.encode(bye))

    def leave(
        self,
        connection: Connection,
        code: str,
        reason: str,
        now: float,
        bye: Bye | None = None,
        *,
        may_resume: bool = False,
    ) -> None:
        """End a member's session; its pending events, and then *bye*, are still sent.

        If it *may_resume* and has a token, its name stays reserved for a while.
        """
        connection.close(code, reason)
        self._capacity.start_closing(connection)
        step = LeaveRoom(connection.session, code, bye)
        self._admission.leave(connection, step, now, may_resume=may_resume)

    def abort(
        self,
        connection: Connection,
        code: str,
        reason: str,
        now: float,
        *,
        keeps_reason: bool = False,
    ) -> None:
        """Close a connection to which the server can send nothing more.

        A session that is lost this way may resume. A session that has ended already
        *keeps_reason* and code, or gets new ones.
        """
        if connection.session in self._room.delivery:
            self._room.delivery.remove(connection.session)
        if connection.state is State.MEMBER:
            self.leave(connection, code, reason, now, may_resume=True)
        elif connection.state is State.ARRIVED or not keeps_reason:
            connection.close_code, connection.close_reason = code, reason
        self.finish(connection, abort=True)

    def finish(
        self, connection: Connection, *, last: bytes = b"", abort: bool = False
    ) -> None:
        """Report a session as ended; nothing but *last* is sent to it after that."""
        session, code = connection.session, connection.close_code
        self._timers.clear_connection(session)
        if session in self._room.delivery:
            self._room.delivery.remove(session)
        connection.finish()
        self._capacity.start_closing(connection)
        self._counters.closed[code] += 1
        self._ended[session] = Ended(
            session, code, connection.close_reason, last, abort
        )
