"""One message as the rows of a terminal. Pure.

A terminal wraps a long row itself, and goes on at column 0: blanks up to its edge
would put somebody's text where another's line begins. So every row but the first of
a message is indented, and none reaches the edge. Text is wrapped at blanks, a long
word is broken, and a message of several lines is several indented lines.

Terminals disagree about how wide some letters are. The last column is left unused,
and each letter counts for as much as any common terminal gives it; where the
terminal may *autowrap*, letters that it might not combine count as well.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from .safe_text import JOINERS, make_safe, message_line, safe_name

MAX_CHARACTERS: Final = 65_536  # characters of one message that are shown on a terminal
MAX_LINES: Final = 24  # lines of one message that are shown on a terminal
MIN_COLUMNS: Final = 4  # a terminal narrower than this shows no text at all
MAX_CACHED_WIDTHS: Final = 4_096  # letters whose width is remembered
INDENT: Final = 4  # columns before the rows after the first, below a long name

ELLIPSIS: Final = "…"
ZWJ: Final = "\u200d"
EMOJI_SELECTOR: Final = "\ufe0f"  # VS16: what it follows is drawn as an emoji
SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
BOX_DRAWING: Final = range(
    0x2500, 0x25A0
)  # lines and blocks, which tables are drawn with


class TerminalWidth(NamedTuple):
    """The width of a terminal, and whether it may wrap a row that is too long."""

    columns: int
    autowrap: bool = True


def wrap_message(
    source: str, text: str, width: TerminalWidth, before: str = ""
) -> list[str]:
    """Return a message as rows, with what stands *before* it, which is safe."""
    line = before + message_line(source, text)
    if "\n" not in text and _fits_in_one_row(line, width):
        return [line]
    return wrap_text(f"{before}{safe_name(source)}: ", text, width)


def _fits_in_one_row(safe: str, width: TerminalWidth) -> bool:
    """Tell at once whether *safe* is surely one row. False does not say it is not."""
    most = 1 if safe.isascii() else 2  # columns of a letter
    return len(safe) * most < width.columns


def wrap_text(
    head: str, text: str, width: TerminalWidth, *, indent: int = 0
) -> list[str]:
    """Return *head*, which is safe, and after it *text*, which is not, as rows.

    The rows after the first are indented by *indent* columns or, if that is 0, so
    that they stand below the text.
    """
    if width.columns < MIN_COLUMNS:
        return [ELLIPSIS]
    if (more := len(text) - MAX_CHARACTERS) > 0:
        text = f"{text[:MAX_CHARACTERS]}{ELLIPSIS} ({more:,} more characters)"
    lines = text.replace("\r\n", "\n").split("\n")
    extra = len(lines) - MAX_LINES
    first, *others = map(make_safe, lines[:MAX_LINES])
    if extra > 0:
        others.append(f"{ELLIPSIS} {extra:,} more {'line' if extra == 1 else 'lines'}")
    room = width.columns - 1
    wanted = indent or _text_width(head, width)
    if wanted > room // 3:
        wanted = min(INDENT, room // 4) or 1
    margin = " " * wanted
    shown = [*_wrap_line("", head + first, margin, width)]
    for line in others:
        shown += _wrap_line(margin, line, margin, width)
    return shown


def _wrap_line(
    start: str, text: str, margin: str, width: TerminalWidth
) -> Iterator[str]:
    """Yield one line as rows: *start* begins the first of them, *margin* the others.

    Blanks at which a row is broken are left out, and so is a joiner at the end of a
    row: tmux joins what stands behind the margin of the next row to that margin.
    """
    room = width.columns - 1
    row, used, blanks, is_empty = start, len(start), 0, True
    for word in text.split(" "):
        for piece, cells in _unbreakable_pieces(word, room - len(margin), width):
            if used + blanks + cells > room:
                if not is_empty:
                    yield row.rstrip(ZWJ)
                row, used, blanks = margin, len(margin), 0
            row += " " * blanks + piece
            used += blanks + cells
            blanks, is_empty = 0, False
        blanks += 1
    yield row.rstrip(ZWJ)


def _unbreakable_pieces(
    word: str, most: int, width: TerminalWidth
) -> list[tuple[str, int]]:
    """Return what is not to be broken, in order, and the columns of each.

    That is the word, if it is no wider than *most*, and not in a script that puts no
    blanks between words. Else a mark stays with its letter and an emoji is not taken
    apart, unless that alone is wider.
    """
    if word.isascii():
        size = len(word)
        if size <= most:
            return [(word, size)] if word else []
        return [(char, 1) for char in word]
    size = _text_width(word, width)
    if size <= most and not any(_is_wide(char) for char in word):
        return [(word, size)]
    pieces: list[tuple[str, int]] = []
    before = ""
    for char in word:
        cells = _char_width(char, autowrap=width.autowrap)
        is_joined = before == ZWJ or _joins(char)
        if pieces and is_joined and pieces[-1][1] + cells <= most:
            piece, used = pieces[-1]
            pieces[-1] = piece + char, used + cells
        else:
            pieces.append((char, cells))
        before = char
    return pieces


def _text_width(safe: str, width: TerminalWidth) -> int:
    if safe.isascii():
        return len(safe)
    return sum(_char_width(char, autowrap=width.autowrap) for char in safe)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _joins(char: str) -> bool:
    """Tell whether *char* is drawn together with what stands before it."""
    is_mark = unicodedata.category(char) in {"Mn", "Me", "Mc"}
    return is_mark or char in JOINERS or ord(char) in SKIN_TONES


@lru_cache(MAX_CACHED_WIDTHS)
def _char_width(char: str, *, autowrap: bool) -> int:
    """Return the columns of *char* on the terminal that gives it most of them.

    What is called ambiguous is wide in some terminals; letters and boxes of these
    count as narrow, or whole alphabets would take half a row.
    """
    if char.isascii():
        return 1
    from wcwidth import wcwidth  # noqa: PLC0415  (a pipe has no use for it)

    width, category = wcwidth(char), unicodedata.category(char)
    if char in JOINERS or category in {"Mn", "Me"}:
        most = 2 if _is_wide(char) else 1  # on a terminal that does not combine
        return most if autowrap else int(char == EMOJI_SELECTOR)
    if _is_wide(char):
        return 2  # also a filler and a mark that wcwidth gives less
    if category == "Mc":
        return 1
    is_ambiguous = unicodedata.east_asian_width(char) == "A" and category[0] != "L"
    is_symbol = category in {"So", "Sk"}
    if (is_ambiguous or is_symbol) and ord(char) not in BOX_DRAWING:
        return 2
    return max(1, width)
