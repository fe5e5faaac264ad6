"""Which command an unknown word probably means."""

import re
import unicodedata
from difflib import get_close_matches
from typing import Final

from .command_table import ALL_COMMANDS, BY_NAME
from .safe_text import make_safe, shorten

MAX_WORD: Final = 32  # columns of an unknown command that are repeated

_COMMAND_WITHOUT_BLANK = re.compile(
    r"[^a-z]*([a-z]+)[^a-z0-9]*([0-9]{0,4})(?:[^a-z0-9].*)?"
)


def printable(word: str) -> str:
    """Return the beginning of a typed word, safe to print."""
    return shorten(make_safe(word), MAX_WORD)


def unknown(word: str, argument: str = "") -> str:
    """Return that there is no command *word*, and which one may have been meant."""
    similar = similar_command(word or argument.partition(" ")[0])
    hint = f" Did you mean /{similar}?" if similar else ""
    return f"Unknown command /{printable(word)}.{hint} (/help)"


def similar_command(word: str) -> str:
    """Return the command that *word* is probably a typing error for, or "".

    A word such as ``history20``, without a blank, is the command with its number.
    """
    word = unicodedata.normalize("NFKC", word[:MAX_WORD]).casefold()
    joined = _COMMAND_WITHOUT_BLANK.fullmatch(word)
    if joined is not None and joined[1] in BY_NAME:
        takes_number = BY_NAME[joined[1]].name in {"history", "room", "leave", "slow"}
        has_number = bool(joined[2]) and takes_number
        return f"{joined[1]} {joined[2]}" if has_number else joined[1]
    prefixed = {entry.name for entry in ALL_COMMANDS if entry.name.startswith(word)}
    close = get_close_matches(word, BY_NAME, n=1)
    found = prefixed if word and len(prefixed) == 1 else close
    return next(iter(found), "")
