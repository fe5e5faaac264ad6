"""Openings: the first events that a session receives, of the chat and of each room."""

from ..delivery.delivery import Delivery
from ..delivery.opening import Opening
from ..events import Cursor, Greeting, Joined, RoomInfo, RoomName, Welcome
from ..limits import Limits
from ..roles import Role
from ..rules import Rules
from ..state.rooms import Room
from ..state.state import State
from .connection import Connection


class Openings:
    """Lets connections hear rooms, from the cursors of their hello or from now on."""

    def __init__(
        self, state: State, delivery: Delivery, limits: Limits, rules: Rules
    ) -> None:
        self._state, self._delivery, self._limits = state, delivery, limits
        self._greeting = Greeting(rules.greeting) if rules.greeting else None
        self._cursors_ahead: list[tuple[RoomName, Cursor, int]] = []

    def take_cursors_ahead(self) -> list[tuple[RoomName, Cursor, int]]:
        """Return the cursors beyond the last message of a room since the last call.

        Each comes with the sequence of that message.
        """
        ahead, self._cursors_ahead = self._cursors_ahead, []
        return ahead

    def send_welcome(self, connection: Connection, name: str) -> None:
        """Send the welcome that precedes all rooms, to a client that knows rooms."""
        if connection.hello is not None and connection.hello.knows_rooms:
            self._delivery.private.send_first(connection.id, self._welcome(name))

    def greet(self, connection: Connection) -> None:
        """Send the greeting of the server to a new session, before the rooms."""
        if self._greeting is not None and connection.hello is not None:
            self._delivery.private.send_first(connection.id, self._greeting)

    def enter_room(
        self,
        connection: Connection,
        room: Room,
        joined: Joined | None = None,
    ) -> None:
        """Let a connection hear *room*, from its cursor or from now on.

        *joined* is the last event before the live ones.
        """
        opening = None
        if connection.hello is not None:
            opening = self.opening(connection, room, joined)
        self._delivery.enter(connection.id, room.name, room.sequence, opening)

    def show_room(
        self, connection: Connection, room: Room, sequence: int, last: int
    ) -> None:
        """Let a connection hear a direct room, from its cursor or after *sequence*.

        *last* is the last message before the next one that it hears. A client with a
        cursor knows the room, and hears of it as of any other.
        """
        hello = connection.hello
        has_cursor = hello is not None and hello.cursor(room.name) is not None
        first = last if has_cursor else sequence
        opening = self.opening(connection, room, sequence=first)
        self._delivery.enter(connection.id, room.name, last, opening)

    def opening(
        self,
        connection: Connection,
        room: Room,
        joined: Joined | None = None,
        sequence: int | None = None,
    ) -> Opening:
        """Return how the delivery of *room* to a session starts.

        With *sequence*, a client without a cursor receives the messages after that one.
        """
        hello = connection.hello
        assert hello is not None, "a plain client hears no opening"
        welcome = None
        if not hello.knows_rooms:
            session = self._state.sessions.get(connection.session)
            welcome = self._welcome(session.name if session is not None else "")
        info = self.room_info(connection, room, sequence)
        cursor = hello.cursor(room.name)
        if cursor is not None:
            connection.hello = hello.without_cursor(room.name)
            if cursor.epoch == info.epoch and cursor.sequence > info.sequence:
                self._cursors_ahead.append((room.name, cursor, info.sequence))
        elif sequence is not None:
            cursor = Cursor(info.epoch, sequence)
        return Opening(info, welcome, cursor, joined)

    def room_info(
        self, connection: Connection, room: Room, sequence: int | None = None
    ) -> RoomInfo:
        """Return the event about a room, with its last *sequence* or a given one."""
        partner, role = None, Role.MEMBER
        if room.is_direct:
            person = self._state.sessions[connection.session].person
            partner = self._state.name_of(room.partner(person))
        elif session := self._state.sessions.get(connection.session):
            role = room.roles.get(session.account, role)
        return RoomInfo(
            room=room.name,
            epoch=self._state.epoch_of(room),
            sequence=room.sequence if sequence is None else sequence,
            is_recovered=True,
            topic=room.topic,
            partner=partner,
            is_kept=not room.is_direct,
            role=role,
            is_locked=room.is_locked,
            slow=room.slow,
            is_private=room.is_private,
        )

    def _welcome(self, name: str) -> Welcome:
        return Welcome(name, None, self._limits.max_line, self._limits.max_text)
