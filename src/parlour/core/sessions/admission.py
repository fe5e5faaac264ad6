"""Who comes in, by which name, and who comes back."""

from typing import NamedTuple

from ..counters import Counters
from ..events import Bye, Refused, SessionId, User
from ..names.registry import NameRegistry
from ..names.validation import clean
from ..protocol.commands import Hello
from ..protocol.session import SESSION
from ..rooms.room import Room
from ..rooms.step_handlers import REPLACED
from ..rooms.steps import JoinRoom, LeaveRoom, RenameMember, SendPrivate, StartSession
from .capacity import Capacity
from .connection import Connection, ConnectionKind, State
from .presence import PresenceChanges, PresenceKind
from .resumption import ResumableSessions
from .timers import Timers


class Rejected(NamedTuple):
    """A connection that is not let in: why, and what to send before the end."""

    code: str
    reason: str
    last: bytes


class Admission:
    """Let sessions into the room, and hold the names of those who may return.

    *wall* is the wall time at which the clock of all `now` stood at 0.
    """

    def __init__(
        self,
        room: Room,
        names: NameRegistry,
        alarms: Timers,
        counters: Counters,
        capacity: Capacity,
        wall: float,
    ) -> None:
        self._room, self._names, self._alarms = room, names, alarms
        self._counters, self._capacity, self._wall = counters, capacity, wall
        self._holds = ResumableSessions()
        self.presence_changes = PresenceChanges()

    def is_held(self, session: SessionId) -> bool:
        """Tell whether the name of a session that is over is held."""
        return session in self._holds

    def no_place(self, connection: Connection) -> Bye | None:
        """Return why one at a page cannot take part now, if it is full of users."""
        return None if connection.is_user else self._capacity.crowded()

    def admit(self, connection: Connection, now: float) -> None:
        """Let a connection in that did not say hello: it is a member at once."""
        self._arrive(connection)
        self._capacity.seat(connection)
        user = self._user(connection.session, now)
        self._room.admit(JoinRoom(connection.session, user), connection.dialect)
        self._counters.joined += 1
        self._change(PresenceKind.JOINED, connection)

    def greet(self, connection: Connection, hello: Hello, now: float) -> None:
        """Let a connection in that said *hello*, or let it return."""
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            hello = hello.replace(is_watching=True, token="")  # it takes nobody's place
        elif not (hello.is_watching or self._holds.has_place(hello.token)) and (
            bye := self.no_place(connection)
        ):
            why = Refused(bye.code, bye.reason)
            hello = hello.replace(is_watching=True, fault=why)
        self._arrive(connection)
        session, refusal, user = connection.session, None, None
        before = self._begin_session(connection, hello, now)
        if before is None and not hello.is_watching and hello.name is not None:
            refusal = self._name(session, hello.name)
        if not hello.is_watching:
            user = self._user(session, now)
            self._counters.joined += 1
            self._capacity.seat(connection)
            change = PresenceKind.JOINED if before is None else PresenceKind.RETURNED
            self._change(change, connection, before)
        self._room.admit(StartSession(session, user, hello.cursor, before), SESSION)
        self._end_greeting(connection, hello, before, refusal)

    def greet_late(self, connection: Connection, hello: Hello, now: float) -> None:
        """Let a silent member go on as the session that its late *hello* asks for."""
        session, refusal = connection.session, None
        before = self._begin_session(connection, hello, now)
        if before is None and not hello.is_watching and hello.name is not None:
            refusal = self._rename(connection, hello.name)
        user = None if hello.is_watching else self._user(session, now)
        if before is not None:
            self._change(PresenceKind.RETURNED, connection, before)
        elif hello.is_watching:
            self._change(PresenceKind.LEFT, connection)
        self._room.add(StartSession(session, user, hello.cursor, before, SESSION))
        self._end_greeting(connection, hello, before, refusal)

    def _begin_session(
        self, connection: Connection, hello: Hello, now: float
    ) -> SessionId | None:
        """Switch to the session dialect; return the member whose place this takes."""
        connection.dialect, connection.token = SESSION, hello.token
        connection.is_watching = hello.is_watching
        self._alarms.listen(connection.session, now)
        before = self._member_before(connection) if hello.token else None
        if before is not None:
            self._names.move(before, connection.session)
        return before

    def _end_greeting(
        self,
        connection: Connection,
        hello: Hello,
        before: SessionId | None,
        refusal: Refused | None,
    ) -> None:
        """Rename one that took a place, if it asks to, and tell what was refused."""
        if before is not None and hello.name is not None:
            refusal = self._rename(connection, hello.name)
        for fault in (hello.fault, refusal):
            if fault is not None:
                self._room.add(SendPrivate(connection.session, fault))

    def become_member(self, connection: Connection, now: float) -> None:
        """Let one who only watched be a member, by the name that it has taken."""
        connection.is_watching = False
        self._capacity.seat(connection)
        self._counters.joined += 1
        user = self._user(connection.session, now)
        self._room.add(JoinRoom(connection.session, user))
        self._change(PresenceKind.JOINED, connection)

    def depart(
        self, connection: Connection, depart: LeaveRoom, now: float, *, may_return: bool
    ) -> None:
        """Let a member go. If it *may return*, its name is held and nobody is told."""
        self._alarms.stop_asking(connection.session)
        if connection.is_watching or not (connection.token and may_return):
            self._holds.forget(connection)
            self._leave(connection, depart)
            return
        self._room.add(depart.replace(is_reserved=True))
        self._alarms.holds.set(connection.session, now)
        pushed_out = self._holds.hold(connection)
        if pushed_out is not None:
            self.let_go(pushed_out.session)

    def let_go(self, session: SessionId) -> None:
        """Hold the name of a session no longer: the others hear that it left."""
        self._alarms.holds.clear(session)
        connection = self._holds.let_go(session)
        self._leave(connection, LeaveRoom(session, connection.why[0]))

    def rename(self, connection: Connection) -> None:
        """Tell the name that a member has taken."""
        session = connection.session
        self._room.add(RenameMember(session, self._names[session]))
        self._change(PresenceKind.RENAMED, connection)

    def _change(
        self,
        change: PresenceKind,
        connection: Connection,
        before: SessionId | None = None,
    ) -> None:
        self.presence_changes.add(
            change, connection, self._names[connection.session], before
        )

    def _leave(self, connection: Connection, depart: LeaveRoom) -> None:
        if not connection.is_watching:
            self._change(PresenceKind.LEFT, connection)
        self._names.release(depart.session)
        self._room.add(depart)

    def _arrive(self, connection: Connection) -> None:
        self._alarms.arrivals.clear(connection.session)
        connection.state = State.MEMBER

    def _member_before(self, connection: Connection) -> SessionId | None:
        """Return the member whose token this connection brings, to take its place.

        Who takes no place lets the older one go, which hears that it is replaced if
        it still lives.
        """
        old = self._holds.bring(connection)
        if old is None:
            return None
        self._alarms.stop_asking(old.session)
        if old.state is State.MEMBER:
            old.leave(REPLACED.code, REPLACED.reason)
        if old.is_watching or connection.is_watching:
            self._leave(old, LeaveRoom(old.session, REPLACED.code, REPLACED))
            return None
        return old.session

    def _user(self, session: SessionId, now: float) -> User:
        return User(self._names[session], self._wall + now)

    def _name(self, session: SessionId, wanted: str) -> Refused | None:
        """Give a session that enters the name that it wants, or say why not."""
        name = clean(wanted)
        if isinstance(name, Refused):
            return name
        if name != self._names[session] and not self._names.take(session, name):
            return name_taken(name)
        return None

    def _rename(self, connection: Connection, wanted: str) -> Refused | None:
        session = connection.session
        before = self._names[session]
        refusal = self._name(session, wanted)
        if self._names[session] != before:
            self.rename(connection)
        return refusal


def name_taken(name: str) -> Refused:
    """Return the refusal of a name that somebody else has."""
    return Refused("name_taken", f"the name {name} is taken, or looks like one that is")
