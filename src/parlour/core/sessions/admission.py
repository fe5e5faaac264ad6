"""Admission: a connection becomes a user, watches, or resumes a session."""

from typing import NamedTuple

from ..counters import Counters
from ..events import Bye, Refused, SessionId, User
from ..names.registry import NameRegistry
from ..names.validation import normalize_name
from ..protocol.commands import Hello
from ..protocol.session import SESSION
from ..rooms.room import Room
from ..rooms.step_handlers import REPLACED
from ..rooms.steps import JoinRoom, LeaveRoom, RenameMember, SendPrivate, StartSession
from .capacity import Capacity
from .connection import Connection, ConnectionKind, CountedAs, State
from .presence import PresenceChanges, PresenceKind
from .resumption import ResumableSessions
from .timers import Timers


class Rejected(NamedTuple):
    """A connection that is not admitted: the reason, and the bytes to send last."""

    code: str
    reason: str
    last: bytes


class Admission:
    """The admission of sessions to the room, and the names reserved for lost sessions.

    *wall* is the wall time when the clock of the `now` arguments was at 0.
    """

    def __init__(
        self,
        room: Room,
        names: NameRegistry,
        timers: Timers,
        counters: Counters,
        capacity: Capacity,
        wall: float,
    ) -> None:
        self._room, self._names, self._timers = room, names, timers
        self._counters, self._capacity, self._wall = counters, capacity, wall
        self._resumable = ResumableSessions()
        self.presence_changes = PresenceChanges()

    def is_reserved(self, session: SessionId) -> bool:
        """Return whether the name of a lost *session* is reserved."""
        return self._resumable.is_reserved(session)

    def user_rejection(self, connection: Connection) -> Bye | None:
        """Return why a session cannot be a user now; None if it can or already is."""
        if connection.counted_as is CountedAs.USER:
            return None
        return self._capacity.user_rejection()

    def admit(self, connection: Connection, now: float) -> None:
        """Admit a connection that sent no hello: it becomes a user."""
        self._mark_admitted(connection)
        self._capacity.add_user(connection)
        user = self._user(connection.session, now)
        self._room.admit(JoinRoom(connection.session, user), connection.dialect)
        self._counters.joined += 1
        self._record_presence(PresenceKind.JOINED, connection)

    def admit_with_hello(
        self, connection: Connection, hello: Hello, now: float
    ) -> None:
        """Admit a connection whose first line is *hello*, or resume its session."""
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            hello = hello.replace(is_watching=True, token="")  # it replaces no session
        elif not (hello.is_watching or self._resumable.has_user(hello.token)) and (
            bye := self.user_rejection(connection)
        ):
            why = Refused(bye.code, bye.reason)
            hello = hello.replace(is_watching=True, error=why)
        self._mark_admitted(connection)
        session, refusal, user = connection.session, None, None
        previous = self._begin_session(connection, hello, now)
        if previous is None and not hello.is_watching and hello.name is not None:
            refusal = self._take_name(session, hello.name)
        if not hello.is_watching:
            user = self._user(session, now)
            self._counters.joined += 1
            self._capacity.add_user(connection)
            kind = PresenceKind.JOINED if previous is None else PresenceKind.RESUMED
            self._record_presence(kind, connection, previous)
        self._room.admit(StartSession(session, user, hello.cursor, previous), SESSION)
        self._finish_hello(connection, hello, previous, refusal)

    def upgrade(self, connection: Connection, hello: Hello, now: float) -> None:
        """Upgrade a silent member to the session dialect, as its late *hello* asks."""
        session, refusal = connection.session, None
        previous = self._begin_session(connection, hello, now)
        if previous is None and not hello.is_watching and hello.name is not None:
            refusal = self._rename(connection, hello.name)
        user = None if hello.is_watching else self._user(session, now)
        if previous is not None:
            self._record_presence(PresenceKind.RESUMED, connection, previous)
        elif hello.is_watching:
            self._record_presence(PresenceKind.LEFT, connection)
        self._room.add(StartSession(session, user, hello.cursor, previous, SESSION))
        self._finish_hello(connection, hello, previous, refusal)

    def _begin_session(
        self, connection: Connection, hello: Hello, now: float
    ) -> SessionId | None:
        """Switch to the session dialect; return the session that this one resumes."""
        connection.dialect, connection.token = SESSION, hello.token
        connection.is_watching = hello.is_watching
        self._timers.restart_heartbeat(connection.session, now)
        previous = self._claim_token(connection) if hello.token else None
        if previous is not None:
            self._names.transfer(previous, connection.session)
        return previous

    def _finish_hello(
        self,
        connection: Connection,
        hello: Hello,
        previous: SessionId | None,
        refusal: Refused | None,
    ) -> None:
        """Rename a resumed session as *hello* asks, and send any refusals."""
        if previous is not None and hello.name is not None:
            refusal = self._rename(connection, hello.name)
        for error in (hello.error, refusal):
            if error is not None:
                self._room.add(SendPrivate(connection.session, error))

    def become_user(self, connection: Connection, now: float) -> None:
        """Turn a watching session into a user, under the name that it has claimed."""
        connection.is_watching = False
        self._capacity.add_user(connection)
        self._counters.joined += 1
        user = self._user(connection.session, now)
        self._room.add(JoinRoom(connection.session, user))
        self._record_presence(PresenceKind.JOINED, connection)

    def leave(
        self, connection: Connection, step: LeaveRoom, now: float, *, may_resume: bool
    ) -> None:
        """Remove a session from the room with *step*.

        If it *may_resume* and has a token, reserve its name and announce nothing.
        """
        self._timers.stop_heartbeat(connection.session)
        if connection.is_watching or not (connection.token and may_resume):
            self._resumable.forget(connection)
            self._leave(connection, step)
            return
        self._room.add(step.replace(is_reserved=True))
        self._timers.reservations.set(connection.session, now)
        oldest = self._resumable.reserve(connection)
        if oldest is not None:
            self.end_reservation(oldest.session)

    def end_reservation(self, session: SessionId) -> None:
        """Release the name of a lost session, and announce that it left."""
        self._timers.reservations.clear(session)
        connection = self._resumable.release(session)
        self._leave(connection, LeaveRoom(session, connection.close_code))

    def announce_rename(self, connection: Connection) -> None:
        """Announce the new name of a user."""
        session = connection.session
        self._room.add(RenameMember(session, self._names[session]))
        self._record_presence(PresenceKind.RENAMED, connection)

    def _record_presence(
        self,
        kind: PresenceKind,
        connection: Connection,
        previous: SessionId | None = None,
    ) -> None:
        name = self._names[connection.session]
        self.presence_changes.add(kind, connection, name, previous)

    def _leave(self, connection: Connection, step: LeaveRoom) -> None:
        if not connection.is_watching:
            self._record_presence(PresenceKind.LEFT, connection)
        self._names.release(step.session)
        self._room.add(step)

    def _mark_admitted(self, connection: Connection) -> None:
        self._timers.admissions.clear(connection.session)
        connection.admit()

    def _claim_token(self, connection: Connection) -> SessionId | None:
        """Claim the token of a new session; return the session that it resumes.

        If either of the two only watches, the older one leaves and is not resumed. If
        the older one is connected, it receives `REPLACED`.
        """
        previous = self._resumable.claim(connection)
        if previous is None:
            return None
        self._timers.stop_heartbeat(previous.session)
        if previous.state is State.MEMBER:
            previous.close(REPLACED.code, REPLACED.reason)
            self._capacity.start_closing(previous)
        if previous.is_watching or connection.is_watching:
            step = LeaveRoom(previous.session, REPLACED.code, REPLACED)
            self._leave(previous, step)
            return None
        return previous.session

    def _user(self, session: SessionId, now: float) -> User:
        return User(self._names[session], self._wall + now)

    def _take_name(self, session: SessionId, wanted: str) -> Refused | None:
        """Give the *wanted* name to a session, or return the reason to refuse it."""
        name = normalize_name(wanted)
        if isinstance(name, Refused):
            return name
        if name != self._names[session] and not self._names.claim(session, name):
            return name_taken(name)
        return None

    def _rename(self, connection: Connection, wanted: str) -> Refused | None:
        session = connection.session
        old = self._names[session]
        refusal = self._take_name(session, wanted)
        if self._names[session] != old:
            self.announce_rename(connection)
        return refusal


def name_taken(name: str) -> Refused:
    """Return the refusal for a name that another session has."""
    return Refused("name_taken", f"the name {name} is taken, or looks like one that is")
