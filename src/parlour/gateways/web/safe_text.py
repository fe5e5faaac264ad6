"""Make untrusted text safe to display. `static/safe-text.js` has the same rules.

The templates escape HTML. This module replaces characters that reorder or hide text,
or that overlap other lines, with visible ones. Unlike in a terminal, a text may have
several lines.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

JOINERS: Final = "\u200c\u200d"  # ZWNJ, ZWJ: Persian and family emoji need them
MAX_MARKS: Final = 3  # combining characters on one letter
MAX_LINES: Final = 24  # lines of a text that is shown at full height

_UNUSUAL = re.compile(r"[^\n\t\x20-\x7e]+")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){3,}")
_BREAKS = re.compile(r"[\n\t]")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_MARKS = {"Mn", "Me"}


def visible(text: str) -> str:
    """Return *text* with all characters visible, except newlines and tabs.

    Control characters become ``␛`` and the like, and other invisible ones become
    ``<U+202E>``. Marks beyond :data:`MAX_MARKS` on a letter and more than two blank
    lines in a row are removed.
    """
    replaced = _UNUSUAL.sub(_replace_unusual, text)
    return _BLANK_LINES.sub("\n\n\n", replaced)


def visible_name(name: str) -> str:
    """Return *name* like `visible`, but on one line."""
    return _BREAKS.sub(lambda found: _picture(ord(found[0])), visible(name))


def initial(name: str) -> str:
    """Return the character shown as the icon of *name* beside its messages."""
    found = next(filter(str.isalnum, name), "·")
    return found.upper()[:1]


def is_tall(text: str) -> bool:
    """Return whether *text* has so many lines that it needs a scrollable frame."""
    return text.count("\n") >= MAX_LINES


def _replace_unusual(run: re.Match[str]) -> str:
    """Return the characters of *run* made visible.

    Most runs have letters only, and few different ones.
    """
    text = run[0]
    is_plain = text.isprintable() and all(
        char.isalpha() or unicodedata.category(char) not in _MARKS for char in set(text)
    )
    return text if is_plain else "".join(_replace_hidden(text))


def _replace_hidden(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if char in JOINERS or category in _MARKS:
            marks += 1
            if marks <= MAX_MARKS:
                yield char
        else:
            marks = 0
            is_hidden = category in _HIDDEN and char not in "\n\t"
            yield _escaped(ord(char)) if is_hidden else char


def _escaped(code: int) -> str:
    return _picture(code) if code < 0x20 or code == 0x7F else f"<U+{code:04X}>"


def _picture(code: int) -> str:
    """Return the control picture (U+2400 and following) of a control character."""
    return chr(0x2421 if code == 0x7F else 0x2400 + code)
