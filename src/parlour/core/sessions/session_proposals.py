"""Proposals of sessions, and of the rooms that they enter, each in one place."""

from ..delivery.delivery import Delivery
from ..entries import AccountEntered, Entered, RoomOpened, SessionOpened
from ..events import LOBBY, Refused, RoomName, is_direct_room
from ..limits import NEW_ROOM_RATE, Limits
from ..names.room_names import room_conflict_keys
from ..rules import Rules
from ..state.accounts import NO_ACCOUNT
from ..state.names import name_keys
from ..state.state import State
from ..storage import StoredAccount
from .connection import Connection, ConnectionKind, Standing
from .local_steps import LocalSteps
from .network_rates import NetworkRates
from .proposals import Proposals
from .registry import Connections
from .steps import SendPrivate


class SessionProposals:
    """Proposes that connections get a session, and that this enters rooms."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        steps: LocalSteps,
        delivery: Delivery,
        connections: Connections,
        rules: Rules,
        limits: Limits,
    ) -> None:
        self._state, self._proposals, self._steps = state, proposals, steps
        self._delivery, self._connections = delivery, connections
        self._rules = rules
        self._new_rooms = NetworkRates(NEW_ROOM_RATE, limits.local_room_rate)

    def change_limits(self, limits: Limits) -> None:
        """Apply the limit of new rooms that follows from another rate."""
        self._new_rooms.change_local(limits.local_room_rate)

    def open_silent(self, connection: Connection) -> None:
        """Propose the session of a connection that sent no hello."""
        entry = SessionOpened(
            connection.attachment,
            self._address_of(connection),
            rooms=(LOBBY,),
            network=connection.network,
            is_plain=True,
        )
        self._proposals.propose(entry, connection)

    def open_guest(
        self, connection: Connection, name: str, *, must_resume: bool
    ) -> None:
        """Propose the session of a hello, called *name*, unless that is empty.

        If it *must_resume*, only the session of an account may come of it.
        """
        entry = self._opening(connection).replace(
            name=name, keys=name_keys(name) if name else (), must_resume=must_resume
        )
        self._proposals.propose(entry, connection)

    def open_named(self, connection: Connection, name: str) -> None:
        """Propose a session that is called *name*, or that does not open."""
        entry = self._opening(connection).replace(
            name=name, keys=name_keys(name), must_have_name=True
        )
        self._proposals.propose(entry, connection)

    def open_account(
        self,
        connection: Connection,
        account: StoredAccount,
        generation: int,
        device: int,
    ) -> None:
        """Propose a session of an account; *generation* as in `entries.SignedIn`."""
        entry = self._opening(connection).replace(
            account=account.number, generation=generation, device=device
        )
        self._proposals.propose(entry, connection)

    def _opening(self, connection: Connection) -> SessionOpened:
        """Return the opening of a session in the rooms that the hello asks for.

        One who watches stays in the rooms that it hears.
        """
        hello = connection.hello
        assert hello is not None, "without a hello, nobody asks for a session"
        rooms = hello.wanted_rooms
        if connection.standing is Standing.WATCHER:
            rooms = tuple(self._delivery.rooms_of(connection.id))
        return SessionOpened(
            connection.attachment,
            self._address_of(connection),
            token=connection.token,
            rooms=rooms,
            knows_rooms=hello.knows_rooms,
            network=connection.network,
            is_secure=connection.is_secure,
            is_brief=connection.kind is ConnectionKind.FORM,
        )

    def _address_of(self, connection: Connection) -> str:
        """Return the address that others may see; empty if they see none."""
        return "" if self._rules.guest_names == "number" else connection.address

    def enter(self, connection: Connection, room: RoomName) -> None:
        """Propose that a session enters a room, and its account with it."""
        session = self._state.sessions.get(connection.session)
        attachment = connection.attachment
        entry: Entered | AccountEntered = Entered(attachment, room)
        account = self._state.accounts.get(session.account) if session else None
        is_direct = is_direct_room(room)
        if account is not None and not is_direct and room not in account.rooms:
            entry = AccountEntered(attachment, account.number, room)
        self._proposals.propose(entry, connection)

    def enter_own_rooms(self, connection: Connection, *, is_opening: bool) -> None:
        """Propose that an account enters the rooms in which its new session is.

        If the session *is opening*, it has just received a line about each of them.
        """
        session = self._state.sessions.get(connection.session)
        account = self._state.accounts.get(session.account) if session else None
        if session is None or account is None:
            return
        for room in session.rooms:
            if not is_direct_room(room) and room not in account.rooms:
                if is_opening:
                    connection.entering |= {room}
                self.enter(connection, room)

    def open_room(
        self,
        connection: Connection,
        room: RoomName,
        about: str,
        *,
        is_private: bool = False,
    ) -> None:
        """Propose to open a room, which its session then enters."""
        if not self._new_rooms.allows(connection, self._connections.now):
            reason = "too many new rooms were opened from your address; try later"
            why = Refused("too_many_new_rooms", reason, room=room, about=about)
            self._steps.add(SendPrivate(connection.id, why))
            return
        session = self._state.sessions.get(connection.session)
        owner = NO_ACCOUNT if session is None else session.account
        keys = room_conflict_keys(room)
        attachment = connection.attachment
        entry = RoomOpened(room, attachment, keys, owner, is_private)
        self._proposals.propose(entry, connection)
