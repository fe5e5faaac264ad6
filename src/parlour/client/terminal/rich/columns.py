"""Rows of the style `rich` on one terminal, painted: texts in columns, and dividers."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Final

from ..colors import NameStyles
from ..formatter import DIVIDER
from ..line_wrapping import TerminalWidth, wrap_lines
from ..safe_text import DIM, make_safe, paint, shorten, width
from . import signs
from .layout import GAP, Head, Layout, Paint, layout_for, plain
from .styles import (
    CODE,
    END,
    HIT,
    SEQUENCES,
    SIGN,
    WITHOUT_STYLES,
    painted_rows,
)

DEFAULT_WIDTH: Final = TerminalWidth(80)
MIN_EXPLANATION: Final = 16  # columns of what stands behind a command
FIRST_SHARE: Final = 2  # columns of a table for each one of its first column
WIDE: Final = 110  # columns with room for explanations in the column for texts
HANGING: Final = "  "  # before an explanation below its command


class Columns:
    """The rows of one terminal, whose width may change between two calls.

    A terminal without colours *has_styles* all the same: bold, dim and the like.
    """

    def __init__(self, names: NameStyles, *, has_styles: bool) -> None:
        self._names, self.has_styles = names, has_styles or bool(names.depth)
        self.terminal = DEFAULT_WIDTH

    @property
    def layout(self) -> Layout:
        """The columns of the terminal as it is now."""
        return layout_for(self.terminal.columns)

    def divider(self, safe: str, style: str = DIM) -> str:
        """Return a row across the terminal, with a text near its beginning."""
        room = max(1, self.terminal.columns - 1)
        row = shorten(f"{DIVIDER} {safe} ", room)
        row += DIVIDER[0] * (room - width(row))
        return paint(row, style) if self.has_styles else row

    def rows(
        self,
        head: Head,
        lines: Sequence[str],
        *,
        style: str = "",
        layout: Layout | None = None,
    ) -> list[str]:
        """Return the rows of safe *lines* after a head, in the column for texts.

        They have one *style*, or those that they are marked with.
        """
        layout, has_styles = layout or self.layout, self.has_styles
        rows, beside = list[str](), head
        if layout.names and head.name and head.width >= layout.names + GAP:
            rows = [self._name_row(layout, head)]  # and the text is on the next row
            beside = Head(sign=head.sign, sign_style=head.sign_style)
        before, painted = layout.head(beside), layout.head(beside, self._paint)
        texts = wrap_lines(before, lines, self.terminal, indent=layout.indent)
        if not all(map(str.isascii, texts)):  # there may be marks of styles
            texts = painted_rows(
                *(texts, layout.indent),
                self._sequences() if has_styles and not style else WITHOUT_STYLES,
            )
        if style and has_styles:
            texts = [_painted(row, before, style) for row in texts]
        if texts[0].startswith(before):
            texts[0] = painted + texts[0].removeprefix(before)
        if head.mark == signs.RECALLED:
            texts[1:] = [self._with_bar(row) for row in texts[1:]]
        return rows + texts

    def table(self, rows: Iterable[Sequence[str]]) -> list[str]:
        """Return lines with the unsafe cells of *rows* in columns.

        The first cell stands out. Each line fits into a row, so that no cell stands in
        the place of another: the first and the last ones are cut.
        """
        marks = len(SIGN) + len(END)  # which wrapping counts
        room = self.terminal.columns - 1 - self.layout.indent - marks
        cells = [[*map(make_safe, row)] for row in rows]
        for row in cells:
            row[0] = shorten(row[0], max(1, room // FIRST_SHARE))
        widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
        lines = []
        for row in cells:
            padded = [
                f"{cell}{' ' * (columns - width(cell))}"
                for cell, columns in zip(row, widths, strict=True)
            ]
            left = room - width(padded[0]) - len(HANGING)
            more = shorten("  ".join(padded[1:]).rstrip(), max(1, left))
            lines.append(f"{padded[0]}{HANGING}{SIGN}{more}{END}")
        return lines

    def help_rows(self, head: Head, lines: Sequence[str]) -> list[str]:
        """Return the rows of *lines* that explain commands, close to the sign.

        An explanation is behind its command and two or more blanks. It is dim, and
        wrapped in its own column as far as there is room.
        """
        layout = self.layout
        if layout.names and self.terminal.columns < WIDE:
            layout = layout._replace(names=width(head.sign) - 1)
        room = self.terminal.columns - 1 - layout.indent
        explained = [row for line in lines for row in _explained(line, room)]
        return self.rows(head, explained, layout=layout)

    def _sequences(self) -> Mapping[str, str]:
        """Return the sequences of styles, some of which may be colours."""
        names = self._names
        if not names.depth:
            return SEQUENCES
        return {**SEQUENCES, CODE: f"\x1b[{names.code}m", HIT: f"\x1b[{names.hit}m"}

    def _name_row(self, layout: Layout, head: Head) -> str:
        """Return the row of a name that has no room beside the text."""
        alone = head._replace(sign="")
        if width(row := layout.head(alone)) >= self.terminal.columns:
            return shorten(row.rstrip(), self.terminal.columns - 1)
        return layout.head(alone, self._paint).rstrip()

    @property
    def _paint(self) -> Paint:
        return paint if self.has_styles else plain

    def _with_bar(self, row: str) -> str:
        """Return a further row of a recalled message, with its bar."""
        column = self.layout.mark
        if row[: column + 2].strip():
            return row  # the terminal is so narrow that there is no margin
        bar = paint(signs.RECALLED, DIM) if self.has_styles else signs.RECALLED
        return f"{row[:column]}{bar}{row[column + 1 :]}"


def _painted(row: str, head: str, style: str) -> str:
    """Return a row with its text in a *style*, but not its margin or *head*."""
    start = len(head) if row.startswith(head) else len(row) - len(row.lstrip(" "))
    return row[:start] + paint(row[start:], style) if row[start:] else row


def _explained(line: str, room: int) -> list[str]:
    """Return the lines of what may explain a command, in *room* columns."""
    command, _, about = line.partition("  ")
    if not (line.startswith("/") and about):
        return [line]
    about = about.lstrip()
    start = len(line) - len(about)
    if room - start < MIN_EXPLANATION:  # the explanation is below the command
        below = wrap(about, max(1, room - len(HANGING)))
        return [
            command,
            *(f"{HANGING}{SIGN}{part}{END}" for part in below),
        ]
    first, *others = (f"{SIGN}{part}{END}" for part in wrap(about, room - start))
    return [line[:start] + first, *(" " * start + other for other in others)]
