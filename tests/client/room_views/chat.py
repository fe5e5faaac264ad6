"""A user's rooms without a server: what happens, and what is printed then."""

from parlour.client.exit_status import ExitStatus
from parlour.client.protocol.display_items import ChatMessage, DisplayItem, RoomEntered
from parlour.client.protocol.display_queue import DisplayQueue
from parlour.client.protocol.local_commands import SwitchRoom
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.room_views.views import RoomViews
from parlour.client.terminal.formatter import Formatter


class Chat:
    """The rooms of romeo, who is in the lobby."""

    def __init__(
        self,
        *rooms: str,
        display: RoomDisplay = RoomDisplay.CURRENT,
        labels_all: bool = False,
        is_script: bool = False,
    ) -> None:
        self.status = ExitStatus(DisplayQueue(), interactive=not is_script)
        self.views = RoomViews(
            self.status,
            rooms or ("lobby",),
            display,
            labels_all=labels_all,
            is_script=is_script,
            own_name=lambda: "romeo",
        )
        self._formatter = Formatter(
            echo=not is_script, json=display is RoomDisplay.EXACT
        )

    def happens(self, *items: DisplayItem) -> list[str]:
        """Return the lines that are printed when *items* arrive."""
        self.views.feed(items)
        return self.printed()

    def printed(self) -> list[str]:
        """Return the lines to print next."""
        return [line.text for line in self._formatter.lines(self.views.take())]

    def says(self, source: str, text: str, room: str = "lobby") -> list[str]:
        """Return the lines that are printed when *source* says *text* in a room."""
        return self.happens(message(source, text, room))

    def enter(self, room: str, other: str = "", topic: str = "") -> list[str]:
        """Enter a room without a request, and return the lines that are printed."""
        return self.happens(RoomEntered(room, b"{}", topic, other))

    def switch(self, target: str) -> list[str]:
        """Switch to a room, and return the lines that are printed."""
        return self.happens(SwitchRoom(target))

    def prompt(self, columns: int = 80) -> str:
        """Return the prompt."""
        return self.views.prompt("").text(columns)


def message(source: str, text: str, room: str = "lobby") -> ChatMessage:
    """Return a message in a room."""
    return ChatMessage(source, text, b'{"type":"message"}', room=room)
