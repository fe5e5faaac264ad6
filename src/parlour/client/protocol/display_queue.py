"""What is to be shown next, in the order in which it is to be seen."""

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
from .outage import Outage

MAX_HELD: Final = 4_096  # things to show that wait for a block above them
MAX_HELD_SIZE: Final = 4 << 20  # bytes of the lines that they stand on


class DisplayQueue:
    """What is shown and not yet taken.

    While it *holds*, what is heard waits for a block that belongs above it.
    """

    def __init__(self) -> None:
        self.absence = Outage()
        self._shown: list[DisplayItem] = []
        self._held: list[DisplayItem] | None = None
        self._held_size = 0
        self.holds_until = inf
        self._has_strange = False

    @property
    def holds(self) -> bool:
        """Whether what is heard is held back."""
        return self._held is not None

    def take(self) -> list[DisplayItem]:
        """Return what to show next, and forget it."""
        shown, self._shown = self._shown, []
        return shown

    def show(self, item: DisplayItem) -> None:
        """Show what we have to say ourselves, at once."""
        self._shown.append(item)

    def note(self, text: str) -> None:
        """Say something ourselves."""
        self.show(Note(text))

    def hear(self, item: DisplayItem) -> None:
        """Show what is heard, after all that was heard before."""
        if self._held is None:
            self._shown.append(item)
            return
        self._held.append(item)
        if isinstance(item, ChatMessage | Answer | ProtocolLine | UnknownLine):
            self._held_size += len(item.line)
        if len(self._held) >= MAX_HELD or self._held_size >= MAX_HELD_SIZE:
            self.release()

    def strange(self, line: bytes) -> None:
        """Show that a line makes no sense; a person is told the first time."""
        self.hear(UnknownLine(line, is_reported=not self._has_strange))
        self._has_strange = True

    def hold(self, until: float) -> None:
        """Hold back what is heard from now on, and no longer than *until*."""
        self.holds_until = until
        self._held, self._held_size = [], 0

    def tick(self, now: float) -> None:
        """Show what was held back for long enough."""
        if now >= self.holds_until:
            self.release()

    def release(self, *above: DisplayItem) -> None:
        """Show what is held back, and before it what belongs *above*."""
        held, self._held, self.holds_until = self._held, None, inf
        self._shown += [*above, *(held or ())]

    def tell_return(self, what: str) -> None:
        """Say once in how long, and to *what*, we have come back."""
        self._shown += self.absence.end(what)
