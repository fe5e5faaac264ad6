"""Tells the server how far the user has read the rooms that are shown.

Only a server that has sent the position of the account in a room receives them.
"""

from collections.abc import Iterable
from typing import Final

from . import session_encoder
from .client_state import ClientState
from .rooms import Room

READ_INTERVAL: Final = 2.0  # seconds between two lines about one room


class ReadMarks:
    """The read positions of the user, of which the server is told now and then."""

    def __init__(self, state: ClientState) -> None:
        self._rooms, self._send_buffer = state.rooms, state.send_buffer

    def deadline(self, shown: Iterable[str]) -> float | None:
        """Return when :meth:`tell` has something to send, if *shown* are shown."""
        return min((room.may_tell_at for room in self._unread(shown)), default=None)

    def tell(self, shown: Iterable[str], now: float) -> None:
        """Tell the server that the user has read what was received in these rooms."""
        for room in self._unread(shown):
            if now >= room.may_tell_at:
                assert room.cursor.position is not None, "it is unread"
                room.read = room.cursor.position.sequence
                room.may_tell_at = now + READ_INTERVAL
                self._send_buffer.add(session_encoder.read(room.name, room.read))

    def signed_in(self) -> None:
        """Start with the rooms of a guest who has an account now."""
        for room in self._rooms:
            if room.read is None and room.cursor.position is not None:
                room.read = room.cursor.position.sequence

    def _unread(self, shown: Iterable[str]) -> list[Room]:
        """Return those of the rooms *shown* of which the server can be told more."""
        rooms = [self._rooms.find_entered(name) for name in shown]
        return [room for room in rooms if room is not None and room.is_unread]
