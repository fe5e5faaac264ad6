"""Find the words of a search in a text, by the rules of the search.

A word of three letters or more also matches at the start of longer words. Words in
scripts without spaces match anywhere. `history.search_terms` has the rules.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

MIN_PREFIX: Final = 3  # letters of a term that matches the beginning of a word

_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[\U00020000-\U0003ffff]"
)


class SearchHits:
    """The matches of the words in *query*."""

    def __init__(self, query: str) -> None:
        terms = query.split()
        self._unspaced = [term for term in terms if _UNSPACED.search(term)]
        words = (_fold(word) for term in terms for word in _WORD.findall(term))
        self._words = {word for word in words if not _UNSPACED.search(word)}
        self._prefixes = tuple(w for w in self._words if len(w) >= MIN_PREFIX)

    def split(self, text: str) -> list[tuple[str, bool]]:
        """Return the parts of *text*, each with a flag that is true for a match."""
        if not text:
            return []
        is_hit = [False] * len(text)
        for found in _WORD.finditer(text):
            word = _fold(found[0])
            if word in self._words or word.startswith(self._prefixes):
                is_hit[found.start() : found.end()] = [True] * len(found[0])
        for term in self._unspaced:
            for found in re.finditer(re.escape(term), text):
                is_hit[found.start() : found.end()] = [True] * len(term)
        edges = [i for i in range(1, len(text)) if is_hit[i] != is_hit[i - 1]]
        return [(text[i:k], is_hit[i]) for i, k in pairwise([0, *edges, len(text)])]


def _fold(word: str) -> str:
    """Return *word* without accents and without regard to case."""
    letters = unicodedata.normalize("NFKD", word)
    return "".join(c for c in letters if not unicodedata.combining(c)).casefold()
