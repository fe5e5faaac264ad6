"""Wrap a message to the rows of a terminal. Pure.

A terminal wraps a long row itself and continues at column 0, where names are displayed:
with blanks up to the edge, a message could forge the beginning of another one. So every
row of a message but the first is indented, and no row reaches the edge. Text is wrapped
at blanks, a long word is broken, and a message of several lines has indented lines.

Terminals disagree about the width of some characters. The last column is left unused,
and each character counts with its largest width on common terminals; if the terminal
may *autowrap*, characters that it might not combine count separately.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from .safe_text import JOINERS, make_safe, message_line, safe_name

MAX_CHARACTERS: Final = 65_536  # of one message on a terminal
MAX_LINES: Final = 24  # of one message on a terminal
MIN_COLUMNS: Final = 4  # of a terminal that shows any text
MAX_CACHED_WIDTHS: Final = 4_096  # characters
INDENT: Final = 4  # columns before the further rows of a message with a long name

NO_WRAP: Final = "\x1b[?7l"
WRAP: Final = "\x1b[?7h"
"""Sequences that turn a terminal's own wrapping of long rows off and on (DECAWM)."""

ELLIPSIS: Final = "…"
ZWJ: Final = "\u200d"
EMOJI_SELECTOR: Final = "\ufe0f"  # VS16: draws the character before it as an emoji
SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
STYLE_MARKS: Final = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007"
"""Characters that begin and end a style. `make_safe` leaves none of them in a text."""

BOX_DRAWING: Final = range(0x2500, 0x25A0)  # also the blocks


class TerminalWidth(NamedTuple):
    """The width of a terminal, and whether it may wrap a row that is too long."""

    columns: int
    autowrap: bool = True


def wrap_message(
    source: str, text: str, width: TerminalWidth, before: str = "", hint: str = ""
) -> list[str]:
    """Return the rows of a message after the safe text *before*.

    If it is cut, a *hint* says how to see the rest.
    """
    line = before + message_line(source, text)
    if "\n" not in text and _fits_in_one_row(line, width):
        return [line]
    return wrap_text(f"{before}{safe_name(source)}: ", text, width, hint=hint)


def _fits_in_one_row(safe: str, width: TerminalWidth) -> bool:
    """Return whether *safe* is sure to fit, by a quick check of its length."""
    max_width = 1 if safe.isascii() else 2  # columns of a character
    return len(safe) * max_width < width.columns


def wrap_text(
    head: str, text: str, width: TerminalWidth, *, indent: int = 0, hint: str = ""
) -> list[str]:
    """Return the rows of the safe *head* and the untrusted *text* after it.

    All rows but the first are indented by *indent* columns or, if that is 0, by the
    width of the head. If lines are left out, a *hint* says how to see them.
    """
    text, extra = cut_text(text)
    lines = [make_safe(line) for line in text.split("\n")]
    return wrap_lines(head, [*lines, *more_lines(extra, hint)], width, indent=indent)


def unbroken_row(safe: str, width: TerminalWidth) -> str:
    """Return the row of a *safe* text of the client, which only the terminal wraps.

    It begins at column 0, so that it is selected, copied and clicked as a whole.
    """
    return safe if width.autowrap else f"{WRAP}{safe}{NO_WRAP}"


def cut_text(text: str) -> tuple[str, int]:
    """Return what a terminal shows of *text*, and how many lines more there are."""
    if (more := len(text) - MAX_CHARACTERS) > 0:
        text = f"{text[:MAX_CHARACTERS]}{ELLIPSIS} ({more:,} more characters)"
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(lines[:MAX_LINES]), max(0, len(lines) - MAX_LINES)


def more_lines(extra: int, hint: str = "") -> list[str]:
    """Return the line that says how many lines are left out, unless there are none."""
    if not extra:
        return []
    return [f"{ELLIPSIS} {extra:,} more {'line' if extra == 1 else 'lines'}{hint}"]


def show_hint(sequence: int) -> str:
    """Return how to see the whole message; "" if its *sequence* is not known."""
    return f", /show {sequence}" if sequence else ""


def wrap_lines(
    head: str, lines: Sequence[str], width: TerminalWidth, *, indent: int = 0
) -> list[str]:
    """Return the rows of the safe *lines*, at least one, after the safe *head*.

    They may contain the `STYLE_MARKS`, which have no width. The rows are indented like
    those of `wrap_text`.
    """
    if width.columns < MIN_COLUMNS:
        return [ELLIPSIS]
    first, *others = lines
    room = width.columns - 1
    indent = indent or _text_width(head, width)
    if indent > room // 3:
        indent = min(INDENT, room // 4) or 1
    margin = " " * indent
    rows = [*_wrap_line("", head + first, margin, width)]
    for line in others:
        rows += _wrap_line(margin, line, margin, width)
    return rows


def _wrap_line(
    start: str, text: str, margin: str, width: TerminalWidth
) -> Iterator[str]:
    """Yield the rows of one line: the first begins with *start*, others with *margin*.

    Blanks at a break are left out. So is a joiner at the end of a row, since tmux would
    join the next row's text to its margin.
    """
    room = width.columns - 1
    if text.isascii() and len(start) + len(text) <= room:  # as most lines do
        yield start + text.rstrip(" ")
        return
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
    word: str, max_columns: int, width: TerminalWidth
) -> list[tuple[str, int]]:
    """Return the pieces of *word* that are not broken, with the columns of each.

    The word is one piece if it has at most *max_columns* and its script puts blanks
    between words. Otherwise, each character is a piece, together with its combining
    marks or the other parts of its emoji if these fit into *max_columns*.
    """
    if word.isascii():
        size = len(word)
        if size <= max_columns:
            return [(word, size)] if word else []
        return [(char, 1) for char in word]
    size = _text_width(word, width)
    if size <= max_columns and not any(_is_wide(char) for char in word):
        return [(word, size)]
    pieces: list[tuple[str, int]] = []
    previous = ""
    for char in word:
        cells = _char_width(char, autowrap=width.autowrap)
        is_joined = previous == ZWJ or _joins(char)
        if pieces and is_joined and pieces[-1][1] + cells <= max_columns:
            piece, used = pieces[-1]
            pieces[-1] = piece + char, used + cells
        else:
            pieces.append((char, cells))
        previous = char
    return pieces


def _text_width(safe: str, width: TerminalWidth) -> int:
    if safe.isascii():
        return len(safe)
    return sum(_char_width(char, autowrap=width.autowrap) for char in safe)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _joins(char: str) -> bool:
    """Return whether *char* is drawn together with the character before it."""
    is_mark = unicodedata.category(char) in {"Mn", "Me", "Mc"}
    return is_mark or char in JOINERS or ord(char) in SKIN_TONES


@lru_cache(MAX_CACHED_WIDTHS)
def _char_width(char: str, *, autowrap: bool) -> int:
    """Return the largest width of *char* on common terminals, in columns.

    Characters of ambiguous width are wide on some terminals. Letters and boxes among
    them count as narrow; otherwise text in some alphabets would fill only half a row.
    """
    if char.isascii():
        return 1
    if char in STYLE_MARKS:
        return 0
    from wcwidth import wcwidth  # noqa: PLC0415  (a pipe does not need it)

    width, category = wcwidth(char), unicodedata.category(char)
    if char in JOINERS or category in {"Mn", "Me"}:
        uncombined = 2 if _is_wide(char) else 1
        return uncombined if autowrap else int(char == EMOJI_SELECTOR)
    if _is_wide(char):
        return 2  # also fillers and marks that are narrower in wcwidth
    if category == "Mc":
        return 1
    is_ambiguous = unicodedata.east_asian_width(char) == "A" and category[0] != "L"
    is_symbol = category in {"So", "Sk"}
    if (is_ambiguous or is_symbol) and ord(char) not in BOX_DRAWING:
        return 2
    return max(1, width)
