"""Items that are to be painted above the prompt, wrapped to the terminal's width."""

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from .formatter import Formatter, Widths
from .line_wrapping import TerminalWidth
from .shown_items import ShownItem

NO_WRAP: Final = "\x1b[?7l"
WRAP: Final = "\x1b[?7h"
"""Sequences that turn a terminal's own wrapping of long rows off and on (DECAWM)."""


class _RenderedItems(NamedTuple):
    """Items that were shown together, and their *text* for one *width*."""

    items: Sequence[ShownItem]
    clock: str
    width: TerminalWidth
    text: str


class PaintQueue:
    """A queue of rendered items. One thread at a time may use it."""

    def __init__(
        self, formatter: Formatter, columns: Callable[[], int], *, timestamps: bool
    ) -> None:
        self._formatter, self._columns = formatter, columns
        self._clock = "%H:%M " if timestamps else ""
        self._queue: list[_RenderedItems] = []
        self.size = 0  # characters

    def add(self, items: Sequence[ShownItem]) -> None:
        """Append *items*, with the current time."""
        rendered = self._render(items, time.strftime(self._clock))
        self._queue.append(rendered)
        self.size += len(rendered.text)

    def take(self) -> str:
        """Return the text to write, and empty the queue.

        Items that were rendered for another width than the current one are rendered
        again.
        """
        queue, self._queue, self.size = self._queue, [], 0
        columns = self._columns()
        text = "".join(
            rendered.text
            if rendered.width.columns == columns
            else self._render(rendered.items, rendered.clock).text
            for rendered in queue
        )
        return f"{NO_WRAP}{text}{WRAP}" if text else ""

    def _render(self, items: Sequence[ShownItem], clock: str) -> _RenderedItems:
        width = TerminalWidth(self._columns(), autowrap=False)
        lines = self._formatter.lines(items, clock, Widths(width, width))
        return _RenderedItems(
            items, clock, width, "".join(f"{line.text}\n" for line in lines)
        )
