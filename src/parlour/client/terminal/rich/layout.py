"""The columns of the style `rich`: times, names, texts. Pure.

A wide terminal has a column for the times and one for the names. A narrower one has no
times, and a very narrow one has the name in front of the text.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from ..safe_text import BOLD, DIM, width

TIME_COLUMNS: Final = 5  # as in 14:02
MIN_NAME_COLUMNS: Final = 8
MAX_NAME_COLUMNS: Final = 12
WIDE: Final = 66  # columns of a terminal in which the longest names have room
WITH_TIMES: Final = 52
WITH_NAMES: Final = 36
INLINE_INDENT: Final = 4  # columns before the further rows, if names are in the text


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
    end: str = ": "  # after a name that has no column


class Layout(NamedTuple):
    """The columns of one terminal. *names* is 0 if there is no column for the names."""

    columns: int
    has_times: bool
    names: int

    @property
    def text(self) -> int:
        """The column at which texts begin, with a column for the names."""
        times = TIME_COLUMNS + 1 if self.has_times else 0
        return times + 1 + self.names + 2

    @property
    def indent(self) -> int:
        """The columns before each row of a text but the first."""
        return self.text if self.names else INLINE_INDENT

    def head(self, head: Head, paint: Paint = plain, mark_style: str = BOLD) -> str:
        """Return what comes before a text, up to the column at which it begins.

        Its parts are painted by *paint*, the mark in *mark_style*. A name that is too
        long for its column is followed by two blanks.
        """
        times = ""
        if self.has_times:
            times = paint(head.time, DIM) if head.time else ""
            times += " " * (TIME_COLUMNS + 1 - len(head.time))
        mark = head.mark if head.mark == " " else paint(head.mark, mark_style)
        name = paint(head.name, head.style) if head.name else ""
        if not self.names:
            return f"{times}{mark}{name}{head.end if name else '  '}"
        blanks = max(0, self.names - width(head.name)) + 2
        return f"{times}{mark}{name}{' ' * blanks}"


def layout_for(columns: int, longest_name: int) -> Layout:
    """Return the layout of a terminal with this number of *columns*.

    *longest_name* is the number of columns of the longest name so far.
    """
    names = max(MIN_NAME_COLUMNS, min(longest_name, MAX_NAME_COLUMNS))
    if columns >= WIDE:
        return Layout(columns, has_times=True, names=names)
    if columns >= WITH_TIMES:
        return Layout(columns, has_times=True, names=MIN_NAME_COLUMNS)
    if columns >= WITH_NAMES:
        return Layout(columns, has_times=False, names=MIN_NAME_COLUMNS)
    return Layout(columns, has_times=False, names=0)
