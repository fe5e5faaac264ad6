"""Untrusted text to safe text, and colours. Pure.

Everything remote passes :func:`make_safe` before it reaches a terminal, a log or a
pipe: no byte of it may move a cursor, forge a second line, change a title or turn
the order of letters. Nothing is lost silently but marks piled on one letter:
what is not shown as itself is shown in a visible form.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from parlour.core.names.colors import name_color

from ..protocol.display_items import SERVER

JOINERS: Final = "\u200c\u200d"  # ZWNJ, ZWJ: Persian and family emoji need them
MAX_MARKS: Final = 3  # combining characters on one letter
SLICE: Final = 16_384  # characters that are looked at one by one before they are joined
MAX_COLUMNS: Final = 64  # of a name; our server's are shorter, others have no bound
BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters to Unicode, and nothing to the eye: Hangul fillers, the empty Braille."""

RESET: Final = "\x1b[0m"
BOLD: Final = "1"
DIM: Final = "2"
PALETTE: Final = ("31", "32", "35", "36", "91", "94", "95")
"""One for each hue: of the 16 base colours those to read on black and on white."""

_UNSAFE_RUN = re.compile(r"[^\x20-\x7e]+")
_INVISIBLE = re.compile(f"[{JOINERS}{BLANK_LETTERS}]")
_PLAIN_NAME = re.compile(rf"(?![ -])[\x20-\x7e]{{0,{MAX_COLUMNS}}}")


def make_safe(text: str) -> str:
    """Return *text* as one line that is safe to print.

    A tab is a blank, ESC is ``␛``, other controls are ``^J`` or ``<U+0085>``, and
    so is everything else that a terminal would obey rather than draw: no character
    of the categories Cc, Cf, Cs, Co, Cn, Zl or Zp is left but the two joiners.
    """
    return _UNSAFE_RUN.sub(_escape_run, text)


def safe_name(name: str) -> str:
    """Return *name* safe to print, cut to :data:`MAX_COLUMNS`, all of it visible.

    A ``◌`` is put in front of a mark, which would sit on what stands before it, and
    of dashes, which would make the name look like a note of our own.
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    shown = _INVISIBLE.sub(lambda found: f"<U+{ord(found[0]):04X}>", make_safe(name))
    if shown and (_is_mark(shown[0]) or _is_dashed(shown.lstrip()[:2])):
        shown = f"◌{shown}"
    return shorten(shown, MAX_COLUMNS)


def shorten(safe: str, columns: int) -> str:
    """Return text that is *safe* already in that many *columns*, or cut with ``…``."""
    if len(safe) * 2 <= columns:
        return safe
    kept = width = 0
    for char in safe:
        width += _width(char)
        if width > columns:
            return f"{safe[:kept]}…"
        kept += width < columns  # there must be a column left for the mark
    return safe


def message_line(source: str, text: str) -> str:
    """Return ``source: text``, the assignment's way to show a message."""
    return f"{safe_name(source)}: {make_safe(text)}"


def colored_line(source: str, text: str) -> str:
    """Return the same in colour: each name has its own, the server is bold."""
    return f"{paint(safe_name(source), name_style(source))}: {make_safe(text)}"


def name_style(source: str) -> str:
    """Return the style of a name: its colour, as on the page."""
    if source == SERVER:
        return BOLD
    return PALETTE[name_color(source)]


def paint(safe: str, style: str) -> str:
    """Return text that is *safe* already in a *style* of ours."""
    return f"\x1b[{style}m{safe}{RESET}"


def use_color(
    choice: Literal["auto", "always", "never"],
    environ: Mapping[str, str],
    isatty: bool,
) -> bool:
    """Decide on colour, for one stream: the option, NO_COLOR, force, terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    forces = (environ.get(key, "") for key in ("FORCE_COLOR", "CLICOLOR_FORCE"))
    if any(force not in ("", "0") for force in forces):
        return True
    return isatty and environ.get("TERM") != "dumb"


def _escape_run(run: re.Match[str]) -> str:
    text = run[0]
    if len(text) <= SLICE:
        return "".join(_escape_chars(text))
    # A string for each character of a long run would take fifty times its room. A mark
    # that begins a slice may stand where it is one too many; that is all.
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
    """Tell whether what begins so might be taken for ``--``."""
    if start[:1] == "-":
        return _is_dash(start[1:])
    return _is_dash(start[:1])


def _is_dash(char: str) -> bool:
    return char == "\u2212" or (char != "" and unicodedata.category(char) == "Pd")


def _width(char: str) -> int:
    """Return the columns of *char*, nearly: wcwidth would cost a pipe its start."""
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
