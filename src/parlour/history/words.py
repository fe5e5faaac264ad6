"""What it means that a message has a word in it.

Upper and lower case are the same, and so are letters with and without diacritics. A
word is found as a whole, whatever stands around it; one that is made of several, like
``well-known``, is found where these follow each other. A message is found if it has
all the words. This is what the tokenizer ``unicode61 remove_diacritics 2`` of
SQLite's FTS5 does; here it is said in Python, for histories without an index. The two
differ in letters that are younger than the tables of SQLite (Unicode 6.1).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

TOKEN: Final = re.compile(r"[^\W_]+")
BREAK: Final = re.compile(r"[\s\0]+")
SIGMA: Final = "\N{GREEK SMALL LETTER SIGMA}"
MARKS: Final = re.compile("[\u0300-\u036f]")


def terms(words: str) -> list[str]:
    """Return what stands between blanks in *words*, once each."""
    return list(dict.fromkeys(term for term in BREAK.split(words) if term))


def expression(words: str) -> str:
    """Return *words* as a query of FTS5 in which no character has a meaning.

    It is empty if nothing can be found by it.
    """
    if not words.isascii():
        words = words.encode("utf-8", "replace").decode()  # a lone surrogate
    quoted = (term.replace('"', '""') for term in terms(words))
    return " ".join(f'"{term}"' for term in quoted)


def matcher(words: str) -> Callable[[str], bool]:
    """Return a function that tells whether a text has all of *words* in it."""
    phrases = [f" {phrase} " for term in terms(words) if (phrase := _folded(term))]

    def matches(text: str) -> bool:
        folded = f" {_folded(text)} "
        return bool(phrases) and all(phrase in folded for phrase in phrases)

    return matches


def _folded(text: str) -> str:
    """Return the words of *text* as they are compared, a blank between them."""
    if not text.isascii():
        text = MARKS.sub("", unicodedata.normalize("NFD", text)).lower()
        text = text.replace("\N{GREEK SMALL LETTER FINAL SIGMA}", SIGMA)
    return " ".join(TOKEN.findall(text.lower()))
