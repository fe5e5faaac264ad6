"""What it means that a message has a word in it.

Upper and lower case are the same, and so are letters with and without diacritics. A
word is found where one begins with it, if it has three letters, and else as a whole;
one that is made of several, like ``well-known``, is found where these follow each
other. In scripts without blanks between words each character is one (`segmentation`).
A message is found if it has all the words. This is what the tokenizer ``unicode61
remove_diacritics 2`` of SQLite's FTS5 does with text that was segmented; here it is
said in Python, for histories without an index. The two differ in rare Latin letters
that are younger than the tables of SQLite (Unicode 6.1).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from parlour.core.storage import StorageError

from .segmentation import PRIVATE_LETTERS, composed, joined, parted, segmented

MAX_WORDS: Final = 200  # characters to search for
MAX_TERMS: Final = 32  # of them with blanks between
MIN_PREFIX: Final = 3  # letters of a word that is found by its beginning

TOKEN: Final = re.compile(f"(?:[^\\W_]|[{PRIVATE_LETTERS}])+")
BREAK: Final = re.compile(r"[\s\0]+")
BLANKS: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
MARKS: Final = re.compile("(?:(?<![иИ])|(?!\u0306))[\u0300-\u036f]")  # but й is no и
ALIKE: Final = {ord(char): char.casefold() for char in "µςϐϑϕϖϰϱϵſẛ\u1fbe"}


def terms(words: str) -> list[str]:
    """Return what stands between blanks in *words*, once each.

    Raises HistoryError (`search_too_long`) if that is too much to search for.
    """
    if len(words) > MAX_WORDS:
        reason = f"a search has at most {MAX_WORDS} characters"
        raise StorageError("search_too_long", reason)
    found = list(dict.fromkeys(term for term in BREAK.split(words) if term))
    if len(found) > MAX_TERMS:
        raise StorageError("search_too_long", f"a search has at most {MAX_TERMS} words")
    return found


def expression(words: str) -> str:
    """Return *words* as a query of FTS5 in which no character has a meaning.

    It is empty if nothing can be found by it. Raises as `terms` does.
    """
    found = terms(words)
    if not words.isascii():  # it may have lone surrogates
        found = [term.encode("utf-8", "replace").decode() for term in found]
    return " ".join(_phrase(term) for term in found)


def matcher(words: str) -> Callable[[str], bool]:
    """Return a function that tells whether a text has all of *words* in it."""
    spaced = [phrase for term in terms(words) if (phrase := _spaced(_letters(term)))]
    phrases = [f" {each}" if _is_prefix(each) else f" {each} " for each in spaced]
    needles = {needle for each in spaced for needle in joined(each).split()}

    def matches(text: str) -> bool:
        letters = _letters(text)
        if not all(needle in letters for needle in needles):
            return False  # nearly all texts without the words end here
        found = f" {_spaced(letters)} "
        return bool(phrases) and all(phrase in found for phrase in phrases)

    return matches


def _phrase(term: str) -> str:
    term = segmented(term)
    quoted = term.replace('"', '""')
    return f'"{quoted}"*' if _is_prefix(_spaced(_letters(term))) else f'"{quoted}"'


def _is_prefix(phrase: str) -> bool:
    """Tell whether a word that begins with the last one of *phrase* is meant, too."""
    return len(phrase) - phrase.rfind(" ") > MIN_PREFIX


def _letters(text: str) -> str:
    """Return *text* with its letters as they are compared."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFD", composed(text))
    text = MARKS.sub("", text).lower()
    text = text.translate(ALIKE)
    return unicodedata.normalize("NFC", text)  # other marks belong to their letters


def _spaced(letters: str) -> str:
    """Return the words of a text with a blank between them."""
    if letters.isascii():
        return " ".join(letters.translate(BLANKS).split())
    return " ".join(TOKEN.findall(parted(letters)))
