"""Names of new private rooms, which nobody guesses."""

import secrets
from typing import Final

LETTERS: Final = "bcdfghjkmnpqrstvwxz"  # they make no words
DIGITS: Final = "0123456789"  # which every script may have
LENGTH: Final = 6
MAX_NAME: Final = 32  # characters of the name of a room


def random_suffix(name: str) -> str:
    """Return *name*, cut if necessary, with random letters, or digits, behind it."""
    signs = LETTERS if name.isascii() else DIGITS
    ending = "".join(secrets.choice(signs) for _ in range(LENGTH))
    return f"{name[: MAX_NAME - LENGTH - 1]}-{ending}"
