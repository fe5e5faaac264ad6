"""The messages that a client missed: how many of them arrived, and notes about them."""

from typing import Final

from .display_items import Live
from .display_queue import DisplayQueue
from .rooms import Room, Rooms

MAX_COUNT: Final = 1_000_000  # messages; larger numbers are not spelled out

LOST: Final = "Messages sent in the meantime are lost"


class Replays:
    """The rooms in which missed messages are still to come after a reconnect.

    The reconnect is reported below them, with their number. Sequences may have holes,
    so only the messages that arrive are counted.
    """

    def __init__(self, display: DisplayQueue, rooms: Rooms) -> None:
        self._display, self._rooms = display, rooms
        self._resumed: list[Room] = []

    def welcomed(self) -> None:
        """Process the answer to a hello which asked for missed messages."""
        self._resumed = [room for room in self._rooms if room.was_resumed]
        self.check()

    def check(self) -> None:
        """Report the reconnect once every room has caught up, or does not exist."""
        if self._display.outage.awaits_report and not any(
            map(self._is_behind, self._resumed)
        ):
            self.end()

    def end(self) -> None:
        """Report the reconnect, unless that was done, with what arrived until now."""
        if not self._display.outage.awaits_report:
            return
        caught_up = [room for room in self._resumed if room.messages_replayed]
        count = sum(room.messages_replayed for room in caught_up)
        noun = "message" if count == 1 else "messages"
        summary = f"{count:,} {noun} caught up" if count else ""
        self._display.report_reconnect(summary)
        for room in caught_up:
            self._display.show_received(Live(room.name))

    def _is_behind(self, room: Room) -> bool:
        return self._rooms.find(room.name) is room and not room.is_caught_up


def older(events: int | None) -> str:
    """Return the note about a gap of *events* messages at the beginning of a replay."""
    if events is None:
        return LOST
    count = f"{events:,}" if events <= MAX_COUNT else f"More than {MAX_COUNT:,}"
    if events == 1:
        return "1 message is older than this server keeps"
    return f"{count} messages are older than this server keeps"
