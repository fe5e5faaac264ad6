"""Admission: a connection opens or resumes a session, or only watches."""

from typing import Final, NamedTuple

from ..delivery.delivery import Delivery
from ..entries import SessionClosed
from ..events import LOBBY, Bye, Pong, Refused, RoomName
from ..protocol.commands import Hello
from ..rules import Rules
from ..state import refusals
from ..state.sanctions import Person
from ..state.state import State
from .capacity import Capacity
from .chosen_names import chosen_name
from .connection import Connection, ConnectionKind, CountedAs, Standing
from .connection import State as ConnectionState
from .hellos import session_dialect, take_first_hello, take_hello
from .local_steps import LocalSteps
from .openings import Openings
from .proposals import Proposals
from .registry import Connections
from .sanction_lists import shown_account, watcher_ban
from .session_proposals import SessionProposals
from .steps import SendPrivate
from .timers import Timers

LEFT_TO_WATCH: Final = "watching"  # the reason of a member that turns into a watcher


class Rejected(NamedTuple):
    """A connection that is not admitted: the reason, and the bytes to send last."""

    code: str
    reason: str
    last: bytes


class Admission:
    """Proposes the sessions of connections, and admits those that only watch.

    A session is admitted when its `SessionOpened` is applied (`EffectHandlers`).
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        steps: LocalSteps,
        delivery: Delivery,
        timers: Timers,
        capacity: Capacity,
        connections: Connections,
        openings: Openings,
        sessions: SessionProposals,
        rules: Rules,
    ) -> None:
        self._sessions, self._rules = sessions, rules
        self._state, self._proposals, self._steps = state, proposals, steps
        self._delivery, self._timers, self._capacity = delivery, timers, capacity
        self._connections, self._openings = connections, openings

    @property
    def admits_guests(self) -> bool:
        """Whether somebody without an account can be a user."""
        return self._rules.guests == "on"

    @property
    def admits_readers(self) -> bool:
        """Whether somebody who does not sign in may at least read."""
        return self._rules.guests != "off"

    def about(self, token: str) -> Pong:
        """Return the answer to a ping that asks for the time and the rules."""
        rules = self._rules
        return Pong(token, self._connections.wall, rules.guests, rules.registration)

    def ban_of(self, connection: Connection, hello: Hello | None = None) -> Bye | None:
        """Return why somebody who did not sign in is banned from the server, or None.

        The token of a *hello* may be that of a session that has signed in before, if
        the hello would resume it, and the hello of a read-only page may have the key of
        an account.
        """
        network, wall = connection.network, self._connections.wall
        token = hello.token if hello is not None else ""
        account = shown_account(self._state, connection, hello)
        is_page = connection.kind is ConnectionKind.READ_ONLY_PAGE
        resumes = connection.is_secure and not is_page
        if resumes and hello is not None and not hello.is_watching:
            session = self._state.sessions.with_token(token)
            account = session.account if session is not None else account
        person = Person(account, 0, token, network)
        why = self._state.restrictions.ban(person, wall, None)
        return None if why is None else Bye(why.code, why.reason)

    def user_rejection(self, connection: Connection) -> Bye | None:
        """Return why a connection cannot be a user; None if it can or already is."""
        if connection.counted_as is CountedAs.USER:
            return None
        return self._capacity.user_rejection()

    def admit(self, connection: Connection) -> None:
        """Propose a session for a connection that sent no hello.

        Where guests may only read, it watches the lobby instead. Where they are not
        admitted, it has some time to sign in.
        """
        self._timers.admissions.clear(connection.id)
        if not self.admits_readers:
            self._timers.sign_ins.set(connection.id, self._connections.now)
        elif not self.admits_guests:
            self._watch_lobby(connection)
        else:
            connection.enter()
            self._capacity.add_user(connection)
            self._sessions.open_silent(connection)

    def admit_with_hello(
        self, connection: Connection, hello: Hello, now: float
    ) -> None:
        """Propose a session for a connection whose first line is *hello*."""
        self._timers.admissions.clear(connection.id)
        if connection.kind is ConnectionKind.READ_ONLY_PAGE:
            hello = hello.replace(is_watching=True, token="")
            account = shown_account(self._state, connection, hello)
            if not (self.admits_readers or account):
                self._admit_guest(connection, hello, now)
                return
        elif not self.admits_guests and not self._resumes_account(hello):
            self._admit_guest(connection, hello, now)
            return
        elif (
            not hello.is_watching
            and self._state.sessions.with_token(hello.token) is None
            and (bye := self.user_rejection(connection))
        ):
            why = Refused(bye.code, bye.reason, about="hello")
            hello = hello.replace(is_watching=True, errors=(*hello.errors, why))
        take_first_hello(connection, hello)
        if hello.is_watching:
            connection.admit()
            self.watch(connection, now)
            return
        connection.enter()
        self._capacity.add_user(connection)
        self._propose_session(connection, hello)

    def _admit_guest(self, connection: Connection, hello: Hello, now: float) -> None:
        """Admit a guest who may only read, or may do nothing before it signs in."""
        if not (hello.is_watching and self.admits_readers):
            why = refusals.sign_in_required().replace(about="hello")
            hello = hello.replace(errors=(*hello.errors, why))
        take_first_hello(connection, hello)
        if self.admits_readers:
            connection.admit()
            self.watch(connection, now)
        else:
            connection.enter()
            self.stay_outside(connection)
            self.send_errors(connection)

    def _watch_lobby(self, connection: Connection) -> None:
        """Let a connection that sent no hello hear the lobby, and read its history."""
        connection.admit()
        connection.standing = Standing.WATCHER
        self._delivery.open(connection.id, connection.dialect)
        self._openings.enter_room(connection, self._state.rooms[LOBBY])

    def await_sign_in(self, connection: Connection, hello: Hello, now: float) -> None:
        """Note that the user of a connection has to sign in before it is admitted."""
        self._timers.admissions.clear(connection.id)
        take_first_hello(connection, hello)
        connection.enter()
        self._capacity.add_user(connection)
        if hello.knows_rooms:
            self._timers.welcomes.set(connection.id, now)

    def stay_outside(self, connection: Connection) -> None:
        """Admit a connection that may try to sign in again, and nothing else."""
        if connection.state is ConnectionState.ENTERING:
            connection.admit()
            self._delivery.open(connection.id, connection.dialect)
        connection.standing = Standing.OUTSIDER
        now = self._connections.now
        self._timers.restart_heartbeat(connection.id, now)
        if not self.admits_readers:
            self._timers.sign_ins.set(connection.id, now)

    def continue_outside(self, connection: Connection) -> None:
        """Let a member or watcher whose late hello failed sign in again."""
        self.upgrade_dialect(connection)
        for name in list(self._delivery.rooms_of(connection.id)):
            self._delivery.leave(connection.id, name)
        connection.is_upgrading = False
        self.stay_outside(connection)
        self.send_errors(connection)

    def begin_upgrade(self, connection: Connection, hello: Hello) -> None:
        """Note that a silent member or watcher has sent a late *hello*."""
        take_hello(connection, hello)
        connection.is_upgrading = True

    def upgrade(self, connection: Connection, hello: Hello) -> None:
        """Propose the session of a silent member, as its late *hello* asks."""
        self.begin_upgrade(connection, hello)
        if not connection.session:
            self.upgrade_dialect(connection)
            if not hello.is_watching:
                why = refusals.sign_in_required().replace(about="hello")
                connection.hello = hello.replace(errors=(*hello.errors, why))
            self.watch(connection, self._connections.now)
        elif hello.is_watching:
            entry = SessionClosed(connection.attachment, LEFT_TO_WATCH)
            self._proposals.propose(entry, connection)
        else:
            self._propose_session(connection, hello)

    def watch(self, connection: Connection, now: float) -> None:
        """Let a connection hear the rooms of its hello without a session."""
        hello = connection.hello
        assert hello is not None, "only a hello asks for that"
        connection.standing = Standing.WATCHER
        self._timers.restart_heartbeat(connection.id, now)
        if connection.id in self._delivery:
            self._delivery.set_dialect(connection.id, connection.dialect)
        else:
            self._delivery.open(connection.id, connection.dialect)
        self._openings.send_welcome(connection, "")
        for name in hello.wanted_rooms:
            room = self._state.rooms.get_open(name)
            if room is None or not room.is_public:
                why = refusals.no_such_room(name).replace(about="hello")
                self._steps.add(SendPrivate(connection.id, why))
            elif banned := self._ban_from(connection, name):
                self._steps.add(SendPrivate(connection.id, banned))
            elif self._delivery.hears(connection.id, room.name):
                opening = self._openings.opening(connection, room)
                self._delivery.upgrade(connection.id, room.name, opening)
            else:
                self._openings.enter_room(connection, room)
        self.finish(connection)

    def _ban_from(self, connection: Connection, room: RoomName) -> Refused | None:
        """Return why somebody who watches is banned from a room, or None."""
        why = watcher_ban(self._state, connection, room, self._connections.wall)
        return None if why is None else why.replace(about="hello")

    def upgrade_dialect(self, connection: Connection) -> None:
        """Switch to the session dialect, as the connection's hello asks.

        Nothing in the old dialect follows: events of a room that the hello does not ask
        for are dropped.
        """
        hello = connection.hello
        assert hello is not None, "only a hello asks for that"
        connection.dialect = session_dialect(hello)
        self._delivery.set_dialect(connection.id, connection.dialect)
        for name in self._delivery.rooms_of(connection.id):
            if name not in hello.wanted_rooms:
                self._delivery.leave(connection.id, name)

    def finish(self, connection: Connection) -> None:
        """End the admission of a connection: send the errors of its hello.

        A room that it enters later starts with its live events, except a direct room:
        one that its account has left comes back with the next message.
        """
        if connection.is_upgrading and not connection.is_watching:
            session = self._state.sessions.get(connection.session)
            rooms = session.rooms if session is not None else ()
            for name in self._delivery.rooms_of(connection.id):
                if name not in rooms:
                    self._delivery.withdraw(connection.id, name)
        connection.is_upgrading, connection.joins_by = False, "join"
        self.send_errors(connection)
        if connection.hello is not None and connection.hello.cursors:
            connection.hello = connection.hello.with_direct_cursors()

    def send_errors(self, connection: Connection) -> None:
        """Send the errors of the connection's hello, once."""
        hello = connection.hello
        if hello is not None and hello.errors:
            for error in hello.errors:
                self._steps.add(SendPrivate(connection.id, error))
            connection.hello = hello.replace(errors=())

    def _resumes_account(self, hello: Hello) -> bool:
        session = self._state.sessions.with_token(hello.token)
        return session is not None and bool(session.account)

    def _propose_session(self, connection: Connection, hello: Hello) -> None:
        name = "" if hello.name is None else chosen_name(hello.name, self._rules)
        if isinstance(name, Refused):
            errors = (*hello.errors, name.replace(about="hello"))
            connection.hello, name = hello.replace(errors=errors), ""
            hello = connection.hello
        if hello.knows_rooms:
            self._timers.welcomes.set(connection.id, self._connections.now)
        must_resume = not self.admits_guests
        self._sessions.open_guest(connection, name, must_resume=must_resume)
