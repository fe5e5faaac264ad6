"""The items to show next, in the order in which they are shown."""

from math import inf
from typing import Final

from .display_items import (
    Answer,
    ChatMessage,
    DisplayItem,
    Note,
    Refusal,
    TopicChanged,
    UnknownLine,
)
from .order_items import Act
from .reconnect import Outage

MAX_HELD: Final = 4_096  # items of all rooms that wait for earlier messages above them
MAX_HELD_SIZE: Final = 4 << 20  # bytes of their lines


class _HeldItems:
    """The received items of one room, held back until a time."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.items: list[DisplayItem] = []
        self.size = 0  # bytes of their lines


class DisplayQueue:
    """The items that are not shown yet.

    The received items of a room can be held back to wait for earlier messages, which
    are shown above them. Notes of the client are never held back.
    """

    def __init__(self) -> None:
        self.outage = Outage()
        self._items: list[DisplayItem] = []
        self._held: dict[str, _HeldItems] = {}  # by room
        self._has_unknown = False

    @property
    def hold_until(self) -> float:
        """The time at which items are released next."""
        return min((held.until for held in self._held.values()), default=inf)

    def take(self) -> list[DisplayItem]:
        """Remove and return the items to show next."""
        items, self._items = self._items, []
        return items

    def show(self, item: DisplayItem) -> None:
        """Show an item of the client itself, ahead of items that are held back."""
        self._items.append(item)

    def note(self, text: str, room: str = "") -> None:
        """Show a note of the client, which is about *room* if one is given."""
        self.show(Note(text, room))

    def show_received(self, item: DisplayItem) -> None:
        """Show an item of the server after all received before it in its room."""
        held, size = None, 0
        if isinstance(item, ChatMessage | Answer | Refusal | TopicChanged | Act):
            held, size = self._held.get(item.room), len(item.line)
        if held is None:
            self._items.append(item)
            return
        held.items.append(item)
        held.size += size
        count = sum(len(each.items) for each in self._held.values())
        total = sum(each.size for each in self._held.values())
        if count >= MAX_HELD or total >= MAX_HELD_SIZE:
            self.release_all()

    def show_unknown(self, line: bytes) -> None:
        """Show a line that is not understood; a person sees only the first."""
        self.show_received(UnknownLine(line, is_reported=not self._has_unknown))
        self._has_unknown = True

    def hold(self, room: str, until: float) -> None:
        """Hold the items of *room* back until :meth:`release`, or *until* that time."""
        self._held.setdefault(room, _HeldItems(until))

    def tick(self, now: float) -> None:
        """Release the items that were held back for long enough."""
        for room in [room for room, held in self._held.items() if now >= held.until]:
            self.release(room)

    def release(self, room: str, *above: DisplayItem) -> None:
        """Show the items *above*, and below them those of *room* held back."""
        self._items += above
        if (held := self._held.pop(room, None)) is not None:
            self._items += held.items

    def release_all(self) -> None:
        """Show all items that were held back."""
        for room in list(self._held):
            self.release(room)

    def report_reconnect(self, summary: str) -> None:
        """Report the end of an outage once, with a *summary* of what was missed."""
        self._items += self.outage.end(summary)
