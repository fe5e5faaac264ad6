"""Characters and names that look alike: the skeletons of UTS #39, section 4.

Two names look alike if they have the same skeleton. The table of confusables maps each
character that looks like others to one prototype. It comes from a library;
``later_confusables.json`` has the entries that Unicode 17 added or changed.
"""

import pkgutil
import unicodedata
from typing import Final

import msgspec

DOT_ABOVE: Final = "\u0307"
SOFT_DOTTED: Final = frozenset("ijʝᶖ")
"""The prototypes of letters whose dot a mark above them replaces."""


class _Link(msgspec.Struct):
    """A link to one or more characters that look the same."""

    c: str


def prototype(char: str) -> str:
    """Return the text that represents all characters that look like *char*."""
    return _prototypes.get(ord(char), char)


def skeleton(text: str) -> str:
    """Return the same text for all texts that look like *text*; case matters."""
    if text.isascii():
        return text.translate(_prototypes)
    while True:
        decomposed = unicodedata.normalize("NFD", text)
        mapped = _without_soft_dots(decomposed.translate(_prototypes))
        if mapped == text:
            return text
        # A prototype may contain marks, and have a prototype itself.
        text = mapped


def _without_soft_dots(text: str) -> str:
    """Return *text* without the dots above its i and j, which have one already.

    The table has no entries for this.
    """
    if DOT_ABOVE not in text:
        return text
    kept, letter = "", ""
    for char in text:
        if not unicodedata.combining(char):
            letter = char
        if char != DOT_ABOVE or letter not in SOFT_DOTTED:
            kept += char
    return kept


def replace_composed(text: str) -> str:
    """Return *text* with each character that has marks replaced by its prototype.

    The table has entries for such characters: Ѝ looks like Й, for example. A skeleton
    cannot use these entries, since it decomposes the characters first.
    """
    return "".join(
        prototype(char) if unicodedata.decomposition(char) else char
        for char in unicodedata.normalize("NFC", text)
    )


def caseless_skeleton(text: str) -> str:
    """Return the same text for all texts that look like *text*, in upper or lower case.

    Case folding can change a prototype: M has none, but the prototype of m is rn.
    """
    while True:
        folded = skeleton(text).casefold()
        if folded == text:
            return text
        text = folded


def _read_prototypes() -> dict[int, str]:
    """Read the table from the library's file, without importing the library.

    The import would load a web client. The file links each character to its prototype,
    and each prototype to its characters, in this order. A character therefore has one
    link; a prototype has one for each of its characters. Some entries are enclosed in
    left-to-right marks.
    """
    table = pkgutil.get_data("confusable_homoglyphs", "confusables.json")
    assert table is not None
    linked = msgspec.json.decode(table, type=dict[str, list[_Link]])
    links = {
        text.strip("\u200e"): [link.c.strip("\u200e") for link in items]
        for text, items in linked.items()
    }
    prototypes: dict[str, str] = {}
    for text, others in links.items():
        is_prototype = len(others) > 1 or prototypes.get(others[0]) == text
        if not is_prototype:
            prototypes[text] = others[0]
    later = pkgutil.get_data(__package__, "later_confusables.json")
    assert later is not None
    prototypes |= msgspec.json.decode(later, type=dict[str, str])
    return {ord(char): text for char, text in prototypes.items()}


_prototypes: Final = _read_prototypes()
