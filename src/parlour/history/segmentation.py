"""Text as it is indexed where a script puts no blanks between words.

In Chinese, Japanese, Thai, Lao, Khmer, Burmese or Tibetan nothing tells where a word
ends, and in Korean words grow endings. So each character of these scripts is a word of
its own here, as is each emoji, and some of them are found wherever they follow each
other. A word of another script ends where one of them begins.

Letters of full and half width are made the ordinary ones, and those that were sent
in parts are put together. What the tokenizer does for Latin is done here for other
scripts: Greek and Cyrillic letters lose their marks (but й is no и), Arabic and
Hebrew ones their vowel signs, and Georgian, Cherokee and others their case. The
tokenizer takes many vowels and tones, and every emoji,
for blanks: they get private letters instead.

The index holds what this makes, and lets go of a message by the same text: a change
here needs an index of another name (`search_index`).
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
"""Characters that are words of their own."""

PARTS: Final = "\u1100-\u11ff\u3099\u309a\uff01-\uffee"
"""Letters in parts or of other width: what they are comes out of normalization."""

PRIVATE_LETTERS: Final = "\ue000-\uf8ff\U000f0000-\U0010fffd"
"""Characters without a meaning of their own, which the tokenizer takes for letters."""

_SIGN: Final = re.compile(f"[{UNSPACED}]")
_WIDE: Final = re.compile("[\uff01-\uffee]+")
SHORT_I: Final = "\N{CYRILLIC SMALL LETTER SHORT I}\N{CYRILLIC CAPITAL LETTER SHORT I}"
"""Letters that have a mark, and are no other letter without it."""
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
    "\u06ea-\u06ed"  # Arabic, and the line that stretches a word
)
"""Marks that are left out as a rule, and end no word."""


def _unmarked() -> dict[int, str]:
    """Return Greek and Cyrillic letters with a mark, and what they are without it."""
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


_UNMARKED: Final = _unmarked()
_SPECIAL: Final = re.compile(
    f"[{UNSPACED}{PARTS}{CASED}{VOWELS}{''.join(map(chr, _UNMARKED))}]"
)
_VOWELS: Final = re.compile(f"[{VOWELS}]")
_CASED: Final = re.compile(f"[{CASED}]+")
_PRIVATE: Final = 0xF0000  # where a plane of private letters begins


_PRIVATES: Final = {
    code: chr(_PRIVATE | code & 0xFFFF)
    for block in (
        range(0x0E01, 0x10A0),  # Thai to Burmese
        range(0x1780, 0x17F0),
        range(0xAA60, 0xAA80),
        range(0x2600, 0x27C0),
        range(0x1F1E6, 0x1F200),
        range(0x1F300, 0x1FB00),
    )
    for code in block
    if _SIGN.match(chr(code))
}
"""Letters for the characters of scripts with vowels around them, and for emoji."""
_PUBLIC: Final = {ord(private): chr(code) for code, private in _PRIVATES.items()}


def is_special(text: str) -> bool:
    """Tell whether `segmented` would return anything else than *text*."""
    if text.isascii():
        return False
    return not is_normalized("NFC", text) or _SPECIAL.search(text) is not None


def segmented(text: str) -> str:
    """Return *text* with blanks around each character that is a word of its own."""
    return parted(composed(text)) if is_special(text) else text


def composed(text: str) -> str:
    """Return *text* with letters of ordinary width, in one part, without marks."""
    if not is_special(text):
        return text
    text = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _CASED.sub(lambda found: found[0].casefold(), text)
    return _VOWELS.sub("", unicodedata.normalize("NFC", text)).translate(_UNMARKED)


def parted(text: str) -> str:
    """Return *text*, composed, with blanks and private letters."""
    return _SIGN.sub(r" \g<0> ", text).translate(_PRIVATES)


def joined(text: str) -> str:
    """Return *text*, which `parted` made, with the characters it had before."""
    return text.translate(_PUBLIC)
