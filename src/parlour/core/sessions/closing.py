"""How sessions end: who is told, what is still sent, and when the driver may part."""

from typing import NamedTuple

from ..counters import Counters
from ..events import Bye, SessionId
from ..rooms.room import Room
from ..rooms.steps import LeaveRoom
from .admission import Admission
from .capacity import Capacity
from .connection import Connection, State
from .timers import Timers


class Ended(NamedTuple):
    """A session that is over, and how to part with it.

    *last* is to be written before the end. The end is a FIN, or at once, with what
    is unsent dropped, where *abort* says so. *code* is permanent, *reason* is for
    people.
    """

    session: SessionId
    code: str
    reason: str
    last: bytes = b""
    abort: bool = False


class Closing:
    """End connections, each once, with a code and a reason."""

    def __init__(
        self,
        room: Room,
        alarms: Timers,
        counters: Counters,
        admission: Admission,
        capacity: Capacity,
    ) -> None:
        self._room, self._alarms, self._capacity = room, alarms, capacity
        self._counters, self._admission = counters, admission
        self._ended: dict[SessionId, Ended] = {}

    def ended(self) -> list[Ended]:
        """Return the sessions that are over since the last call, and how to part."""
        ended, self._ended = self._ended, {}
        return list(ended.values())

    def untold(self, session: SessionId) -> Ended | None:
        """Return how *session* ended if :meth:`ended` has not told so, nor will."""
        return self._ended.pop(session, None)

    def end(self, connection: Connection, bye: Bye, now: float) -> None:
        """End a connection from our side, after telling it why."""
        if connection.state is State.ARRIVED:
            self.refuse(connection, bye)
        elif connection.state is State.MEMBER:
            self.depart(connection, bye.code, bye.reason, now, bye)

    def refuse(self, connection: Connection, bye: Bye) -> None:
        """End a connection that was not admitted, after telling it why."""
        connection.leave(bye.code, bye.reason)
        self.over(connection, last=connection.dialect.encode(bye))

    def depart(
        self,
        connection: Connection,
        code: str,
        reason: str,
        now: float,
        bye: Bye | None = None,
        *,
        may_return: bool = False,
    ) -> None:
        """Let a member go: the others hear it, and what is due to it is still sent.

        Who *may return* and has a token for it keeps its name for a while.
        """
        connection.leave(code, reason)
        self._capacity.leave(connection)
        depart = LeaveRoom(connection.session, code, bye)
        self._admission.depart(connection, depart, now, may_return=may_return)

    def lose(self, connection: Connection, code: str, reason: str, now: float) -> None:
        """Know that nothing can be sent to a connection any more."""
        if connection.session in self._room.delivery:
            self._room.delivery.remove(connection.session)
        if connection.state is State.MEMBER:
            self.depart(connection, code, reason, now, may_return=True)
        elif connection.state is State.ARRIVED or code in {
            "stalled",
            "too_much_queued",
        }:
            connection.why = (code, reason)
        self.over(connection, abort=True)

    def over(
        self, connection: Connection, *, last: bytes = b"", abort: bool = False
    ) -> None:
        """Nothing is due to a connection any more: the driver may end it."""
        session, (code, reason) = connection.session, connection.why
        self._alarms.forget(session)
        if session in self._room.delivery:
            self._room.delivery.remove(session)
        connection.finish()
        self._capacity.leave(connection)
        self._counters.ended[code] += 1
        self._ended[session] = Ended(session, code, reason, last, abort)
