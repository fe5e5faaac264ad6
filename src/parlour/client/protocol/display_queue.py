"""The items to show next, in the order in which they are shown."""

from math import inf
from typing import Final

from .display_items import (
    Answer,
    ChatMessage,
    DisplayItem,
    Note,
    ProtocolLine,
    UnknownLine,
)
from .reconnect import Outage

MAX_HELD: Final = 4_096  # items that wait for earlier messages above them
MAX_HELD_SIZE: Final = 4 << 20  # bytes of their lines


class DisplayQueue:
    """The items that are not shown yet.

    While it is *holding*, received items wait for earlier messages, which are shown
    above them. Notes of the client are never held back.
    """

    def __init__(self) -> None:
        self.outage = Outage()
        self.hold_until = inf
        self._items: list[DisplayItem] = []
        self._held: list[DisplayItem] | None = None
        self._held_size = 0
        self._has_unknown = False

    @property
    def is_holding(self) -> bool:
        """Whether received items are held back."""
        return self._held is not None

    def take(self) -> list[DisplayItem]:
        """Remove and return the items to show next."""
        items, self._items = self._items, []
        return items

    def show(self, item: DisplayItem) -> None:
        """Show an item of the client itself, ahead of items that are held back."""
        self._items.append(item)

    def note(self, text: str) -> None:
        """Show a note of the client."""
        self.show(Note(text))

    def show_received(self, item: DisplayItem) -> None:
        """Show an item of the server after all received before it."""
        if self._held is None:
            self._items.append(item)
            return
        self._held.append(item)
        if isinstance(item, ChatMessage | Answer | ProtocolLine | UnknownLine):
            self._held_size += len(item.line)
        if len(self._held) >= MAX_HELD or self._held_size >= MAX_HELD_SIZE:
            self.release()

    def show_unknown(self, line: bytes) -> None:
        """Show a line that is not understood; a person sees only the first."""
        self.show_received(UnknownLine(line, is_reported=not self._has_unknown))
        self._has_unknown = True

    def hold(self, until: float) -> None:
        """Hold received items back until :meth:`release`, or *until* that time."""
        self.hold_until = until
        self._held, self._held_size = [], 0

    def tick(self, now: float) -> None:
        """Release the items that were held back for long enough."""
        if now >= self.hold_until:
            self.release()

    def release(self, *above: DisplayItem) -> None:
        """Show the items *above*, and below them those that were held back."""
        held, self._held, self.hold_until = self._held, None, inf
        self._items += [*above, *(held or ())]

    def report_reconnect(self, summary: str) -> None:
        """Report the end of an outage once, with a *summary* of what was missed."""
        self._items += self.outage.end(summary)
