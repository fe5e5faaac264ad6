"""Openings: the first events that a session receives, of the chat and of each room."""

from ..delivery.delivery import Delivery
from ..delivery.opening import Opening
from ..events import Cursor, Greeting, Joined, Reading, RoomInfo, RoomName, Welcome
from ..limits import MAX_UNREAD, Limits
from ..roles import Role
from ..rules import Rules
from ..state.room import Room
from ..state.state import State
from ..storage import StoredAccount
from .connection import Connection
from .read_positions import ReadPositions


class Openings:
    """Lets connections hear rooms, from the cursors of their hello or from now on."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        limits: Limits,
        rules: Rules,
        reads: ReadPositions,
    ) -> None:
        self._state, self._delivery, self._limits = state, delivery, limits
        self._rules, self._reads = rules, reads
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
        if self._rules.greeting and connection.hello is not None:
            greeting = Greeting(self._rules.greeting)
            self._delivery.private.send_first(connection.id, greeting)

    def enter_room(
        self,
        connection: Connection,
        room: Room,
        joined: Joined | None = None,
    ) -> None:
        """Let a connection hear *room*, from its cursor or from now on.

        *joined* is the last event before the live ones. A direct room of an account is
        heard from where the account has read it, or at most `MAX_UNREAD` before now.
        """
        opening = None
        if connection.hello is not None:
            first = self._first_unread(connection, room) if room.is_direct else None
            opening = self.opening(connection, room, joined, first)
        self._delivery.enter(connection.id, room.name, room.sequence, opening)

    def _account(self, connection: Connection) -> StoredAccount | None:
        session = self._state.sessions.get(connection.session)
        return self._state.accounts.get(session.account) if session else None

    def _first_unread(self, connection: Connection, room: Room) -> int | None:
        """Return the sequence after which a session hears a direct room.

        None for its cursor, or for from now on.
        """
        hello, account = connection.hello, self._account(connection)
        if account is None or hello is None or hello.cursor(room.name) is not None:
            return None
        position = self._reads.position(account, room.name)
        return max(position or 0, room.sequence - MAX_UNREAD)

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
        is_resumption = cursor is not None
        if cursor is not None:
            connection.hello = hello.without_cursor(room.name)
            if cursor.epoch == info.epoch and cursor.sequence > info.sequence:
                self._cursors_ahead.append((room.name, cursor, info.sequence))
        elif sequence is not None:
            cursor = Cursor(info.epoch, sequence)
        return Opening(info, welcome, cursor, joined, is_resumption)

    def room_info(
        self, connection: Connection, room: Room, sequence: int | None = None
    ) -> RoomInfo:
        """Return the event about a room, with its last *sequence* or a given one."""
        partner, role, is_one_way = None, Role.MEMBER, False
        if room.is_direct:
            other = room.partner(self._state.sessions[connection.session].person)
            partner = self._state.name_of(other)
            is_one_way = any(each.is_plain for each in self._state.sessions.of(other))
        elif session := self._state.sessions.get(connection.session):
            role = room.roles.get(session.account, role)
        account = self._account(connection)
        return RoomInfo(
            room=room.name,
            epoch=self._state.epoch_of(room),
            sequence=room.sequence if sequence is None else sequence,
            is_recovered=True,
            topic=room.topic,
            partner=partner,
            is_kept=room.is_kept,
            role=role,
            is_locked=room.is_locked,
            slow=room.slow,
            is_private=room.is_private,
            reading=self._reading(account, room) if account else None,
            is_one_way=is_one_way,
        )

    def _reading(self, account: StoredAccount, room: Room) -> Reading | None:
        """Return how far an account has read a room, also one that it is entering."""
        if room.is_direct or room.name in account.rooms:
            return self._reads.reading(account, room)
        return Reading(room.sequence, 0, 0)

    def _welcome(self, name: str) -> Welcome:
        return Welcome(name, None, self._limits.max_line, self._limits.max_text)
