"""Read positions: how far accounts have read their rooms, also before it is recorded.

A position is sent to the other devices of its account at once, and recorded with those
of all accounts after `READ_INTERVAL`, or when the server stops.
"""

from ..delivery.delivery import Delivery
from ..entries import ReadUpTo
from ..events import AccountNumber, Reading, ReadMoved, RoomName
from ..limits import MAX_UNREAD, MENTIONS_SEARCHED
from ..names.mentions import mentions
from ..state.room import Room
from ..state.state import State
from ..storage import StoredAccount
from .connection import Connection
from .proposals import Proposals
from .registry import Connections
from .timers import Timers

Place = tuple[AccountNumber, RoomName]


class ReadPositions:
    """The positions that are newer than the state, by account and room.

    Whoever says something has read its room up to that message. The other devices
    receive the message, so they are not told of such a position separately.
    """

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        delivery: Delivery,
        timers: Timers,
        connections: Connections,
    ) -> None:
        self._state, self._proposals, self._delivery = state, proposals, delivery
        self._timers, self._connections = timers, connections
        self._newer: dict[Place, int] = {}

    def __len__(self) -> int:
        return len(self._newer)

    def position(self, account: StoredAccount, room: RoomName) -> int | None:
        """Return how far an account has read one of its rooms, if that is known."""
        read = account.read(room)
        newer = self._newer.get((account.number, room))
        return read if newer is None else max(newer, read or 0)

    def reading(self, account: StoredAccount, room: Room) -> Reading | None:
        """Return how far an account has read a room, and what follows."""
        position = self.position(account, room.name)
        if position is None or room.name not in account.rooms:
            return None
        unread = min(max(room.sequence - position, 0), MAX_UNREAD)
        found = 0
        if unread and not room.is_direct:
            newest = self._delivery.newest_messages(room.name, MENTIONS_SEARCHED)
            found = sum(
                each.sequence > position
                and each.source != account.name
                and mentions(each.text, account.name)
                for each in newest
            )
        return Reading(position, unread, found)

    def read(self, connection: Connection, name: RoomName, sequence: int) -> None:
        """Note that the user of a session has read one of its rooms up to *sequence*.

        The account's other sessions receive it, if it had not read as far before.
        """
        session = self._state.sessions.get(connection.session)
        account = self._state.accounts.get(session.account) if session else None
        if account is not None and self._advance(account, name, sequence):
            self._tell(account, name, connection)

    def said(self, account: AccountNumber, room: RoomName, sequence: int) -> None:
        """Note that an account has said something new in a room."""
        self._note((account, room), sequence)

    def pass_over(
        self, account: StoredAccount, room: RoomName, before: int, sequence: int
    ) -> None:
        """Note a message that an account ignores, so that it is not counted as unread.

        *before* is the last message before it: only one who has read that has nothing
        else to read.
        """
        if (self.position(account, room) or 0) >= before:
            self._advance(account, room, sequence)

    def applied(self, number: AccountNumber, room: RoomName) -> None:
        """Tell the sessions of an account how far it has read, unless they know."""
        account = self._state.accounts.get(number)
        if account is None:
            return
        if self._newer.get((number, room), 0) < (account.read(room) or 0):
            self._tell(account, room, None)  # another node has proposed it

    def tick(self, now: float) -> None:
        """Propose the positions that are newer than the state, if that is due."""
        if not self._timers.reads.pop_due(now):
            return
        if not self._proposals.is_stalled(now):
            self.propose()
        if self._newer:  # until they are applied
            self._timers.reads.set(None, now)

    def propose(self) -> None:
        """Propose the positions that are newer than the state; forget the others."""
        for place, sequence in list(self._newer.items()):
            number, room = place
            account = self._state.accounts.get(number)
            if (
                account is None
                or room not in account.rooms
                or sequence <= (account.read(room) or 0)
            ):
                del self._newer[place]
            else:
                self._proposals.propose(ReadUpTo(number, room, sequence))

    def _advance(self, account: StoredAccount, name: RoomName, sequence: int) -> bool:
        """Note a position, if it is a new one; return whether it is."""
        room = self._state.rooms.get(name)
        if room is None or name not in account.rooms:
            return False
        sequence = min(sequence, room.sequence)
        if sequence <= (self.position(account, name) or 0):
            return False
        self._note((account.number, name), sequence)
        return True

    def _note(self, place: Place, sequence: int) -> None:
        if not self._newer:
            self._timers.reads.set(None, self._connections.now)
        self._newer[place] = sequence

    def _tell(
        self, account: StoredAccount, name: RoomName, asker: Connection | None
    ) -> None:
        """Tell the sessions of an account how far it has read, but not the asker."""
        room = self._state.rooms.get(name)
        reading = None if room is None else self.reading(account, room)
        if reading is None:
            return
        for session in self._state.sessions.of(account.person):
            connection = self._connections.of(session.id)
            if (
                connection is not None
                and connection is not asker
                and connection.is_open
                and self._delivery.hears(connection.id, name)
            ):
                event = ReadMoved(name, reading)
                self._delivery.private.send(connection.id, event, room=name)
