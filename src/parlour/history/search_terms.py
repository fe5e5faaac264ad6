"""The rules by which a text matches a search.

A search is a list of terms, separated by spaces. A text matches if it contains every
term. Case and diacritics are ignored. A term of three letters or more also matches the
beginning of a word; a shorter one matches whole words only. A term of several words,
such as ``well-known``, matches these words in a row. In scripts that do not separate
words with spaces, each character counts as a word (`segmentation`).

SQLite's FTS5 follows the same rules with segmented text and the tokenizer ``unicode61
remove_diacritics 2``. This module implements the rules in Python, for stores without an
index. The two differ in rare Latin letters that are newer than SQLite's tables (Unicode
6.1).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from parlour.core.storage import StorageError
from parlour.search_hits import MIN_PREFIX

from .segmentation import (
    PRIVATE_LETTERS,
    normalized,
    restore_characters,
    segmented,
    split_characters,
)

MAX_SEARCH_LENGTH: Final = 200  # characters
MAX_TERMS: Final = 32

WORD: Final = re.compile(f"(?:[^\\W_]|[{PRIVATE_LETTERS}])+")
SEPARATOR: Final = re.compile(r"[\s\0]+")
ASCII_SPACES: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
# U+0306 turns Cyrillic и into й, another letter, and so is not a diacritic there.
DIACRITICS: Final = re.compile("(?:(?<![иИ])|(?!\u0306))[\u0300-\u036f]")
# Lowercase letters that equal another lowercase letter.
CASE_VARIANTS: Final = {ord(char): char.casefold() for char in "µςϐϑϕϖϰϱϵſẛ\u1fbe"}


def split_terms(words: str) -> list[str]:
    """Return the terms of the search *words*, without duplicates.

    Raises StorageError (`search_too_long`) for more than 200 characters or 32 terms.
    """
    if len(words) > MAX_SEARCH_LENGTH:
        reason = f"a search has at most {MAX_SEARCH_LENGTH} characters"
        raise StorageError("search_too_long", reason)
    found = list(dict.fromkeys(term for term in SEPARATOR.split(words) if term))
    if len(found) > MAX_TERMS:
        raise StorageError("search_too_long", f"a search has at most {MAX_TERMS} words")
    return found


def fts_query(words: str) -> str:
    """Return the search *words* as an FTS5 query, with every character quoted.

    The query is empty if nothing can match. Raises StorageError as `split_terms` does.
    """
    found = split_terms(words)
    if not words.isascii():  # it may contain lone surrogates
        found = [term.encode("utf-8", "replace").decode() for term in found]
    return " ".join(_fts_phrase(term) for term in found)


def text_matcher(words: str) -> Callable[[str], bool]:
    """Return a function that tests whether a text matches the search *words*.

    Raises StorageError as `split_terms` does.
    """
    spaced = [
        phrase for term in split_terms(words) if (phrase := _spaced(_folded(term)))
    ]
    phrases = [f" {each}" if _is_prefix(each) else f" {each} " for each in spaced]
    needles = {needle for each in spaced for needle in restore_characters(each).split()}

    def matches(text: str) -> bool:
        letters = _folded(text)
        if not all(needle in letters for needle in needles):
            return False  # fast path: rejects nearly every text that does not match
        found = f" {_spaced(letters)} "
        return bool(phrases) and all(phrase in found for phrase in phrases)

    return matches


def _fts_phrase(term: str) -> str:
    term = segmented(term)
    quoted = term.replace('"', '""')
    return f'"{quoted}"*' if _is_prefix(_spaced(_folded(term))) else f'"{quoted}"'


def _is_prefix(phrase: str) -> bool:
    """Return whether the last word of *phrase* also matches longer words."""
    return len(phrase) - phrase.rfind(" ") > MIN_PREFIX


def _folded(text: str) -> str:
    """Return *text* in one case and without diacritics."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFD", normalized(text))
    text = DIACRITICS.sub("", text).lower()
    text = text.translate(CASE_VARIANTS)
    return unicodedata.normalize("NFC", text)  # other marks are part of their letters


def _spaced(letters: str) -> str:
    """Return the words of a folded text with one space between them."""
    if letters.isascii():
        return " ".join(letters.translate(ASCII_SPACES).split())
    return " ".join(WORD.findall(split_characters(letters)))
