"""Erase and redraw the prompt when the width of the window changes.

When a window becomes narrower, some terminals reflow the rows on the screen, so that
one row of the prompt becomes two; others cut rows off. No terminal reports which it
does, and the position of the cursor does not show it either. Erasing too few rows
leaves a part of the old prompt behind; erasing too many would erase messages. So more
rows are erased only in terminals that are known to reflow.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.output import Output
from prompt_toolkit.renderer import Renderer
from prompt_toolkit.styles import BaseStyle

RESIZE_IDLE: Final = 0.3  # seconds at one size; tmux reports a change 0.25 s late

REFLOWING_TERMS: Final = ("alacritty", "foot", "tmux", "xterm-ghostty", "xterm-kitty")
"""Prefixes of TERM in terminals that reflow and have their own value."""

REFLOWING_PROGRAMS: Final = {"ghostty", "iTerm.app", "tmux", "WezTerm"}
"""TERM_PROGRAM in terminals that reflow and set TERM to xterm; VTE sets VTE_VERSION."""

NON_REFLOWING_VARIABLES: Final = {
    "INSIDE_EMACS",
    "NVIM",
    "STY",
    "VIM_TERMINAL",
    "XTERM_VERSION",
}
"""Variables of terminals that do not reflow.

Such a terminal may have been started in one that does, whose variables are inherited.
"""


def terminal_reflows(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is known to reflow its rows."""
    term = environ.get("TERM", "")
    if NON_REFLOWING_VARIABLES & environ.keys():
        return False
    if term.startswith(REFLOWING_TERMS):
        return True
    if term.startswith("screen"):
        return "TMUX" in environ
    program = environ.get("TERM_PROGRAM")
    is_reflowing = "VTE_VERSION" in environ or program in REFLOWING_PROGRAMS
    return is_reflowing and term.startswith("xterm")


class PromptRenderer(Renderer):
    """A renderer of a prompt, which is erased before something is written above it."""

    def seconds_until_stable(self) -> float:
        """Return the seconds until a prompt may be drawn; 0 if there is no resize."""
        return 0.0

    def erase_prompt(self) -> None:
        """Erase the prompt and nothing else."""
        self.erase()

    def write(self, text: str) -> None:
        """Write *text* where the cursor is. Raises OSError if that fails."""
        self.output.write_raw(text)
        self.output.flush()


class ResizableRenderer(PromptRenderer):
    """A renderer that draws the prompt only while the window keeps its size.

    During a resize, the width at which the terminal will process the output is not
    known. So nothing is drawn then, and a prompt that was drawn shortly before is not
    assumed to have been reflowed.
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
        self._window_size, self._resized_at = output.get_size(), float("-inf")
        self._drawn_at = float("-inf")
        self._was_idle = False  # the size changed long after the last drawing

    def seconds_until_stable(self) -> float:
        """Return the seconds until the resize counts as over; 0 if there is none."""
        size, now = self.output.get_size(), time.monotonic()
        if size != self._window_size:
            if self._window_size == self._last_size:
                self._was_idle = now - self._drawn_at > RESIZE_IDLE
            self._window_size, self._resized_at = size, now
        if self._last_size in (None, size):
            return 0
        return max(0, self._resized_at + RESIZE_IDLE - now)

    def erase_prompt(self, *, leave_alternate_screen: bool = True) -> None:
        """Erase the prompt and nothing else, even if its size has changed."""
        self.seconds_until_stable()
        screen, drawn_size = self._last_screen, self._last_size
        columns = self._window_size.columns
        if screen and drawn_size and columns < drawn_size.columns and self._was_idle:
            cursor = self._cursor_pos
            added = _rows_above(screen, cursor.y, cursor.x, columns) - cursor.y
            self.output.cursor_up(added if self._reflows else 0)
        self._blank_rows()
        super().erase(leave_alternate_screen)

    def _blank_rows(self) -> None:
        """Move to the start of the prompt, and blank its rows.

        If a screen is erased from its very first cell, as `Renderer.erase` does it for
        a prompt at the top, tmux moves the rows to the scrollback. So that cell is
        blanked first.
        """
        output, cursor = self.output, self._cursor_pos
        output.cursor_backward(cursor.x)
        output.cursor_up(cursor.y)
        output.erase_end_of_line()
        output.cursor_forward(1)
        output.erase_down()
        output.cursor_backward(1)
        self._cursor_pos = Point(0, 0)

    def erase(self, leave_alternate_screen: bool = True) -> None:
        if not self.seconds_until_stable():
            self.erase_prompt(leave_alternate_screen=leave_alternate_screen)

    def request_absolute_cursor_position(self) -> None:
        pass  # nothing needs it, and a prompt that was not erased must not query it

    def render(
        self, app: Application[object], layout: Layout, is_done: bool = False
    ) -> None:
        if not is_done and self._is_stuck():
            return  # it is drawn when the terminal accepts output again
        wait = 0 if is_done else self.seconds_until_stable()
        if wait:
            asyncio.get_running_loop().call_later(wait, app.invalidate)
            return
        if self._last_size not in (None, self._window_size):
            self.erase_prompt()
        super().render(app, layout, is_done)
        self._drawn_at = time.monotonic()


def _rows_above(screen: Screen, row: int, column: int, columns: int) -> int:
    """Return the number of rows above the cursor after a reflow at *columns*."""
    above = sum(_breaks(_widths(screen, y), columns) + 1 for y in range(row))
    return above + _breaks(_widths(screen, row)[: column + 1], columns)


def _widths(screen: Screen, row: int) -> list[int]:
    """Return the widths of the cells of a row, up to the last that is not blank."""
    cells = screen.data_buffer[row]
    used = max((x + 1 for x, cell in cells.items() if cell.char != " "), default=0)
    return [cells[x].width for x in range(used)]


def _breaks(widths: Iterable[int], columns: int) -> int:
    """Return the number of line breaks in a row of cells with *widths*."""
    breaks = used = 0
    for width in widths:
        if used + width > columns:
            breaks, used = breaks + 1, 0
        used += width
    return breaks
