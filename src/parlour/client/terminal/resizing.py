"""What the prompt takes of the screen when its width changes.

Where the window gets narrower, some terminals wrap the rows that are there anew:
what was one row of the prompt becomes two. Others cut them off. None tells which
it does, and from the cursor it cannot be seen. To erase too few rows leaves an old
piece of the typed line behind; too many, and a message is gone. So more rows are
erased only in terminals that are known to wrap anew, and never too many.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prompt_toolkit.application import Application
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.output import Output
from prompt_toolkit.renderer import Renderer
from prompt_toolkit.styles import BaseStyle

RESIZE_IDLE: Final = 0.3  # seconds without another size; tmux tells it a quarter late

REFLOWING_TERMS: Final = ("alacritty", "foot", "tmux", "xterm-ghostty", "xterm-kitty")
"""How TERM begins in terminals that wrap anew and have one of their own."""

REFLOWING_PROGRAMS: Final = {"ghostty", "iTerm.app", "tmux", "WezTerm"}
"""TERM_PROGRAM in those that call themselves some xterm; VTE has VTE_VERSION."""

NON_REFLOWING_VARIABLES: Final = {
    "INSIDE_EMACS",
    "NVIM",
    "STY",
    "VIM_TERMINAL",
    "XTERM_VERSION",
}
"""Set by terminals that do not wrap anew, and may have been started in one that does:
what that one put into the environment is still there.
"""


def terminal_reflows(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal is known to wrap its rows anew."""
    term = environ.get("TERM", "")
    if NON_REFLOWING_VARIABLES & environ.keys():
        return False
    if term.startswith(REFLOWING_TERMS):
        return True
    if term.startswith("screen"):
        return "TMUX" in environ
    is_told = (
        "VTE_VERSION" in environ or environ.get("TERM_PROGRAM") in REFLOWING_PROGRAMS
    )
    return is_told and term.startswith("xterm")


class ResizableRenderer(Renderer):
    """The prompt as it is drawn, once the window rests.

    While a window is being resized, nobody knows what width the terminal has when
    it gets what we write. So nothing is drawn then, and what was drawn shortly
    before is not believed to have been wrapped anew.
    """

    def __init__(
        self,
        style: BaseStyle,
        output: Output,
        *,
        reflows: bool,
        is_stuck: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(style, output)
        self._reflows, self._is_stuck = reflows, is_stuck
        self._seen, self._seen_at = output.get_size(), float("-inf")
        self._drawn_at = float("-inf")
        self._is_sure = False  # the size changed long after the last drawing

    def seconds_until_stable(self) -> float:
        """Return the seconds until the window rests, 0 if it has its old size."""
        size, now = self.output.get_size(), time.monotonic()
        if size != self._seen:
            if self._seen == self._last_size:
                self._is_sure = now - self._drawn_at > RESIZE_IDLE
            self._seen, self._seen_at = size, now
        if self._last_size in (None, size):
            return 0
        return max(0, self._seen_at + RESIZE_IDLE - now)

    def erase_prompt(self, *, leave_alternate_screen: bool = True) -> None:
        """Take the prompt off the screen, and nothing else, whatever its size."""
        self.seconds_until_stable()
        screen, before, columns = self._last_screen, self._last_size, self._seen.columns
        if screen and before and columns < before.columns and self._is_sure:
            cursor = self._cursor_pos
            grown = _rows_above(screen, cursor.y, cursor.x, columns) - cursor.y
            self.output.cursor_up(grown if self._reflows else 0)
        super().erase(leave_alternate_screen)

    def erase(self, leave_alternate_screen: bool = True) -> None:
        if not self.seconds_until_stable():
            self.erase_prompt(leave_alternate_screen=leave_alternate_screen)

    def request_absolute_cursor_position(self) -> None:
        pass  # nothing needs it, and a frame that was not erased may not ask

    def render(
        self, app: Application[object], layout: Layout, is_done: bool = False
    ) -> None:
        if not is_done and self._is_stuck():
            return  # it is drawn when the terminal takes something again
        rest = 0 if is_done else self.seconds_until_stable()
        if rest:
            asyncio.get_running_loop().call_later(rest, app.invalidate)
            return
        if self._last_size not in (None, self._seen):
            self.erase_prompt()
        super().render(app, layout, is_done)
        self._drawn_at = time.monotonic()


def _rows_above(screen: Screen, row: int, column: int, columns: int) -> int:
    """Return how many rows are above the cursor once all are wrapped at *columns*."""
    above = sum(_breaks(_widths(screen, y), columns) + 1 for y in range(row))
    return above + _breaks(_widths(screen, row)[: column + 1], columns)


def _widths(screen: Screen, row: int) -> list[int]:
    """Return how wide the cells of a row are, up to the last that shows something."""
    cells = screen.data_buffer[row]
    used = max((x + 1 for x, cell in cells.items() if cell.char != " "), default=0)
    return [cells[x].width for x in range(used)]


def _breaks(widths: Iterable[int], columns: int) -> int:
    """Return how often a row of such cells is broken."""
    breaks = used = 0
    for width in widths:
        if used + width > columns:
            breaks, used = breaks + 1, 0
        used += width
    return breaks
