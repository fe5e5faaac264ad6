"""Effect handlers: what a change of the state means for this node's connections."""

from typing import Final, assert_never

from ..counters import Counters
from ..delivery.delivery import Delivery
from ..events import (
    DIRECT_PREFIX,
    LOBBY,
    AccountInfo,
    Bye,
    ConnectionId,
    IgnoredNames,
    InvitationEnded,
    InvitationHeard,
    Joined,
    Left,
    Message,
    Renamed,
    RoomClosed,
    RoomName,
    SessionId,
)
from ..names.folding import fold_key
from ..state.effects import (
    AlreadySaid,
    Banned,
    DeviceMade,
    Effect,
    IgnoredChanged,
    InvitationMade,
    InvitationsShown,
    InvitationTakenBack,
    MessageErased,
    NameChanged,
    PrivacyChanged,
    ReadFurther,
    Restricted,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    RoomShown,
    SessionEnded,
    SessionExpelled,
    SessionSignedIn,
    SessionStarted,
    SessionSuspended,
    Told,
    Void,
    Whisper,
)
from ..state.rooms import Room
from ..state.state import State
from ..storage import Invitation, Sanction
from .admission import Admission
from .capacity import Capacity
from .closing import GOODBYE, Closing
from .connection import Connection, Standing
from .connection import State as ConnectionState
from .holds import EndedConnection, Holds
from .openings import Openings
from .presence import PresenceChanges, PresenceKind
from .read_positions import ReadPositions
from .registry import Connections
from .sanction_lists import own_sanctions, watcher_ban
from .timers import Timers

REPLACED: Final = Bye("replaced", "you have reconnected on another connection")


class EffectHandlers:
    """Tells the connections of this node what has changed, room by room."""

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
        reads: ReadPositions,
    ) -> None:
        self._reads = reads
        self._state, self._delivery = state, delivery
        self._admission, self._openings = admission, openings
        self._closing, self._timers = closing, timers
        self._counters, self._capacity = counters, capacity
        self._connections, self._holds = connections, holds
        self.presence_changes = PresenceChanges()

    def handle(self, effect: Effect) -> None:  # noqa: C901 -- a row per effect
        """Tell the connections of this node about one effect."""
        match effect:
            case SessionStarted():
                self._start_session(effect)
            case SessionSuspended(_, attachment, is_orphan):
                now = self._connections.now
                self._holds.hold(attachment, now, is_orphan=is_orphan)
            case SessionEnded():
                self._end_session(effect)
            case SessionSignedIn(session):
                self._send_account(session)
            case SessionExpelled():
                self._expel(effect)
            case Banned(sanction):
                self._remove_watchers(sanction)
            case Restricted(session):
                self._send_sanctions(session)
            case NameChanged():
                self._rename(effect)
            case RoomEntered():
                self._enter_room(effect)
            case RoomLeft():
                self._leave_room(effect)
            case RoomMade(room):
                self._make_room(room)
            case RoomEnded():
                self._end_room(effect)
            case RoomShown():
                self._show_room(effect)
            case PrivacyChanged(room):
                self._change_privacy(room)
            case InvitationMade(invitation):
                self._tell_invitation(invitation)
            case InvitationTakenBack(invitation, by):
                self._tell_taken_back(invitation, by)
            case InvitationsShown(session):
                self._send_invitations(session)
            case Told(room, event):
                self._delivery.append(room, event)
            case MessageErased(erasure):
                self._delivery.erase(erasure)
            case IgnoredChanged(session):
                self.send_ignored(session)
            case ReadFurther(account, room):
                self._reads.applied(account, room)
            case Whisper() | Void() | AlreadySaid() | Message() | DeviceMade():
                pass  # `Settling` reports them to the proposer
            case _:
                assert_never(effect)

    def forget_end(self, attachment: SessionId) -> EndedConnection | None:
        """Forget why a connection ended, and return it, if it has no session now.

        A late hello may have resumed a session in place of the one that ended.
        """
        if self._state.sessions.at(attachment) is not None:
            return None
        return self._holds.take(attachment)

    def close_later(self, room: RoomName) -> None:
        """Close an empty room some time later, since the journal refused to now."""
        self._timers.empty_rooms.set(room, self._connections.now)

    def begin(self) -> None:
        """Start the time of what waits when the server starts.

        These are rooms that are empty, and sessions that nobody else may close.
        """
        for session in self._state.sessions:
            if session.is_held:
                now = self._connections.now
                self._holds.hold(session.attachment, now, is_orphan=True)
        for room in self._state.rooms:
            self._delivery.set_hidden(room.name, is_hidden=room.is_private)
            self._close_if_unused(room)

    def _close_if_unused(self, room: Room) -> None:
        """Set the time at which a room closes, if nobody is in it."""
        is_lasting = room.name == LOBBY
        if room.is_direct:  # of those that are kept, most are lasting, and are many
            is_lasting = self._state.is_lasting(room)
        if room.is_open and not room.members and not is_lasting:
            self._timers.empty_rooms.set(room.name, self._connections.now)

    # -- sessions -----------------------------------------------------------------

    def _start_session(self, effect: SessionStarted) -> None:
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
            self._capacity.add_user(connection)
        if is_other or not connection.is_upgrading:
            self._report_presence(connection, effect)
        self._connections.attach(connection, effect.session)
        if connection.hello is not None:
            self._begin_session(connection, was_watching=was_watching)
            if not is_other:
                self._openings.greet(connection)

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
        if not session.account:  # an account is told when it has signed in
            self._send_invitations(session.id)

    def _send_account(self, id_: SessionId) -> None:
        """Tell a session of which account it is, and the key of a new device."""
        connection = self._connections.of(id_)
        session = self._state.sessions.get(id_)
        account = self._state.accounts.get(session.account) if session else None
        if connection is None or session is None or account is None:
            return
        key, connection.device_key = connection.device_key, ""
        info = AccountInfo(account.name, account.role, session.device, key)
        self._delivery.private.send(connection.id, info)

    def _send_sanctions(self, id_: SessionId) -> None:
        """Tell a session which sanctions hold for its user."""
        connection, session = self._connections.of(id_), self._state.sessions.get(id_)
        if connection is not None and connection.hello is not None and session:
            found = own_sanctions(self._state, session, self._connections.wall)
            self._delivery.private.send(connection.id, found)

    def _expel(self, effect: SessionExpelled) -> None:
        """Close the connection of a session that somebody has ended."""
        connection = self._connections.local(effect.attachment)
        if connection is not None and connection.is_open:
            bye = GOODBYE if connection.is_logging_out else effect.bye
            self._closing.expel(connection, bye)

    def _report_presence(self, connection: Connection, effect: SessionStarted) -> None:
        kind = PresenceKind.RESUMED if effect.previous else PresenceKind.JOINED
        name = self._state.sessions[effect.session].name
        self.presence_changes.add(
            kind,
            effect.attachment,
            connection.address,
            name,
            effect.previous or None,
        )

    def _end_session(self, effect: SessionEnded) -> None:
        ended = self.forget_end(effect.attachment)
        connection = self._connections.local(effect.attachment)
        address = ended.address if ended is not None else ""
        if connection is not None:
            address = connection.address
            self._connections.detach(connection)
        is_resuming = connection is not None and connection.is_resuming
        if address and not is_resuming:
            kind = PresenceKind.LEFT
            self.presence_changes.add(kind, effect.attachment, address, effect.name)
        if connection is None or not connection.is_open:
            return
        if connection.is_upgrading:
            self._continue_without_session(connection)
        else:  # another connection with its token has a session of somebody else
            self._closing.replace(connection, REPLACED)

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

    def _remove_watchers(self, sanction: Sanction) -> None:
        """Remove those who watch and are banned now; a ban has ended the sessions."""
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
                self._close_room(connection.id, closed)

    def _rename(self, effect: NameChanged) -> None:
        """Deliver a rename in each room of the session, in the order of that room.

        The user receives it even if there is no such room. It counts as a line in each
        room that the user hears.
        """
        session, name, to = effect.session, effect.name, effect.to
        own = self._connections.of(session)
        if own is not None:
            self._presence_renamed(own, to)
        for room in effect.rooms:
            self._delivery.append(room, Renamed(room, name, to))
        if own is None or effect.is_at_start:
            return
        heard = len(self._delivery.rooms_of(own.id))
        if not heard:
            self._delivery.private.send(own.id, Renamed(None, name, to))
        elif own.bucket is not None:
            own.bucket.spend(heard - 1)

    def _presence_renamed(self, connection: Connection, name: str) -> None:
        kind = PresenceKind.RENAMED
        self.presence_changes.add(kind, connection.session, connection.address, name)

    def send_ignored(self, session: SessionId) -> None:
        """Tell a session whom its user ignores."""
        connection = self._connections.of(session)
        if connection is not None and connection.is_open:
            names = tuple(
                sorted(self._state.ignored_by(self._state.sessions[session]).values())
            )
            self._delivery.private.send(connection.id, IgnoredNames(names))

    def _send_invitations(self, id_: SessionId) -> None:
        """Tell a session where its user is invited."""
        session = self._state.sessions[id_]
        for each in self._state.invitations_of(session, self._connections.wall):
            self._send_invitation(id_, each)

    def _tell_invitation(self, invitation: Invitation) -> None:
        """Tell those sessions of an invitation that are here and not told otherwise."""
        wall = self._connections.wall
        for session in self._state.invited_sessions(invitation):
            if invitation in self._state.invitations_of(session, wall):
                self._send_invitation(session.id, invitation)

    def _tell_taken_back(self, invitation: Invitation, by: str) -> None:
        """Tell those who heard of an invitation that it was taken back."""
        room = invitation.room
        if room is None or invitation.is_ignored:
            return
        for session in self._state.invited_sessions(invitation):
            connection = self._connections.of(session.id)
            is_heard = fold_key(invitation.by) not in self._state.ignored_by(session)
            if is_heard and connection is not None and connection.is_open:
                self._delivery.private.send(connection.id, InvitationEnded(room, by))

    def _send_invitation(self, id_: SessionId, invitation: Invitation) -> None:
        connection, room = self._connections.of(id_), invitation.room
        if connection is None or not connection.is_open or room is None:
            return
        heard = InvitationHeard(room, invitation.by, invitation.until)
        self._delivery.private.send(connection.id, heard)

    # -- rooms --------------------------------------------------------------------

    def _make_room(self, name: RoomName) -> None:
        """Note a room that was opened; the log does not have the private ones."""
        is_private = self._state.rooms[name].is_private
        self._delivery.set_hidden(name, is_hidden=is_private)
        if not is_private:
            self.presence_changes.add_room(name, is_open=True)
        self._timers.empty_rooms.set(name, self._connections.now)

    def _change_privacy(self, name: RoomName) -> None:
        """Let nobody but members hear a room that is private now."""
        room = self._state.rooms[name]
        self._delivery.set_hidden(name, is_hidden=room.is_private)
        if room.is_private:
            for each in list(self._delivery.room(name) or ()):
                if self._connections[each].is_watching:
                    closed = RoomClosed(name, "the room is private now")
                    self._close_room(each, closed)
        elif not room.members:
            self._timers.empty_rooms.set(name, self._connections.now)

    def _close_room(self, connection: ConnectionId, closed: RoomClosed) -> None:
        """Let somebody who watches hear no more of a room."""
        self._delivery.private.send(connection, closed, room=closed.room)
        self._delivery.finish(connection, closed.room)

    def _enter_room(self, effect: RoomEntered) -> None:
        room = self._state.rooms[effect.room]
        self._timers.empty_rooms.clear(room.name)
        connection = self._connections.of(effect.session)
        joined = Joined(room.name, effect.name)
        is_plain = connection is not None and connection.hello is None
        is_told = effect.is_new and effect.is_first and not room.is_direct
        if is_told and not is_plain:
            self._delivery.append(room.name, joined)
        if connection is not None and connection.is_open:
            self._open_room(connection, room, joined, is_new=effect.is_new)
        if is_told and is_plain:
            self._delivery.append(room.name, joined)

    def _open_room(
        self, connection: Connection, room: Room, joined: Joined, *, is_new: bool
    ) -> None:
        """Let a connection hear a room that its session is in."""
        private = None if room.is_direct else joined
        if not self._delivery.hears(connection.id, room.name):
            self._openings.enter_room(connection, room, private)
        elif connection.is_upgrading:
            hello = connection.hello
            has_cursor = hello is not None and hello.cursor(room.name) is not None
            resumes = connection.session != connection.attachment
            opening = self._openings.opening(
                connection, room, private if has_cursor or resumes else None
            )
            self._delivery.upgrade(connection.id, room.name, opening)
        elif not is_new and connection.hello is not None:
            info = self._openings.room_info(connection, room)
            self._delivery.private.send(connection.id, info, room=room.name)

    def enter_again(self, connection_id: ConnectionId, name: RoomName) -> None:
        """Let a connection hear a room again whose end it has received only now.

        Its session may have entered the room since then, as that of an account.
        """
        connection, room = (
            self._connections.get(connection_id),
            self._state.rooms.get(name),
        )
        session = self._state.sessions.get(connection.session) if connection else None
        if connection is None or session is None or room is None:
            return
        if connection.is_open and session.id in room.members:
            joined = Joined(name, session.name)
            self._open_room(connection, room, joined, is_new=True)

    def _show_room(self, effect: RoomShown) -> None:
        connection = self._connections.of(effect.session)
        if connection is None or not connection.is_open or connection.hello is None:
            return
        room, sequence = self._state.rooms[effect.room], effect.sequence
        if self._delivery.hears(connection.id, room.name):
            info = self._openings.room_info(connection, room, sequence)
            self._delivery.private.send(connection.id, info, room=room.name)
        else:
            self._openings.show_room(connection, room, sequence, effect.last)

    def _leave_room(self, effect: RoomLeft) -> None:
        connection = self._connections.of(effect.session)
        left = Left(effect.room, effect.name, effect.reason)
        if (
            connection is not None
            and self._delivery.hears(connection.id, effect.room)
            and not self._delivery.is_finishing(connection.id, effect.room)
        ):
            continues = connection.is_open and connection.is_upgrading
            if connection.is_open and not continues:
                own = left.replace(is_own=True)
                self._delivery.private.send(connection.id, own, room=effect.room)
            if not continues:
                self._delivery.finish(connection.id, effect.room)
        room = self._state.rooms.get_open(effect.room)
        if effect.is_last and not (room is not None and room.is_direct):
            self._delivery.append(effect.room, left)
        if room is not None:
            self._close_if_unused(room)

    def _end_room(self, effect: RoomEnded) -> None:
        is_hidden = self._delivery.is_hidden(effect.room)
        if not (is_hidden or effect.room.startswith(DIRECT_PREFIX)):
            self.presence_changes.add_room(effect.room, is_open=False)
        reason = effect.reason or "nobody uses the room any more"
        delivery = self._delivery.room(effect.room)
        for each in list(delivery or ()):
            if self._connections[each].is_open:
                closed = RoomClosed(effect.room, reason)
                self._delivery.private.send(each, closed, room=effect.room)
        self._delivery.end_room(effect.room)
        if self._state.rooms.get(effect.room) is None:
            self._delivery.set_hidden(effect.room, is_hidden=False)
        self._timers.empty_rooms.clear(effect.room)
