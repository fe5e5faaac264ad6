"""Which names look alike: the skeletons of UTS #39, section 4.

Two names look alike if they have the same skeleton. The table of confusables gives
each character that looks like another its one prototype. It comes from a library,
and what Unicode 17 has added or changed since comes from ``later_confusables.json``.
"""

import pkgutil
import unicodedata
from typing import Final

import msgspec


class _Link(msgspec.Struct):
    """One character, or several, that look like another."""

    c: str


def prototype(char: str) -> str:
    """Return the one text that stands for everything that looks like *char*."""
    return _prototypes.get(ord(char), char)


def skeleton(text: str) -> str:
    """Return the same text for everything that looks like *text*, case included."""
    if text.isascii():
        return text.translate(_prototypes)
    while True:
        decomposed = unicodedata.normalize("NFD", text)
        mapped = decomposed.translate(_prototypes)
        if mapped == text:
            return text
        text = mapped  # what is composed of marks may have a prototype of its own


def composed(text: str) -> str:
    """Return *text* with prototypes for what is composed of a letter and its marks.

    The table has entries for such characters, Ѝ like Й for one, that a skeleton cannot
    use: it takes them apart first.
    """
    return "".join(
        prototype(char) if unicodedata.decomposition(char) else char
        for char in unicodedata.normalize("NFC", text)
    )


def caseless_skeleton(text: str) -> str:
    """Return the same text for everything that looks like *text* in some case.

    Case folding may give a character another prototype: M has none, and m has rn.
    """
    while True:
        folded = skeleton(text).casefold()
        if folded == text:
            return text
        text = folded


def _read_prototypes() -> dict[int, str]:
    """Read the table. Not by its library, which brings a web client along.

    The library links each character with its prototype both ways, the character
    first. So a character has one link, and a prototype one for each of its
    characters. Some entries are wrapped in left-to-right marks.
    """
    table = pkgutil.get_data("confusable_homoglyphs", "confusables.json")
    assert table is not None
    linked = msgspec.json.decode(table, type=dict[str, list[_Link]])
    links = {
        text.strip("\u200e"): [link.c.strip("\u200e") for link in each]
        for text, each in linked.items()
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
