"""What is to be painted above the prompt, as it looks at the width of the moment."""

import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from ..protocol.display_items import DisplayItem
from .line_wrapping import TerminalWidth
from .printer import Printer, Widths

NO_WRAP: Final = "\x1b[?7l"
WRAP: Final = "\x1b[?7h"
"""Whether a terminal goes on in the next row where one is too long (DECAWM)."""


class _RenderedItems(NamedTuple):
    """What was shown together, and its *text* for a terminal of that *width*."""

    shown: Sequence[DisplayItem]
    clock: str
    width: TerminalWidth
    text: str


class PaintQueue:
    """Blocks in their order. One thread at a time may use it."""

    def __init__(
        self, printer: Printer, columns: Callable[[], int], *, timestamps: bool
    ) -> None:
        self._printer, self._columns = printer, columns
        self._clock = "%H:%M " if timestamps else ""
        self._blocks: list[_RenderedItems] = []
        self.size = 0  # characters

    def add(self, shown: Sequence[DisplayItem]) -> None:
        """Let what is *shown* be painted, too."""
        block = self._block(shown, time.strftime(self._clock))
        self._blocks.append(block)
        self.size += len(block.text)

    def take(self) -> str:
        """Return what to write, and forget it.

        What was made for another width than the terminal has now is made anew.
        """
        blocks, self._blocks, self.size = self._blocks, [], 0
        columns = self._columns()
        text = "".join(
            block.text
            if block.width.columns == columns
            else self._block(block.shown, block.clock).text
            for block in blocks
        )
        return f"{NO_WRAP}{text}{WRAP}" if text else ""

    def _block(self, shown: Sequence[DisplayItem], clock: str) -> _RenderedItems:
        width = TerminalWidth(self._columns(), autowrap=False)
        lines = self._printer.lines(shown, clock, Widths(width, width))
        return _RenderedItems(
            shown, clock, width, "".join(f"{line.text}\n" for line in lines)
        )
