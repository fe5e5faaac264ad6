"""Prepares text for indexing, so that every script can be searched.

Chinese, Japanese, Thai, Lao, Khmer, Burmese and Tibetan do not separate words, and
Korean adds endings to them. Each character of these scripts therefore becomes a word of
its own, as does each emoji. A search for several of them finds them in a row, wherever
they occur. A word of another script ends where such a character begins.

Text is normalized as well. Full-width and half-width letters become ordinary ones, and
decomposed letters are composed. The tokenizer of SQLite folds Latin letters only, so
this module folds the other scripts: Greek and Cyrillic letters lose their diacritics
(except й, which is not a variant of и), Arabic and Hebrew lose their vowel signs, and
Georgian, Cherokee and others their case. The tokenizer treats emoji, many vowels and
many tones as separators; they are replaced by private-use letters.

The index stores the result, and removing a message from it requires the same text. A
change here therefore needs an index with a new name
(`parlour.journal.sqlite.search_index`).
"""

import re
import unicodedata
from typing import Final
from unicodedata import is_normalized

UNSPACED: Final = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\U0001b000-\U0001b16f"  # Japanese
    "\u3105-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U000323af"  # Han and Bopomofo
    "\ua000-\ua48c"  # Yi
    "\uac00-\ud7a3"  # Hangul
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59"  # Thai
    "\u0e81-\u0edf"  # Lao
    "\u0f00\u0f20-\u0f29\u0f40-\u0fbc"  # Tibetan
    "\u1000-\u1049\u1050-\u109d\uaa60-\uaa76\uaa7a-\uaa7f"  # Burmese
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u17e0-\u17e9"  # Khmer
    "\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff"  # emoji
)
"""Characters that are words of their own, as ranges of a regular expression."""

DECOMPOSED: Final = "\u1100-\u11ff\u3099\u309a\uff01-\uffee"
"""Parts of letters, and letters of another width; normalization replaces them."""

PRIVATE_LETTERS: Final = "\ue000-\uf8ff\U000f0000-\U0010fffd"
"""Private-use characters, which the tokenizer treats as letters."""

_UNSPACED_CHARACTER: Final = re.compile(f"[{UNSPACED}]")
_OTHER_WIDTH: Final = re.compile("[\uff01-\uffee]+")
SHORT_I: Final = "\N{CYRILLIC SMALL LETTER SHORT I}\N{CYRILLIC CAPITAL LETTER SHORT I}"
"""Letters whose diacritic makes them another letter."""

CASED: Final = (
    "\u13f8-\u13fd\uab70-\uabbf\u1c90-\u1cba\u1cbd-\u1cbf"  # Cherokee, Georgian
    "\u037f\u0528-\u052f\u2c2f"  # Greek, Cyrillic, Glagolitic
    "\U000104b0-\U000104d3\U0001e900-\U0001e921"  # Osage, Adlam
    "\U00010570-\U00010595\U00010c80-\U00010cb2"  # Vithkuqi, Hungarian runes
    "\U000118a0-\U000118bf\U00016e40-\U00016e5f"  # Warang Citi, Medefaidrin
)
"""Letters whose other case the tokenizer does not know."""

VOWELS: Final = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed"  # Arabic, and tatweel, which lengthens a word
)
"""Marks that are usually not written. They are removed and do not end a word."""


def _without_diacritics() -> dict[int, str]:
    """Return the base letter of each Greek and Cyrillic letter with diacritics."""
    found = {}
    for code in (*range(0x0370, 0x0530), *range(0x1F00, 0x2000)):
        base, *marks = list(unicodedata.normalize("NFD", chr(code)))
        if (
            marks
            and all("\u0300" <= mark <= "\u036f" for mark in marks)
            and chr(code) not in SHORT_I
        ):
            found[code] = base
    return found


_BASE_LETTERS: Final = _without_diacritics()
_TO_SEGMENT: Final = re.compile(
    f"[{UNSPACED}{DECOMPOSED}{CASED}{VOWELS}{''.join(map(chr, _BASE_LETTERS))}]"
)
_VOWEL: Final = re.compile(f"[{VOWELS}]")
_CASED_RUN: Final = re.compile(f"[{CASED}]+")
_PRIVATE_PLANE: Final = 0xF0000  # the first character of the private-use plane
_TO_PRIVATE: Final = {
    code: chr(_PRIVATE_PLANE | code & 0xFFFF)
    for block in (
        range(0x0E01, 0x10A0),  # Thai to Burmese
        range(0x1780, 0x17F0),
        range(0xAA60, 0xAA80),
        range(0x2600, 0x27C0),
        range(0x1F1E6, 0x1F200),
        range(0x1F300, 0x1FB00),
    )
    for code in block
    if _UNSPACED_CHARACTER.match(chr(code))
}
"""Private-use letters for scripts with separate vowel signs, and for emoji."""
_FROM_PRIVATE: Final = {
    ord(private): chr(code) for code, private in _TO_PRIVATE.items()
}


def needs_segmenting(text: str) -> bool:
    """Return whether `segmented` would change *text*."""
    if text.isascii():
        return False
    return not is_normalized("NFC", text) or _TO_SEGMENT.search(text) is not None


def segmented(text: str) -> str:
    """Return *text* normalized, with spaces around each character that is a word."""
    return split_characters(normalized(text)) if needs_segmenting(text) else text


def normalized(text: str) -> str:
    """Return *text* composed, in ordinary width, and without case and diacritics."""
    if not needs_segmenting(text):
        return text
    text = _OTHER_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _CASED_RUN.sub(lambda found: found[0].casefold(), text)
    return _VOWEL.sub("", unicodedata.normalize("NFC", text)).translate(_BASE_LETTERS)


def split_characters(text: str) -> str:
    """Return the normalized *text* with spaces and private-use letters."""
    return _UNSPACED_CHARACTER.sub(r" \g<0> ", text).translate(_TO_PRIVATE)


def restore_characters(text: str) -> str:
    """Return *text* with the characters that `split_characters` replaced."""
    return text.translate(_FROM_PRIVATE)
