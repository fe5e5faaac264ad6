"""The columns of the style `rich`: times, names, texts. Pure.

A wide terminal has a column for the times and one for the names. A narrower one has
fewer columns for the names, or no times, and a very narrow one has the name in front of
the text.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from ..safe_text import BOLD, DIM, width

TIME_COLUMNS: Final = 5  # as in 14:02
NAME_COLUMNS: Final = 8
WIDE_NAME_COLUMNS: Final = 12
GAP: Final = 2  # columns after that of the names
WIDE: Final = 80  # columns of a terminal in which most names have room
WITH_TIMES: Final = 52
WITH_NAMES: Final = 48
INLINE_INDENT: Final = 4  # columns before the further rows, if names are in the text
END_OF_NAME: Final = ": "  # in the text


Paint = Callable[[str, str], str]
"""Returns a safe text in a style."""


def plain(safe: str, _style: str) -> str:
    """Return the text *safe*, without the style."""
    return safe


class Head(NamedTuple):
    """What comes before a text: a time, a mark of one column and a name, all safe."""

    time: str = ""
    mark: str = " "
    name: str = ""
    style: str = BOLD  # of the name
    mark_style: str = DIM
    sign: str = ""  # close to the text, after the name or instead of it
    sign_style: str = DIM

    @property
    def width(self) -> int:
        """The columns of the name and the sign."""
        return width(self.name) + (width(self.sign) + 1 if self.sign else 0)


class Layout(NamedTuple):
    """The columns of one terminal. *names* is 0 if there is no column for the names."""

    has_times: bool
    names: int

    @property
    def mark(self) -> int:
        """The column of marks, before that of the names."""
        return TIME_COLUMNS + 1 if self.has_times else 0

    @property
    def text(self) -> int:
        """The column at which texts begin, with a column for the names."""
        return self.mark + 1 + self.names + GAP

    @property
    def indent(self) -> int:
        """The columns before each row of a text but the first."""
        return self.text if self.names else INLINE_INDENT

    def head(self, head: Head, paint: Paint = plain) -> str:
        """Return what comes before a text, up to the column at which it begins.

        Its parts are painted by *paint*. A name that is too long for its column is
        followed by one blank.
        """
        times = ""
        if self.has_times:
            times = paint(head.time, DIM) if head.time else ""
            times += " " * (TIME_COLUMNS + 1 - len(head.time))
        mark = head.mark if head.mark == " " else paint(head.mark, head.mark_style)
        name = paint(head.name, head.style) if head.name else ""
        sign = f"{paint(head.sign, head.sign_style)} " if head.sign else ""
        if self.names:
            blanks = " " * max(1 if name else 0, self.names + GAP - head.width)
            return f"{times}{mark}{name}{blanks}{sign}"
        if not name:
            blanks = " " * max(0, INLINE_INDENT - 1 - head.width)
            return f"{times}{mark}{sign}{blanks}"
        return f"{times}{mark}{sign}{name}{' ' if sign else END_OF_NAME}"


def layout_for(columns: int) -> Layout:
    """Return the layout of a terminal with this number of *columns*."""
    has_times = columns >= WITH_TIMES
    names = NAME_COLUMNS if columns >= WITH_NAMES else 0
    return Layout(has_times, WIDE_NAME_COLUMNS if columns >= WIDE else names)
