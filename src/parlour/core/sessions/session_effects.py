"""Effects on sessions: their starts and ends, names, accounts and sanctions."""

from typing import Final

from ..counters import Counters
from ..delivery.delivery import Delivery
from ..events import (
    LOBBY,
    AccountInfo,
    Bye,
    IgnoredNames,
    Renamed,
    RoomClosed,
    SessionId,
)
from ..state.effects import (
    NameChanged,
    Restricted,
    SessionEnded,
    SessionExpelled,
    SessionStarted,
)
from ..state.state import State
from ..storage import Sanction
from .admission import Admission
from .capacity import Capacity
from .closing import GOODBYE, Closing
from .connection import Connection, Standing
from .connection import State as ConnectionState
from .holds import EndedConnection, Holds
from .invitation_effects import InvitationEffects
from .openings import Openings
from .presence import PresenceChanges, PresenceKind
from .registry import Connections
from .room_effects import RoomEffects
from .sanction_lists import own_sanctions, watcher_ban
from .timers import Timers

REPLACED: Final = Bye("replaced", "you have reconnected on another connection")


class SessionEffects:
    """Tells the connections of this node what has changed about their sessions."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        admission: Admission,
        openings: Openings,
        closing: Closing,
        timers: Timers,
        counters: Counters,
        capacity: Capacity,
        connections: Connections,
        holds: Holds,
        rooms: RoomEffects,
        invitations: InvitationEffects,
        presence_changes: PresenceChanges,
    ) -> None:
        self._state, self._delivery = state, delivery
        self._admission, self._openings = admission, openings
        self._closing, self._timers = closing, timers
        self._counters, self._capacity = counters, capacity
        self._connections, self._holds = connections, holds
        self._rooms, self._invitations = rooms, invitations
        self._presence_changes = presence_changes

    def forget_end(self, attachment: SessionId) -> EndedConnection | None:
        """Forget why a connection ended, and return it, if it has no session now.

        A late hello may have resumed a session in place of the one that ended.
        """
        if self._state.sessions.at(attachment) is not None:
            return None
        return self._holds.take(attachment)

    def start(self, effect: SessionStarted) -> None:
        """Give a session that was opened or resumed its connection."""
        is_other = effect.previous not in (0, effect.attachment)
        if is_other:
            self._holds.take(effect.previous)
            previous = self._connections.local(effect.previous)
            if previous is not None:
                self._closing.replace(previous, REPLACED)
        connection = self._connections.local(effect.attachment)
        if connection is None or not connection.is_open:
            return
        was_watching, connection.standing = connection.is_watching, Standing.USER
        if connection.state is ConnectionState.ENTERING:
            connection.admit()
            self._delivery.open(connection.id, connection.dialect)
        if not connection.is_upgrading:
            self._counters.joined += 1
            self._counters.resumed += bool(effect.previous)
            self._capacity.add_user(connection)
        if is_other or not connection.is_upgrading:
            self._report_presence(connection, effect)
        self._connections.attach(connection, effect.session)
        if connection.hello is not None:
            self._begin_session(connection, was_watching=was_watching)
            if not is_other:
                self._openings.greet(connection)

    def send_account(self, id_: SessionId) -> None:
        """Tell a session which account it belongs to, and the key of a new device."""
        connection = self._connections.of(id_)
        session = self._state.sessions.get(id_)
        account = self._state.accounts.get(session.account) if session else None
        if connection is None or session is None or account is None:
            return
        key, connection.device_key = connection.device_key, ""
        info = AccountInfo(account.name, account.role, session.device, key)
        self._delivery.private.send(connection.id, info)

    def send_sanctions(self, effect: Restricted) -> None:
        """Tell a session which sanctions hold for its user.

        A plain client receives the reason why it cannot speak, or who lifted a mute.
        """
        connection = self._connections.of(effect.session)
        session = self._state.sessions.get(effect.session)
        if connection is None or session is None:
            return
        wall, private = self._connections.wall, self._delivery.private
        if connection.hello is not None:
            private.send(connection.id, own_sanctions(self._state, session, wall))
            return
        lobby = self._state.rooms[LOBBY]
        why = self._state.restrictions.refusal_to_write(session, lobby, wall)
        if told := why or effect.lifted:
            private.send(connection.id, told)

    def expel(self, effect: SessionExpelled) -> None:
        """Close the connection of a session that somebody has ended."""
        connection = self._connections.local(effect.attachment)
        if connection is not None and connection.is_open:
            bye = GOODBYE if connection.is_logging_out else effect.bye
            self._closing.expel(connection, bye)

    def end(self, effect: SessionEnded) -> None:
        """Take its session from a connection, which may continue without one."""
        ended = self.forget_end(effect.attachment)
        connection = self._connections.local(effect.attachment)
        address = ended.address if ended is not None else ""
        if connection is not None:
            address = connection.address
            self._connections.detach(connection)
        is_resuming = connection is not None and connection.is_resuming
        if address and not is_resuming:
            kind = PresenceKind.LEFT
            self._presence_changes.add(kind, effect.attachment, address, effect.name)
        if connection is None or not connection.is_open:
            return
        if connection.is_upgrading:
            self._continue_without_session(connection)
        else:  # another connection with its token has a session of somebody else
            self._closing.replace(connection, REPLACED)

    def remove_watchers(self, sanction: Sanction) -> None:
        """Remove connections that only watch and are banned now.

        The ban itself has ended the sessions.
        """
        for connection in list(self._connections.values()):
            if not (connection.is_watching or connection.is_outside):
                continue
            wall, room = self._connections.wall, sanction.room
            why = watcher_ban(self._state, connection, room, wall)
            if why is None:
                continue
            if room is None:
                self._closing.close(connection, Bye(why.code, why.reason))
            elif self._delivery.hears(connection.id, room):
                closed = RoomClosed(room, why.reason, why.code)
                self._rooms.close_for(connection.id, closed)

    def rename(self, effect: NameChanged) -> None:
        """Deliver a rename in each room of the session, in the order of that room.

        The user receives it even if there is no such room. It counts as a line in each
        room that the user hears.
        """
        session, name, to = effect.session, effect.name, effect.to
        own = self._connections.of(session)
        if own is not None:
            self._presence_renamed(own, to)
        for room in effect.rooms:
            role = self._state.role_in(session, room)
            self._delivery.append(room, Renamed(room, name, to, role))
        if own is None or effect.is_at_start:
            return
        heard = len(self._delivery.rooms_of(own.id))
        if not heard:
            self._delivery.private.send(own.id, Renamed(None, name, to))
        elif own.bucket is not None:
            own.bucket.spend(heard - 1)

    def send_ignored(self, session: SessionId) -> None:
        """Tell a session whom its user ignores."""
        connection = self._connections.of(session)
        if connection is not None and connection.is_open:
            names = tuple(
                sorted(self._state.ignored_by(self._state.sessions[session]).values())
            )
            self._delivery.private.send(connection.id, IgnoredNames(names))

    def _begin_session(self, connection: Connection, *, was_watching: bool) -> None:
        """Send what a session receives before the events of its rooms."""
        self._timers.restart_heartbeat(connection.id, self._connections.now)
        if connection.is_upgrading:
            self._admission.upgrade_dialect(connection)
        session = self._state.sessions[connection.session]
        if not was_watching:
            self._openings.send_welcome(connection, session.name)
        if self._state.ignored_by(session):
            self.send_ignored(session.id)
        if not session.account:  # otherwise `InvitationsShown` follows
            self._invitations.show(session.id)

    def _report_presence(self, connection: Connection, effect: SessionStarted) -> None:
        kind = PresenceKind.RESUMED if effect.previous else PresenceKind.JOINED
        name = self._state.sessions[effect.session].name
        self._presence_changes.add(
            kind,
            effect.attachment,
            connection.address,
            name,
            effect.previous or None,
        )

    def _continue_without_session(self, connection: Connection) -> None:
        """Let a member whose session ended watch, if its late hello asked for that.

        One whose late hello had wrong credentials may sign in again.
        """
        hello = connection.hello
        if hello is None:
            return
        if hello.credentials is not None:
            self._admission.continue_outside(connection)
        elif hello.is_watching:
            self._admission.upgrade_dialect(connection)
            self._admission.watch(connection, self._connections.now)

    def _presence_renamed(self, connection: Connection, name: str) -> None:
        kind = PresenceKind.RENAMED
        self._presence_changes.add(kind, connection.session, connection.address, name)
