"""Where in a text the words are that were searched for: the rule of the search.

A word of three letters or more marks those that begin with it; scripts without blanks
between words are marked anywhere (`history.search_terms` says what is found).
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

from parlour.history.search_terms import MIN_PREFIX

_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[\U00020000-\U0003ffff]"
)


class Hits:
    """The *words* that were searched for."""

    def __init__(self, words: str) -> None:
        terms = words.split()
        self._unspaced = [term for term in terms if _UNSPACED.search(term)]
        found = (_folded(each) for term in terms for each in _WORD.findall(term))
        self._words = {each for each in found if not _UNSPACED.search(each)}
        self._prefixes = tuple(w for w in self._words if len(w) >= MIN_PREFIX)

    def parts(self, text: str) -> list[tuple[str, bool]]:
        """Return *text* in parts, and whether each is a hit."""
        is_hit = [False] * len(text)
        for found in _WORD.finditer(text):
            word = _folded(found[0])
            if word in self._words or word.startswith(self._prefixes):
                is_hit[found.start() : found.end()] = [True] * len(found[0])
        for term in self._unspaced:
            for found in re.finditer(re.escape(term), text):
                is_hit[found.start() : found.end()] = [True] * len(term)
        turns = [i for i in range(1, len(text)) if is_hit[i] != is_hit[i - 1]]
        return [(text[i:k], is_hit[i]) for i, k in pairwise([0, *turns, len(text)])]


def _folded(word: str) -> str:
    """Return *word* without marks, in one case."""
    letters = unicodedata.normalize("NFKD", word)
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()
