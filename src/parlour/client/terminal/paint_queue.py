"""Items that are to be painted above the prompt, wrapped to the terminal's width."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from ..protocol.display_items import Answer
from .formatter import Widths
from .line_wrapping import NO_WRAP, WRAP, TerminalWidth
from .look import ItemFormatter
from .shown_items import ShownItem, unlabelled

TO_MINUTES: Final = len("2026-11-24T14:02")  # the characters that are compared
MAX_WAIT: Final = 1.0  # seconds for which items wait for others that share their row
OVERHEAD: Final = 80  # characters that a row counts besides its text


class PaintQueue:
    """A queue of items, which are formatted once, when they are painted.

    With *autowrap*, the terminal's own wrapping stays on.
    While it has only items that *may_wait*, such as joins, others of them may follow
    that share their row. One thread at a time may use it.
    """

    def __init__(
        self,
        formatter: ItemFormatter,
        columns: Callable[[], int],
        clock_format: str,
        may_wait: Callable[[ShownItem], bool] = lambda _: False,
        *,
        autowrap: bool = False,
    ) -> None:
        self._formatter, self._columns = formatter, columns
        self._clock_format, self._may_wait = clock_format, may_wait
        self._autowrap = autowrap
        self._queue: list[tuple[str, list[ShownItem]]] = []  # by time
        self._waiting_since: float | None = None  # None: something must not wait
        self.size = 0  # characters, about

    def add(self, items: Sequence[ShownItem]) -> None:
        """Append *items*, with the current time."""
        if not all(map(self._may_wait, items)):
            self._waiting_since = None
        elif not self._queue:
            self._waiting_since = time.monotonic()
        clock = time.strftime(self._clock_format)
        # Items of one minute are formatted together.
        if not self._queue or self._queue[-1][0][:TO_MINUTES] != clock[:TO_MINUTES]:
            self._queue.append((clock, []))
        self._queue[-1][1].extend(items)
        self.size += sum(map(_size, items))

    def seconds_to_wait(self, now: float) -> float:
        """Return the seconds until the items are to be painted."""
        if self._waiting_since is None:
            return 0.0
        return max(0.0, self._waiting_since + MAX_WAIT - now)

    def take(self) -> str:
        """Return the text to write, and empty the queue."""
        queue, self._queue, self.size = self._queue, [], 0
        self._waiting_since = None
        width = TerminalWidth(self._columns(), autowrap=self._autowrap)
        widths = Widths(width, width)
        lines = (
            line
            for clock, items in queue
            for line in self._formatter.lines(items, clock, widths)
        )
        text = "".join(f"{line.text}\n" for line in lines)
        return f"{NO_WRAP}{text}{WRAP}" if text and not self._autowrap else text


def _size(shown: ShownItem) -> int:
    """Return about the number of characters that an item takes on the screen."""
    item, _, _ = unlabelled(shown)
    if isinstance(item, Answer):
        return sum(OVERHEAD + len(row.text) for row in item.rows)
    text = getattr(item, "text", "")
    return OVERHEAD + (len(text) if isinstance(text, str) else 0)
