"""Effects on rooms: who enters and leaves them, and those that open and close."""

from ..delivery.delivery import Delivery
from ..events import (
    LOBBY,
    ConnectionId,
    Joined,
    Left,
    RoomClosed,
    RoomName,
    is_direct_room,
)
from ..state.effects import RoomEnded, RoomEntered, RoomLeft, RoomShown
from ..state.room import Room
from ..state.state import State
from .connection import Connection
from .openings import Openings
from .presence import PresenceChanges
from .registry import Connections
from .timers import Timers


class RoomEffects:
    """Tells the connections of this node what has changed about rooms."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        openings: Openings,
        timers: Timers,
        connections: Connections,
        presence_changes: PresenceChanges,
    ) -> None:
        self._state, self._delivery = state, delivery
        self._openings, self._timers = openings, timers
        self._connections, self._presence_changes = connections, presence_changes

    def close_later(self, room: RoomName) -> None:
        """Try later to close an empty room, because the journal has refused it now."""
        self._timers.empty_rooms.set(room, self._connections.now)

    def close_if_unused(self, room: Room) -> None:
        """Set the time at which a room closes, if nobody is in it."""
        is_lasting = room.name == LOBBY
        if room.is_direct:  # of those that are kept, most are lasting, and are many
            is_lasting = self._state.is_lasting(room)
        if room.is_open and not room.members and not is_lasting:
            self._timers.empty_rooms.set(room.name, self._connections.now)

    def make(self, name: RoomName) -> None:
        """Note a room that was opened. Private rooms are not logged."""
        is_private = self._state.rooms[name].is_private
        self._delivery.set_hidden(name, is_hidden=is_private)
        if not is_private:
            self._presence_changes.add_room(name, is_open=True)
        self._timers.empty_rooms.set(name, self._connections.now)

    def change_privacy(self, name: RoomName) -> None:
        """Remove those who only watch from a room that has become private."""
        room = self._state.rooms[name]
        self._delivery.set_hidden(name, is_hidden=room.is_private)
        if room.is_private:
            for each in list(self._delivery.room(name) or ()):
                if self._connections[each].is_watching:
                    closed = RoomClosed(name, "the room is private now")
                    self.close_for(each, closed)
        elif not room.members:
            self._timers.empty_rooms.set(name, self._connections.now)

    def close_for(self, connection: ConnectionId, closed: RoomClosed) -> None:
        """Close a room for a connection that only watches it."""
        self._delivery.private.send(connection, closed, room=closed.room)
        self._delivery.finish(connection, closed.room)

    def enter(self, effect: RoomEntered) -> None:
        """Tell that a session has entered a room."""
        room = self._state.rooms[effect.room]
        self._timers.empty_rooms.clear(room.name)
        connection = self._connections.of(effect.session)
        role = self._state.role_in(effect.session, room.name)
        joined = Joined(room.name, effect.name, role)
        is_plain = connection is not None and connection.hello is None
        is_told = effect.is_new and effect.is_first and not room.is_direct
        if is_told and not is_plain:
            self._delivery.append(room.name, joined)
        if connection is not None and connection.is_open:
            self._open_room(connection, room, joined, is_new=effect.is_new)
        if is_told and is_plain:
            self._delivery.append(room.name, joined)

    def enter_again(self, connection_id: ConnectionId, name: RoomName) -> None:
        """Open a room again for a connection that has only now received its end.

        Its session may have entered the room again before that, with its account.
        """
        connection, room = (
            self._connections.get(connection_id),
            self._state.rooms.get(name),
        )
        session = self._state.sessions.get(connection.session) if connection else None
        if connection is None or session is None or room is None:
            return
        if connection.is_open and session.id in room.members:
            role = self._state.role_in(session.id, name)
            joined = Joined(name, session.name, role)
            self._open_room(connection, room, joined, is_new=True)

    def show(self, effect: RoomShown) -> None:
        """Let a session hear a direct room that was opened for it."""
        connection = self._connections.of(effect.session)
        if connection is None or not connection.is_open:
            return
        room, sequence = self._state.rooms[effect.room], effect.sequence
        if connection.hello is None:
            self._delivery.enter(connection.id, room.name, effect.last)
        elif self._delivery.hears(connection.id, room.name):
            info = self._openings.room_info(connection, room, sequence)
            self._delivery.private.send(connection.id, info, room=room.name)
        else:
            self._openings.show_room(connection, room, sequence, effect.last)

    def leave(self, effect: RoomLeft) -> None:
        """Tell that a session has left a room."""
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
            self.close_if_unused(room)

    def end(self, effect: RoomEnded) -> None:
        """Tell that a room is closed."""
        is_hidden = self._delivery.is_hidden(effect.room)
        if not (is_hidden or is_direct_room(effect.room)):
            self._presence_changes.add_room(effect.room, is_open=False)
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
        elif (
            not is_new
            and connection.hello is not None
            and room.name not in connection.entering
        ):
            info = self._openings.room_info(connection, room)
            self._delivery.private.send(connection.id, info, room=room.name)
