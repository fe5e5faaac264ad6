"""Shows the lines of the user, if they are not echoed as they are typed."""

from typing import Final

from parlour.core.events import LOBBY, SERVER

from .protocol.connection import Connection
from .protocol.display_items import ChatMessage, RefusedLine
from .protocol.display_queue import DisplayQueue
from .protocol.own_lines import OwnLines, TypedLine
from .room_views.views import RoomViews

UNKNOWN_NAME: Final = "you"
"""The source of an own line if a plain server did not say how it calls the client."""


class ShownLines:
    """The lines under way, and those that are refused or do not come back.

    Without *own_lines*, none is tracked: each line is echoed where it was typed.
    """

    def __init__(
        self,
        own_lines: OwnLines | None,
        connection: Connection,
        display: DisplayQueue,
        rooms: RoomViews,
    ) -> None:
        self._lines, self._connection = own_lines, connection
        self._display, self._rooms = display, rooms

    @property
    def are_tracked(self) -> bool:
        """Whether lines are shown here, and not where they are typed."""
        return self._lines is not None

    @property
    def under_way(self) -> list[TypedLine]:
        """The lines that did not come back yet."""
        return self._lines.under_way if self._lines is not None else []

    @property
    def deadline(self) -> float | None:
        """The time at which :meth:`tick` is due; None if there is none."""
        return self._lines.deadline if self._lines is not None else None

    def update(self) -> None:
        """Arrange the items that wait to be shown, and notice the lines among them."""
        received = self._display.take()
        self._rooms.feed(received)
        if self._lines is None:
            return
        for item in received:
            if isinstance(item, ChatMessage) and self._may_be_own(item.source):
                self._lines.received(item.text)
        for line in self._lines.take_refused():
            self._rooms.feed([RefusedLine(line.text, line.room)])

    def tick(self, now: float) -> None:
        """Show the lines that should have come back by *now*."""
        if self._lines is None:
            return
        source = self._connection.name or UNKNOWN_NAME
        for line in self._lines.tick(now):
            room = line.room or LOBBY
            self._rooms.feed([ChatMessage(source, line.text, b"", room=room)])

    def _may_be_own(self, source: str) -> bool:
        """Return whether the message of a source may be the client's own.

        A plain server may not have said how it calls the client.
        """
        if not self._connection.name:
            return source != SERVER
        return source == self._connection.name
