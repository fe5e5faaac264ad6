"""Sends what waits to be sent, as far as the connection and the user allow it."""

from .outages import Outages
from .protocol.connection import Connection
from .protocol.display_queue import DisplayQueue
from .room_views.views import RoomViews
from .shutdown import Shutdown, State
from .unconfirmed_lines import UnconfirmedLines


class Sending:
    """The sender of the requests, of read positions, and of questions about a room."""

    def __init__(
        self,
        connection: Connection,
        outages: Outages,
        unconfirmed: UnconfirmedLines,
        rooms: RoomViews,
        display: DisplayQueue,
        shutdown: Shutdown,
    ) -> None:
        self._connection, self._outages = connection, outages
        self._unconfirmed, self._rooms = unconfirmed, rooms
        self._display, self._shutdown = display, shutdown

    def flush(self, now: float) -> None:
        """Send what may be sent, or leave if the server refuses the client."""
        if not self._outages.is_offline and self._shutdown.state is not State.CLOSED:
            self._send(now)
        self._shutdown.check_refusals(now)

    def _send(self, now: float) -> None:
        self._unconfirmed.take_possibly_recorded()
        if room := self._rooms.take_missing():
            self._connection.show_recent(room, now)
        self._connection.reads.tell(self._rooms.shown, now)
        self._connection.flush(now)
        for note in self._connection.outbox.pending.notes():
            self._display.note(note)
