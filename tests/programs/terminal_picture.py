"""The screen of a terminal as HTML, for pictures."""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

import pyte

from .terminal import DIM, Terminal


class Theme(NamedTuple):
    """The colours of a terminal: *names* are those that pyte gives."""

    background: str
    text: str
    dim: str
    names: dict[str, str]


LIGHT: Final = Theme(
    "#ffffff",
    "#1f2328",
    "#6a7079",
    {
        "black": "#1f2328",
        "red": "#c01c28",
        "green": "#1e7e34",
        "brown": "#8a6100",
        "blue": "#1a5fb4",
        "magenta": "#8b2fa8",
        "cyan": "#0b7285",
        "white": "#5e6670",
        "brightblack": "#6a7079",
        "brightred": "#d9480f",
        "brightgreen": "#2b8a3e",
        "brightbrown": "#946c00",
        "brightblue": "#1c7ed6",
        "brightmagenta": "#c2255c",
        "brightcyan": "#0c8599",
        "brightwhite": "#1f2328",
    },
)
DARK: Final = Theme(
    "#1b1e22",
    "#d8d6d0",
    "#8b8f96",
    {
        "black": "#3a3f46",
        "red": "#f08a80",
        "green": "#7fce8d",
        "brown": "#d9b365",
        "blue": "#7ea9f0",
        "magenta": "#c9a2f3",
        "cyan": "#6fcfcf",
        "white": "#d8d6d0",
        "brightblack": "#8b8f96",
        "brightred": "#eda765",
        "brightgreen": "#9be3a8",
        "brightbrown": "#f0d58c",
        "brightblue": "#8cb5f6",
        "brightmagenta": "#f293c1",
        "brightcyan": "#8fe3e3",
        "brightwhite": "#ffffff",
    },
)
_FRAME: Final = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; display: inline-block; background: {theme.background}; }}
pre {{ margin: 0; padding: 1.4em 1.7em; color: {theme.text};
  font: 15px/1.55 "Noto Sans Mono", "DejaVu Sans Mono", monospace; }}
</style><pre>{rows}</pre>"""


def page_of(terminal: Terminal, theme: Theme, columns: int | None = None) -> str:
    """Return a page with the screen in its only `pre`, cut to *columns*."""
    rows = "\n".join(_rows(terminal.screen, theme, columns or terminal.screen.columns))
    return _FRAME.format(theme=theme, rows=rows)


def _rows(screen: pyte.Screen, theme: Theme, columns: int) -> Iterator[str]:
    """Yield the rows of a screen up to the last that is not empty."""
    used = [y for y, row in enumerate(screen.display) if row.strip()]
    for y in range(max([screen.cursor.y, *used]) + 1):
        cursor = screen.cursor.x if y == screen.cursor.y else None
        cells = [(screen.buffer[y][x], x == cursor) for x in range(columns)]
        styled = [(_style(cell, theme, is_cursor=at), cell.data) for cell, at in cells]
        yield "".join(
            f'<span style="{style}">{escape("".join(data for _, data in run))}</span>'
            for style, run in groupby(styled, lambda each: each[0])
        )


def _style(cell: pyte.screens.Char, theme: Theme, *, is_cursor: bool) -> str:
    """Return the declarations of a cell."""
    text, back = _colour(cell.fg, theme, theme.text), _colour(cell.bg, theme, "")
    if cell.reverse is not is_cursor:
        text, back = back or theme.background, text
    declarations = [f"color: {text}"]
    if back:
        declarations.append(f"background: {back}")
    if cell.bold:
        declarations.append("font-weight: 700")
    if cell.italics:
        declarations.append("font-style: italic")
    if cell.underscore:
        declarations.append("text-decoration: underline")
    return "; ".join(declarations)


def _colour(name: str, theme: Theme, default: str) -> str:
    """Return the colour that pyte calls *name*."""
    if name == DIM:
        return theme.dim
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return theme.names.get(name, default)
