"""Convert untrusted text to text that is safe to print. Pure.

All remote text passes :func:`make_safe` before it reaches a terminal, a log or a pipe:
it cannot move the cursor, forge a second line, change the title or reverse the order of
characters. Unsafe characters are replaced by a visible form; only excess combining
marks are dropped.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

JOINERS: Final = "\u200c\u200d"  # ZWNJ, ZWJ: Persian and family emoji need them
MAX_MARKS: Final = 3  # combining marks on one letter
SLICE: Final = 16_384  # characters that are escaped before they are joined
MAX_COLUMNS: Final = 64  # of a name; other servers may not limit it
BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that look like blanks: Hangul fillers and the empty Braille pattern."""

DASHES: Final = "\u2212\u2500\u2501\u2550"
"""Minus and box-drawing lines, which look like the dashes of notes and dividers."""

RESET: Final = "\x1b[0m"
BOLD: Final = "1"
DIM: Final = "2"
REVERSED: Final = "7"

_UNSAFE_RUN = re.compile(r"[^\x20-\x7e]+")
_INVISIBLE = re.compile(f"[{JOINERS}{BLANK_LETTERS}]")
_PLAIN_NAME = re.compile(rf"(?![ -])[\x20-\x7e]{{0,{MAX_COLUMNS}}}")


def make_safe(text: str) -> str:
    """Return *text* as one line that is safe to print.

    A tab becomes a blank, ESC becomes ``␛``, and other control characters become a
    form such as ``^J`` or ``<U+0085>``. Of the categories Cc, Cf, Cs, Co, Cn, Zl and
    Zp, only the two joiners are left.
    """
    return _UNSAFE_RUN.sub(_escape_run, text)


def safe_name(name: str) -> str:
    """Return *name* as visible text that is safe to print, at most MAX_COLUMNS wide.

    A ``◌`` is put before a combining mark, which would combine with the text before
    the name, and before dashes, which would make the name look like a note.
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    shown = _INVISIBLE.sub(lambda found: f"<U+{ord(found[0]):04X}>", make_safe(name))
    if shown and (_is_mark(shown[0]) or _is_dashed(shown.lstrip()[:2])):
        shown = f"◌{shown}"
    return shorten(shown, MAX_COLUMNS)


def shorten(safe: str, columns: int) -> str:
    """Return the text *safe*, cut with a ``…`` if it has more than *columns*."""
    if len(safe) * 2 <= columns:
        return safe
    end = used = 0
    for char in safe:
        used += _char_width(char)
        if used > columns:
            return f"{safe[:end]}…"
        end += used < columns  # leaves a column for the ellipsis
    return safe


def width(safe: str) -> int:
    """Return the approximate number of columns of the text *safe*."""
    return len(safe) if safe.isascii() else sum(map(_char_width, safe))


def message_line(source: str, text: str) -> str:
    """Return ``source: text``, the assignment's format of a message."""
    return f"{safe_name(source)}: {make_safe(text)}"


def paint(safe: str, style: str) -> str:
    """Return the text *safe* in a *style*."""
    return f"\x1b[{style}m{safe}{RESET}"


def _escape_run(run: re.Match[str]) -> str:
    text = run[0]
    if len(text) <= SLICE:
        return "".join(_escape_chars(text))
    # One string per character of a long run would need fifty times its memory. Marks
    # are counted per slice, so that a letter may keep more where a slice begins.
    starts = range(0, len(text), SLICE)
    return "".join("".join(_escape_chars(text[at : at + SLICE])) for at in starts)


def _escape_chars(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        if char in JOINERS or _is_mark(char):
            marks += 1
            if marks <= MAX_MARKS:
                yield char
        else:
            marks = 0
            yield char if _is_harmless(char) else _escape_char(char)


def _is_dashed(start: str) -> bool:
    """Return whether a text with this *start* looks like a note, with ``--``."""
    if start[:1] == "-":
        return _is_dash(start[1:])
    return _is_dash(start[:1])


def _is_dash(char: str) -> bool:
    return char != "" and (char in DASHES or unicodedata.category(char) == "Pd")


def _char_width(char: str) -> int:
    """Return the approximate columns of *char*, without the slow import of wcwidth."""
    if char.isascii():
        return 1
    if char in JOINERS or _is_mark(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def _is_harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _escape_char(char: str) -> str:
    code = ord(char)
    if char == "\t":
        return " "
    if char == "\x1b":
        return "␛"
    if code < 0x20 or code == 0x7F:
        return f"^{chr(code ^ 0x40)}"
    return f"<U+{code:04X}>"
