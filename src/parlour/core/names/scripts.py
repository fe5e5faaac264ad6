"""Writing systems that a name may mix (UTS #39, section 5.2, *highly restrictive*).

A word may be in one script, or in one of the mixtures that are in common use.
"""

import pkgutil
import unicodedata
from bisect import bisect
from functools import lru_cache
from itertools import groupby
from typing import Final

import msgspec

ANY_SCRIPT: Final = {"COMMON", "INHERITED"}
"""Scripts of characters that occur together with letters of every script."""

MIXTURES: Final = (
    {"LATIN", "HAN", "HIRAGANA", "KATAKANA"},
    {"LATIN", "HAN", "BOPOMOFO"},
    {"LATIN", "HAN", "HANGUL"},
)

Range = tuple[int, int, int, int]
"""First and last code point, index of the script, index of the category."""


class _Table(msgspec.Struct):
    """The property *Script* of Unicode."""

    iso_15924_aliases: list[str]
    code_points_ranges: list[Range]


def mixes_scripts(name: str) -> bool:
    """Return whether a word of *name* mixes scripts that must not be mixed."""
    if name.isascii():
        return False
    words = ("".join(run) for is_word, run in groupby(name, _is_in_word) if is_word)
    return any(are_mixed(_without_digits(word)) for word in words)


def are_mixed(chars: str) -> bool:
    """Return whether *chars* are of several scripts that must not be mixed."""
    if chars.isascii():
        return False
    scripts = set(map(_script, chars)) - ANY_SCRIPT
    return len(scripts) > 1 and not any(scripts <= mixture for mixture in MIXTURES)


def _without_digits(word: str) -> str:
    return "".join(char for char in word if not char.isdecimal())


def _is_in_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN"


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    table, starts = _read_table()
    code = ord(char)
    _, last, script, _ = table.code_points_ranges[bisect(starts, code) - 1]
    return table.iso_15924_aliases[script] if code <= last else "UNKNOWN"


@lru_cache
def _read_table() -> tuple[_Table, list[int]]:
    data = pkgutil.get_data("confusable_homoglyphs", "categories.json")
    assert data is not None
    table = msgspec.json.decode(data, type=_Table)
    return table, [first for first, *_ in table.code_points_ranges]
