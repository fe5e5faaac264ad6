"""What the prompt takes of the screen when its width changes.

Where the window gets narrower, some terminals wrap the rows that are there anew:
what was one row of the prompt becomes two. Others cut them off. None tells which
it does, and from the cursor it cannot be seen. To erase too few rows leaves an old
piece of the typed line behind; too many, and a message is gone. So more rows are
erased only in terminals that are known to wrap anew, and never too many.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prompt_toolkit.application import Application
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.screen import Screen
from prompt_toolkit.output import Output
from prompt_toolkit.renderer import Renderer
from prompt_toolkit.styles import BaseStyle

OWN_TERM: Final = (
    "alacritty",
    "contour",
    "foot",
    "tmux",
    "xterm-ghostty",
    "xterm-kitty",
)
"""How TERM begins in terminals that wrap anew and have one of their own."""

OWN_PROGRAM: Final = {"Apple_Terminal", "ghostty", "iTerm.app", "vscode", "WezTerm"}
"""TERM_PROGRAM in those that call themselves some xterm."""

OWN_VARIABLE: Final = ("KONSOLE_VERSION", "VTE_VERSION", "WT_SESSION")
"""What others of those have in the environment."""


def reflows(environ: Mapping[str, str]) -> bool:
    """Tell whether the terminal is known to wrap its rows anew.

    What a terminal puts into the environment is inherited by those that are
    started in it: each is believed only under the TERM that it has itself.
    """
    term = environ.get("TERM", "")
    if term.startswith(OWN_TERM):
        return True
    if term.startswith("screen"):
        return "TMUX" in environ and "STY" not in environ
    if not term.startswith("xterm") or "XTERM_VERSION" in environ:
        return False
    has_one = any(name in environ for name in OWN_VARIABLE)
    return has_one or environ.get("TERM_PROGRAM") in OWN_PROGRAM


class Frame(Renderer):
    """The prompt as it is drawn; it erases itself at whatever width there is."""

    def __init__(self, style: BaseStyle, output: Output, *, reflows: bool) -> None:
        super().__init__(style, output)
        self._reflows = reflows

    def erase(self, leave_alternate_screen: bool = True) -> None:  # noqa: FBT001, FBT002
        size = self.output.get_size()
        screen, before = self._last_screen, self._last_size
        if self._reflows and screen and before and size.columns < before.columns:
            cursor = self._cursor_pos
            grown = _rows_above(screen, cursor.y, cursor.x, size.columns) - cursor.y
            self.output.cursor_up(grown)
        super().erase(leave_alternate_screen)

    def render(
        self,
        app: Application[Any],
        layout: Layout,
        is_done: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        if self._last_size not in (None, self.output.get_size()):
            self.erase()  # a key came before the news of another size
        super().render(app, layout, is_done)


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
