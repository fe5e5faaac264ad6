"""Folding: when two names are equal but for case or width.

The client imports this module, and not the tables of characters that look alike.
"""

import unicodedata


def fold_key(name: str) -> str:
    """Return the key that names share if they differ only by case or width."""
    nfkc = unicodedata.normalize("NFKC", name)
    folded = unicodedata.normalize("NFKC", nfkc.casefold())  # casefold() decomposes
    return f"fold {folded}"
