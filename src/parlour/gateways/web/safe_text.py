"""Make untrusted text safe to look at. `static/safe-text.js` has the same rule.

What would be a tag is for the templates to escape. Here it is about what turns the
order of letters, hides, or climbs over other lines: it is shown in a visible form.
Unlike on a terminal a text may have several lines.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

JOINERS: Final = "\u200c\u200d"  # ZWNJ, ZWJ: Persian and family emoji need them
MAX_MARKS: Final = 3  # combining characters on one letter
MAX_LINES: Final = 24  # of a text that is shown at its full height

_ODD = re.compile(r"[^\n\t\x20-\x7e]+")
_VOID = re.compile(r"\n(?:[ \t]*\n){3,}")
_BREAKS = re.compile(r"[\n\t]")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def visible(text: str) -> str:
    """Return *text* with everything in it visible but newlines and tabs.

    Controls are ``␛`` and the like, other characters that a page would obey rather
    than draw are ``<U+202E>``; marks beyond :data:`MAX_MARKS` on a letter are left
    out, and blank lines beyond two.
    """
    drawn = _ODD.sub(lambda run: "".join(_drawn(run[0])), text)
    return _VOID.sub("\n\n\n", drawn)


def visible_name(name: str) -> str:
    """Return *name* in the same way, as one line."""
    return _BREAKS.sub(lambda found: _picture(ord(found[0])), visible(name))


def initial(name: str) -> str:
    """Return the one character that stands for *name* beside what it says."""
    found = next(filter(str.isalnum, name), "·")
    return found.upper()[:1]


def is_tall(text: str) -> bool:
    """Tell whether *text* has so many lines that it is shown in a frame."""
    return text.count("\n") >= MAX_LINES


def _drawn(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if char in JOINERS or category in {"Mn", "Me"}:
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
    return chr(0x2421 if code == 0x7F else 0x2400 + code)
